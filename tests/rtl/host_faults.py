"""Faults planted in the queue and the host port, one at a time, and the bench that must notice each.

Chosen where a slip of the pen compiles: a condition dropped, a width off by one, two rules in the wrong order.
"""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """In `file`, `good` (which stands there once) becomes `bad`; `bench` must fail."""

    what: str
    bench: str
    file: str
    good: str
    bad: str


FAULTS: tuple[Fault, ...] = (
    Fault("answer overwritten", "axi_lite", "axi_lite.sv", "w_full_q && !b_valid_q;", "w_full_q;"),
    Fault("access changes while it waits", "axi_lite", "axi_lite.sv", "if (!req_q) begin", "begin"),
    Fault("part of a word is whole", "axi_lite", "axi_lite.sv", "w_whole_q <= &wstrb_i;", "w_whole_q <= |wstrb_i;"),
    Fault("writes starve reads", "axi_lite", "axi_lite.sv", "if (write_done) write_next_q <= 1'b0;", ""),
    Fault("data with an error", "axi_lite", "axi_lite.sv", "r_data_q <= err_i ? '0 : rdata_i;", "r_data_q <= rdata_i;"),
    Fault("address taken twice", "axi_lite", "axi_lite.sv", "arvalid_i && arready_o) ar_addr_q",
          "arvalid_i) ar_addr_q"),
    Fault("wrong polynomial", "crc32", "crc32.sv", "EDB8_8320", "EDB8_8321"),
    Fault("word beats clear", "crc32", "crc32.sv", "|| clear_i) state_q", "|| (clear_i && !valid_i)) state_q"),
    Fault("event lost in its clearing", "irq_flags", "irq_flags.sv",
          "(flags_o & ~clear_i) | event_i", "(flags_o | event_i) & ~clear_i"),
    Fault("start into a busy core", "run_control", "run_control.sv", "settled && !core_busy_i;\n  assign quiet_o",
          "settled;\n  assign quiet_o"),
    Fault("running counts as idle", "run_control", "run_control.sv", "if (run_o || start_o || core_busy_i) idle_q",
          "if (core_busy_i) idle_q"),
    Fault("runs before the start", "run_control", "run_control.sv", "else if (start_o) run_o", "else if (go) run_o"),
    Fault("start in spite of a stop", "run_control", "run_control.sv", "go && !stop_i && !start_i", "go && !start_i"),
    Fault("empty load is good", "loader", "loader.sv", "&& count_o != '0", ""),
    Fault("addresses not in the CRC", "loader", "loader.sv",
          "open_o && (select_we_i || address_we_i || data_we_i)", "open_o && data_we_i"),
    Fault("error never ends", "loader", "loader.sv", "crc_error_o <= !good;", "crc_error_o <= crc_error_o || !good;"),
    Fault("no increment after a read", "loader", "loader.sv", "else if (data_we_i || issue_read) address_o",
          "else if (data_we_i) address_o"),
    Fault("no answer is an answer", "loader", "loader.sv", "assign read_err_o  = !ld_rvalid_i;",
          "assign read_err_o  = 1'b0;"),
    Fault("any memory sets the frame's length", "loader", "loader.sv", "data_we_i && select_o == systole_pkg::LdSelCfg",
          "data_we_i"),
    Fault("old program stays good", "loader", "loader.sv", "      crc_ok_o <= 1'b0;\n      count_o", "      count_o"),
    Fault("pitch down to -2^23", "cv_port", "cv_saturate.sv", "-PitchTop", "-PitchTop - 32'sd1"),
    Fault("no upper limit", "cv_port", "cv_saturate.sv", "value_i > top", "value_i >= 32'sd2147483647"),
    Fault("commit as a word leaves", "cv_port", "cv_frame.sv", "(index_q == '0 && !ready_i)", "(index_q == '0)"),
    Fault("frame goes on after a stop", "cv_port", "cv_frame.sv", "if (!run_i || (take && last_o)) index_q",
          "if (take && last_o) index_q"),
    Fault("frame one word too long", "cv_port", "cv_frame.sv", "{1'b0, index_q} + 9'd1 >= {1'b0, words_i}",
          "index_q + 8'd1 > words_i"),
    Fault("words repeat beyond the registers", "cv_port", "cv_frame.sv",
          "(index_q < 8'(Words)) ? frame_q[index_q[IndexWidth-1:0]] : '0", "frame_q[index_q[IndexWidth-1:0]]"),
    Fault("new run inside a frame", "cv_port", "cv_stream.sv", "state_q <= open_q ? Drop : Pass;", "state_q <= Pass;"),
    Fault("short frame not filled", "cv_port", "cv_stream.sv", "if (take && !last && tlast_i) state_q <= Fill;", ""),
    Fault("long frame not cut", "cv_port", "cv_stream.sv", "if (take && last && !tlast_i) state_q <= Drop;", ""),
    Fault("word overwritten", "cv_port", "cv_stream.sv", "assign room = !valid_q || ready_i;", "assign room = 1'b1;"),
    Fault("filled with stale words", "cv_port", "cv_stream.sv", "if (load) begin\n      data_o",
          "if (take) begin\n      data_o"),
    Fault("source changes in a run", "cv_port", "cv_port.sv", "if (!run_i) stream_q <= stream_i;",
          "stream_q <= stream_i;"),
    Fault("sample repeated", "dac_port", "dac_port.sv", "else if (tick_i) dac_data_o <= rd_valid ? heard : '0;",
          "else if (tick_i && rd_valid) dac_data_o <= heard;"),
    Fault("underrun before the first sample", "dac_port", "dac_port.sv", "&& armed_q && !rd_valid", "&& !rd_valid"),
    Fault("underrun armed by the last run", "dac_port", "dac_port.sv",
          "if (clear_i) armed_q <= 1'b0;\n      else ", ""),
    Fault("sounds when stopped", "dac_port", "dac_port.sv",
          "if (!run_i || !dac_i) dac_data_o <= '0;\n      else if", "if"),
    Fault("offer changes", "dac_port", "dac_port.sv", "if (pop_stream) tdata_o <= heard;", "tdata_o <= heard;"),
    Fault("samples lost when stopped", "dac_port", "dac_port.sv", "assign smp_ready_o = wr_ready && run_i;",
          "assign smp_ready_o = wr_ready;"),
    Fault("start without a program", "host", "host_regs.sv", "(command[CommandStartLsb] && !crc_ok_i)", "1'b0"),
    Fault("read of a running program", "host", "host_regs.sv", "refused = !quiet_i || (we_i && !open_i)",
          "refused = we_i && !open_i"),
    Fault("seed of zero", "host", "host_regs.sv", "refused = we_i && wdata_i == '0", "refused = 1'b0"),
    Fault("one knob too many", "host", "host_regs.sv", "cv_index_o > 6'(Knobs)", "cv_index_o > 6'(Knobs + 1)"),
    Fault("part of a word written", "host", "host_regs.sv", "is_writable(addr_i) && whole_i", "is_writable(addr_i)"),
    Fault("upper half not held", "host", "host_regs.sv", "if (ack_o && !we_i && is_macs_low) macs_high_q",
          "macs_high_q"),
    Fault("frames of the last run", "host", "host_regs.sv", "if (started_i) frames_q <= '0;\n      else ", ""),
    Fault("samples of the last run", "host", "host_port.sv", ".clear_i   (start_o)", ".clear_i   (1'b0)"),
    Fault("runs while loading", "host", "host_port.sv", ".stop_i     (load_open)", ".stop_i     (1'b0)"),
    Fault("frame for another program", "host", "host_port.sv", ".forget_i      (load_open)", ".forget_i      (1'b0)"),
    Fault("underrun not told", "host", "host_port.sv", "irq_event[IrqFlagsUnderrunLsb] = underrun;", ""),
    Fault("full one word too late", "fifo", "fifo.sv", "level_q != level_t'(Depth)", "level_q <= level_t'(Depth)"),
    Fault("word overwritten while it waits", "fifo", "fifo.sv", "&& (!rd_valid_q || rd_ready_i)", ""),
    Fault("write dropped", "fifo", "fifo.sv", "if (wr_en) mem", "if (wr_en && !fetch) mem"),
)  # fmt: skip

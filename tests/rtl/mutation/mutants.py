"""The planted faults: one line of RTL changed in each, every one a mistake that somebody could make.

`old` occurs exactly once in its file (a test says so), so a change of the RTL that touches a fault's place is noticed.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MUTANTS", "QUICK", "Mutant"]


@dataclass(frozen=True)
class Mutant:
    """A fault: `old` becomes `new` in accel/rtl/<file>.sv."""

    name: str
    file: str
    old: str
    new: str


MUTANTS = (
    # --- descriptors
    Mutant("last descriptor word stale", "desc_fetch", "word_q != 4'(DescWords)", "word_q != 4'(DescWords - 1)"),
    Mutant("descriptor words land one too early", "desc_fetch", "landing_word_q == 4'(i)", "word_q == 4'(i)"),
    Mutant("blocks run the control passes again", "desc_fetch", "DescW'(first_block_i);", "'0;"),
    Mutant("one block too many", "desc_fetch", "block_q == blocks_i - 9'd1", "block_q == blocks_i"),
    Mutant("priming frame goes on", "desc_fetch", "last_of_frame = prime_q ?", "last_of_frame = 1'b0 ?"),
    # --- tiles
    Mutant("oldest tap one sample late", "tile_walker", "16'(desc_q.reach)", "16'(desc_q.reach) + 16'd1"),
    Mutant("weights of the first row tile for all", "tile_walker", "weight_q + 20'(desc_q.depth)", "weight_q"),
    Mutant(
        "weights not reset for the next column tile",
        "tile_walker",
        "weight_q <= desc_q.wgt_base;\n",
        "weight_q <= weight_q + 20'(desc_q.depth);\n",
    ),
    Mutant("bias and shift rows one off", "tile_walker", "par_q + 14'(Rows)", "par_q + 14'(Rows - 1)"),
    Mutant("conditioning of the first row tile for all", "tile_walker", "cond_q + 14'(Rows)", "cond_q"),
    Mutant(
        "time does not advance",
        "tile_walker",
        "block_time_q   <= block_time_q + (16'd1 << log2_block_i)",
        "block_time_q   <= block_time_q",
    ),
    Mutant(
        "ramp starts anew with each block",
        "tile_walker",
        "block_column_q <= block_column_q + (8'd1 << log2_block_i)",
        "block_column_q <= block_column_q",
    ),
    Mutant("ramp not reset with a frame", "tile_walker", "if (start_i) block_column_q <= '0;", ""),
    Mutant("ramp ignores the column tile", "tile_walker", "block_column_q + offset[7:0]", "block_column_q"),
    Mutant("wait_all ignored", "tile_walker", "desc_q.wait_all ? 8'd0 : col_tiles", "col_tiles"),
    Mutant("operands taken one column tile early", "tile_walker", ": col_tiles;", ": col_tiles + 8'd1;"),
    Mutant("height of a last row tile", "tile_walker", "? rows_left_q[5:0] : 6'(Rows)", "? 6'(Rows) : 6'(Rows)"),
    Mutant(
        "one row tile too few",
        "tile_walker",
        "last_row_q <= tiles_left_q == 14'd1",
        "last_row_q <= tiles_left_q == 14'd2",
    ),
    Mutant(
        "one column tile too few", "tile_walker", "col_tile_q + 8'd1 == col_tiles", "col_tile_q + 8'd2 == col_tiles"
    ),
    # --- issue
    Mutant("operands not waited for", "tile_issue", "(pending_q <= 9'(cur_ahead_q) &&", "(1'b1 &&"),
    Mutant("excitation not waited for", "tile_issue", "!(cur_q.op == OpInput && exc_busy_i)", "1'b1"),
    Mutant("gated tile not held back", "tile_issue", "assign hold = tile_i.op", "assign hold = 1'b0 && tile_i.op"),
    Mutant("all taps at the oldest time", "tile_issue", "time_q + 16'(cur_q.dilation)", "time_q"),
    Mutant("next tap begins at the last channel", "tile_issue", "chan_q <= cur_q.src_base;", "chan_q <= chan_q;"),
    Mutant("channels one word apart", "tile_issue", "(16'd1 << cur_q.src_log2)", "16'd1"),
    Mutant("weight address of the tile before", "tile_issue", "weight_q <= next_q.weight", "weight_q <= cur_q.weight"),
    Mutant("row tiles counted as column tiles", "tile_issue", "9'(post_first_o && cur_q.ends)", "9'(post_first_o)"),
    Mutant("written column tiles not counted", "tile_issue", "- 9'(col_done_i)", ""),
    Mutant("start values one row off", "tile_issue", ": token_q;", ": token_q + 6'd1;"),
    Mutant("slot ends before its tokens", "tile_issue", "assign may_end = full_q ||", "assign may_end = 1'b1 ||"),
    Mutant("slot ends before its steps", "tile_issue", "done_q || (step && final_q)", "1'b1"),
    Mutant("slot waits for nothing", "tile_issue", "(tile_valid_i || tile_end_i);", "1'b1;"),
    Mutant("one step too few", "tile_issue", "'0 && cols_left_q == 10'd1", "'0 && cols_left_q == 10'd2"),
    # --- operands
    Mutant("ring twice as long", "act_mem", "(16'd1 << log2_i) - 16'd1", "(16'd2 << log2_i) - 16'd1"),
    Mutant("window runs over the ring's end", "act_mem", "((word + 16'd1) & mask)", "(word & mask) + 16'd1"),
    Mutant("one bank too few wraps", "act_mem", "(32'(offset_1_q) > b)", "(32'(offset_1_q) > b + 1)"),
    Mutant("rotator one cycle early", "act_mem", ".amount_i(offset_4_q)", ".amount_i(offset_3_q)"),
    Mutant("rotator turns the other way", "rotator", "data_i[AmountW'(j)+low]", "data_i[AmountW'(j)-low]"),
    Mutant("page chosen a cycle early", "ram_paged", "page_q[page_2_q]", "page_q[page_1_q]"),
    Mutant("word written into every page", "ram_paged", "we_i && waddr_i[AddrW-1:WordW] == PageW'(p)", "we_i"),
    Mutant(
        "two samples of the excitation share a bank",
        "write_back",
        "<= exc_sample_i[ColsLog2-1:0]",
        "<= exc_sample_i[ColsLog2:1]",
    ),
    Mutant(
        "excitation's value a cycle early", "write_back", "act_data_o[b] <= exc_data_q", "act_data_o[b] <= exc_data_i"
    ),
    Mutant("weights one step early", "feed", ".Width(WgtW), .Stages(3)", ".Width(WgtW), .Stages(2)"),
    Mutant("control values one step early", "feed", ".Width(1), .Stages(6)", ".Width(1), .Stages(5)"),
    # --- array
    Mutant("valid dropped", "pe", "product_q <= ctl_1_q[0] ? stage_q : '0;", "product_q <= stage_q;"),
    Mutant("accumulator wraps", "pe", "if (sum[32] != sum[31])", "if (1'b0)"),
    Mutant("sign bit of a weight counts positive", "pe", "part2 - part3 : part2", "part2 + part3 : part2"),
    Mutant("weight nibble shifted by three", "pe", "(high_q <<< 4)", "(high_q <<< 3)"),
    Mutant("stale sum in the next tile", "pe", "ctl_3_q[1] ? drain_i : acc_q", "acc_q"),
    Mutant(
        "drain captured one step early", "pe", "if (ctl_3_q[1]) drain_o <= acc_q;", "if (ctl_2_q[1]) drain_o <= acc_q;"
    ),
    # --- start values
    Mutant("previous conditioning is the current one", "init_rows", "current_i ? cond_2[0] : cond_2[1]", "cond_2[0]"),
    Mutant("conditioning buffer swapped", "init_rows", "current_i == 1'(i)", "current_i != 1'(i)"),
    Mutant("conditioning in dense passes", "init_rows", "current_3_q <= gated_2_q ?", "current_3_q <= 1'b1 ?"),
    Mutant("ramp shift of the row before", "init_rows", "<<< {shift_8_q[3:2], 2'b00};\n    step", ";\n    step"),
    Mutant("increment not shifted", "init_rows", "step_8_q <<< {shift_8_q[3:2], 2'b00}", "step_8_q"),
    Mutant("ramp's bit 7 lost", "init_rows", "i < 4; i++) begin\n      sum_5_q", "i < 3; i++) begin\n      sum_5_q"),
    Mutant("ramp stands still in a tile", "init_lane", "start_i : next_o", "start_i : value_o"),
    Mutant(
        "lane begins where the other ended", "init_chain", ".start_i(g_lane[l-1].next)", ".start_i(g_lane[l-1].value)"
    ),
    # --- rows
    Mutant(
        "result one column tile late", "post_front", "word_7_q <= info_6_q.word &", "word_7_q <= (info_6_q.word + 1) &"
    ),
    Mutant("gate rows not folded", "post_front", "? row_5_q >> 1 : row_5_q", "? row_5_q : row_5_q"),
    Mutant("tanh and sigmoid rows exchanged", "post_front", "odd_6_q <= row_5_q[0]", "odd_6_q <= !row_5_q[0]"),
    Mutant("row past the last one written", "post_front", "row_5_q < info_5_q.rows", "row_5_q <= info_5_q.rows"),
    Mutant("first skip row is a residual row", "post_front", "row_5_q < info_5_q.split", "row_5_q <= info_5_q.split"),
    Mutant("column tile done a row early", "post_front", "height_5_q == 6'(Rows - 1)", "height_5_q == 6'(Rows - 2)"),
    Mutant(
        "skip sums of another block column",
        "post_front",
        "local_7_q | (16'(info_7_q.word & block_mask)",
        "local_7_q | (16'(info_7_q.word & '0)",
    ),
    # --- results
    Mutant("rounding half missing", "core_pkg", "return 33'd1 << (shift - 5'd1);", "return 33'd0 & 33'(shift);"),
    Mutant("rounding half doubled", "core_pkg", "33'd1 << (shift - 5'd1)", "33'd1 << shift"),
    Mutant("int16 wraps at the top", "core_pkg", "if (value > 33'sd32767) return 16'sh7fff;", ""),
    Mutant("int16 wraps at the bottom", "core_pkg", "if (value < -33'sd32768) return 16'sh8000;", ""),
    Mutant("shift loses its top bit", "shift_round", "{shift_1_i[4:3], 3'b000}", "{1'b0, shift_1_i[3], 3'b000}"),
    Mutant("skip sum of the block before", "post_lane", "row[3].first ? '0 : signed'(skip_3)", "signed'(skip_3)"),
    Mutant("skip sum wraps", "post_lane", "if (skip_5_q[32] != skip_5_q[31])", "if (1'b0)"),
    Mutant("head's input not rectified", "post_lane", "(head_9 < 0) ? '0 : saturate16", "saturate16"),
    Mutant("leak is a logical shift", "post_lane", "value_4_q >>> LeakShift", "value_4_q >> LeakShift"),
    Mutant("gate takes another column's tanh", "post_lane", "17'(hold_q[at[10]])", "17'(hold_q[at[11]])"),
    Mutant("sigmoid one step low", "post_lane", "(tanh_10 >>> 1) + 17'sd16384", "(tanh_10 >>> 1) + 17'sd16383"),
    Mutant("product rounds down", "post_lane", "product_12_q + 34'sd16384", "product_12_q"),
    Mutant("residual multiplier ignored", "post_lane", "signed'({1'b0, row[10].multiplier})", "17'sd32768"),
    Mutant("residual wraps", "post_lane", "saturate16(33'(scaled_13_q))", "scaled_13_q[15:0]"),
    Mutant("stream not renewed by the input", "post_lane", "(row[14].op == OpInput || ", "(1'b0 || "),
    Mutant(
        "conditioning goes to the control memory", "post_lane", "? ToCondition : ToControl", "? ToControl : ToControl"
    ),
    Mutant("tanh of -32768 is 0", "tanh_unit", "(value_i == 16'sh8000) ? 15'h7fff : ", ""),
    Mutant("tanh one segment up", "tanh_unit", "TanhBase[magnitude_1_q[14:9]]", "TanhBase[magnitude_1_q[14:9] + 6'd1]"),
    Mutant("tanh rounds down", "tanh_unit", "sum_4_q + 21'd256", "sum_4_q"),
    Mutant("column 1 overwrites a control value", "write_back", "ToControl && column_i[0] == '0", "ToControl"),
    Mutant(
        "samples of the first lane only",
        "write_back",
        "if (target_i[l] == ToOutput)",
        "if (target_i[l] == ToOutput && l == 0)",
    ),
    # --- excitation
    Mutant(
        "excitation in rings of a block",
        "write_back",
        "(cfg_i.log2_hop - 4'(ColsLog2))",
        "(cfg_i.log2_block - 4'(ColsLog2))",
    ),
    Mutant("upper channels on top of the lower", "write_back", "(16'(exc_channel_i) <<", "(16'(exc_channel_i[3:0]) <<"),
    Mutant("lower channels' codes for the upper", "load_port", "codes[code_addr_i]", "codes[5'(code_addr_i[3:0])]"),
    Mutant("as many channels as there are count none", "cfg_regs", "wdata_i[ExcCountBits-1:0]", "6'(wdata_i[4:0])"),
    Mutant("sample ends before its channels", "excite", "ExcIndexBits'(channels_i - 1'b1) : ", "5'd15 : "),
    Mutant("LFSR tap", "excite", "lfsr_q >> LfsrShift1", "lfsr_q >> 13"),
    Mutant(
        "phase takes the next increment",
        "excite",
        "phase_q[k] + PhaseBits'(increment_q[k])",
        "phase_q[k] + PhaseBits'(increment)",
    ),
    Mutant("excitation rounds down", "excite", " + 16'(product_q[14])", ""),
    Mutant("cosine a quarter turn behind", "sine_unit", "+ 2'(quarter_i)", "- 2'(quarter_i)"),
    Mutant("odd quadrants not mirrored", "sine_unit", " ^ {Bits{quadrant[0]}}", ""),
    Mutant("fade one step below unity", "fade_unit", "gain_o <= 16'(Unity)", "gain_o <= 16'(Unity - 1)"),
    Mutant("faded harmonic comes back", "fade_unit", "if (distance_q < 0) gain_o <= '0;\n    else ", ""),
    Mutant("exponential rounds down", "exp2_unit", "Exp2SlopeBits'(2 ** (Exp2StepBits - 1))", "'0"),
    Mutant("carry between the pitch's halves lost", "pitch_ramp", " + HiWidth'(carry_q)", ""),
    # --- oscillators
    Mutant("all channels the first oscillator's", "excite", "phase_q[oscillator_q[1]]", "phase_q[0]"),
    Mutant("all fades the first oscillator's", "excite", "increment_q[oscillator_q[FadeStage]]", "increment_q[0]"),
    Mutant("pitch advances with every oscillator", "excite", "tick && last_turn)", "tick)"),
    Mutant(
        "increments dealt out in another order",
        "excite",
        "[coming_index_q] <= increment",
        "[~coming_index_q] <= increment",
    ),
    Mutant("gate sets every phase", "excite", "|| sync_i[k]", "|| sync_i != '0"),
    Mutant("ratio rounds down", "ratio_unit", "DeltaBits'(2 ** (RatioStepBits - 1))", "'0"),
    Mutant("stepped ratio on the line", "ratio_unit", "record_i.stepped ? '0 : ", ""),
    Mutant("segments not widened", "ratio_unit", "place_q <= place_q << 1;", "place_q <= place_q;"),
    Mutant(
        "ratio does not glide", "ratio_unit", "before_q <= ratios[index_q]", "before_q <= low_q + RatioBits'(sum_q)"
    ),
    Mutant("ramp rounds down", "ratio_unit", "{before_q, 1'b1,", "{before_q, 1'b0,"),
    Mutant("ramp's step one bit short", "ratio_unit", "4'(MaxLog2Hop) - log2_hop_i", "4'(MaxLog2Hop - 1) - log2_hop_i"),
    Mutant("gate always rises", "osc_bank", " && !was_high_q[k]", ""),
    Mutant("gate at any voltage above 0", "osc_bank", ">= $signed(16'(GateCounts))", "> 0"),
    Mutant(
        "voltage beyond a knob's", "osc_bank", "clamped = VoltageBits'(KnobCounts)", "clamped = VoltageBits'(voltage)"
    ),
    Mutant("free phases all alike", "osc_bank", "TurnBits * k", "0 * k"),
    # --- frames
    Mutant("queue's room ignored", "frame_ctl", "(room_q || !primed_q)", "1'b1"),
    Mutant(
        "clearing skipped",
        "frame_ctl",
        "      state_q <= Clear;\n      primed_q",
        "      state_q <= Receive;\n      primed_q",
    ),
    Mutant("memory cleared in part", "frame_ctl", "ActW'(ActDepth - 1)", "ActW'(ActDepth / 64 - 1)"),
    Mutant("conditioning buffers never change", "frame_ctl", "current_o <= !current_o;", ""),
    Mutant("pitch does not glide", "frame_ctl", "pitch_previous_o <= pitch_current_o", "pitch_previous_o <= cv_data_i"),
    Mutant("pitch word rounds down", "frame_ctl", "+ 25'sd128", "+ 25'sd0"),
    Mutant("pitch word wraps", "frame_ctl", "(rounded > 25'sd8388607) ? 16'h7fff : rounded", "rounded"),
    Mutant(
        "frame ends with the excitation",
        "frame_ctl",
        "launched_q && idle_i && !exc_busy_i",
        "launched_q && !exc_busy_i",
    ),
    Mutant(
        "cycle of the launch not counted",
        "frame_ctl",
        "(state_q == Launch || state_q == Run) cycles_q",
        "(state_q == Run) cycles_q",
    ),
    Mutant("noise goes on after a start", "systole_core", ".reset_i(reset), .seed_i", ".reset_i(1'b0), .seed_i"),
    Mutant(
        "macs of the control passes times columns",
        "tile_issue",
        "(cur_q.op == OpControl) ? 10'(cur_q.height)",
        "(1'b0) ? 10'(cur_q.height)",
    ),
)

QUICK = (
    "operands taken one column tile early",
    "window runs over the ring's end",
    "accumulator wraps",
    "rounding half missing",
    "gate takes another column's tanh",
    "wait_all ignored",
)
"""A few, for every test run."""

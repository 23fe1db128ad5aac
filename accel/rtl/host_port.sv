// Everything between the bus and the core: registers, program load, control frames, samples, interrupts.
//
// What the core must keep to: its memories take ld_* whenever busy_i is low, and answer a read after exactly
// LdLatency cycles; busy_i is up two cycles after the last word of a frame at the latest, or the frame waits without
// touching the memories until samples leave or a start comes; start_o also forgets the words of a frame that
// was under way and every sample not yet delivered; once it has taken the first word of a frame it takes the rest.
//
// Latency: as in axi_lite, loader, cv_port, dac_port, run_control. Throughput: likewise.
`default_nettype none

module host_port #(
    parameter int unsigned Rows = 4,
    parameter int unsigned Cols = 8,
    parameter int unsigned Lanes = 2,
    parameter int unsigned ActDepth = 3072,
    parameter int unsigned WgtDepth = 6144,
    parameter int unsigned RowDepth = 1024,
    parameter int unsigned CondDepth = 288,
    parameter int unsigned CtlDepth = 256,
    parameter int unsigned StreamDepth = 256,
    parameter int unsigned SkipDepth = 256,
    parameter int unsigned DescDepth = 64,
    parameter int unsigned OutDepth = 1024,
    parameter int unsigned Knobs = 8,  // that the CV registers hold, 1 to 63
    parameter int unsigned SampleDepth = 16,  // of the queue behind the core's
    parameter int unsigned LdLatency = 4  // the core's answer to a read
) (
    input  wire         clk_i,
    input  wire         rst_ni,
    // AXI4-Lite registers
    input  wire         s_axil_awvalid_i,
    output logic        s_axil_awready_o,
    input  wire  [11:0] s_axil_awaddr_i,
    input  wire         s_axil_wvalid_i,
    output logic        s_axil_wready_o,
    input  wire  [31:0] s_axil_wdata_i,
    input  wire  [ 3:0] s_axil_wstrb_i,
    output logic        s_axil_bvalid_o,
    input  wire         s_axil_bready_i,
    output logic [ 1:0] s_axil_bresp_o,
    input  wire         s_axil_arvalid_i,
    output logic        s_axil_arready_o,
    input  wire  [11:0] s_axil_araddr_i,
    output logic        s_axil_rvalid_o,
    input  wire         s_axil_rready_i,
    output logic [31:0] s_axil_rdata_o,
    output logic [ 1:0] s_axil_rresp_o,
    // AXI-Stream: control frames in (pitch word, then knobs; tlast on the last)
    input  wire         s_axis_cv_tvalid_i,
    output logic        s_axis_cv_tready_o,
    input  wire  [31:0] s_axis_cv_tdata_i,
    input  wire         s_axis_cv_tlast_i,
    // AXI-Stream: samples out
    output logic        m_axis_tvalid_o,
    input  wire         m_axis_tready_i,
    output logic [15:0] m_axis_tdata_o,
    // converter: one sample per tick
    input  wire         dac_tick_i,
    output logic        dac_valid_o,
    output logic [15:0] dac_data_o,
    // interrupt, level
    output logic        irq_o,
    // core
    output logic        ld_req_o,
    output logic        ld_we_o,
    output logic [ 2:0] ld_sel_o,
    output logic [19:0] ld_addr_o,
    output logic [31:0] ld_wdata_o,
    input  wire         ld_rvalid_i,
    input  wire  [31:0] ld_rdata_i,
    output logic        start_o,
    output logic [31:0] seed_o,
    output logic [31:0] phase_o,
    output logic        cv_valid_o,
    input  wire         cv_ready_i,
    output logic [23:0] cv_data_o,
    output logic        cv_last_o,
    input  wire         smp_valid_i,
    output logic        smp_ready_o,
    input  wire  [15:0] smp_data_i,
    input  wire         busy_i,
    input  wire         frame_done_i,
    input  wire  [31:0] cycles_i,
    input  wire  [47:0] macs_i
);

  import host_pkg::*;
  import systole_pkg::ExcChannels;

  if (Rows > 255 || Cols > 255 || Lanes > 255 || ExcChannels > 255) begin : g_bad_geometry
    $fatal(1, "host_port: Rows, Cols, Lanes and ExcChannels must fit 8 bits");
  end

  logic req, we, whole, ack, err;
  logic [AddressBits-1:2] addr;
  logic [31:0] wdata, rdata;
  logic mute, cv_stream, dac, start, run, start_pending, quiet;
  logic load_open, load_close, select_we, address_we, expected_we, data_we, data_re;
  logic read_done, read_err, open, loaded, crc_ok, crc_error, crc_event;
  logic [31:0] read_data, expected, computed, count;
  logic [ 2:0] select;
  logic [19:0] address;
  logic cv_we, cv_commit, cv_commit_ready, cv_pending, cv_wanted, cv_length_err;
  logic [5:0] cv_index;
  logic signed [23:0] cv_read;
  logic [7:0] cv_words;
  logic [IrqCount-1:0] irq_event, irq_clear, irq_enable, irq_flags;
  logic underrun;
  logic [$clog2(SampleDepth+1)-1:0] level;

  axi_lite #(
      .AddrWidth(AddressBits)
  ) u_axi (
      .clk_i, .rst_ni,
      .awvalid_i(s_axil_awvalid_i), .awready_o(s_axil_awready_o), .awaddr_i(s_axil_awaddr_i),
      .wvalid_i(s_axil_wvalid_i), .wready_o(s_axil_wready_o), .wdata_i(s_axil_wdata_i),
      .wstrb_i(s_axil_wstrb_i), .bvalid_o(s_axil_bvalid_o), .bready_i(s_axil_bready_i),
      .bresp_o(s_axil_bresp_o), .arvalid_i(s_axil_arvalid_i), .arready_o(s_axil_arready_o),
      .araddr_i(s_axil_araddr_i), .rvalid_o(s_axil_rvalid_o), .rready_i(s_axil_rready_i),
      .rdata_o(s_axil_rdata_o), .rresp_o(s_axil_rresp_o),
      .req_o(req), .we_o(we), .addr_o(addr), .wdata_o(wdata), .whole_o(whole),
      .ack_i(ack), .err_i(err), .rdata_i(rdata));

  host_regs #(
      .Knobs(Knobs)
  ) u_regs (
      .clk_i,
      .rst_ni,
      .req_i            (req),
      .we_i             (we),
      .addr_i           (addr),
      .wdata_i          (wdata),
      .whole_i          (whole),
      .ack_o            (ack),
      .err_o            (err),
      .rdata_o          (rdata),
      .geometry_i       ({8'(ExcChannels), 8'(Lanes), 8'(Cols), 8'(Rows)}),
      .desc_depth_i     (32'(DescDepth)),
      .wgt_depth_i      (32'(WgtDepth)),
      .row_depth_i      (32'(RowDepth)),
      .act_depth_i      (32'(ActDepth)),
      .cond_depth_i     (32'(CondDepth)),
      .ctl_depth_i      (32'(CtlDepth)),
      .stream_depth_i   (32'(StreamDepth)),
      .skip_depth_i     (32'(SkipDepth)),
      .out_depth_i      (32'(OutDepth)),
      .sample_depth_i   (32'(SampleDepth)),
      .mute_o           (mute),
      .cv_stream_o      (cv_stream),
      .dac_o            (dac),
      .seed_o,
      .phase_o,
      .start_o          (start),
      .started_i        (start_o),
      .busy_i,
      .running_i        (run),
      .start_pending_i  (start_pending),
      .quiet_i          (quiet),
      .load_open_o      (load_open),
      .load_close_o     (load_close),
      .select_we_o      (select_we),
      .address_we_o     (address_we),
      .expected_we_o    (expected_we),
      .data_we_o        (data_we),
      .data_re_o        (data_re),
      .read_done_i      (read_done),
      .read_err_i       (read_err),
      .read_data_i      (read_data),
      .open_i           (open),
      .loaded_i         (loaded),
      .crc_ok_i         (crc_ok),
      .crc_error_i      (crc_error),
      .select_i         (select),
      .address_i        (address),
      .expected_i       (expected),
      .computed_i       (computed),
      .count_i          (count),
      .cv_we_o          (cv_we),
      .cv_index_o       (cv_index),
      .cv_data_i        (cv_read),
      .cv_commit_o      (cv_commit),
      .cv_commit_ready_i(cv_commit_ready),
      .cv_pending_i     (cv_pending),
      .cv_words_i       (cv_words),
      .irq_clear_o      (irq_clear),
      .irq_enable_o     (irq_enable),
      .irq_flags_i      (irq_flags),
      .frame_done_i,
      .cycles_i,
      .macs_i,
      .level_i          (32'(level))
  );

  run_control u_run (
      .clk_i,
      .rst_ni,
      .start_i    (start),
      .stop_i     (load_open),
      .core_busy_i(busy_i),
      .start_o,
      .run_o      (run),
      .pending_o  (start_pending),
      .quiet_o    (quiet)
  );

  loader #(
      .LdLatency(LdLatency),
      .Geometry ({8'(Lanes), 8'(Cols), 8'(Rows)})
  ) u_loader (
      .clk_i, .rst_ni, .open_i(load_open), .close_i(load_close),
      .select_we_i(select_we), .address_we_i(address_we), .expected_we_i(expected_we),
      .data_we_i(data_we), .data_re_i(data_re), .wdata_i(wdata),
      .read_done_o(read_done), .read_err_o(read_err), .rdata_o(read_data),
      .open_o(open), .loaded_o(loaded), .crc_ok_o(crc_ok), .crc_error_o(crc_error),
      .crc_event_o(crc_event), .select_o(select), .address_o(address), .expected_o(expected),
      .computed_o(computed), .count_o(count), .cv_words_o(cv_words),
      .ld_req_o, .ld_we_o, .ld_sel_o, .ld_addr_o, .ld_wdata_o, .ld_rvalid_i, .ld_rdata_i);

  cv_port #(
      .Knobs(Knobs)
  ) u_cv (
      .clk_i,
      .rst_ni,
      .run_i         (run),
      .stream_i      (cv_stream),
      .forget_i      (load_open),
      .words_i       (cv_words),
      .we_i          (cv_we),
      .index_i       (cv_index),
      .wdata_i       (wdata),
      .rdata_o       (cv_read),
      .commit_i      (cv_commit),
      .commit_ready_o(cv_commit_ready),
      .pending_o     (cv_pending),
      .wanted_o      (cv_wanted),
      .tvalid_i      (s_axis_cv_tvalid_i),
      .tready_o      (s_axis_cv_tready_o),
      .tdata_i       (s_axis_cv_tdata_i),
      .tlast_i       (s_axis_cv_tlast_i),
      .length_err_o  (cv_length_err),
      .cv_valid_o,
      .cv_ready_i,
      .cv_data_o     (cv_data_o),
      .cv_last_o
  );

  dac_port #(
      .Depth(SampleDepth)
  ) u_dac (
      .clk_i,
      .rst_ni,
      .clear_i   (start_o),
      .run_i     (run),
      .mute_i    (mute),
      .dac_i     (dac),
      .smp_valid_i,
      .smp_ready_o,
      .smp_data_i,
      .tvalid_o  (m_axis_tvalid_o),
      .tready_i  (m_axis_tready_i),
      .tdata_o   (m_axis_tdata_o),
      .tick_i    (dac_tick_i),
      .dac_valid_o,
      .dac_data_o,
      .underrun_o(underrun),
      .level_o   (level)
  );

  always_comb begin
    irq_event = '0;
    irq_event[IrqFlagsUnderrunLsb] = underrun;
    irq_event[IrqFlagsFrameWantedLsb] = cv_wanted;
    irq_event[IrqFlagsCrcErrorLsb] = crc_event;
    irq_event[IrqFlagsCvLengthLsb] = cv_length_err;
  end

  irq_flags #(
      .Count(IrqCount)
  ) u_irq (
      .clk_i,
      .rst_ni,
      .event_i (irq_event),
      .clear_i (irq_clear),
      .enable_i(irq_enable),
      .flags_o (irq_flags),
      .irq_o
  );

endmodule
`default_nettype wire

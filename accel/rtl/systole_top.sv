// The whole accelerator: control voltages in, audio out, registers beside.
//
// Latency and throughput: see host_port for the bus, systole_core for the samples.
`default_nettype none

module systole_top #(
    parameter int unsigned Rows = 4,
    parameter int unsigned Cols = 8,
    parameter int unsigned Lanes = 2,
    parameter int unsigned DspPes = Rows * Cols,  // elements with a multiplier block
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
    parameter int unsigned SampleDepth = 16   // of the queue behind the core's
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
    output logic        irq_o
);

  localparam int unsigned LdLatency = 4;  // systole_core's

  logic ld_req, ld_we, ld_rvalid, start, cv_valid, cv_ready, cv_last;
  logic smp_valid, smp_ready, busy, frame_done;
  logic [ 2:0] ld_sel;
  logic [19:0] ld_addr;
  logic [31:0] ld_wdata, ld_rdata, seed, phase, cycles;
  logic [47:0] macs;
  logic [23:0] cv_data;
  logic [15:0] smp_data;

  host_port #(
      .Rows(Rows),
      .Cols(Cols),
      .Lanes(Lanes),
      .ActDepth(ActDepth),
      .WgtDepth(WgtDepth),
      .RowDepth(RowDepth),
      .CondDepth(CondDepth),
      .CtlDepth(CtlDepth),
      .StreamDepth(StreamDepth),
      .SkipDepth(SkipDepth),
      .DescDepth(DescDepth),
      .OutDepth(OutDepth),
      .Knobs(Knobs),
      .SampleDepth(SampleDepth),
      .LdLatency(LdLatency)
  ) u_host (
      .clk_i,
      .rst_ni,
      .s_axil_awvalid_i,
      .s_axil_awready_o,
      .s_axil_awaddr_i,
      .s_axil_wvalid_i,
      .s_axil_wready_o,
      .s_axil_wdata_i,
      .s_axil_wstrb_i,
      .s_axil_bvalid_o,
      .s_axil_bready_i,
      .s_axil_bresp_o,
      .s_axil_arvalid_i,
      .s_axil_arready_o,
      .s_axil_araddr_i,
      .s_axil_rvalid_o,
      .s_axil_rready_i,
      .s_axil_rdata_o,
      .s_axil_rresp_o,
      .s_axis_cv_tvalid_i,
      .s_axis_cv_tready_o,
      .s_axis_cv_tdata_i,
      .s_axis_cv_tlast_i,
      .m_axis_tvalid_o,
      .m_axis_tready_i,
      .m_axis_tdata_o,
      .dac_tick_i,
      .dac_valid_o,
      .dac_data_o,
      .irq_o,
      .ld_req_o(ld_req),
      .ld_we_o(ld_we),
      .ld_sel_o(ld_sel),
      .ld_addr_o(ld_addr),
      .ld_wdata_o(ld_wdata),
      .ld_rvalid_i(ld_rvalid),
      .ld_rdata_i(ld_rdata),
      .start_o(start),
      .seed_o(seed),
      .phase_o(phase),
      .cv_valid_o(cv_valid),
      .cv_ready_i(cv_ready),
      .cv_data_o(cv_data),
      .cv_last_o(cv_last),
      .smp_valid_i(smp_valid),
      .smp_ready_o(smp_ready),
      .smp_data_i(smp_data),
      .busy_i(busy),
      .frame_done_i(frame_done),
      .cycles_i(cycles),
      .macs_i(macs)
  );

  systole_core #(
      .Rows(Rows),
      .Cols(Cols),
      .Lanes(Lanes),
      .DspPes(DspPes),
      .ActDepth(ActDepth),
      .WgtDepth(WgtDepth),
      .RowDepth(RowDepth),
      .CondDepth(CondDepth),
      .CtlDepth(CtlDepth),
      .StreamDepth(StreamDepth),
      .SkipDepth(SkipDepth),
      .DescDepth(DescDepth),
      .OutDepth(OutDepth)
  ) u_core (
      .clk_i,
      .rst_ni,
      .ld_req_i(ld_req),
      .ld_we_i(ld_we),
      .ld_sel_i(ld_sel),
      .ld_addr_i(ld_addr),
      .ld_wdata_i(ld_wdata),
      .ld_rvalid_o(ld_rvalid),
      .ld_rdata_o(ld_rdata),
      .start_i(start),
      .seed_i(seed),
      .phase_i(phase),
      .cv_valid_i(cv_valid),
      .cv_ready_o(cv_ready),
      .cv_data_i(cv_data),
      .cv_last_i(cv_last),
      .smp_valid_o(smp_valid),
      .smp_ready_i(smp_ready),
      .smp_data_o(smp_data),
      .busy_o(busy),
      .frame_done_o(frame_done),
      .cycles_o(cycles),
      .macs_o(macs)
  );

endmodule
`default_nettype wire

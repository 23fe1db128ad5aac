// The whole accelerator on real pins, so that place and route has to work: a shift register feeds the inputs, and a
// registered XOR of the outputs leaves, so that nothing can be optimised away and no path starts or ends outside.
//
// Latency and throughput: those of systole_top; a board's design replaces this file.
`default_nettype none

module top_pins #(
    parameter int unsigned Rows = 4, Cols = 8, Lanes = 2, DspPes = 20,
    parameter int unsigned ActDepth = 3072, WgtDepth = 6144, RowDepth = 1024, CondDepth = 288,
    parameter int unsigned CtlDepth = 256, StreamDepth = 256, SkipDepth = 256, DescDepth = 64,
    parameter int unsigned OutDepth = 1024
) (
    input  wire  clk_i,
    input  wire  rst_ni,
    input  wire  bit_i,
    output logic bit_o
);
  localparam int unsigned Ins = 106;
  localparam int unsigned Outs = 78;
  logic [Ins-1:0] in_q;
  logic [Outs-1:0] out, out_q;
  logic [12:0] fold_q;
  logic rst_q;

  always_ff @(posedge clk_i) begin
    rst_q <= rst_ni;
    in_q  <= {in_q[Ins-2:0], bit_i};
    out_q <= out;
    for (int i = 0; i < 13; i++) fold_q[i] <= ^out_q[6*i+:6];
    bit_o <= ^fold_q;
  end

  systole_top #(
      .Rows(Rows), .Cols(Cols), .Lanes(Lanes), .DspPes(DspPes), .ActDepth(ActDepth),
      .WgtDepth(WgtDepth), .RowDepth(RowDepth), .CondDepth(CondDepth), .CtlDepth(CtlDepth),
      .StreamDepth(StreamDepth), .SkipDepth(SkipDepth), .DescDepth(DescDepth), .OutDepth(OutDepth)
  ) u_top (
      .clk_i, .rst_ni(rst_q),
      .s_axil_awvalid_i(in_q[0]), .s_axil_awready_o(out[0]), .s_axil_awaddr_i(in_q[12:1]),
      .s_axil_wvalid_i(in_q[13]), .s_axil_wready_o(out[1]), .s_axil_wdata_i(in_q[45:14]),
      .s_axil_wstrb_i(in_q[49:46]), .s_axil_bvalid_o(out[2]), .s_axil_bready_i(in_q[50]),
      .s_axil_bresp_o(out[4:3]), .s_axil_arvalid_i(in_q[51]), .s_axil_arready_o(out[5]),
      .s_axil_araddr_i(in_q[63:52]), .s_axil_rvalid_o(out[6]), .s_axil_rready_i(in_q[64]),
      .s_axil_rdata_o(out[38:7]), .s_axil_rresp_o(out[40:39]),
      .s_axis_cv_tvalid_i(in_q[65]), .s_axis_cv_tready_o(out[41]),
      .s_axis_cv_tdata_i(in_q[97:66]), .s_axis_cv_tlast_i(in_q[98]),
      .m_axis_tvalid_o(out[42]), .m_axis_tready_i(in_q[99]), .m_axis_tdata_o(out[58:43]),
      .dac_tick_i(in_q[100]), .dac_valid_o(out[59]), .dac_data_o(out[75:60]), .irq_o(out[76]));
  assign out[77] = ^in_q[105:101];
endmodule
`default_nettype wire

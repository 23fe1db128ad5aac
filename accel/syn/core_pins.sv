// The core on real pins, so that place and route has to work: a shift register feeds the inputs, and a registered
// XOR of the outputs leaves, so that nothing can be optimised away and no path starts or ends outside.
//
// Latency and throughput: those of systole_core; a bring-up design replaces this file by host_port and the board.
`default_nettype none

module core_pins #(
    parameter int unsigned Rows = 4, Cols = 8, Lanes = 2, DspPes = 25,
    parameter int unsigned ActDepth = 3072, WgtDepth = 6144, RowDepth = 1024, CondDepth = 288,
    parameter int unsigned CtlDepth = 256, StreamDepth = 256, SkipDepth = 256, DescDepth = 64,
    parameter int unsigned OutDepth = 256
) (
    input  wire  clk_i,
    input  wire  rst_ni,
    input  wire  bit_i,
    output logic bit_o
);
  logic [159:0] in_q;
  logic rst_q, folded_q;
  logic [133:0] out, out_q;
  always_ff @(posedge clk_i) begin
    rst_q <= rst_ni;
    in_q  <= {in_q[158:0], bit_i};
    out_q <= out;
    for (int i = 0; i < 1; i++) folded_q <= ^out_q;
    bit_o <= folded_q;
  end

  systole_core #(
      .Rows(Rows), .Cols(Cols), .Lanes(Lanes), .DspPes(DspPes), .ActDepth(ActDepth),
      .WgtDepth(WgtDepth), .RowDepth(RowDepth), .CondDepth(CondDepth), .CtlDepth(CtlDepth),
      .StreamDepth(StreamDepth), .SkipDepth(SkipDepth), .DescDepth(DescDepth), .OutDepth(OutDepth)
  ) u_core (
      .clk_i, .rst_ni(rst_q),
      .ld_req_i(in_q[0]), .ld_we_i(in_q[1]), .ld_sel_i(in_q[4:2]), .ld_addr_i(in_q[24:5]),
      .ld_wdata_i(in_q[56:25]), .ld_rvalid_o(out[0]), .ld_rdata_o(out[32:1]),
      .start_i(in_q[57]), .seed_i(in_q[89:58]), .phase_i(in_q[121:90]),
      .cv_valid_i(in_q[122]), .cv_ready_o(out[33]), .cv_data_i(in_q[146:123]),
      .cv_last_i(in_q[147]), .smp_valid_o(out[34]), .smp_ready_i(in_q[148]),
      .smp_data_o(out[50:35]), .busy_o(out[51]), .frame_done_o(out[52]),
      .cycles_o(out[84:53]), .macs_o(out[132:85]));
  assign out[133] = 1'b0;
endmodule
`default_nettype wire

// Arrays of several shapes side by side, so that one build serves all of them.
`default_nettype none

module array_top (
    input  wire          clk_i,
    input  wire          rst_ni,
    input  wire  [786:0] given_2x16_i,
    output logic [511:0] answer_2x16_o,
    input  wire  [410:0] given_3x8_i,
    output logic [255:0] answer_3x8_o,
    input  wire  [234:0] given_5x4_i,
    output logic [127:0] answer_5x4_o,
    input  wire  [226:0] given_16x2_i,
    output logic [ 63:0] answer_16x2_o
);
  // Everything may start at random: reset until rst_ni has been low at an edge.
  logic started_q = 1'b0;
  logic rst_n;
  always_ff @(posedge clk_i) if (!rst_ni) started_q <= 1'b1;
  assign rst_n = rst_ni && started_q;

  array_rig #(.Rows(2), .Cols(16), .DspPes(32)) u_2x16 (
      .clk_i, .rst_ni(rst_n), .given_i(given_2x16_i), .answer_o(answer_2x16_o));
  array_rig #(.Rows(3), .Cols(8), .DspPes(13)) u_3x8 (
      .clk_i, .rst_ni(rst_n), .given_i(given_3x8_i), .answer_o(answer_3x8_o));
  array_rig #(.Rows(5), .Cols(4), .DspPes(0)) u_5x4 (
      .clk_i, .rst_ni(rst_n), .given_i(given_5x4_i), .answer_o(answer_5x4_o));
  array_rig #(.Rows(16), .Cols(2), .DspPes(17)) u_16x2 (
      .clk_i, .rst_ni(rst_n), .given_i(given_16x2_i), .answer_o(answer_16x2_o));
endmodule

`default_nettype wire

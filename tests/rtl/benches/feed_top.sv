// Activation memories and operand feeds of several sizes side by side, so that one build serves all of them.
`default_nettype none

module feed_top (
    input  wire          clk_i,
    input  wire          rst_ni,
    input  wire  [85:0] given_act_2_i,
    output logic [31:0] answer_act_2_o,
    input  wire  [135:0] given_act_4_i,
    output logic [63:0] answer_act_4_o,
    input  wire  [235:0] given_act_8_i,
    output logic [127:0] answer_act_8_o,
    input  wire  [435:0] given_act_16_i,
    output logic [255:0] answer_act_16_o,
    input  wire  [538:0] given_2x16_i,
    output logic [306:0] answer_2x16_o,
    input  wire  [188:0] given_3x2_i,
    output logic [90:0] answer_3x2_o,
    input  wire  [338:0] given_5x8_i,
    output logic [202:0] answer_5x8_o,
    input  wire  [238:0] given_9x4_i,
    output logic [170:0] answer_9x4_o,
    input  wire  [238:0] given_16x4_i,
    output logic [226:0] answer_16x4_o
);
  // Everything may start at random: reset until rst_ni has been low at an edge.
  logic started_q = 1'b0;
  logic rst_n;
  always_ff @(posedge clk_i) if (!rst_ni) started_q <= 1'b1;
  assign rst_n = rst_ni && started_q;

  act_rig #(.Cols(2), .Depth(48)) u_act_2 (
      .clk_i, .rst_ni(rst_n), .given_i(given_act_2_i), .answer_o(answer_act_2_o));
  act_rig #(.Cols(4), .Depth(40)) u_act_4 (
      .clk_i, .rst_ni(rst_n), .given_i(given_act_4_i), .answer_o(answer_act_4_o));
  act_rig #(.Cols(8), .Depth(33)) u_act_8 (
      .clk_i, .rst_ni(rst_n), .given_i(given_act_8_i), .answer_o(answer_act_8_o));
  act_rig #(.Cols(16), .Depth(64)) u_act_16 (
      .clk_i, .rst_ni(rst_n), .given_i(given_act_16_i), .answer_o(answer_act_16_o));
  feed_rig #(.Rows(2), .Cols(16)) u_2x16 (
      .clk_i, .rst_ni(rst_n), .given_i(given_2x16_i), .answer_o(answer_2x16_o));
  feed_rig #(.Rows(3), .Cols(2)) u_3x2 (
      .clk_i, .rst_ni(rst_n), .given_i(given_3x2_i), .answer_o(answer_3x2_o));
  feed_rig #(.Rows(5), .Cols(8)) u_5x8 (
      .clk_i, .rst_ni(rst_n), .given_i(given_5x8_i), .answer_o(answer_5x8_o));
  feed_rig #(.Rows(9), .Cols(4)) u_9x4 (
      .clk_i, .rst_ni(rst_n), .given_i(given_9x4_i), .answer_o(answer_9x4_o));
  feed_rig #(.Rows(16), .Cols(4)) u_16x4 (
      .clk_i, .rst_ni(rst_n), .given_i(given_16x4_i), .answer_o(answer_16x4_o));
endmodule

`default_nettype wire

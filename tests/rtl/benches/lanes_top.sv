// Start-value chains, post fronts and post lanes of several sizes side by side, so that one build serves all of them.
`default_nettype none

module lanes_top
  import core_pkg::*;
(
    input  wire          clk_i,
    input  wire          rst_ni,
    input  wire  [102:0] given_init_2x16x4_i,
    output logic [612:0] answer_init_2x16x4_o,
    input  wire  [102:0] given_init_3x4x1_i,
    output logic [228:0] answer_init_3x4x1_o,
    input  wire  [102:0] given_init_5x8x4_i,
    output logic [356:0] answer_init_5x8x4_o,
    input  wire  [102:0] given_init_16x2x1_i,
    output logic [164:0] answer_init_16x2x1_o,
    input  wire  [20+$bits(tile_t):0] given_front_2x2x1_i,
    output logic [5+$bits(row_t):0] answer_front_2x2x1_o,
    input  wire  [20+$bits(tile_t):0] given_front_3x16x2_i,
    output logic [5+$bits(row_t):0] answer_front_3x16x2_o,
    input  wire  [20+$bits(tile_t):0] given_front_5x8x4_i,
    output logic [5+$bits(row_t):0] answer_front_5x8x4_o,
    input  wire  [20+$bits(tile_t):0] given_front_16x4x1_i,
    output logic [5+$bits(row_t):0] answer_front_16x4x1_o,
    input  wire  [$bits(row_t)+64:0] given_lane_2_i,
    output logic [$bits(row_t)+40:0] answer_lane_2_o,
    input  wire  [$bits(row_t)+128:0] given_lane_4_i,
    output logic [$bits(row_t)+40:0] answer_lane_4_o,
    input  wire  [$bits(row_t)+256:0] given_lane_8_i,
    output logic [$bits(row_t)+40:0] answer_lane_8_o
);
  // Everything may start at random: reset until rst_ni has been low at an edge.
  logic started_q = 1'b0;
  logic rst_n;
  always_ff @(posedge clk_i) if (!rst_ni) started_q <= 1'b1;
  assign rst_n = rst_ni && started_q;

  init_rig #(.Rows(2), .Cols(16), .Lanes(4)) u_init_2x16x4 (
      .clk_i, .rst_ni(rst_n), .given_i(given_init_2x16x4_i), .answer_o(answer_init_2x16x4_o));
  init_rig #(.Rows(3), .Cols(4), .Lanes(1)) u_init_3x4x1 (
      .clk_i, .rst_ni(rst_n), .given_i(given_init_3x4x1_i), .answer_o(answer_init_3x4x1_o));
  init_rig #(.Rows(5), .Cols(8), .Lanes(4)) u_init_5x8x4 (
      .clk_i, .rst_ni(rst_n), .given_i(given_init_5x8x4_i), .answer_o(answer_init_5x8x4_o));
  init_rig #(.Rows(16), .Cols(2), .Lanes(1)) u_init_16x2x1 (
      .clk_i, .rst_ni(rst_n), .given_i(given_init_16x2x1_i), .answer_o(answer_init_16x2x1_o));
  front_rig #(.Rows(2), .Cols(2), .Lanes(1)) u_front_2x2x1 (
      .clk_i, .rst_ni(rst_n), .given_i(given_front_2x2x1_i), .answer_o(answer_front_2x2x1_o));
  front_rig #(.Rows(3), .Cols(16), .Lanes(2)) u_front_3x16x2 (
      .clk_i, .rst_ni(rst_n), .given_i(given_front_3x16x2_i), .answer_o(answer_front_3x16x2_o));
  front_rig #(.Rows(5), .Cols(8), .Lanes(4)) u_front_5x8x4 (
      .clk_i, .rst_ni(rst_n), .given_i(given_front_5x8x4_i), .answer_o(answer_front_5x8x4_o));
  front_rig #(.Rows(16), .Cols(4), .Lanes(1)) u_front_16x4x1 (
      .clk_i, .rst_ni(rst_n), .given_i(given_front_16x4x1_i), .answer_o(answer_front_16x4x1_o));
  lane_rig #(.Gap(2)) u_lane_2 (
      .clk_i, .rst_ni(rst_n), .given_i(given_lane_2_i), .answer_o(answer_lane_2_o));
  lane_rig #(.Gap(4)) u_lane_4 (
      .clk_i, .rst_ni(rst_n), .given_i(given_lane_4_i), .answer_o(answer_lane_4_o));
  lane_rig #(.Gap(8)) u_lane_8 (
      .clk_i, .rst_ni(rst_n), .given_i(given_lane_8_i), .answer_o(answer_lane_8_o));
endmodule

`default_nettype wire

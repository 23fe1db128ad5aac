// post_lane with packed ports: {go, row, results} to {next go, next row, target, column, address, data, done}.
`default_nettype none

module lane_rig
  import core_pkg::*;
#(
    parameter int unsigned Gap   = 4,
    parameter int unsigned Depth = 64
) (
    input  wire                              clk_i,
    input  wire                              rst_ni,
    input  wire  [$bits(row_t) + 32*Gap : 0] given_i,
    output logic [$bits(row_t) + 40     : 0] answer_o
);
  localparam int unsigned GapW = $clog2(Gap);
  logic signed [31:0] result[Gap];
  row_t row;
  target_e target;
  logic [GapW-1:0] column;

  for (genvar j = 0; j < Gap; j++) begin : g_col
    assign result[j] = given_i[32*j+:32];
  end
  assign answer_o[39:33] = {3'(target), 4'(column)};

  post_lane #(
      .Gap        (Gap),
      .StreamDepth(Depth),
      .SkipDepth  (Depth)
  ) u_lane (
      .clk_i,
      .rst_ni,
      .go_i      (given_i[32*Gap+$bits(row_t)]),
      .row_i     (given_i[32*Gap+:$bits(row_t)]),
      .next_go_o (answer_o[40+$bits(row_t)]),
      .next_row_o(row),
      .result_i  (result),
      .target_o  (target),
      .column_o  (column),
      .addr_o    (answer_o[32:17]),
      .data_o    (answer_o[16:1]),
      .done_o    (answer_o[0])
  );
  assign answer_o[40+:$bits(row_t)] = row;
endmodule

`default_nettype wire

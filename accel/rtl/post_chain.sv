// The post lanes: each takes the results of its columns, then hands the row to the lane on its right.
//
// Latency: go_i to a lane's first write as in post_lane, Gap = Cols / Lanes cycles more from lane to lane.
// Throughput: one row every Gap cycles.
`default_nettype none

module post_chain
  import core_pkg::*;
#(
    parameter  int unsigned Cols        = 8,
    parameter  int unsigned Lanes       = 2,
    parameter  int unsigned StreamDepth = 256,
    parameter  int unsigned SkipDepth   = 256,
    localparam int unsigned Gap         = Cols / Lanes,
    localparam int unsigned GapW        = $clog2(Gap)
) (
    input  wire                       clk_i,
    input  wire                       rst_ni,
    input  wire                       go_i,
    input  row_t                      row_i,
    input  wire  signed    [    31:0] result_i[Cols],
    // what each lane writes, and where
    output target_e                   target_o[Lanes],
    output logic           [GapW-1:0] column_o[Lanes],
    output logic           [    15:0] addr_o  [Lanes],
    output logic signed    [    15:0] data_o  [Lanes],
    output logic                      done_o          // the last lane ends a column tile
);
  logic go[Lanes+1];
  row_t row[Lanes+1];
  logic done[Lanes];

  assign go[0]  = go_i;
  assign row[0] = row_i;
  assign done_o = done[Lanes-1];

  for (genvar l = 0; l < Lanes; l++) begin : g_lane
    logic signed [31:0] mine[Gap];
    for (genvar j = 0; j < Gap; j++) begin : g_col
      assign mine[j] = result_i[l*Gap+j];
    end
    post_lane #(
        .Gap        (Gap),
        .StreamDepth(StreamDepth),
        .SkipDepth  (SkipDepth)
    ) u_lane (
        .clk_i, .rst_ni, .go_i(go[l]), .row_i(row[l]), .next_go_o(go[l+1]),
        .next_row_o(row[l+1]), .result_i(mine), .target_o(target_o[l]), .column_o(column_o[l]),
        .addr_o(addr_o[l]), .data_o(data_o[l]), .done_o(done[l]));
  end

  logic unused;
  assign unused = ^{go[Lanes], row[Lanes]};
endmodule
`default_nettype wire

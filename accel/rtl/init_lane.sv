// Start values of the columns of a lane, one a cycle: an accumulator that steps along a row.
//
// Each lane takes over from the lane to its left where that one ends its row.
// Latency: go_i to value_o of the first column 1 cycle. Throughput: one column a cycle.
`default_nettype none

module init_lane (
    input  wire                clk_i,
    input  wire                go_i,
    input  wire  signed [31:0] start_i,  // value of the lane's first column
    input  wire  signed [31:0] step_i,
    output logic signed [31:0] value_o,
    output logic signed [31:0] next_o,   // value_o + step_o
    output logic signed [31:0] step_o
);
  assign next_o = value_o + step_o;
  always_ff @(posedge clk_i) begin
    value_o <= go_i ? start_i : next_o;
    if (go_i) step_o <= step_i;
  end
endmodule
`default_nettype wire

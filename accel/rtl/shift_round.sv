// (value + half) >> shift for shifts of 1 to 31: round half up, as formats.shift_round.
//
// Latency: 3 cycles (round, coarse shift, fine shift); each stage takes the value's shift in its own cycle.
// Throughput: one value a cycle.
`default_nettype none

module shift_round
  import core_pkg::*;
(
    input  wire                clk_i,
    input  wire  signed [31:0] value_i,
    input  wire         [ 4:0] shift_0_i,  // with value_i
    input  wire         [ 4:0] shift_1_i,  // the same, one cycle later
    input  wire         [ 4:0] shift_2_i,  // the same, two cycles later
    output logic signed [31:0] value_o
);
  logic signed [32:0] sum_q, coarse_q;
  always_ff @(posedge clk_i) begin
    sum_q <= 33'(value_i) + signed'(half_of(shift_0_i));
    coarse_q <= sum_q >>> {shift_1_i[4:3], 3'b000};
    value_o <= 32'(coarse_q >>> shift_2_i[2:0]);
  end
  logic unused;
  assign unused = ^{shift_1_i[2:0], shift_2_i[4:3]};
endmodule
`default_nettype wire

// Output-stationary processing element: int8 weight x int16 activation into a saturating int32 accumulator.
//
// Weights and control pass to the right, activations pass down, results and start values pass up.
// Control travels with the weight: `valid` multiplies; `last` ends a tile: the accumulator is captured
// for the drain and takes the start value of the next tile (bias + conditioning) from below in the same
// cycle; `shift` moves the drain up by one. The sequencer never sends `last` with `shift`.
//
// Latency: operands to accumulator 4 cycles (input, two product stages, accumulate); `last` to drain_o 5.
// Throughput: one multiply-accumulate a cycle, tile after tile without a gap.
`default_nettype none

module pe #(
    parameter bit UseDsp = 1'b1  // multiplier block, or shift and add
) (
    input  wire                clk_i,
    input  wire                rst_ni,
    input  wire  signed [ 7:0] weight_i,
    output logic signed [ 7:0] weight_o,
    input  wire         [ 2:0] ctl_i,     // {shift, last, valid}
    output logic        [ 2:0] ctl_o,
    input  wire  signed [15:0] act_i,
    output logic signed [15:0] act_o,
    input  wire  signed [31:0] drain_i,   // from the element below
    output logic signed [31:0] drain_o
);
  logic [2:0] ctl_1_q, ctl_2_q, ctl_3_q;
  logic signed [23:0] product_q;  // zero where not valid
  logic signed [31:0] acc_q, acc_d, base;
  logic signed [32:0] sum;

  always_ff @(posedge clk_i) begin
    weight_o <= weight_i;
    act_o    <= act_i;
    if (!rst_ni) begin
      ctl_o   <= '0;
      ctl_1_q <= '0;
      ctl_2_q <= '0;
      ctl_3_q <= '0;
    end else begin
      ctl_o   <= ctl_i;
      ctl_1_q <= ctl_o;
      ctl_2_q <= ctl_1_q;
      ctl_3_q <= ctl_2_q;
    end
  end

  if (UseDsp) begin : g_dsp
    logic signed [23:0] stage_q;
    always_ff @(posedge clk_i) begin
      stage_q   <= weight_o * act_o;
      product_q <= ctl_1_q[0] ? stage_q : '0;
    end
  end else begin : g_fabric
    logic signed [23:0] low_q, high_q;  // weight bits 3..0 and 7..4
    always_ff @(posedge clk_i) begin
      low_q     <= partial(act_o, weight_o[3:0], 1'b0);
      high_q    <= partial(act_o, weight_o[7:4], 1'b1);
      product_q <= ctl_1_q[0] ? low_q + (high_q <<< 4) : '0;
    end
  end

  // Four partial products; the top bit of a two's complement factor counts negative.
  function automatic logic signed [23:0] partial(input logic signed [15:0] factor,
                                                 input logic [3:0] digit, input logic is_signed);
    logic signed [23:0] part0, part1, part2, part3;
    part0 = digit[0] ? 24'(factor) : '0;
    part1 = digit[1] ? 24'(factor) <<< 1 : '0;
    part2 = digit[2] ? 24'(factor) <<< 2 : '0;
    part3 = digit[3] ? 24'(factor) <<< 3 : '0;
    return (part0 + part1) + (is_signed ? part2 - part3 : part2 + part3);
  endfunction

  assign base = ctl_3_q[1] ? drain_i : acc_q;
  assign sum  = 33'(base) + 33'(product_q);
  always_comb begin
    acc_d = sum[31:0];
    if (sum[32] != sum[31]) acc_d = {sum[32], {31{~sum[32]}}};
  end

  always_ff @(posedge clk_i) begin
    acc_q <= acc_d;
    if (ctl_3_q[1]) drain_o <= acc_q;
    else if (ctl_3_q[2]) drain_o <= drain_i;
  end

  logic unused;
  assign unused = ctl_3_q[0];
endmodule
`default_nettype wire

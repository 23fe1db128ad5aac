// tanh of an int16 in Q2.13 by 64 lines from one ROM; result Q0.15. Odd by construction.
//
// Latency: 6 cycles. Throughput: one value a cycle. No multiplier block: slope x step is a sum of three triples.
`default_nettype none

module tanh_unit
  import systole_pkg::*;
(
    input  wire                clk_i,
    input  wire  signed [15:0] value_i,
    output logic signed [15:0] tanh_o
);
  localparam int unsigned StepW = 9;
  if (TanhStepBits != StepW) begin : g_bad_step
    $fatal(1, "tanh_unit: the partial products are laid out for 9 bits");
  end

  logic [14:0] magnitude_1_q, base_2_q, base_3_q, base_4_q, tanh_5_q;
  logic [11:0] slope_2_q;
  logic [StepW-1:0] step_2_q;
  logic [20:0] sum_3_q[3], sum_4_q;
  logic sign_1_q, sign_2_q, sign_3_q, sign_4_q, sign_5_q;

  function automatic logic [20:0] triple(input logic [11:0] slope, input logic [2:0] digit);
    return (digit[0] ? 21'(slope) : '0) + (digit[1] ? 21'(slope) << 1 : '0) +
           (digit[2] ? 21'(slope) << 2 : '0);
  endfunction

  always_ff @(posedge clk_i) begin
    sign_1_q <= value_i[15];
    magnitude_1_q <= !value_i[15] ? value_i[14:0]
                   : (value_i == 16'sh8000) ? 15'h7fff : 15'(-value_i);

    sign_2_q <= sign_1_q;
    base_2_q <= TanhBase[magnitude_1_q[14:9]][14:0];
    slope_2_q <= 12'(TanhSlope[magnitude_1_q[14:9]]);
    step_2_q <= magnitude_1_q[8:0];

    sign_3_q <= sign_2_q;
    base_3_q <= base_2_q;
    sum_3_q[0] <= triple(slope_2_q, step_2_q[2:0]);
    sum_3_q[1] <= triple(slope_2_q, step_2_q[5:3]) << 3;
    sum_3_q[2] <= triple(slope_2_q, step_2_q[8:6]) << 6;

    sign_4_q <= sign_3_q;
    base_4_q <= base_3_q;
    sum_4_q <= sum_3_q[0] + sum_3_q[1] + sum_3_q[2];

    sign_5_q <= sign_4_q;
    tanh_5_q <= base_4_q + 15'((sum_4_q + 21'd256) >> 9);

    tanh_o <= sign_5_q ? -signed'({1'b0, tanh_5_q}) : signed'({1'b0, tanh_5_q});
  end
endmodule
`default_nettype wire

// Phase increment of one sample from its octaves: 2**x by a ROM of 256 chords, then a shift.
//
//   m = base[segment] + ((slope[segment] * step + half) >> 12),  increment = (m << whole) >> 24
//
// The chord's product is made serially, two bits of the step per cycle, so that it needs no
// multiplier block: a table of 0, 1, 2, 3 slopes and one adder. The rounding half is the accumulator's
// start. The ROM has a register of its own and one behind it, since a block RAM's output is late.
//
// Latency:    start_i in cycle n: increment_o is valid from cycle n + 11 until the next start's
//             result.
// Throughput: one increment per 8 cycles (a start every 8 cycles or more).
`default_nettype none

module exp2_unit
  import systole_pkg::*;
(
  input  logic clk_i,
  input  logic rst_ni,
  input  logic start_i,
  input  logic [ExponentBits-1:0] octaves_i,
  output logic [PhaseBits-2:0] increment_o
);

  localparam int unsigned Steps = Exp2StepBits / 2;
  localparam int unsigned WholeBits = ExponentBits - ExponentFraction;
  localparam int unsigned SumBits = Exp2SlopeBits + 2;
  typedef logic [PhaseBits-1:0] shifted_t;

  if (Exp2StepBits % 2 != 0 || Steps > 6) begin : gen_bad_steps
    $fatal(1, "exp2_unit: the step must have an even number of bits, at most 12");
  end

  localparam logic [3:0] CountLast = 4'(Steps + 2);

  logic [3:0] count_q;   // 1: slopes; 2..Steps+1: a pair of bits each; then the sum
  logic [WholeBits-1:0] whole_q;
  logic [Exp2StepBits-1:0] step_q;
  logic [Exp2BaseBits-1:0] rom_base_q, base_q;
  logic [Exp2SlopeBits-1:0] rom_slope_q, slope_q;
  logic [SumBits-1:0] triple_q;
  logic [Exp2SlopeBits-1:0] acc_q;
  logic [SumBits-1:0] sum, term;
  logic [7:0] segment;

  assign segment = octaves_i[Exp2StepBits+:8];
  always_comb begin
    unique case (step_q[1:0])
      2'd0: term = '0;
      2'd1: term = SumBits'(slope_q);
      2'd2: term = SumBits'({slope_q, 1'b0});
      2'd3: term = triple_q;
    endcase
  end
  assign sum = SumBits'(acc_q) + term;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) count_q <= 4'd0;
    else if (start_i) count_q <= 4'd1;
    else if (count_q == CountLast) count_q <= 4'd0;
    else if (count_q != 4'd0) count_q <= count_q + 4'd1;
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      rom_base_q  <= Exp2Base[segment];
      rom_slope_q <= Exp2Slope[segment];
      step_q      <= octaves_i[Exp2StepBits-1:0];
      whole_q     <= octaves_i[ExponentFraction+:WholeBits];
      acc_q       <= Exp2SlopeBits'(2 ** (Exp2StepBits - 1));
    end else if (count_q != 4'd1) begin
      step_q <= step_q >> 2;
      acc_q  <= sum[SumBits-1:2];
    end
    if (count_q == 4'd1) begin
      base_q   <= rom_base_q;
      slope_q  <= rom_slope_q;
      triple_q <= SumBits'(rom_slope_q) + SumBits'({rom_slope_q, 1'b0});
    end
  end

  // (m << whole) >> 24 is (m << 7) >> (31 - whole) in 32 bits, and 31 - whole is ~whole.
  logic [Exp2BaseBits-1:0] mantissa_q;
  logic [WholeBits-1:0] right_q;
  logic [2:0] right_low_q;
  shifted_t coarse_q;

  always_ff @(posedge clk_i) begin
    if (count_q == CountLast) begin
      mantissa_q <= base_q + Exp2BaseBits'(acc_q);
      right_q    <= ~whole_q;
    end
    coarse_q    <= {mantissa_q, 7'd0} >> {right_q[4:3], 3'd0};
    right_low_q <= right_q[2:0];
    increment_o <= (PhaseBits - 1)'(coarse_q >> right_low_q);
  end

  logic unused;
  assign unused = ^sum[1:0];

endmodule

`default_nettype wire

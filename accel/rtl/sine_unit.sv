// Sine of a phase by a quarter-wave ROM of 256 chords: phase of 2**32 a cycle in, Q0.15 out.
//
//   y = base[segment] + ((slope[segment] * step + 512) >> 10), mirrored and negated by quadrant
//
// Latency:    7 cycles: phase_i, quarter_i in cycle n give sine_o in cycle n + 7.
// Throughput: 1 per cycle. No reset: only data.
`default_nettype none

module sine_unit
  import systole_pkg::*;
(
  input  logic clk_i,
  input  logic [PhaseBits-1:0] phase_i,
  input  logic quarter_i,                  // a quarter turn ahead: cosine
  output logic signed [15:0] sine_o
);

  localparam int unsigned StepLsb = QuarterBits - SineSegmentBits - SineStepBits;
  localparam int unsigned ProductBits = SineSlopeBits + SineStepBits;
  localparam int unsigned RomDelay = 3;    // of shift_add_mul with SineSlopeBits
  localparam int unsigned Bits = SineSegmentBits + SineStepBits;

  if ($clog2(SineSlopeBits) != RomDelay) begin : gen_bad_delay
    $fatal(1, "sine_unit: the slope's product takes a different number of cycles");
  end

  // Quadrant and mirror.
  logic [1:0] quadrant;
  logic [Bits-1:0] rest_q;
  logic [RomDelay+2:0] negative_q;         // one bit per stage, the youngest in bit 0

  assign quadrant = phase_i[PhaseBits-1-:2] + 2'(quarter_i);

  always_ff @(posedge clk_i) begin
    rest_q <= phase_i[StepLsb+:Bits] ^ {Bits{quadrant[0]}};
    negative_q <= {negative_q[RomDelay+1:0], quadrant[1]};
  end

  // ROM.
  logic [SineSegmentBits-1:0] segment;
  logic [SineBaseBits-1:0] base_q[RomDelay+1];
  logic [SineSlopeBits-1:0] slope_q;
  logic [SineStepBits-1:0] step_q;

  assign segment = rest_q[SineStepBits+:SineSegmentBits];

  always_ff @(posedge clk_i) begin
    base_q[0] <= SineBase[segment];
    slope_q   <= SineSlope[segment];
    step_q    <= rest_q[SineStepBits-1:0];
    for (int unsigned k = 0; k < RomDelay; k++) base_q[k+1] <= base_q[k];
  end

  logic [ProductBits-1:0] product;
  shift_add_mul #(
    .AWidth(SineStepBits),
    .BWidth(SineSlopeBits),
    .PWidth(ProductBits)
  ) u_product (
    .clk_i,
    .a_i(step_q),
    .b_i(slope_q),
    .p_o(product)
  );

  // Round and add, then the sign.
  logic [SineBaseBits-1:0] value_q;

  always_ff @(posedge clk_i) begin
    value_q <= base_q[RomDelay] + SineBaseBits'(product[ProductBits-1:SineStepBits])
               + SineBaseBits'(product[SineStepBits-1]);
    sine_o  <= negative_q[RomDelay+2] ? -16'(value_q) : 16'(value_q);
  end

  logic unused;
  assign unused = ^{phase_i[StepLsb-1:0], product[SineStepBits-2:0]};

endmodule

`default_nettype wire

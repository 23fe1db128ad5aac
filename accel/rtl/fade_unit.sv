// Gain of a harmonic, 0..32768 = 0..1: full below 15 kHz (at 48 kHz), fading linearly to nothing at
// 21 kHz, so that no harmonic aliases.
//
//   gain = clamp((FadeTop - increment * harmonic) >> (FadeWidthBits - 15), 0, Unity)
//
// Latency:    5 cycles: increment_i, harmonic_i in cycle n give gain_o in cycle n + 5.
// Throughput: 1 per cycle. No reset: only data.
`default_nettype none

module fade_unit
  import systole_pkg::*;
(
  input  logic clk_i,
  input  logic [PhaseBits-2:0] increment_i,
  input  logic [HarmonicBits-1:0] harmonic_i,
  output logic [15:0] gain_o
);

  localparam int unsigned ProductBits = PhaseBits - 1 + HarmonicBits;
  localparam int unsigned GainLsb = FadeWidthBits - 15;

  logic [ProductBits-1:0] product;
  shift_add_mul #(
    .AWidth(PhaseBits - 1),
    .BWidth(HarmonicBits),
    .PWidth(ProductBits)
  ) u_product (
    .clk_i,
    .a_i(increment_i),
    .b_i(harmonic_i),
    .p_o(product)
  );

  logic signed [ProductBits:0] distance_q;

  always_ff @(posedge clk_i) begin
    distance_q <= (ProductBits + 1)'(FadeTop) - (ProductBits + 1)'(product);
    if (distance_q < 0) gain_o <= '0;
    else if (distance_q[ProductBits-1:FadeWidthBits] != '0) gain_o <= 16'(Unity);
    else gain_o <= 16'(distance_q[FadeWidthBits-1:GainLsb]);
  end

  logic unused;
  assign unused = ^distance_q[GainLsb-1:0];

endmodule

`default_nettype wire

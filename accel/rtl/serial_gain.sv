// Signed number times the constant systole_pkg::ExponentGain, one bit of the constant per step:
// an adder as wide as the number, and the product moves right through two registers.
//
// After n steps (n >= ExponentGainBits) {acc, low} holds (x_i * ExponentGain + Init) times
// 2**(LowWidth - n); steps beyond the constant's bits only move the product down, so that the
// number of steps chooses a power of two without a shifter. n must not exceed LowWidth.
//
// Latency:    load_i clears in 1 cycle; each step_i is 1 cycle; p_o is a register.
// Throughput: one product per load and ExponentGainBits or more steps. x_i is stable meanwhile.
`default_nettype none

module serial_gain
  import systole_pkg::*;
#(
  parameter int unsigned XWidth = 24,
  parameter int unsigned LowWidth = 19,  // at least ExponentGainBits
  parameter int unsigned Init = 0        // added to the product; below 2**(XWidth-1)
) (
  input  logic clk_i,
  input  logic load_i,
  input  logic step_i,
  input  logic signed [XWidth-1:0] x_i,
  output logic signed [XWidth+LowWidth-1:0] p_o
);

  if (LowWidth < ExponentGainBits) begin : gen_bad_low
    $fatal(1, "serial_gain: LowWidth must be at least ExponentGainBits");
  end
  if (XWidth < 2 || XWidth > 32 || Init >= 2 ** (XWidth - 1)) begin : gen_bad_init
    $fatal(1, "serial_gain: XWidth must be 2..32 and Init below 2**(XWidth-1)");
  end

  logic [ExponentGainBits-1:0] gain_q;
  logic signed [XWidth-1:0] acc_q;
  logic [LowWidth-1:0] low_q;
  logic signed [XWidth:0] sum;

  assign sum = (XWidth + 1)'(acc_q) + (gain_q[0] ? (XWidth + 1)'(x_i) : '0);

  always_ff @(posedge clk_i) begin
    if (load_i) begin
      gain_q <= ExponentGainBits'(ExponentGain);
      acc_q  <= XWidth'(Init);
      low_q  <= '0;
    end else if (step_i) begin
      gain_q <= gain_q >> 1;
      {acc_q, low_q} <= {sum, low_q[LowWidth-1:1]};
    end
  end

  assign p_o = {acc_q, low_q};

endmodule

`default_nettype wire

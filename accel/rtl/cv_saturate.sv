// A control voltage as written, brought to what the core takes: pitch to +-(2^23 - 1), knobs to int16.
//
// Latency: none (combinational). Throughput: one word a cycle.
`default_nettype none

module cv_saturate (
    input  wire                is_pitch_i,
    input  wire signed  [31:0] value_i,
    output logic signed [23:0] word_o
);

  localparam logic signed [31:0] PitchTop = (32'sd1 <<< (systole_pkg::PitchBits - 1)) - 32'sd1;
  localparam logic signed [31:0] KnobTop = (32'sd1 <<< (systole_pkg::ActivationBits - 1)) - 32'sd1;
  logic signed [31:0] top, bottom;

  assign top = is_pitch_i ? PitchTop : KnobTop;
  assign bottom = is_pitch_i ? -PitchTop : -KnobTop - 32'sd1;

  always_comb begin
    if (value_i > top) word_o = top[23:0];
    else if (value_i < bottom) word_o = bottom[23:0];
    else word_o = value_i[23:0];
  end

endmodule
`default_nettype wire

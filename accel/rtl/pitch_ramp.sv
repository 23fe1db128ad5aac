// Octaves of every sample of a control frame: the pitch ramps linearly from the previous word to the
// current one, is scaled to octaves with 20 fraction bits, offset and clipped.
//
//   octaves(r) = clip((((prev*(hop-r) + cur*r) * ExponentGain + half) >> shift(hop)) + offset)
//
// The product is linear in r: after prev * Gain and (cur - prev) * Gain have been made serially, once
// per frame, each sample costs one addition (in two halves, to keep the carry chain short). All hops
// are brought to hop 256 by the number of serial steps, so that the shift is a choice of wires.
//
// Latency:    start_i in cycle n: octaves_o of sample 0 is valid from cycle n + SetupCycles (27);
//             ready_o pulses in the cycle before. advance_i in cycle n: octaves_o keeps its value
//             in cycle n, and is the next sample's from cycle n + 4.
//             A change of offset_i shows 2 cycles later.
// Throughput: one sample per 4 cycles. The pitch and the hop are stable from start_i to the frame's end.
`default_nettype none

module pitch_ramp
  import systole_pkg::*;
(
  input  logic clk_i,
  input  logic rst_ni,
  input  logic start_i,
  input  logic advance_i,
  input  logic signed [PitchBits-1:0] pitch_prev_i,
  input  logic signed [PitchBits-1:0] pitch_cur_i,
  input  logic [3:0] log2_hop_i,
  input  logic signed [31:0] offset_i,
  output logic ready_o,
  output logic [ExponentBits-1:0] octaves_o
);

  localparam int unsigned Shift = ExponentShiftBase + MaxLog2Hop;           // of hop 256
  localparam int unsigned LowWidth = ExponentGainBits + MaxLog2Hop - MinLog2Hop;
  localparam int unsigned DeltaWidth = PitchBits + 1 + LowWidth;
  localparam int unsigned LoWidth = Shift;                                  // below the octaves
  localparam int unsigned SumWidth = PitchBits + MaxLog2Hop + ExponentGainBits;
  localparam int unsigned HiWidth = SumWidth - LoWidth;
  localparam logic [4:0] CountIdle = 5'd0;
  localparam logic [4:0] CountPrev = 5'(ExponentGainBits);       // last step of prev * Gain
  localparam logic [4:0] CountLoad = 5'(LowWidth + 1);           // both products are complete
  localparam logic [4:0] CountReady = 5'(LowWidth + 3);          // octaves_o one cycle later
  localparam int unsigned WholeWidth = 33 - ExponentFraction;
  localparam int unsigned WholeTop = ExponentTop >> ExponentFraction;

  // Setup: two serial products, counted from 1.
  logic [4:0] count_q;
  logic signed [PitchBits:0] delta_q;
  logic signed [PitchBits+ExponentGainBits-1:0] prev_gain;
  logic signed [DeltaWidth-1:0] delta_gain;
  logic step_prev, step_delta;

  assign step_prev  = count_q != CountIdle && count_q <= CountPrev;
  assign step_delta = count_q != CountIdle
                      && count_q <= CountPrev - 5'(MinLog2Hop) + 5'(log2_hop_i);
  assign ready_o    = count_q == CountReady;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) count_q <= CountIdle;
    else if (start_i) count_q <= 5'd1;
    else if (ready_o) count_q <= CountIdle;
    else if (count_q != CountIdle) count_q <= count_q + 5'd1;
    if (start_i) delta_q <= (PitchBits + 1)'(pitch_cur_i) - (PitchBits + 1)'(pitch_prev_i);
  end

  // Init is the half of the rounding shift: every later sum carries it.
  serial_gain #(
    .XWidth(PitchBits),
    .LowWidth(ExponentGainBits),
    .Init(2 ** (Shift - 1 - MaxLog2Hop))
  ) u_prev (
    .clk_i,
    .load_i(start_i),
    .step_i(step_prev),
    .x_i(pitch_prev_i),
    .p_o(prev_gain)
  );

  serial_gain #(
    .XWidth(PitchBits + 1),
    .LowWidth(LowWidth)
  ) u_delta (
    .clk_i,
    .load_i(start_i),
    .step_i(step_delta),
    .x_i(delta_q),
    .p_o(delta_gain)
  );

  // Sum, low half first; the high half is the rounded octaves relative to 0 V.
  logic [LoWidth-1:0] lo_q;
  logic signed [HiWidth-1:0] hi_q;
  logic carry_q, advance_q;

  always_ff @(posedge clk_i) begin
    advance_q <= advance_i;
    if (count_q == CountLoad) begin
      {hi_q, lo_q} <= {prev_gain, MaxLog2Hop'(0)};
    end else begin
      if (advance_i) begin
        {carry_q, lo_q} <= (LoWidth + 1)'(lo_q) + (LoWidth + 1)'(delta_gain[LoWidth-1:0]);
      end
      if (advance_q) begin
        hi_q <= hi_q + HiWidth'($signed(delta_gain[DeltaWidth-1:LoWidth])) + HiWidth'(carry_q);
      end
    end
  end

  // Offset and clip, a register each.
  logic signed [32:0] octaves_q;
  logic signed [WholeWidth-1:0] whole;
  assign whole = octaves_q[32:ExponentFraction];

  always_ff @(posedge clk_i) begin
    octaves_q <= 33'(hi_q) + 33'(offset_i);
    if (whole < 0) octaves_o <= '0;
    else if (whole > WholeWidth'(WholeTop)) octaves_o <= ExponentBits'(ExponentTop);
    else octaves_o <= octaves_q[ExponentBits-1:0];
  end

endmodule

`default_nettype wire

// Excitation of a control frame: an oscillator (phase from V/oct pitch, sines and cosines of its
// harmonics, faded out below Nyquist) and LFSR noise. Bit for bit accel/reference.excitation.
//
// A frame is hop = 2**log2_hop_i samples of channels_i channels, one channel per cycle, in order.
// While a sample's channels pass, the increment of the next one is computed serially. Phase and
// noise go on from frame to frame; reset_i, given while idle, sets them.
//
// Latency:    start_i in cycle n: first out_valid_o in cycle n + 48, done_o in cycle
//             n + 48 + (hop - 1) * max(channels, 8) + channels
//             (accel/hardware/excite_cycles.py). busy_o is high from n + 1 until done_o, which
//             pulses in the first idle cycle: start_i may come with it.
// Throughput: one channel per cycle, one sample per max(channels, 8) cycles.
// A channel's way: code (cycle 0), phase * harmonic (1-4), sine (4-11) beside the gain (6-11),
// sine * gain (12, the only multiplier block), round and choose (13).
`default_nettype none

module excite
  import systole_pkg::*;
(
  input  logic clk_i,
  input  logic rst_ni,
  input  logic reset_i,                 // phase := phase_i, noise state := seed_i
  input  logic [31:0] seed_i,           // not 0
  input  logic [31:0] phase_i,
  input  logic start_i,                 // the inputs below are stable from start_i to done_o
  input  logic signed [PitchBits-1:0] pitch_prev_i,
  input  logic signed [PitchBits-1:0] pitch_cur_i,
  input  logic [3:0] log2_hop_i,        // 4..8
  input  logic [31:0] exp_offset_i,     // log2 of the increment at 0 V, 20 fraction bits
  input  logic [ExcCountBits-1:0] channels_i,  // 1..ExcChannels
  output logic [ExcIndexBits-1:0] code_addr_o,
  input  logic [15:0] code_i,           // in the same cycle: source, and harmonic from bit 8
  output logic out_valid_o,
  output logic [ExcIndexBits-1:0] out_channel_o,
  output logic [7:0] out_sample_o,
  output logic signed [15:0] out_data_o,
  output logic busy_o,
  output logic done_o
);

  localparam int unsigned IncrementCycles = 8;  // of exp2_unit

  // A slot is a channel's index, and counts the cycles of the first increment, too.
  if (ExcChannels < IncrementCycles) begin : gen_bad_channels
    $fatal(1, "excite: ExcChannels must be at least %0d", IncrementCycles);
  end

  // Stages at which a channel (its code is read in stage 0) meets what is computed beside it.
  localparam int unsigned QuarterStage = 4;     // phase * harmonic is there
  localparam int unsigned FadeStage = 6;        // fade_unit's inputs
  localparam int unsigned ProductStage = 12;    // sine * gain
  typedef enum logic [1:0] {
    StIdle,
    StSetup,   // pitch_ramp prepares the frame
    StFill,    // first increment
    StRun      // channels; then the pipeline runs empty
  } state_e;

  state_e state_q;
  logic [ExcIndexBits-1:0] slot_q, last_slot_q, last_channel_q;
  logic [7:0] sample_q, last_sample_q;
  logic present_q;                              // the slot is a channel's: slot_q <= last_channel_q
  logic issuing_q;                              // false once the last channel has been issued
  logic issue, wrap, tick, ramp_ready, last_out;
  logic [ExponentBits-1:0] octaves;
  logic [PhaseBits-2:0] increment;

  // Sequence.
  assign issue = state_q == StRun && issuing_q && present_q;
  assign tick  = (state_q == StFill || state_q == StRun) && slot_q == '0;
  assign wrap  = slot_q == (state_q == StFill ? ExcIndexBits'(IncrementCycles - 1) : last_slot_q);
  assign code_addr_o = slot_q;

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      last_channel_q <= ExcIndexBits'(channels_i - 1'b1);
      last_slot_q    <= channels_i > ExcCountBits'(IncrementCycles)
                        ? ExcIndexBits'(channels_i - 1'b1) : ExcIndexBits'(IncrementCycles - 1);
      last_sample_q  <= ~(8'hFF << log2_hop_i);
      sample_q       <= '0;
      slot_q         <= '0;
      present_q      <= 1'b1;
    end else if (state_q == StFill || state_q == StRun) begin
      slot_q    <= wrap ? '0 : slot_q + 1'b1;
      present_q <= wrap || (present_q && slot_q != last_channel_q);
      if (wrap && state_q == StRun) sample_q <= sample_q + 8'd1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q   <= StIdle;
      issuing_q <= 1'b0;
    end else if (start_i) begin
      state_q   <= StSetup;
      issuing_q <= 1'b1;
    end else begin
      if (state_q == StSetup && ramp_ready) state_q <= StFill;
      if (state_q == StFill && wrap) state_q <= StRun;
      if (issue && slot_q == last_channel_q && sample_q == last_sample_q) issuing_q <= 1'b0;
      if (out_valid_o && last_out) state_q <= StIdle;
    end
  end

  // Increments: the one of sample k is started at sample k - 1's first slot.
  pitch_ramp u_ramp (
    .clk_i,
    .rst_ni,
    .start_i,
    .advance_i(tick),
    .pitch_prev_i,
    .pitch_cur_i,
    .log2_hop_i,
    .offset_i($signed(exp_offset_i)),
    .ready_o(ramp_ready),
    .octaves_o(octaves)
  );

  exp2_unit u_exp2 (
    .clk_i,
    .rst_ni,
    .start_i(tick),
    .octaves_i(octaves),
    .increment_o(increment)
  );

  // What travels with a channel; index = stage, stage 1 holds the registered code.
  logic [ProductStage:1] valid_q, noise_q;
  logic [ProductStage-1:1] first_q;              // first channel of a sample
  logic [QuarterStage:1] cosine_q;
  logic [HarmonicBits-1:0] harmonic_q[1:FadeStage];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q <= '0;
      first_q <= '0;
    end else begin
      valid_q <= {valid_q[ProductStage-1:1], issue};
      first_q <= {first_q[ProductStage-2:1], issue && slot_q == '0};
    end
    noise_q  <= {noise_q[ProductStage-1:1], code_i[7:0] == SourceNoise};
    cosine_q <= {cosine_q[QuarterStage-1:1], code_i[7:0] == SourceCosine};
    harmonic_q[1] <= code_i[8+:HarmonicBits];
    for (int unsigned k = 1; k < FadeStage; k++) harmonic_q[k+1] <= harmonic_q[k];
  end

  // Phase and increment in use. The increment arrives FadeStage cycles after the sample's first
  // slot, so at that slot it is still the previous sample's, which is what the phase advances by.
  logic [PhaseBits-1:0] phase_q;
  logic [PhaseBits-2:0] increment_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      phase_q     <= '0;
      increment_q <= '0;
    end else if (reset_i) begin
      phase_q     <= phase_i;
      increment_q <= '0;
    end else begin
      if (issue && slot_q == '0) phase_q <= phase_q + PhaseBits'(increment_q);
      if (first_q[FadeStage-1]) increment_q <= increment;
    end
  end

  // Noise: sixteen LFSR steps per sample; the state's low half is the newest word.
  logic [31:0] lfsr_q;
  logic [15:0] word;

  assign word = 16'((lfsr_q >> LfsrShift0) ^ (lfsr_q >> LfsrShift1) ^ (lfsr_q >> LfsrShift2)
                    ^ (lfsr_q >> LfsrShift3));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) lfsr_q <= '1;
    else if (reset_i) lfsr_q <= seed_i;
    else if (first_q[ProductStage-1]) lfsr_q <= {lfsr_q[15:0], word};
  end

  // Sine, gain, product.
  logic [PhaseBits-1:0] turned;
  logic signed [15:0] sine;
  logic [15:0] gain;
  logic signed [32:0] product_q;

  shift_add_mul #(
    .AWidth(PhaseBits),
    .BWidth(HarmonicBits),
    .PWidth(PhaseBits)
  ) u_turned (
    .clk_i,
    .a_i(phase_q),
    .b_i(harmonic_q[1]),
    .p_o(turned)
  );

  sine_unit u_sine (
    .clk_i,
    .phase_i(turned),
    .quarter_i(cosine_q[QuarterStage]),
    .sine_o(sine)
  );

  fade_unit u_fade (
    .clk_i,
    .increment_i(increment_q),
    .harmonic_i(harmonic_q[FadeStage]),
    .gain_o(gain)
  );

  always_ff @(posedge clk_i) begin
    product_q <= 33'(sine) * 33'($signed({1'b0, gain}));
    out_data_o <= noise_q[ProductStage] ? lfsr_q[15:0]
                                        : product_q[30:15] + 16'(product_q[14]);
  end

  // Output: the counters say which channel and sample the present one is.
  assign last_out = out_channel_o == last_channel_q && out_sample_o == last_sample_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      out_valid_o <= 1'b0;
      done_o      <= 1'b0;
    end else begin
      out_valid_o <= valid_q[ProductStage];
      done_o      <= out_valid_o && last_out;
    end
    if (start_i) begin
      out_channel_o <= '0;
      out_sample_o  <= '0;
    end else if (out_valid_o) begin
      out_channel_o <= out_channel_o == last_channel_q ? '0 : out_channel_o + 1'b1;
      if (out_channel_o == last_channel_q) out_sample_o <= out_sample_o + 8'd1;
    end
  end

  assign busy_o = state_q != StIdle;

  logic unused;
  assign unused = ^{code_i[15:8+HarmonicBits], product_q[32:31], product_q[13:0]};

endmodule

`default_nettype wire

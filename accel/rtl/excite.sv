// Excitation of a control frame: oscillators (phase from V/oct pitch and a ratio to it, sines and cosines
// of their harmonics, faded out below Nyquist) and LFSR noise. Bit for bit accel/reference.excitation.
//
// A frame is hop = 2**log2_hop_i samples of channels_i channels, one channel per cycle, in order. While a
// sample's channels pass, the increments of the next one are computed serially, one oscillator after the
// other: turn_o says whose offset is wanted. Phases and noise go on from frame to frame; reset_i, given
// while idle, sets them, and so does sync_i a single phase, before a frame's first sample.
//
// Latency:    start_i in cycle n, S = max(channels, 8 * oscillators) cycles a sample: first out_valid_o in
//             cycle n + 48, done_o in cycle n + 48 + (hop - 1) * S + channels. With records the first output
//             comes later, by what ratio_busy_i lasts and by 8 cycles per further oscillator
//             (accel/hardware/excite_cycles.py). busy_o is high from n + 1 until done_o, which pulses in the
//             first idle cycle: start_i may come with it.
// Throughput: one channel per cycle, one sample per S cycles.
// A channel's way: code (cycle 0), phase * harmonic (1-4), sine (4-11) beside the gain (6-11),
// sine * gain (12, the only multiplier block), round and choose (13).
`default_nettype none

module excite
  import systole_pkg::*;
(
  input  logic clk_i,
  input  logic rst_ni,
  input  logic reset_i,                 // phases := phase_i, noise state := seed_i
  input  logic [31:0] seed_i,           // not 0
  input  logic [Oscillators-1:0] sync_i,  // after start_i, while ratio_busy_i: phase := its own
  input  logic [Oscillators-1:0][31:0] phase_i,
  input  logic start_i,                 // the inputs below are stable from start_i to done_o
  input  logic signed [PitchBits-1:0] pitch_prev_i,
  input  logic signed [PitchBits-1:0] pitch_cur_i,
  input  logic [3:0] log2_hop_i,        // 4..8
  input  logic [2:0] oscillators_i,     // with records; 0: one without
  input  logic ratio_busy_i,            // rises with busy_o at most; then the offsets are there
  output logic [OscIndexBits-1:0] turn_o,
  output logic advance_o,               // to the next sample of turn_o
  // log2 of the increment at 0 V, 20 fraction bits: of turn_o a cycle ago
  input  logic signed [31:0] offset_i,
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

  // A slot is a channel's index, and counts the cycles of the first increments, too.
  if (ExcChannels < Oscillators * IncrementCycles) begin : gen_bad_channels
    $fatal(1, "excite: ExcChannels must be at least %0d", Oscillators * IncrementCycles);
  end

  // Stages at which a channel (its code is read in stage 0) meets what is computed beside it.
  localparam int unsigned QuarterStage = 4;     // phase * harmonic is there
  localparam int unsigned FadeStage = 6;        // fade_unit's inputs
  localparam int unsigned ProductStage = 12;    // sine * gain
  localparam int unsigned ResultCycles = 11;    // from a tick to its increment
  typedef enum logic [2:0] {
    StIdle,
    StSetup,   // pitch_ramp prepares the frame
    StRatio,   // ratio_unit is not ready yet
    StFill,    // first increments
    StRun      // channels; then the pipeline runs empty
  } state_e;

  state_e state_q;
  logic [ExcIndexBits-1:0] slot_q, last_slot_q, last_channel_q, last_fill_q;
  logic [ExcCountBits-1:0] turn_slots;          // 8 per oscillator
  logic [7:0] sample_q, last_sample_q;
  logic present_q;                              // the slot is a channel's: slot_q <= last_channel_q
  logic issuing_q;                              // false once the last channel has been issued
  logic issue, wrap, tick, ramp_ready, last_out, last_turn;
  logic [ExponentBits-1:0] octaves;
  logic [PhaseBits-2:0] increment;

  // Sequence.
  assign issue = state_q == StRun && issuing_q && present_q;
  assign tick  = (state_q == StFill || state_q == StRun) && slot_q[2:0] == '0
                 && slot_q <= last_fill_q;
  assign wrap  = slot_q == (state_q == StFill ? last_fill_q : last_slot_q);
  assign code_addr_o = slot_q;
  assign turn_slots = oscillators_i == '0 ? ExcCountBits'(IncrementCycles)
                                          : ExcCountBits'({oscillators_i, 3'd0});

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      last_channel_q <= ExcIndexBits'(channels_i - 1'b1);
      last_fill_q    <= ExcIndexBits'(turn_slots - 1'b1);
      last_slot_q    <= channels_i > turn_slots
                        ? ExcIndexBits'(channels_i - 1'b1) : ExcIndexBits'(turn_slots - 1'b1);
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
      if (state_q == StSetup && ramp_ready) state_q <= ratio_busy_i ? StRatio : StFill;
      if (state_q == StRatio && !ratio_busy_i) state_q <= StFill;
      if (state_q == StFill && wrap) state_q <= StRun;
      if (issue && slot_q == last_channel_q && sample_q == last_sample_q) issuing_q <= 1'b0;
      if (out_valid_o && last_out) state_q <= StIdle;
    end
  end

  // Increments: those of sample k are started in sample k - 1, oscillator j's at slot 8 * j.
  assign last_turn = {turn_o, 3'd7} == last_fill_q;
  assign advance_o = tick;

  always_ff @(posedge clk_i) begin
    if (start_i) turn_o <= '0;
    else if (tick) turn_o <= last_turn ? '0 : turn_o + 1'b1;
  end

  pitch_ramp u_ramp (
    .clk_i,
    .rst_ni,
    .start_i,
    .advance_i(tick && last_turn),
    .pitch_prev_i,
    .pitch_cur_i,
    .log2_hop_i,
    .offset_i,
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
  logic [OscIndexBits-1:0] oscillator_q[1:FadeStage];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q <= '0;
      first_q <= '0;
    end else begin
      valid_q <= {valid_q[ProductStage-1:1], issue};
      first_q <= {first_q[ProductStage-2:1], issue && slot_q == '0};
    end
    noise_q  <= {noise_q[ProductStage-1:1], code_i[1:0] == 2'(SourceNoise)};
    cosine_q <= {cosine_q[QuarterStage-1:1], code_i[1:0] == 2'(SourceCosine)};
    oscillator_q[1] <= code_i[2+:OscIndexBits];
    harmonic_q[1] <= code_i[8+:HarmonicBits];
    for (int unsigned k = 1; k < FadeStage; k++) begin
      oscillator_q[k+1] <= oscillator_q[k];
      harmonic_q[k+1] <= harmonic_q[k];
    end
  end

  // Increments as they come, in the order of their ticks: the last oscillator's in a sample's fourth slot.
  logic [ResultCycles-1:0] coming_q;             // a tick so many cycles ago
  logic [OscIndexBits-1:0] coming_index_q;
  logic [PhaseBits-2:0] coming_increment_q[Oscillators];

  always_ff @(posedge clk_i) begin
    if (!rst_ni || start_i) begin
      coming_q       <= '0;
      coming_index_q <= '0;
    end else begin
      coming_q <= {coming_q[ResultCycles-2:0], tick};
      if (coming_q[ResultCycles-1]) begin
        coming_increment_q[coming_index_q] <= increment;
        coming_index_q <= {coming_index_q, 3'd7} == last_fill_q ? '0 : coming_index_q + 1'b1;
      end
    end
  end

  // Phases and increments in use. The increments arrive FadeStage cycles after the sample's first slot, so at
  // that slot they are still the previous sample's, which is what the phases advance by.
  logic [PhaseBits-1:0] phase_q[Oscillators];
  logic [PhaseBits-2:0] increment_q[Oscillators];

  for (genvar k = 0; k < Oscillators; k++) begin : gen_phase
    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        phase_q[k]     <= '0;
        increment_q[k] <= '0;
      end else if (reset_i || sync_i[k]) begin
        phase_q[k]     <= phase_i[k];
        increment_q[k] <= '0;
      end else begin
        if (issue && slot_q == '0) phase_q[k] <= phase_q[k] + PhaseBits'(increment_q[k]);
        if (first_q[FadeStage-1]) increment_q[k] <= coming_increment_q[k];
      end
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
    .a_i(phase_q[oscillator_q[1]]),
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
    .increment_i(increment_q[oscillator_q[FadeStage]]),
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
  assign unused = ^{code_i[15:8+HarmonicBits], code_i[7:2+OscIndexBits], product_q[32:31],
                    product_q[13:0]};

endmodule

`default_nettype wire

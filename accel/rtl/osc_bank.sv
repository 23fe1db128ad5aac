// The bank's oscillators: their records, the control voltages that they follow, their ratios and start phases.
//
// Every oscillator catches two words of a control frame as they pass: the voltage that its ratio follows, and
// the gate whose rise sets its phase. In the frame that primes it may be set once more to what the start set.
//
// Latency:    a voltage counts if it comes no later than run_i. sync_o pulses in the cycle after run_i. Ratios
//             as ratio_unit. rdata_o answers 1 cycle after use_i.
// Throughput: one voltage and one request a cycle.
`default_nettype none

module osc_bank
  import systole_pkg::*;
(
  input  logic clk_i,
  input  logic rst_ni,
  // points and records, while not busy
  input  logic use_i,
  input  logic we_i,
  input  logic [RatioIndexBits:0] addr_i,    // the top bit: records, OscStride words each
  input  logic [31:0] wdata_i,
  output logic [31:0] rdata_o,
  // configuration and start
  input  logic [2:0] oscillators_i,          // 0: one without a record, at the pitch
  input  logic [3:0] log2_hop_i,
  input  logic signed [31:0] exp_offset_i,
  input  logic [31:0] phase_i,
  // control voltages
  input  logic cv_we_i,
  input  logic [7:0] cv_word_i,
  input  logic signed [15:0] cv_data_i,
  input  logic run_i,
  output logic busy_o,
  // to the excitation
  input  logic [OscIndexBits-1:0] turn_i,
  input  logic advance_i,
  output logic signed [31:0] offset_o,
  output logic [Oscillators-1:0] sync_o,
  output logic [Oscillators-1:0][31:0] start_o
);

  osc_t records_q[Oscillators];
  logic [31:0] starts_q[Oscillators];
  logic signed [15:0] voltages_q[Oscillators];
  logic [Oscillators-1:0] high_q, was_high_q;
  logic running_q;

  // Load and readback.
  logic [OscIndexBits-1:0] place;
  logic [RatioBits-1:0] point;
  logic [31:0] record_word_q;
  logic record_read_q;

  assign place = addr_i[2+:OscIndexBits];

  always_ff @(posedge clk_i) begin
    if (we_i && addr_i[RatioIndexBits]) begin
      unique case (addr_i[1:0])
        2'd0: records_q[place][31:0] <= wdata_i;
        2'd1: records_q[place][$bits(osc_t)-1:32] <= wdata_i[$bits(osc_t)-33:0];
        2'd2: starts_q[place] <= wdata_i;
        default: ;
      endcase
    end
    record_read_q <= addr_i[RatioIndexBits];
    unique case (addr_i[1:0])
      2'd0: record_word_q <= records_q[place][31:0];
      2'd1: record_word_q <= 32'(records_q[place][$bits(osc_t)-1:32]);
      default: record_word_q <= starts_q[place];
    endcase
  end
  assign rdata_o = record_read_q ? record_word_q : 32'($signed(point));

  // What the frame brings.
  for (genvar k = 0; k < Oscillators; k++) begin : gen_oscillator
    localparam int unsigned Turn = TurnBits * k;
    logic [63:0] twice;

    always_ff @(posedge clk_i) begin
      if (cv_we_i && cv_word_i == records_q[k].knob) voltages_q[k] <= cv_data_i;
      if (cv_we_i && cv_word_i == records_q[k].gate) begin
        high_q[k] <= cv_data_i >= $signed(16'(GateCounts));
      end
      if (running_q) was_high_q[k] <= high_q[k];
    end

    // The voice's phase turned left, or the record's.
    assign twice = {phase_i, phase_i} << Turn;
    assign start_o[k] = (oscillators_i == '0 || records_q[k].free) ? twice[63:32] : starts_q[k];
    assign sync_o[k] = running_q && 3'(k) < oscillators_i && records_q[k].gate != '0
                       && high_q[k] && !was_high_q[k];

    logic unused_twice;
    assign unused_twice = ^twice[31:0];
  end

  always_ff @(posedge clk_i) running_q <= run_i && rst_ni;

  // The voltage that a ratio follows, within a knob's 5 V.
  logic [OscIndexBits-1:0] index;
  logic signed [15:0] voltage;
  logic [VoltageBits-1:0] clamped;

  assign voltage = voltages_q[index];
  always_comb begin
    if (records_q[index].knob == '0 || voltage < 0) clamped = '0;
    else if (voltage > $signed(16'(KnobCounts))) clamped = VoltageBits'(KnobCounts);
    else clamped = VoltageBits'(voltage);
  end

  ratio_unit u_ratio (
    .clk_i,
    .rst_ni,
    .use_i,
    .we_i(we_i && !addr_i[RatioIndexBits]),
    .addr_i(addr_i[RatioIndexBits-1:0]),
    .wdata_i(wdata_i[RatioBits-1:0]),
    .rdata_o(point),
    .run_i,
    .oscillators_i,
    .log2_hop_i,
    .index_o(index),
    .record_i(records_q[index]),
    .voltage_i(clamped),
    .busy_o,
    .exp_offset_i,
    .turn_i,
    .advance_i,
    .offset_o
  );

endmodule

`default_nettype wire

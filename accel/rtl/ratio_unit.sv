// Ratios of the bank's oscillators to the pitch, in octaves with 20 fraction bits: looked up in a table
// by a control voltage once per frame, then a ramp from the previous frame's ratio to this one's.
// Bit for bit accel/oscillators.py: Oscillator.ratio and ratio_ramp.
//
//   ratio  = low + (((high - low) * step + half) >> bits)     low, high: points around the voltage
//   ramp(r) = (previous * (hop - r) + current * r + hop / 2) >> log2(hop)
//
// Both are brought to one width, 12 bits a segment and 256 samples a frame, by shifting one bit a cycle, so
// that one serial product and one adder do for all. A ramp is a sum that grows by a step per sample; sums and
// steps lie in small memories, one word per oscillator.
//
// Latency:    busy_o is high for 32 cycles per oscillator, from the cycle after run_i. offset_o is that of
//             turn_i in the cycle before; what advance_i adds shows two cycles after it, and the first
//             sample's ratios two cycles before busy_o falls.
// Throughput: one oscillator per 32 cycles; while idle, one step of a ramp per cycle.
`default_nettype none

module ratio_unit
  import systole_pkg::*;
(
  input  logic clk_i,
  input  logic rst_ni,
  // points, while not busy; rdata_o is the point of the cycle before
  input  logic use_i,
  input  logic we_i,
  input  logic [RatioIndexBits-1:0] addr_i,
  input  logic [RatioBits-1:0] wdata_i,
  output logic [RatioBits-1:0] rdata_o,
  // a frame's ratios
  input  logic run_i,
  input  logic [2:0] oscillators_i,          // 0: none is looked up, and offset_o is exp_offset_i
  input  logic [3:0] log2_hop_i,
  output logic [OscIndexBits-1:0] index_o,   // the oscillator whose record and voltage are wanted
  input  osc_t record_i,
  input  logic [VoltageBits-1:0] voltage_i,
  output logic busy_o,
  // ramps
  input  logic signed [31:0] exp_offset_i,
  input  logic [OscIndexBits-1:0] turn_i,
  input  logic advance_i,
  output logic signed [31:0] offset_o
);

  localparam int unsigned DeltaBits = RatioBits + 1;
  localparam int unsigned RampFraction = MaxLog2Hop;
  localparam int unsigned RampBits = RatioBits + RampFraction;
  localparam int unsigned StepBits = DeltaBits + MaxLog2Hop - MinLog2Hop;
  localparam int unsigned WideBits = VoltageBits + RatioStepBits - MinRatioStepBits;

  // Cycles of an oscillator's turn.
  localparam logic [4:0] CountWiden = 5'd1;                        // and the 5 after it
  localparam logic [4:0] CountLow = 5'd7;                          // place of the point below
  localparam logic [4:0] CountKeep = 5'd9;                         // the point below is there
  localparam logic [4:0] CountDelta = 5'd10;                       // the point above is there
  localparam logic [4:0] CountProduct = 5'd11;                     // and the 11 after it
  localparam logic [4:0] CountSum = CountProduct + 5'(RatioStepBits);
  localparam logic [4:0] CountChange = CountSum + 5'd1;
  localparam logic [4:0] CountScale = CountChange + 5'd1;          // and the 3 after it
  localparam logic [4:0] CountStore = CountScale + 5'(MaxLog2Hop - MinLog2Hop);

  if (WideBits - RatioStepBits > RatioIndexBits || CountStore > 5'd29) begin : gen_bad_widths
    $fatal(1, "ratio_unit: the turn does not fit its 32 cycles, or the table its index");
  end

  logic [4:0] count_q;
  logic [OscIndexBits-1:0] index_q;
  logic last;

  assign index_o = index_q;
  assign last = 3'(index_q) + 3'd1 == oscillators_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      busy_o <= 1'b0;
    end else if (run_i) begin
      busy_o <= oscillators_i != '0;
    end else if (count_q == '1 && last) begin
      busy_o <= 1'b0;
    end
    if (run_i) begin
      count_q <= '0;
      index_q <= '0;
    end else if (busy_o) begin
      count_q <= count_q + 5'd1;
      if (count_q == '1) index_q <= index_q + 1'b1;
    end
  end

  // The voltage, widened to 12 bits a segment: above them the segment, below them the place in it.
  logic [WideBits-1:0] place_q;
  logic [2:0] widen_q;
  logic scaling;

  assign scaling = count_q >= CountScale && count_q < CountStore;

  always_ff @(posedge clk_i) begin
    if (count_q == '0) begin
      place_q <= WideBits'(voltage_i);
      widen_q <= record_i.widen;
    end else if (count_q >= CountWiden && count_q < CountLow) begin
      if (widen_q != '0) begin
        place_q <= place_q << 1;
        widen_q <= widen_q - 3'd1;
      end
    end else if (count_q >= CountProduct) begin
      place_q <= place_q >> 1;
    end
  end

  // The two points.
  logic [RatioIndexBits-1:0] point_q;

  always_ff @(posedge clk_i) begin
    if (count_q == CountLow) begin
      point_q <= record_i.table_at + RatioIndexBits'(place_q[WideBits-1:RatioStepBits]);
    end else begin
      point_q <= point_q + 1'b1;
    end
  end

  ram #(
    .Width(RatioBits),
    .Depth(RatioPoints)
  ) u_points (
    .clk_i,
    .we_i,
    .waddr_i(addr_i),
    .wdata_i,
    .raddr_i(use_i ? addr_i : point_q),
    .rdata_o
  );

  // The line between them; the half of the rounding is the sum's start, twelve halvings above.
  logic signed [RatioBits-1:0] low_q, ratio_q;
  logic signed [DeltaBits-1:0] sum_q, change;
  logic signed [StepBits-1:0] delta_q;
  logic signed [DeltaBits:0] term;
  logic [3:0] scale_q;
  logic signed [RatioBits-1:0] before_q;
  logic signed [RatioBits-1:0] ratios[Oscillators];

  assign term = (DeltaBits + 1)'(sum_q) + (place_q[0] ? (DeltaBits + 1)'(delta_q) : '0);
  assign change = DeltaBits'(ratio_q) - DeltaBits'(before_q);

  always_ff @(posedge clk_i) begin
    unique case (count_q)
      CountKeep: low_q <= rdata_o;
      CountDelta: begin
        sum_q <= DeltaBits'(2 ** (RatioStepBits - 1));
        delta_q <= record_i.stepped ? '0 : StepBits'($signed(rdata_o)) - StepBits'(low_q);
      end
      CountSum: begin
        ratio_q  <= low_q + RatioBits'(sum_q);
        before_q <= ratios[index_q];
      end
      CountChange: begin
        delta_q <= StepBits'(change);
        scale_q <= 4'(MaxLog2Hop) - log2_hop_i;
      end
      default: begin
        if (count_q >= CountProduct && count_q < CountSum) sum_q <= DeltaBits'(term >>> 1);
        if (scaling && scale_q != '0) begin
          delta_q <= delta_q << 1;
          scale_q <= scale_q - 4'd1;
        end
      end
    endcase
    if (count_q == CountStore && busy_o) ratios[index_q] <= ratio_q;
  end

  // The ramps.
  logic signed [RampBits-1:0] ramps[Oscillators];
  logic signed [StepBits-1:0] steps[Oscillators];
  logic signed [RampBits-1:0] ramp;

  assign ramp = ramps[turn_i];

  always_ff @(posedge clk_i) begin
    if (busy_o) begin
      if (count_q == CountStore) begin
        ramps[index_q] <= {before_q, 1'b1, (RampFraction - 1)'(0)};
        steps[index_q] <= delta_q;
      end
    end else if (advance_i) begin
      ramps[turn_i] <= ramp + RampBits'(steps[turn_i]);
    end
    offset_o <= exp_offset_i
                + (oscillators_i == '0 ? '0 : 32'($signed(ramp[RampBits-1:RampFraction])));
  end

  logic unused;
  assign unused = ^{record_i, ramp[RampFraction-1:0], term[0]};

endmodule

`default_nettype wire

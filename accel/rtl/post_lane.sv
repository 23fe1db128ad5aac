// One post lane: requantises what leaves Gap columns of the array, one value a cycle, and writes it.
//
// Dense passes: shift, activation. GATED: tanh of even rows is held per column, odd rows give the sigmoid, and one
// multiplier makes the gate. MIX: residual rows are added to the stream and scaled by the same multiplier; skip rows
// are added to the skip sum, which after the last layer goes on to the head through a second shifter.
// The stream of the current block and the skip sum live in memories of the lane.
//
// Latency: go_i (first column at the top of the array) to its write 16 cycles, to next_go_o Gap cycles.
// Throughput: one value a cycle.
`default_nettype none

module post_lane
  import systole_pkg::*;
  import core_pkg::*;
#(
    parameter  int unsigned Gap         = 4,
    parameter  int unsigned StreamDepth = 512,
    parameter  int unsigned SkipDepth   = 512,
    localparam int unsigned GapW        = $clog2(Gap)
) (
    input  wire                    clk_i,
    input  wire                    rst_ni,
    input  wire                    go_i,
    input  row_t                   row_i,        // one cycle after go_i
    output logic                   next_go_o,
    output row_t                   next_row_o,
    input  wire signed  [    31:0] result_i  [Gap],
    output target_e                target_o,
    output logic        [GapW-1:0] column_o,
    output logic        [    15:0] addr_o,
    output logic signed [    15:0] data_o,
    output logic                   done_o            // the lane's last value of a column tile
);
  // --- column counter and the pipeline's control --------------------------------------------------------
  localparam int unsigned Last = 14;
  logic run_q;
  logic [GapW-1:0] column_q;  // column of stage -1
  logic running;
  logic [GapW-1:0] column;
  row_t row[Last+1];
  row_t held_q;
  logic valid[Last+1];
  logic [GapW-1:0] at[Last+1];

  assign running = go_i || run_q;
  assign column  = go_i ? '0 : column_q;

  logic go_1_q;
  always_ff @(posedge clk_i) begin
    go_1_q <= go_i;
    if (go_1_q) held_q <= row_i;
    column_q <= column + 1'b1;
    if (!rst_ni) run_q <= 1'b0;
    else run_q <= running && column != GapW'(Gap - 1);
  end
  // Row of stage 0: new with the first column.
  assign row[0] = go_1_q ? row_i : held_q;

  skew #(.Width(1), .Stages(Gap)) u_next (.clk_i, .rst_ni, .data_i(go_i), .data_o(next_go_o));
  // The lane to the right takes the row over Gap cycles later, when this one may already have the next.
  assign next_row_o = held_q;

  always_ff @(posedge clk_i) begin
    valid[0] <= running && rst_ni;
    at[0] <= column;
    for (int i = 1; i <= int'(Last); i++) begin
      valid[i] <= valid[i-1] && rst_ni;
      at[i] <= at[i-1];
      row[i] <= row[i-1];
    end
  end

  // --- stages 0 to 4: requantise; memories --------------------------------------------------------------
  logic signed [31:0] acc_0_q, fine_3, wide_4_q;
  logic signed [15:0] value_4_q, stream_4_q;
  logic signed [31:0] skip_4_q;
  logic [15:0] stream_3, local_at[Last+1];
  logic [31:0] skip_3;

  always_ff @(posedge clk_i) acc_0_q <= result_i[column];
  shift_round u_shift (
      .clk_i, .value_i(acc_0_q), .shift_0_i(row[0].shift), .shift_1_i(row[1].shift),
      .shift_2_i(row[2].shift), .value_o(fine_3));

  always_comb for (int i = 0; i <= int'(Last); i++) local_at[i] = row[i].local_at | 16'(at[i]);

  logic stream_we, skip_we;
  logic signed [15:0] result_14_q;
  logic signed [31:0] skip_6_q;
  localparam int unsigned StreamW = $clog2(StreamDepth);
  localparam int unsigned SkipW = $clog2(SkipDepth);
  assign stream_we = valid[14] && row[14].valid &&
                     (row[14].op == OpInput || (row[14].op == OpMix && row[14].residual));
  assign skip_we = valid[6] && row[6].valid && row[6].op == OpMix && !row[6].residual;
  ram #(.Width(16), .Depth(StreamDepth)) u_stream (
      .clk_i, .we_i(stream_we), .waddr_i(StreamW'(local_at[14])), .wdata_i(result_14_q),
      .raddr_i(StreamW'(local_at[2])), .rdata_o(stream_3));
  ram #(.Width(32), .Depth(SkipDepth)) u_skip (
      .clk_i, .we_i(skip_we), .waddr_i(SkipW'(local_at[6])), .wdata_i(skip_6_q),
      .raddr_i(SkipW'(local_at[2])), .rdata_o(skip_3));

  always_ff @(posedge clk_i) begin
    wide_4_q   <= fine_3;
    value_4_q  <= saturate16(33'(fine_3));
    stream_4_q <= signed'(stream_3);
    skip_4_q   <= row[3].first ? '0 : signed'(skip_3);
  end

  // --- stages 5, 6: activation, residual sum, skip sum --------------------------------------------------
  logic signed [15:0] dense_q[5:13];
  logic signed [16:0] residual_q[5:10];
  logic signed [32:0] skip_5_q;
  always_ff @(posedge clk_i) begin
    dense_q[5] <= value_4_q;
    if (value_4_q < 0 && row[4].activation == ActRelu) dense_q[5] <= '0;
    if (value_4_q < 0 && row[4].activation == ActLeaky) dense_q[5] <= value_4_q >>> LeakShift;
    residual_q[5] <= 17'(stream_4_q) + 17'(value_4_q);
    skip_5_q <= 33'(skip_4_q) + 33'(wide_4_q);
    skip_6_q <= skip_5_q[31:0];
    if (skip_5_q[32] != skip_5_q[31]) skip_6_q <= {skip_5_q[32], {31{~skip_5_q[32]}}};
    for (int i = 6; i <= 13; i++) dense_q[i] <= dense_q[i-1];
    for (int i = 6; i <= 10; i++) residual_q[i] <= residual_q[i-1];
  end

  // --- stages 7 to 10: the head's input -----------------------------------------------------------------
  logic signed [31:0] head_9;
  logic signed [15:0] head_q[10:13];
  shift_round u_pre_shift (
      .clk_i, .value_i(skip_6_q), .shift_0_i(row[6].pre_shift), .shift_1_i(row[7].pre_shift),
      .shift_2_i(row[8].pre_shift), .value_o(head_9));
  always_ff @(posedge clk_i) begin
    head_q[10] <= (head_9 < 0) ? '0 : saturate16(33'(head_9));
    for (int i = 11; i <= 13; i++) head_q[i] <= head_q[i-1];
  end

  // --- stages 5 to 13: tanh, gate and residual scale ----------------------------------------------------
  logic signed [15:0] tanh_10, hold_q[Gap];
  logic signed [16:0] left_11_q, right_11_q;
  logic signed [33:0] product_12_q, rounded;
  logic signed [18:0] scaled_13_q;
  tanh_unit u_tanh (.clk_i, .value_i(value_4_q), .tanh_o(tanh_10));

  assign rounded = product_12_q + 34'sd16384;
  always_ff @(posedge clk_i) begin
    if (valid[10] && !row[10].odd) hold_q[at[10]] <= tanh_10;
    if (row[10].op == OpGated) begin
      left_11_q  <= 17'(hold_q[at[10]]);
      right_11_q <= 17'(tanh_10 >>> 1) + 17'sd16384;
    end else begin
      left_11_q  <= residual_q[10];
      right_11_q <= signed'({1'b0, row[10].multiplier});
    end
    product_12_q <= left_11_q * right_11_q;
    scaled_13_q  <= rounded[33:15];
  end

  // --- stages 14, 15: choose and write ------------------------------------------------------------------
  target_e target_14;
  always_comb begin
    target_14 = ToNothing;
    if (valid[14] && row[14].valid) begin
      unique case (row[14].op)
        OpControl: target_14 = row[14].last ? ToCondition : ToControl;
        OpGated: target_14 = row[14].odd ? ToBank : ToNothing;
        OpMix: target_14 = (row[14].residual || row[14].last) ? ToBank : ToNothing;
        OpOutput: target_14 = ToOutput;
        default: target_14 = ToBank;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (row[13].op == OpGated || (row[13].op == OpMix && row[13].residual)) begin
      result_14_q <= saturate16(33'(scaled_13_q));
    end else if (row[13].op == OpMix) begin
      result_14_q <= head_q[13];
    end else begin
      result_14_q <= dense_q[13];
    end
    target_o <= rst_ni ? target_14 : ToNothing;
    column_o <= at[14];
    addr_o   <= row[14].dst;
    data_o   <= result_14_q;
    done_o   <= valid[14] && row[14].done && at[14] == GapW'(Gap - 1) && rst_ni;
  end

  logic unused;
  assign unused = ^rounded[14:0];
endmodule
`default_nettype wire

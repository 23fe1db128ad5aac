// Post lane: rows that do not overlap, addresses inside the lane's memories, no read of a value that is still being
// written, every held tanh used once and by its own sigmoid, one bank written at a time.
`default_nettype none

module post_lane_sva
  import systole_pkg::*;
  import core_pkg::*;
#(
    parameter int unsigned Gap         = 4,
    parameter int unsigned StreamDepth = 512,
    parameter int unsigned SkipDepth   = 512,
    parameter int unsigned GapW        = $clog2(Gap)
) (
    input wire clk_i,
    input wire rst_ni,
    input wire go_i,
    input wire run_i,
    input wire valid_i[15],
    input row_t row_i[15],
    input wire [GapW-1:0] at_i[15],
    input wire [15:0] local_at_i[15],
    input wire stream_we_i,
    input wire skip_we_i,
    input target_e target_o,
    input wire [GapW-1:0] column_o,
    input wire done_o
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni);

  // What each stage does to the lane's memories.
  logic real_row[15], to_stream[15], to_skip[15];
  logic stream_read, skip_read, stream_busy, skip_busy;
  always_comb begin
    for (int i = 0; i < 15; i++) begin
      real_row[i]  = valid_i[i] && row_i[i].valid;
      to_stream[i] = real_row[i] &&
          (row_i[i].op == OpInput || (row_i[i].op == OpMix && row_i[i].residual));
      to_skip[i]   = real_row[i] && row_i[i].op == OpMix && !row_i[i].residual;
    end
    stream_read = real_row[2] && row_i[2].op == OpMix && row_i[2].residual;
    skip_read   = to_skip[2] && !row_i[2].first;
    stream_busy = 1'b0;
    skip_busy   = 1'b0;
    for (int i = 3; i < 15; i++) begin
      stream_busy |= to_stream[i] && local_at_i[i] == local_at_i[2];
      if (i <= 6) skip_busy |= to_skip[i] && local_at_i[i] == local_at_i[2];
    end
  end

  // The driver's side.
  a_apart :
  assert property (go_i |-> !run_i);
  a_shift :
  assert property (real_row[0] |-> row_i[0].shift != '0);
  a_pre_shift :
  assert property (to_skip[0] && row_i[0].last |-> row_i[0].pre_shift != '0);
  a_aligned :
  assert property (to_stream[0] || to_skip[0] |-> row_i[0].local_at[GapW-1:0] == '0);

  // Memories.
  a_stream_read :
  assert property (stream_read |-> 32'(local_at_i[2]) < StreamDepth);
  a_stream_write :
  assert property (stream_we_i |-> 32'(local_at_i[14]) < StreamDepth);
  a_skip_read :
  assert property (skip_read |-> 32'(local_at_i[2]) < SkipDepth);
  a_skip_write :
  assert property (skip_we_i |-> 32'(local_at_i[6]) < SkipDepth);
  a_stream_settled :
  assert property (stream_read |-> !stream_busy);
  a_skip_settled :
  assert property (skip_read |-> !skip_busy);

  // The held tanh: written by the row before, of the same channel and the same samples, and used once.
  logic [Gap-1:0] held_q;
  logic [15:0] held_dst_q[Gap];
  logic gated, odd;
  assign gated = real_row[10] && row_i[10].op == OpGated;
  assign odd   = row_i[10].odd;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) held_q <= '0;
    else if (valid_i[10] && !odd) held_q[at_i[10]] <= gated;
    else if (gated) held_q[at_i[10]] <= 1'b0;
    if (valid_i[10] && !odd) held_dst_q[at_i[10]] <= row_i[10].dst;
  end
  a_hold :
  assert property (gated && odd |-> held_q[at_i[10]] && held_dst_q[at_i[10]] == row_i[10].dst);

  // Writes: one bank of the lane at a time, column after column of one row.
  logic [Gap-1:0] writes;
  always_comb begin
    writes = '0;
    for (int j = 0; j < int'(Gap); j++) writes[j] = target_o == ToBank && column_o == GapW'(j);
  end
  a_one_bank :
  assert property ($onehot0(writes));
  a_in_order :
  assert property (target_o != ToNothing && column_o != '0 |->
      $past(target_o) == target_o && $past(column_o) == column_o - GapW'(1));
  a_all_columns :
  assert property (target_o != ToNothing && column_o != GapW'(Gap - 1) |=> target_o != ToNothing);
  a_done_last :
  assert property (done_o |-> column_o == GapW'(Gap - 1));

endmodule

bind post_lane post_lane_sva #(
    .Gap        (Gap),
    .StreamDepth(StreamDepth),
    .SkipDepth  (SkipDepth)
) u_post_lane_sva (
    .clk_i,
    .rst_ni,
    .go_i,
    .run_i(run_q),
    .valid_i(valid),
    .row_i(row),
    .at_i(at),
    .local_at_i(local_at),
    .stream_we_i(stream_we),
    .skip_we_i(skip_we),
    .target_o,
    .column_o,
    .done_o
);

`default_nettype wire

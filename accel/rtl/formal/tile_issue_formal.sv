// Proof of tile_issue.sv, bound into it: a slot lasts exactly as long as the header says, every tile gets all its
// steps, and nothing can stop the sequence for ever.
//
// The surroundings, as far as they matter: the walker offers column tiles row by row (proved in tile_walker_formal.sv)
// and is at most TileWait cycles late; a column tile is written at most WriteWait cycles after the one before it or
// after its issue; the excitation, which begins while nothing is in hand, takes at most ExcWait cycles.
// Tiles are small (at most 3 taps x 3 columns) and Ahead is at most 2, so that ghosts stay narrow; the counters that
// the proof is about do not know their tile's size otherwise.
`default_nettype none

module tile_issue_formal
  import systole_pkg::*;
  import core_pkg::*;
#(
  parameter int unsigned Rows = 3,
  parameter int unsigned Gap = 2,
  parameter int unsigned Lanes = 2
) (
  input logic clk_i,
  input logic rst_ni,
  input logic tile_valid_i,
  input tile_t tile_i,
  input logic [7:0] ahead_i,
  input logic tile_end_i,
  input logic tile_take_o,
  input logic exc_busy_i,
  input logic col_done_i,
  input logic [2:0] ctl_o,
  input logic post_first_o,
  input logic post_next_o,
  input logic [5:0] init_row_o,
  input logic idle_o,
  // inside
  input logic active_i,
  input logic next_valid_i,
  input logic cur_valid_i,
  input logic done_i,
  input logic full_i,
  input logic ready_i,
  input logic advance_i,
  input tile_t next_i,
  input tile_t cur_i,
  input logic [7:0] next_ahead_i,
  input logic [7:0] cur_ahead_i,
  input logic [15:0] phase_i,
  input logic [5:0] token_i,
  input logic [3:0] taps_left_i,
  input logic [9:0] cols_left_i,
  input logic final_i,
  input logic [8:0] pending_i
);

  localparam int unsigned Tokens = Rows * Gap;
  localparam int unsigned Ahead = 2;
  localparam int unsigned TileWait = 3;
  localparam int unsigned WriteWait = 14;  // several slots: so that column tiles do pile up
  localparam int unsigned ExcWait = 6;
  localparam int unsigned MostWait = WriteWait * (Ahead + 1) + 1;  // more than ExcWait
  typedef logic [7:0] count_t;

  logic shift, last, step;
  assign {shift, last, step} = ctl_o;

  // --- ghosts: cycle of the slot (1 is its first), steps and waits in it, and the surroundings ---------------
  logic started_q = 1'b0;
  count_t n_q, steps_q, wait_q, late_q;     // late: everything done, next tile not known
  count_t since_q;                          // cycles since a tile's first row left the array
  count_t pending_q, write_q, exc_q, absent_q;
  logic ends_q;                             // the last tile taken ended its column tile
  logic [7:0] ahead_q;
  logic [2:0] op_q;
  logic offered_q;
  tile_t offer_q;
  logic [7:0] offer_ahead_q;
  logic exc_busy_q, was_idle_q;
  count_t depth, floor, most;
  logic complete;

  assign depth = count_t'(cur_i.taps[1:0]) * count_t'(cur_i.cols[1:0]);
  assign floor = cur_valid_i ? wait_q + depth : '0;  // cycle of the last step
  assign most = (floor > count_t'(Tokens)) ? floor : count_t'(Tokens);
  assign complete = active_i && n_q >= count_t'(Tokens) && (!cur_valid_i || steps_q + count_t'(step) == depth);

  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    offered_q <= tile_valid_i && !tile_take_o;
    offer_q <= tile_i;
    offer_ahead_q <= ahead_i;
    exc_busy_q <= exc_busy_i;
    was_idle_q <= idle_o;
    n_q <= advance_i ? 8'd1 : n_q + 8'd1;
    steps_q <= advance_i ? '0 : steps_q + count_t'(step);
    wait_q <= advance_i ? '0 : wait_q + count_t'(cur_valid_i && !done_i && !ready_i);
    late_q <= advance_i ? '0 : late_q + count_t'(complete && !last);
    since_q <= post_first_o ? 8'd1 : (since_q == '1) ? since_q : since_q + 8'd1;
    exc_q <= exc_busy_i ? exc_q + 8'd1 : '0;
    absent_q <= (tile_valid_i || tile_end_i) ? '0 : absent_q + 8'd1;
    pending_q <= pending_q + count_t'(post_first_o && cur_i.ends) - count_t'(col_done_i);
    write_q <= (pending_q == '0 || col_done_i) ? '0 : write_q + 8'd1;
    if (tile_take_o) begin
      ends_q <= tile_i.ends;
      ahead_q <= ahead_i;
      op_q <= tile_i.op;
    end
    if (!rst_ni) begin
      n_q <= '0;
      since_q <= '1;
      {steps_q, wait_q, late_q, exc_q, absent_q, pending_q, write_q} <= '0;
      ends_q <= 1'b1;
      offered_q <= 1'b0;
      exc_busy_q <= 1'b0;
      was_idle_q <= 1'b1;
    end
  end

  always_comb begin
    // --- surroundings
    if (!started_q) m_reset: assume (!rst_ni);
    else m_run: assume (rst_ni);
    m_one: assume (!(tile_valid_i && tile_end_i));
    m_end: assume (!tile_end_i || ends_q);
    m_order: assume (!tile_valid_i || tile_i.starts == ends_q);
    m_same: assume (!tile_valid_i || ends_q || (ahead_i == ahead_q && tile_i.op == op_q));
    m_ahead: assume (ahead_i <= 8'(Ahead));
    m_size: assume (tile_i.taps inside {4'd1, 4'd2, 4'd3} && tile_i.cols inside {10'd1, 10'd2, 10'd3});
    m_stays: assume (!offered_q || (tile_valid_i && tile_i == offer_q && ahead_i == offer_ahead_q));
    m_late: assume (tile_valid_i || tile_end_i || absent_q < 8'(TileWait));
    m_none: assume (!col_done_i || pending_q != '0);
    m_written: assume (pending_q == '0 || col_done_i || write_q < 8'(WriteWait - 1));
    m_excite: assume (!exc_busy_i || (exc_q < 8'(ExcWait) && (exc_busy_q || (was_idle_q && idle_o))));

    if (started_q) begin
      // --- promises
      // every tile gets all its steps, and no step is anybody else's
      p_steps: assert (!post_first_o || steps_q + count_t'(step) == depth);
      p_step: assert (!step || (active_i && cur_valid_i && steps_q < depth));
      // a slot is as long as its tile or its tokens, and as what it had to wait for, not a cycle more
      p_length: assert (!last || n_q == most + late_q);
      p_ends: assert (!(complete && (tile_valid_i || tile_end_i)) || last);
      p_free: assert (!(last && cur_valid_i && wait_q == '0) || late_q != '0 ||
                      n_q == (depth > count_t'(Tokens) ? depth : count_t'(Tokens)));
      // no deadlock: from every state that can be reached, the slot ends within a bound
      p_bound: assert (!active_i || n_q <= 8'(Tokens + MostWait + 9 + TileWait));
      p_wait: assert (!(active_i && cur_valid_i && !done_i && !ready_i) || pending_q != '0 || exc_busy_i);
      // tokens: one at a time, in their rhythm, rows in order
      p_token: assert (!(shift && last));
      p_rhythm: assert (!shift || (n_q % 8'(Gap) == '0 && n_q < 8'(Tokens)));
      p_row: assert (!(shift || last) || 8'(init_row_o) == (last ? 8'(Rows - 1) : n_q / 8'(Gap) - 8'd1));
      p_active: assert (active_i || ctl_o == '0);
      // one writer: of an output tile only row 0 is written, by lane l from l * Gap cycles after lane 0 on, for Gap
      // cycles; the last lane must be through when the first begins with the next tile
      p_writer: assert (!post_first_o || since_q >= 8'(Lanes * Gap));
      // column tiles on their way
      p_pending: assert (pending_i == 9'(pending_q));
      p_few: assert (pending_q <= 8'(Ahead + 1));
      p_order: assert (!(post_first_o && cur_i.ends) || pending_q <= cur_ahead_i);

      // --- what makes it inductive
      i_idle: assert (active_i || (steps_q == '0 && wait_q == '0 && late_q == '0));
      i_since: assert (!active_i || since_q >= n_q);
      i_rest: assert (active_i || (!cur_valid_i && !next_valid_i));
      i_first: assert (!active_i || n_q != '0);
      i_phase: assert (!active_i || phase_i == 16'(n_q % 8'(Gap)));
      i_token: assert (!active_i ||
                       8'(token_i) == ((n_q > 8'(Tokens - Gap)) ? 8'(Rows - 1) : (n_q - 8'd1) / 8'(Gap)));
      i_full: assert (!active_i || full_i == (n_q > 8'(Tokens)));
      i_none: assert (cur_valid_i || !active_i || (steps_q == '0 && wait_q == '0 && !done_i));
      i_size: assert (!next_valid_i || (next_i.taps inside {4'd1, 4'd2, 4'd3} &&
                                        next_i.cols inside {10'd1, 10'd2, 10'd3}));
      i_size_cur: assert (!cur_valid_i || (cur_i.taps inside {4'd1, 4'd2, 4'd3} &&
                                           cur_i.cols inside {10'd1, 10'd2, 10'd3}));
      i_most: assert ((!next_valid_i || next_ahead_i <= 8'(Ahead)) && (!cur_valid_i || cur_ahead_i <= 8'(Ahead)));
      if (cur_valid_i && !done_i) begin
        i_count: assert (steps_q + wait_q + 8'd1 == n_q && steps_q < depth);
        i_left: assert (10'(taps_left_i) < 10'(cur_i.taps) && cols_left_i < cur_i.cols);
        i_final: assert (final_i == (taps_left_i == '0 && cols_left_i == '0));
        i_steps: assert (8'(taps_left_i[1:0]) * 8'(cur_i.cols[1:0]) + 8'(cols_left_i[1:0]) + 8'd1 + steps_q == depth);
        i_before: assert (steps_q == '0 || ready_i);
      end
      if (cur_valid_i && done_i) i_done: assert (steps_q == depth && wait_q + depth < n_q);
      i_no_wait: assert (!cur_valid_i || cur_i.starts || wait_q == '0);
      i_late: assert (!active_i || late_q == ((n_q > most && (!cur_valid_i || done_i)) ? n_q - most : '0));
      i_few_late: assert (late_q <= absent_q && absent_q <= 8'(TileWait));
      i_few_waits: assert (!active_i || wait_q <= 8'(MostWait));
      i_write: assert (write_q < 8'(WriteWait) && (pending_q != '0 || write_q == '0));
      i_drains: assert (!active_i || pending_q == '0 ||
                        n_q + 8'(WriteWait) * pending_q <= 8'(WriteWait * (Ahead + 1) + 1) + write_q);
      i_excite: assert (exc_q <= 8'(ExcWait) && (!active_i || !exc_busy_i || n_q <= exc_q + 8'd1));
      i_link: assert (!(cur_valid_i && next_valid_i) || (next_i.starts == cur_i.ends &&
                      (next_i.starts || next_ahead_i == cur_ahead_i)));
      i_begin: assert (!(next_valid_i && !cur_valid_i) || next_i.starts);
      i_taken: assert (!next_valid_i || (ends_q == next_i.ends && ahead_q == next_ahead_i && op_q == next_i.op));
      i_pause: assert (next_valid_i || (ends_q && (!cur_valid_i || cur_i.ends)));
      i_ordered: assert (!(cur_valid_i && (steps_q != '0 || !cur_i.starts)) || pending_q <= cur_ahead_i);

      c_longest: cover (last && cur_valid_i && depth == 8'd4 && wait_q == 8'd1);
      c_late: cover (last && late_q == 8'(TileWait) && tile_valid_i);
      c_pending: cover (pending_q == 8'd2);
      c_held: cover (last && tile_valid_i && !tile_take_o);
    end
  end

  logic unused;
  assign unused = ^{post_next_o};
endmodule

bind tile_issue tile_issue_formal #(.Rows(Rows), .Gap(Gap), .Lanes(Lanes)) u_formal (
  .clk_i, .rst_ni, .tile_valid_i, .tile_i, .ahead_i, .tile_end_i, .tile_take_o, .exc_busy_i, .col_done_i,
  .ctl_o, .post_first_o, .post_next_o, .init_row_o, .idle_o,
  .active_i(active_q), .next_valid_i(next_valid_q), .cur_valid_i(cur_valid_q), .done_i(done_q), .full_i(full_q),
  .ready_i(ready), .advance_i(advance), .next_i(next_q), .cur_i(cur_q), .next_ahead_i(next_ahead_q),
  .cur_ahead_i(cur_ahead_q), .phase_i(16'(phase_q)), .token_i(token_q), .taps_left_i(taps_left_q),
  .cols_left_i(cols_left_q), .final_i(final_q), .pending_i(pending_q)
);

`default_nettype wire

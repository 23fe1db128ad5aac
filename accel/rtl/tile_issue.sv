// Issues tiles to the array: multiply-accumulate steps, drain tokens and tile ends, one slot after the other.
//
// In a slot the array computes one tile while the results of the tile before leave it and the start values of
// the tile after enter it. Tokens come Cols / Lanes cycles apart, as fast as the lanes can take a row. A slot
// lasts as long as its tile is deep, or as its Rows tokens take, whichever is longer; it waits for operands
// that are still being written, and for the tile after next to be known, and for nothing else.
//
// Latency: a taken tile computes in the slot after next. Throughput: one step a cycle, slots without a gap.
`default_nettype none

module tile_issue
  import systole_pkg::*;
  import core_pkg::*;
#(
    parameter  int unsigned Rows  = 4,
    parameter  int unsigned Cols  = 8,
    parameter  int unsigned Lanes = 2,
    localparam int unsigned Gap   = Cols / Lanes
) (
    input  wire          clk_i,
    input  wire          rst_ni,
    // from tile_walker
    input  wire          tile_valid_i,
    input  tile_t        tile_i,
    input  wire  [ 7:0]  ahead_i,
    input  wire          tile_end_i,
    output logic         tile_take_o,
    input  wire          exc_busy_i,     // the excitation of this frame is not complete
    input  wire          col_done_i,     // a column tile has been written
    // to the feed
    output logic [ 2:0]  ctl_o,          // {shift, last, valid}
    output logic         from_control_o,
    output logic [15:0]  chan_o,         // first word of the input channel in every bank
    output logic [15:0]  time_o,         // of column 0 at this tap
    output logic [ 3:0]  log2_o,
    output logic [19:0]  weight_o,
    // to the init rows
    output logic         init_go_o,
    output tile_t        init_tile_o,
    output logic [ 5:0]  init_row_o,     // within the tile
    // to the post lanes
    output logic         post_first_o,   // row 0 of a tile leaves the array
    output tile_t        post_tile_o,    // with post_first_o
    output logic         post_next_o,    // the next row of the same tile
    output logic         idle_o,
    output logic [ 9:0]  macs_o          // multiply-accumulates issued in this cycle
);
  localparam int unsigned GapW = $clog2(Gap);

  logic active_q, next_valid_q, cur_valid_q, prev_valid_q, done_q, full_q;
  tile_t next_q, cur_q;
  logic [7:0] next_ahead_q, cur_ahead_q;
  logic [GapW-1:0] phase_q;
  logic [5:0] token_q;
  logic [3:0] taps_left_q;
  logic [9:0] cols_left_q;
  logic [15:0] chan_q, time_q;
  logic [19:0] weight_q;
  logic [8:0] pending_q;  // column tiles issued and not yet written
  logic final_q;          // the step to come is its tile's last: known a cycle ahead, for speed

  logic ready, step, token_time, shift, may_end, last;
  logic kick, advance, at_rest, hold, take;

  // --- steps ------------------------------------------------------------------------------------------
  assign ready = !cur_q.starts || (pending_q <= 9'(cur_ahead_q) &&
                                   !(cur_q.op == OpInput && exc_busy_i));
  assign step = cur_valid_q && !done_q && ready;

  // --- tokens and slot ends ---------------------------------------------------------------------------
  assign token_time = active_q && phase_q == '0;
  assign shift = token_time && !full_q && token_q != 6'(Rows - 1);
  assign may_end = full_q || (token_time && token_q == 6'(Rows - 1));
  assign last = active_q && may_end && (!cur_valid_q || done_q || (step && final_q)) &&
                (tile_valid_i || tile_end_i);
  assign at_rest = !cur_valid_q && !next_valid_q && !tile_valid_i;
  assign kick = !active_q && tile_valid_i;
  assign advance = kick || last;
  // The start values of a gated tile must not enter before the conditioning is complete. Only an input pass of one
  // single tile is that short: the gated tile then waits for a slot of its own.
  assign hold = tile_i.op == OpGated && next_valid_q && next_q.op == OpInput &&
                cur_valid_q && cur_q.op == OpControl;
  assign take = tile_valid_i && !hold;
  assign tile_take_o = advance && take;

  // --- outputs ----------------------------------------------------------------------------------------
  assign ctl_o = {shift, last, step};
  assign from_control_o = cur_q.op == OpControl;
  assign chan_o = chan_q;
  assign time_o = time_q;
  assign log2_o = cur_q.src_log2;
  assign weight_o = weight_q;
  assign init_go_o = shift || last;
  assign init_tile_o = next_q;
  assign init_row_o = last ? 6'(Rows - 1) : token_q;
  assign post_first_o = last && cur_valid_q;
  assign post_tile_o = cur_q;
  assign post_next_o = shift && prev_valid_q;
  assign idle_o = !active_q && pending_q == '0;
  assign macs_o = !step ? '0 :
                  (cur_q.op == OpControl) ? 10'(cur_q.height) : 10'(cur_q.height) * 10'(Cols);

  always_ff @(posedge clk_i) begin
    if (step) begin
      weight_q <= weight_q + 20'd1;
      if (cols_left_q == '0) begin
        cols_left_q <= cur_q.cols - 10'd1;
        taps_left_q <= taps_left_q - 4'd1;
        chan_q <= cur_q.src_base;
        time_q <= time_q + 16'(cur_q.dilation);
        final_q <= taps_left_q == 4'd1 && cur_q.cols == 10'd1;
      end else begin
        cols_left_q <= cols_left_q - 10'd1;
        chan_q <= chan_q + (16'd1 << cur_q.src_log2);
        final_q <= taps_left_q == '0 && cols_left_q == 10'd1;
      end
    end
    if (advance) begin
      cur_q <= next_q;
      cur_ahead_q <= next_ahead_q;
      next_q <= tile_i;
      next_ahead_q <= ahead_i;
      cols_left_q <= next_q.cols - 10'd1;
      taps_left_q <= next_q.taps - 4'd1;
      final_q <= next_q.taps == 4'd1 && next_q.cols == 10'd1;
      chan_q <= next_q.src_base;
      time_q <= next_q.oldest;
      weight_q <= next_q.weight;
    end
    if (!rst_ni) begin
      active_q <= 1'b0;
      next_valid_q <= 1'b0;
      cur_valid_q <= 1'b0;
      prev_valid_q <= 1'b0;
      done_q <= 1'b0;
      full_q <= 1'b0;
      phase_q <= '0;
      token_q <= '0;
      pending_q <= '0;
    end else begin
      pending_q <= pending_q + 9'(post_first_o && cur_q.ends) - 9'(col_done_i);
      phase_q <= (phase_q == GapW'(Gap - 1)) ? '0 : phase_q + 1'b1;
      if (shift) token_q <= token_q + 6'd1;
      if (may_end) full_q <= 1'b1;
      if (step && final_q) done_q <= 1'b1;
      if (advance) begin
        active_q <= kick || !at_rest;
        next_valid_q <= take;
        cur_valid_q <= next_valid_q;
        prev_valid_q <= cur_valid_q;
        done_q <= 1'b0;
        full_q <= 1'b0;
        phase_q <= GapW'(1 % Gap);
        token_q <= '0;
      end
    end
  end
endmodule
`default_nettype wire

// Proof of tile_walker.sv, bound into it: a descriptor becomes exactly row_tiles x column tiles tiles, row by row inside
// column by column, each with its own addresses; the next descriptor is taken with the last of them, not before.
//
// It is what the proof of tile_issue.sv takes for granted. Passes have at most 4 row tiles here, and blocks at most 8
// column tiles; the rest of a descriptor is free.
`default_nettype none

module tile_walker_formal
  import systole_pkg::*;
  import core_pkg::*;
#(
  parameter int unsigned Rows = 3,
  parameter int unsigned Cols = 4
) (
  input logic clk_i,
  input logic rst_ni,
  input logic reset_time_i,
  input logic start_i,
  input logic [3:0] log2_block_i,
  input logic desc_valid_i,
  input desc_t desc_i,
  input logic desc_end_i,
  input logic desc_take_o,
  input logic valid_o,
  input tile_t tile_o,
  input logic [7:0] ahead_o,
  input logic end_o,
  input logic take_i,
  // inside
  input desc_t desc_q_i,
  input logic first_row_i,
  input logic last_row_i,
  input logic last_col_i,
  input logic [13:0] tiles_left_i,
  input logic [13:0] rows_left_i,
  input logic [7:0] col_tile_i,
  input logic [15:0] block_time_i,
  input logic [7:0] block_column_i
);

  localparam int unsigned ColsLog2 = $clog2(Cols);

  // --- ghosts: the tile's place in its pass, and the block's time --------------------------------------------
  logic started_q = 1'b0;
  logic [2:0] row_q, row_last, col_last;
  logic [3:0] log2_q;
  logic [2:0] col_q;
  logic [15:0] time_q;
  logic [7:0] column_q;
  logic final_tile, was_valid_q, was_take_q, was_asked_q;
  logic [19:0] weights;

  assign row_last = 3'(desc_q_i.row_tiles) - 3'd1;
  assign col_last = (desc_q_i.op == OpControl) ? '0 : 3'((4'd1 << (log2_block_i - 4'(ColsLog2))) - 4'd1);
  assign final_tile = row_q == row_last && col_q == col_last;
  assign weights = row_q == 3'd0 ? '0 : row_q == 3'd1 ? 20'(desc_q_i.depth)
                 : row_q == 3'd2 ? 20'(desc_q_i.depth) << 1 : 20'(desc_q_i.depth) + (20'(desc_q_i.depth) << 1);

  function automatic logic legal(input desc_t desc);
    return desc.op >= OpControl && desc.op <= OpOutput && desc.rows != '0 &&
           desc.row_tiles >= 14'd1 && desc.row_tiles <= 14'd4 &&
           14'(desc.row_tiles) * 14'(Rows) >= desc.rows &&
           14'(desc.row_tiles) * 14'(Rows) < desc.rows + 14'(Rows);
  endfunction

  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    log2_q <= log2_block_i;
    was_valid_q <= valid_o;
    was_take_q <= take_i;
    was_asked_q <= desc_valid_i && (!valid_o || desc_take_o);
    if (take_i) begin
      row_q <= (row_q == row_last) ? '0 : row_q + 3'd1;
      if (row_q == row_last) col_q <= col_q + 3'd1;
      if (final_tile && desc_q_i.fin) begin
        time_q <= time_q + (16'd1 << log2_block_i);
        column_q <= column_q + 8'(9'd1 << log2_block_i);
      end
    end
    if (desc_take_o) begin
      row_q <= '0;
      col_q <= '0;
    end
    if (start_i) column_q <= '0;
    if (!rst_ni || reset_time_i) time_q <= '0;
    if (!rst_ni) begin
      row_q <= '0;
      col_q <= '0;
      {was_valid_q, was_take_q, was_asked_q} <= '0;
    end
  end

  always_comb begin
    if (!started_q) m_reset: assume (!rst_ni && start_i);
    else m_run: assume (rst_ni && log2_block_i == log2_q);
    m_block: assume (log2_block_i >= 4'(ColsLog2) && log2_block_i <= 4'(ColsLog2 + 3));
    m_take: assume (!take_i || valid_o);
    m_legal: assume (!desc_valid_i || legal(desc_i));
    m_quiet: assume (!started_q || !(start_i || reset_time_i) || !valid_o);

    if (started_q) begin
      // --- promises
      p_taken: assert (desc_take_o == (desc_valid_i && (!valid_o || (take_i && final_tile))));
      p_stays: assert (!was_valid_q || was_take_q || valid_o);
      p_comes: assert (!was_asked_q || valid_o);
      p_end: assert (end_o == (!valid_o && desc_end_i));
      if (valid_o) begin
        p_starts: assert (tile_o.starts == (row_q == '0));
        p_ends: assert (tile_o.ends == (row_q == row_last));
        p_row: assert (tile_o.row == 14'(row_q) * 14'(Rows));
        p_height: assert (8'(tile_o.height) == ((row_q != row_last) ? 8'(Rows)
                          : 8'(desc_q_i.rows - 14'(row_q) * 14'(Rows))));
        p_inside: assert (tile_o.height != '0 && tile_o.row + 14'(tile_o.height) <= tile_o.rows);
        p_ahead: assert (ahead_o == (desc_q_i.wait_all ? '0 : 8'(col_last)));
        p_weight: assert (tile_o.weight == desc_q_i.wgt_base + weights);
        p_par: assert (tile_o.par == desc_q_i.par_base + 14'(row_q) * 14'(Rows));
        p_cond: assert (tile_o.cond == desc_q_i.cond_base + 14'(row_q) * 14'(Rows));
        p_now: assert (tile_o.now == time_q + (16'(col_q) << ColsLog2));
        p_oldest: assert (tile_o.oldest == tile_o.now - 16'(desc_q_i.reach));
        p_column: assert (tile_o.column == column_q + (8'(col_q) << ColsLog2));
        // --- what makes it inductive
        i_legal: assert (legal(desc_q_i));
        i_place: assert (row_q <= row_last && col_q <= col_last);
        i_first: assert (first_row_i == (row_q == '0));
        i_last: assert (last_row_i == (row_q == row_last) && last_col_i == (col_q == col_last));
        i_tiles: assert (tiles_left_i == 14'(row_last - row_q));
        i_rows: assert (rows_left_i == desc_q_i.rows - 14'(row_q) * 14'(Rows));
        i_col: assert (col_tile_i == 8'(col_q));
      end
      i_time: assert (block_time_i == time_q && block_column_i == column_q);
      c_most: cover (valid_o && take_i && final_tile && row_q == 3'd3 && col_q == 3'd1 && desc_take_o);
    end
  end

endmodule

bind tile_walker tile_walker_formal #(.Rows(Rows), .Cols(Cols)) u_formal (
  .clk_i, .rst_ni, .reset_time_i, .start_i, .log2_block_i, .desc_valid_i, .desc_i, .desc_end_i, .desc_take_o,
  .valid_o, .tile_o, .ahead_o, .end_o, .take_i,
  .desc_q_i(desc_q), .first_row_i(first_row_q), .last_row_i(last_row_q), .last_col_i(last_col_q),
  .tiles_left_i(tiles_left_q), .rows_left_i(rows_left_q), .col_tile_i(col_tile_q), .block_time_i(block_time_q),
  .block_column_i(block_column_q)
);

`default_nettype wire

// Walks the tiles of a pass: row tiles inside column tiles, and pass after pass without a gap.
//
// Latency: tile_o follows take_i by one cycle; a new descriptor gives its first tile one cycle after it was taken.
// Throughput: one tile a cycle within a pass.
`default_nettype none

module tile_walker
  import systole_pkg::*;
  import core_pkg::*;
#(
    parameter int unsigned Rows = 4,
    parameter int unsigned Cols = 8
) (
    input  wire         clk_i,
    input  wire         rst_ni,
    input  wire         reset_time_i,
    input  wire         start_i,       // of a frame
    input  wire  [ 3:0] log2_block_i,
    // from desc_fetch
    input  wire         desc_valid_i,
    input  desc_t       desc_i,
    input  wire         desc_end_i,
    output logic        desc_take_o,
    // to tile_issue
    output logic        valid_o,
    output tile_t       tile_o,
    output logic [ 7:0] ahead_o,       // column tiles that may still be on their way when it starts
    output logic        end_o,
    input  wire         take_i
);
  localparam int unsigned ColsLog2 = $clog2(Cols);

  logic valid_q;
  desc_t desc_q;
  // Counters run down, and what they decide is kept in flags: this stage feeds a long path in tile_issue.
  logic [13:0] rows_left_q, tiles_left_q, row_q, par_q, cond_q;
  logic first_row_q, last_row_q, last_col_q;
  logic [19:0] weight_q;
  logic [ 7:0] col_tile_q;
  logic [15:0] block_time_q;  // time of the block's first sample
  logic [ 7:0] block_column_q;  // the same within the frame
  logic [ 7:0] block_cols, col_tiles;  // less one
  logic final_tile, done;
  logic [15:0] offset;

  assign block_cols = 8'((9'd1 << (log2_block_i - 4'(ColsLog2))) - 9'd1);
  assign col_tiles = (desc_q.op == OpControl) ? 8'd0 : block_cols;
  assign final_tile = last_row_q && last_col_q;
  assign done = take_i && final_tile;
  assign desc_take_o = desc_valid_i && (!valid_q || done);
  assign valid_o = valid_q;
  assign end_o = !valid_q && desc_end_i;
  assign offset = 16'(col_tile_q) << ColsLog2;
  assign ahead_o = desc_q.wait_all ? 8'd0 : col_tiles;

  always_comb begin
    tile_o = '0;
    tile_o.op = desc_q.op;
    tile_o.activation = desc_q.activation;
    tile_o.first = desc_q.first;
    tile_o.last = desc_q.last;
    tile_o.starts = first_row_q;
    tile_o.ends = last_row_q;
    tile_o.wait_all = desc_q.wait_all;
    tile_o.taps = desc_q.taps;
    tile_o.cols = desc_q.cols;
    tile_o.dilation = desc_q.dilation;
    tile_o.src_base = desc_q.src_base;
    tile_o.src_log2 = desc_q.src_log2;
    tile_o.now = block_time_q + offset;
    tile_o.oldest = tile_o.now - 16'(desc_q.reach);
    tile_o.column = block_column_q + offset[7:0];
    tile_o.weight = weight_q;
    tile_o.height = (rows_left_q < 14'(Rows)) ? rows_left_q[5:0] : 6'(Rows);
    tile_o.row = row_q;
    tile_o.rows = desc_q.rows;
    tile_o.split = desc_q.split;
    tile_o.multiplier = desc_q.multiplier;
    tile_o.pre_shift = desc_q.pre_shift;
    tile_o.dst_base = desc_q.dst_base;
    tile_o.dst_log2 = desc_q.dst_log2;
    tile_o.par = par_q;
    tile_o.cond = cond_q;
  end

  always_ff @(posedge clk_i) begin
    if (take_i) begin
      if (last_row_q) begin
        tiles_left_q <= desc_q.row_tiles - 14'd1;
        first_row_q <= 1'b1;
        last_row_q <= desc_q.row_tiles == 14'd1;
        last_col_q <= col_tile_q + 8'd1 == col_tiles;
        rows_left_q <= desc_q.rows;
        row_q <= '0;
        par_q <= desc_q.par_base;
        cond_q <= desc_q.cond_base;
        weight_q <= desc_q.wgt_base;
        col_tile_q <= col_tile_q + 8'd1;
      end else begin
        tiles_left_q <= tiles_left_q - 14'd1;
        first_row_q <= 1'b0;
        last_row_q <= tiles_left_q == 14'd1;
        rows_left_q <= rows_left_q - 14'(Rows);
        row_q <= row_q + 14'(Rows);
        par_q <= par_q + 14'(Rows);
        cond_q <= cond_q + 14'(Rows);
        weight_q <= weight_q + 20'(desc_q.depth);
      end
    end
    if (desc_take_o) begin
      desc_q <= desc_i;
      tiles_left_q <= desc_i.row_tiles - 14'd1;
      first_row_q <= 1'b1;
      last_row_q <= desc_i.row_tiles == 14'd1;
      last_col_q <= desc_i.op == OpControl || block_cols == '0;
      rows_left_q <= desc_i.rows;
      row_q <= '0;
      col_tile_q <= '0;
      par_q <= desc_i.par_base;
      cond_q <= desc_i.cond_base;
      weight_q <= desc_i.wgt_base;
    end
    if (done && desc_q.fin) begin
      block_time_q   <= block_time_q + (16'd1 << log2_block_i);
      block_column_q <= block_column_q + (8'd1 << log2_block_i);
    end
    if (start_i) block_column_q <= '0;
    if (!rst_ni || reset_time_i) block_time_q <= '0;
    if (!rst_ni) valid_q <= 1'b0;
    else if (desc_take_o) valid_q <= 1'b1;
    else if (done) valid_q <= 1'b0;
  end

  logic unused;
  assign unused = ^desc_q;
endmodule
`default_nettype wire

// Rows for the post lanes: tokens two cycles apart, as many rows as a tile has, a queue that never runs over or dry,
// parameters that exist, and rows that stay while the lanes take them.
`default_nettype none

module post_front_sva
  import core_pkg::*;
#(
    parameter int unsigned Rows     = 4,
    parameter int unsigned Cols     = 8,
    parameter int unsigned RowDepth = 1024,
    parameter int unsigned Queue    = 8
) (
    input wire clk_i,
    input wire rst_ni,
    input wire first_i,
    input wire next_i,
    input tile_t tile_i,
    input wire [3:0] log2_block_i,
    input wire first_4_i,
    input wire next_4_i,
    input wire [13:0] row_5_i,
    input wire [13:0] rows_5_i,
    input wire [13:0] par_5_i,
    input wire go_o,
    input row_t row_o,
    input wire ld_use_i,
    input wire ld_we_i,
    input wire [$clog2(RowDepth)-1:0] ld_addr_i
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni);

  // Tiles pushed and not yet taken, counted without the queue's own pointers; rows since the tile's first.
  logic [5:0] inside_q, rows_q;
  logic row_5_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      inside_q <= '0;
      rows_q   <= 6'(Rows);
      row_5_q  <= 1'b0;
    end else begin
      inside_q <= inside_q + 6'(first_i) - 6'(first_4_i);
      rows_q   <= first_i ? 6'd1 : rows_q + 6'(next_i);
      row_5_q  <= first_4_i || next_4_i;
    end
  end

  // The driver's side.
  a_exclusive :
  assert property (!(first_i && next_i));
  a_apart :
  assert property (first_i || next_i |=> !first_i && !next_i);
  a_next :
  assert property (next_i |-> rows_q < 6'(Rows));
  a_complete :
  assert property (first_i |-> rows_q == 6'(Rows));
  a_block :
  assert property (first_i |-> (32'd1 << log2_block_i) >= Cols);
  a_stable :
  assert property (inside_q != '0 |-> $stable(log2_block_i));
  a_tile :
  assert property (first_i |-> tile_i.row < tile_i.rows);
  a_load :
  assert property (ld_we_i |-> ld_use_i && 32'(ld_addr_i) < RowDepth);
  a_load_idle :
  assert property (ld_use_i |-> !row_5_q);

  // The queue and the parameters.
  a_full :
  assert property (first_i |-> inside_q < 6'(Queue));
  a_dry :
  assert property (first_4_i |-> inside_q != '0);
  a_parameters :
  assert property (row_5_q && row_5_i < rows_5_i |-> 32'(par_5_i) < RowDepth);

  // The lanes' side.
  a_held :
  assert property (go_o |=> $stable(row_o));
  a_shift :
  assert property (go_o && row_o.valid |-> row_o.shift != '0);

endmodule

bind post_front post_front_sva #(
    .Rows    (Rows),
    .Cols    (Cols),
    .RowDepth(RowDepth),
    .Queue   (1 << QueueLog2)
) u_post_front_sva (
    .clk_i,
    .rst_ni,
    .first_i,
    .next_i,
    .tile_i,
    .log2_block_i,
    .first_4_i(first_4),
    .next_4_i(next_4),
    .row_5_i(row_5_q),
    .rows_5_i(info_5_q.rows),
    .par_5_i(par_5_q),
    .go_o,
    .row_o,
    .ld_use_i,
    .ld_we_i,
    .ld_addr_i
);

`default_nettype wire

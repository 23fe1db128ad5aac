// Tile walk: a tile stays until it is taken, lies inside its pass and begins where a column tile begins; descriptors
// hold what the packer promises.
`default_nettype none

module tile_walker_sva
  import systole_pkg::*;
  import core_pkg::*;
#(
    parameter int unsigned Rows = 4,
    parameter int unsigned Cols = 8
) (
    input wire clk_i,
    input wire rst_ni,
    input wire start_i,
    input wire [3:0] log2_block_i,
    input wire desc_valid_i,
    input desc_t desc_i,
    input wire desc_end_i,
    input wire desc_take_o,
    input wire valid_o,
    input tile_t tile_o,
    input wire [7:0] ahead_o,
    input wire end_o,
    input wire take_i
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni);

  logic [13:0] last_row;
  assign last_row = tile_o.row + 14'(tile_o.height);

  // What comes in.
  a_take :
  assert property (take_i |-> valid_o);
  a_start :
  assert property (start_i |-> !valid_o && (32'd1 << log2_block_i) >= Cols &&
                   log2_block_i <= 4'd8);
  a_desc_op :
  assert property (desc_take_o |-> desc_i.op >= OpControl && desc_i.op <= OpOutput);
  a_desc_shape :
  assert property (desc_take_o |-> desc_i.rows != '0 && desc_i.cols != '0 && desc_i.taps != '0);
  a_desc_tiles :
  assert property (desc_take_o |-> 32'(desc_i.row_tiles) == (32'(desc_i.rows) + Rows - 1) / Rows);
  a_desc_depth :
  assert property (desc_take_o |-> 32'(desc_i.depth) == 32'(desc_i.taps) * 32'(desc_i.cols));
  a_desc_reach :
  assert property (desc_take_o |-> 32'(desc_i.reach) ==
                   (32'(desc_i.taps) - 32'd1) * 32'(desc_i.dilation));
  a_desc_split :
  assert property (desc_take_o && desc_i.op == OpMix |-> desc_i.split <= desc_i.rows);

  // What goes out.
  a_desc_take :
  assert property (desc_take_o |-> desc_valid_i);
  a_live :
  assert property (desc_valid_i && (!valid_o || (take_i && desc_take_o)) |=> valid_o);
  a_stable :
  assert property (valid_o && !take_i && !start_i |=> valid_o && $stable(tile_o) &&
                   $stable(ahead_o));
  a_end :
  assert property (end_o |-> !valid_o && desc_end_i);
  a_height :
  assert property (valid_o |-> tile_o.height != '0 && 32'(tile_o.height) <= Rows);
  a_rows :
  assert property (valid_o |-> last_row <= tile_o.rows);
  a_full :
  assert property (valid_o && !tile_o.ends |-> 32'(tile_o.height) == Rows);
  a_starts :
  assert property (valid_o |-> tile_o.starts == (tile_o.row == '0));
  a_ends :
  assert property (valid_o |-> tile_o.ends == (last_row == tile_o.rows));
  a_aligned :
  assert property (valid_o |-> (32'(tile_o.now) % Cols) == 32'd0 &&
                   (32'(tile_o.column) % Cols) == 32'd0);
  a_ahead :
  assert property (valid_o |-> (32'(ahead_o) + 32'd1) * Cols <= 32'd256);

endmodule

bind tile_walker tile_walker_sva #(
    .Rows(Rows),
    .Cols(Cols)
) u_tile_walker_sva (.*);

`default_nettype wire

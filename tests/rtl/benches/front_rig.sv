// post_front with packed ports: {first, next, log2 of the block, load port, tile} to {go, load port's answer, row}.
`default_nettype none

module front_rig
  import core_pkg::*;
#(
    parameter int unsigned Rows     = 4,
    parameter int unsigned Cols     = 8,
    parameter int unsigned Lanes    = 2,
    parameter int unsigned RowDepth = 48
) (
    input  wire                         clk_i,
    input  wire                         rst_ni,
    input  wire  [20 + $bits(tile_t):0] given_i,
    output logic [ 5 + $bits(row_t) :0] answer_o
);
  localparam int unsigned T = $bits(tile_t);
  localparam int unsigned R = $bits(row_t);

  post_front #(
      .Rows    (Rows),
      .Cols    (Cols),
      .Lanes   (Lanes),
      .RowDepth(RowDepth)
  ) u_front (
      .clk_i,
      .rst_ni,
      .first_i     (given_i[T+20]),
      .next_i      (given_i[T+19]),
      .log2_block_i(given_i[T+15+:4]),
      .ld_use_i    (given_i[T+14]),
      .ld_we_i     (given_i[T+13] && rst_ni),
      .ld_addr_i   (given_i[T+5+:$clog2(RowDepth)]),
      .ld_shift_i  (given_i[T+:5]),
      .tile_i      (given_i[T-1:0]),
      .go_o        (answer_o[R+5]),
      .ld_shift_o  (answer_o[R+:5]),
      .row_o       (answer_o[R-1:0])
  );
endmodule

`default_nettype wire

// Queue: level within its bounds, ready only with room, an offered word stays, the memory is never read where
// it is written.
`default_nettype none

module fifo_sva #(
    parameter int unsigned Width = 16,
    parameter int unsigned Depth = 16
) (
    input wire clk_i,
    input wire rst_ni,
    input wire clear_i,
    input wire wr_valid_i,
    input wire wr_ready_o,
    input wire rd_valid_o,
    input wire rd_ready_i,
    input wire [Width-1:0] rd_data_o,
    input wire [$clog2(Depth+1)-1:0] level_o,
    input wire [$clog2(Depth)-1:0] wr_addr_i,
    input wire [$clog2(Depth)-1:0] rd_addr_i,
    input wire fetch_i
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni);

  typedef logic [$clog2(Depth+1)-1:0] level_t;
  logic wr_en, rd_en;
  assign wr_en = wr_valid_i && wr_ready_o;
  assign rd_en = rd_valid_o && rd_ready_i;

  a_bound :
  assert property (level_o <= level_t'(Depth));
  a_ready :
  assert property (wr_ready_o == (level_o != level_t'(Depth)));
  a_valid :
  assert property (rd_valid_o |-> level_o != '0);
  a_stable :
  assert property (rd_valid_o && !rd_ready_i && !clear_i |=> rd_valid_o && $stable(rd_data_o));
  a_up :
  assert property (wr_en && !rd_en && !clear_i |=> level_o == $past(level_o) + level_t'(1));
  a_down :
  assert property (!wr_en && rd_en && !clear_i |=> level_o == $past(level_o) - level_t'(1));
  a_level :
  assert property (wr_en == rd_en && !clear_i |=> $stable(level_o));
  a_clear :
  assert property (clear_i |=> level_o == '0 && !rd_valid_o);
  a_apart :
  assert property (wr_en && fetch_i |-> wr_addr_i != rd_addr_i);

endmodule

bind fifo fifo_sva #(
    .Width(Width),
    .Depth(Depth)
) u_fifo_sva (
    .clk_i,
    .rst_ni,
    .clear_i,
    .wr_valid_i,
    .wr_ready_o,
    .rd_valid_o,
    .rd_ready_i,
    .rd_data_o,
    .level_o,
    .wr_addr_i(wr_ptr_q[$clog2(Depth)-1:0]),
    .rd_addr_i(rd_ptr_q[$clog2(Depth)-1:0]),
    .fetch_i (fetch)
);

`default_nettype wire

// Descriptor fetch: there exactly DescWords + 2 cycles after it was asked for, kept until taken, no word but a
// descriptor's own addressed.
`default_nettype none

module desc_fetch_sva
  import systole_pkg::*;
#(
    parameter int unsigned Descs = 64
) (
    input wire clk_i,
    input wire rst_ni,
    input wire start_i,
    input wire prime_i,
    input wire [8:0] blocks_i,
    input wire [9:0] first_block_i,
    input wire [$clog2(Descs)+3:0] mem_addr_o,
    input wire valid_o,
    input desc_t desc_o,
    input wire take_i,
    input wire end_o
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni);

  // Cycles since the last demand, while nothing is there.
  logic [7:0] waited_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni || start_i || valid_o || end_o) waited_q <= '0;
    else waited_q <= waited_q + 8'd1;
  end

  a_take :
  assert property (take_i |-> valid_o);
  a_start :
  assert property (start_i |-> end_o && blocks_i != '0 && 32'(first_block_i) < Descs);
  a_asked :
  assert property (start_i |=> !end_o && !valid_o);
  a_exclusive :
  assert property (!(valid_o && end_o));
  a_stable :
  assert property (valid_o && !take_i && !start_i |=> valid_o && $stable(desc_o));
  a_not_late :
  assert property (!valid_o && !end_o |-> 32'(waited_q) <= DescWords);
  a_not_early :
  assert property ($rose(valid_o) |-> 32'($past(waited_q)) == DescWords);
  a_address :
  assert property (32'(mem_addr_o[3:0]) <= DescWords);
  a_silent :
  assert property (end_o && !start_i |=> end_o);
  a_prime :
  assert property (take_i && desc_o.fin |=> !valid_o);

endmodule

bind desc_fetch desc_fetch_sva #(.Descs(Descs)) u_desc_fetch_sva (.*);

`default_nettype wire

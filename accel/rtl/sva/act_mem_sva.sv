// Activation memory: what is written lies inside the banks.
`default_nettype none

module act_mem_sva #(
    parameter int unsigned Cols  = 8,
    parameter int unsigned Depth = 3072,
    parameter int unsigned AddrW = $clog2(Depth)
) (
    input wire clk_i,
    input wire we_i[Cols],
    input wire [AddrW-1:0] waddr_i[Cols],
    input wire [$clog2(Cols)-1:0] offset_4_i,
    input wire [$clog2(Cols)-1:0] offset_i
);

  default clocking cb @(posedge clk_i);
  endclocking

  // There is no reset here: what drives the enables settles in the first cycles.
  logic [2:0] settled_q;
  initial settled_q = '0;
  always_ff @(posedge clk_i) if (settled_q != '1) settled_q <= settled_q + 3'd1;

  for (genvar b = 0; b < Cols; b++) begin : g_bank
    a_inside :
    assert property (settled_q[1] && we_i[b] |-> 32'(waddr_i[b]) < Depth);
  end
  // The rotation meets the data that it was asked for.
  a_aligned :
  assert property (settled_q == '1 |-> offset_4_i == $past(offset_i, 4));

endmodule

bind act_mem act_mem_sva #(
    .Cols (Cols),
    .Depth(Depth)
) u_act_mem_sva (
    .clk_i,
    .we_i,
    .waddr_i,
    .offset_4_i(offset_4_q),
    .offset_i(time_i[$clog2(Cols)-1:0])
);

`default_nettype wire

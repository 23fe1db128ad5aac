// Processing element: tokens that the drain can carry, and a drain that moves with them only.
`default_nettype none

module pe_sva (
    input wire clk_i,
    input wire rst_ni,
    input wire [2:0] ctl_i,
    input wire [2:0] ctl_3_i,
    input wire signed [23:0] product_i,
    input wire signed [31:0] base_i,
    input wire signed [31:0] acc_i,
    input wire signed [31:0] drain_i,
    input wire signed [31:0] drain_o
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni);

  logic token;
  assign token = ctl_i[1] || ctl_i[2];

  // The driver's side: never `last` with `shift`, and a token reaches the neighbour before the next one moves it.
  a_exclusive :
  assert property (!(ctl_i[1] && ctl_i[2]));
  a_apart :
  assert property (token |=> !token);

  // The element's side.
  a_stays :
  assert property (!ctl_3_i[1] && !ctl_3_i[2] |=> $stable(drain_o));
  a_captured :
  assert property (ctl_3_i[1] |=> drain_o == $past(acc_i));
  a_shifted :
  assert property (ctl_3_i[2] && !ctl_3_i[1] |=> drain_o == $past(drain_i));
  a_start :
  assert property (ctl_3_i[1] |-> base_i == drain_i);
  // A sum never leaves its factor's side of the start: a wrap would.
  a_up :
  assert property (product_i >= 0 |=> acc_i >= $past(base_i));
  a_down :
  assert property (product_i <= 0 |=> acc_i <= $past(base_i));

endmodule

bind pe pe_sva u_pe_sva (
    .clk_i,
    .rst_ni,
    .ctl_i,
    .ctl_3_i(ctl_3_q),
    .product_i(product_q),
    .base_i(base),
    .acc_i(acc_q),
    .drain_i,
    .drain_o
);

`default_nettype wire

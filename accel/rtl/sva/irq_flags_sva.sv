// A flag rises only with its event, and falls only when cleared; no event is lost.
`default_nettype none

module irq_flags_sva #(
    parameter int unsigned Count = 4
) (
    input wire clk_i,
    input wire rst_ni,
    input wire [Count-1:0] event_i,
    input wire [Count-1:0] clear_i,
    input wire [Count-1:0] enable_i,
    input wire [Count-1:0] flags_o,
    input wire irq_o
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni); a_event :
  assert property (1'b1 |=> (flags_o & $past(event_i)) == $past(event_i));
  a_kept :
  assert property (1'b1 |=> ($past(flags_o & ~clear_i) & ~flags_o) == '0);
  a_only :
  assert property (1'b1 |=> (flags_o & ~$past(flags_o) & ~$past(event_i)) == '0);
  a_irq :
  assert property (irq_o == ((flags_o & enable_i) != '0));

endmodule

bind irq_flags irq_flags_sva #(
    .Count(Count)
) u_irq_flags_sva (
    .clk_i,
    .rst_ni,
    .event_i,
    .clear_i,
    .enable_i,
    .flags_o,
    .irq_o
);

`default_nettype wire

// Flags that events set and the host clears with ones; an event in the cycle of its clearing is kept.
//
// Latency: event to flag and irq_o 1 cycle. Throughput: one event of each kind a cycle.
`default_nettype none

module irq_flags #(
    parameter int unsigned Count = 4
) (
    input  wire              clk_i,
    input  wire              rst_ni,
    input  wire  [Count-1:0] event_i,
    input  wire  [Count-1:0] clear_i,
    input  wire  [Count-1:0] enable_i,
    output logic [Count-1:0] flags_o,
    output logic             irq_o
);

  if (Count < 1 || Count > 32) begin : g_bad_count
    $fatal(1, "irq_flags: Count must be 1 to 32");
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) flags_o <= '0;
    else flags_o <= (flags_o & ~clear_i) | event_i;
  end

  assign irq_o = |(flags_o & enable_i);

endmodule
`default_nettype wire

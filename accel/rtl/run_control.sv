// When the core may start, and when its memories may be touched.
//
// A start waits until the core has been idle for SettleCycles, so that a frame whose last word has just
// been taken is seen as busy and is not cut. `run_o` lets control frames and samples pass; it rises one cycle after
// start_o, when the core is already clearing. `quiet_o`: stopped, idle and settled, with no start under way.
//
// Latency: start_i in cycle n, quiet: start_o in n + 2, run_o in n + 3. Not quiet: start_o 1 cycle after quiet_o would
//          have risen. stop_i or start_i to run_o low: 1 cycle. Throughput: does not apply.
`default_nettype none

module run_control #(
    parameter int unsigned SettleCycles = 4
) (
    input  wire  clk_i,
    input  wire  rst_ni,
    input  wire  start_i,
    input  wire  stop_i,       // wins over start_i, and forgets a start that waits
    input  wire  core_busy_i,
    output logic start_o,
    output logic run_o,
    output logic pending_o,
    output logic quiet_o
);

  if (SettleCycles < 1) begin : g_bad_settle
    $fatal(1, "run_control: SettleCycles must be at least 1");
  end

  localparam int unsigned CountWidth = $clog2(SettleCycles + 1);
  typedef logic [CountWidth-1:0] count_t;
  count_t idle_q;
  logic settled, go;

  assign settled = idle_q == count_t'(SettleCycles);
  assign go      = pending_o && settled && !core_busy_i;
  assign quiet_o = settled && !core_busy_i && !pending_o && !start_o;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      idle_q    <= '0;
      start_o   <= 1'b0;
      run_o     <= 1'b0;
      pending_o <= 1'b0;
    end else begin
      if (run_o || start_o || core_busy_i) idle_q <= '0;
      else if (!settled) idle_q <= idle_q + count_t'(1);

      if (stop_i) pending_o <= 1'b0;
      else if (start_i) pending_o <= 1'b1;
      else if (go) pending_o <= 1'b0;

      start_o <= go && !stop_i && !start_i;
      if (stop_i || start_i) run_o <= 1'b0;
      else if (start_o) run_o <= 1'b1;
    end
  end

endmodule
`default_nettype wire

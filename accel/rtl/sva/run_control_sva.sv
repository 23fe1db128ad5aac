// Start: never while the core works, one cycle long, never while or just after a stop.
`default_nettype none

module run_control_sva (
    input wire clk_i,
    input wire rst_ni,
    input wire start_i,
    input wire stop_i,
    input wire core_busy_i,
    input wire start_o,
    input wire run_o,
    input wire pending_o,
    input wire quiet_o
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni); a_pulse :
  assert property (start_o |=> !start_o);
  a_idle :
  assert property (start_o |-> !$past(core_busy_i));
  a_not_running :
  assert property (start_o |-> !run_o);
  a_rise :
  assert property ($rose(run_o) |-> $past(start_o));
  a_stop :
  assert property (stop_i |=> !run_o && !pending_o && !start_o);
  a_again :
  assert property (start_i && !stop_i |=> !run_o && pending_o && !start_o);
  a_quiet :
  assert property (quiet_o |-> !run_o && !core_busy_i && !pending_o && !start_o);

endmodule

bind run_control run_control_sva u_run_control_sva (
    .clk_i,
    .rst_ni,
    .start_i,
    .stop_i,
    .core_busy_i,
    .start_o,
    .run_o,
    .pending_o,
    .quiet_o
);

`default_nettype wire

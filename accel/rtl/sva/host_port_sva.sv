// The host's promises to the core: memories and start only when it is idle, a start only with a good program, never
// runs while a load is open, never sounds after a bad one.
`default_nettype none

module host_port_sva (
    input wire clk_i,
    input wire rst_ni,
    input wire start_o,
    input wire ld_req_o,
    input wire ld_we_o,
    input wire cv_valid_o,
    input wire cv_ready_i,
    input wire cv_last_o,
    input wire smp_valid_i,
    input wire smp_ready_o,
    input wire [15:0] smp_data_i,
    input wire busy_i,
    input wire [15:0] dac_data_o,
    input wire open_i,
    input wire crc_ok_i,
    input wire crc_error_i,
    input wire run_i,
    input wire [3:0] irq_event_i,
    input wire [3:0] irq_flags_i
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni); a_start :
  assert property (start_o |-> crc_ok_i && !open_i && !busy_i);
  a_load :
  assert property (ld_req_o |-> !busy_i && !run_i);
  a_write :
  assert property (ld_req_o && ld_we_o |-> open_i || $past(open_i));
  a_open :
  assert property (open_i |-> !run_i);
  a_error :
  assert property (crc_error_i |-> !run_i && !start_o);
  a_silent :
  assert property (crc_error_i |=> dac_data_o == '0);
  a_cv_run :
  assert property (cv_valid_o |-> run_i);
  a_cv :
  assert property (cv_valid_o && !cv_ready_i && cv_last_o |=> !run_i || cv_valid_o);
  a_smp :
  assert property (smp_valid_i && smp_ready_o |-> run_i);
  a_irq :
  assert property (1'b1 |=> ($past(irq_event_i) & ~irq_flags_i) == '0);
  // The core's part.
  m_smp :
  assert property (smp_valid_i && !smp_ready_o && !start_o |=> $past(
      start_o
  ) || (smp_valid_i && $stable(
      smp_data_i
  )));

endmodule

bind host_port host_port_sva u_host_port_sva (
    .clk_i,
    .rst_ni,
    .start_o,
    .ld_req_o,
    .ld_we_o,
    .cv_valid_o,
    .cv_ready_i,
    .cv_last_o,
    .smp_valid_i,
    .smp_ready_o,
    .smp_data_i,
    .busy_i,
    .dac_data_o,
    .open_i(open),
    .crc_ok_i(crc_ok),
    .crc_error_i(crc_error),
    .run_i(run),
    .irq_event_i(irq_event),
    .irq_flags_i(irq_flags)
);

`default_nettype wire

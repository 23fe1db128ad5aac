// Samples out: what is on the stream stays, no sample without a tick, silence on underrun and when stopped.
`default_nettype none

module dac_port_sva #(
    parameter int unsigned Depth = 64
) (
    input wire clk_i,
    input wire rst_ni,
    input wire clear_i,
    input wire run_i,
    input wire mute_i,
    input wire dac_i,
    input wire smp_ready_o,
    input wire tvalid_o,
    input wire tready_i,
    input wire [15:0] tdata_o,
    input wire tick_i,
    input wire dac_valid_o,
    input wire [15:0] dac_data_o,
    input wire underrun_o,
    input wire [$clog2(Depth+1)-1:0] level_o
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni); a_stable :
  assert property (tvalid_o && !tready_i |=> tvalid_o && $stable(tdata_o));
  a_tick :
  assert property (dac_valid_o |-> $past(tick_i && dac_i));
  a_hold :
  assert property (!tick_i && run_i && dac_i |=> $stable(dac_data_o));
  a_underrun :
  assert property (underrun_o |-> dac_valid_o && dac_data_o == '0 && $past(run_i));
  a_stopped :
  assert property (!run_i |=> dac_data_o == '0 && !underrun_o);
  a_muted :
  assert property (mute_i && tick_i |=> dac_data_o == '0);
  a_refuses :
  assert property (!run_i |-> !smp_ready_o);
  a_level :
  assert property (int'(level_o) <= int'(Depth));
  a_clear :
  assert property (clear_i |-> !run_i);

endmodule

bind dac_port dac_port_sva #(
    .Depth(Depth)
) u_dac_port_sva (
    .clk_i,
    .rst_ni,
    .clear_i,
    .run_i,
    .mute_i,
    .dac_i,
    .smp_ready_o,
    .tvalid_o,
    .tready_i,
    .tdata_o,
    .tick_i,
    .dac_valid_o,
    .dac_data_o,
    .underrun_o,
    .level_o
);

`default_nettype wire

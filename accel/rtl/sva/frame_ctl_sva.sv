// Frames: voltages only between frames, a frame only with room for its samples, a clear of exactly every word.
`default_nettype none

module frame_ctl_sva
  import systole_pkg::*;
#(
    parameter int unsigned ActDepth = 3072,
    parameter int unsigned CtlDepth = 256,
    parameter int unsigned OutDepth = 256
) (
    input wire clk_i,
    input wire rst_ni,
    input cfg_t cfg_i,
    input wire start_i,
    input wire cv_valid_i,
    input wire cv_ready_o,
    input wire cv_last_i,
    input wire ctl_we_o,
    input wire [$clog2(CtlDepth)-1:0] ctl_addr_o,
    input wire current_o,
    input wire [23:0] pitch_previous_o,
    input wire [23:0] pitch_current_o,
    input wire clear_o,
    input wire [$clog2(ActDepth)-1:0] clear_addr_o,
    input wire reset_o,
    input wire run_o,
    input wire prime_o,
    input wire idle_i,
    input wire exc_busy_i,
    input wire [$clog2(OutDepth+1)-1:0] level_i,
    input wire busy_o,
    input wire frame_done_o,
    input wire [31:0] cycles_o
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni);

  logic [31:0] cleared_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni || !clear_o) cleared_q <= '0;
    else cleared_q <= cleared_q + 32'd1;
  end

  a_ready :
  assert property (cv_ready_o |-> !busy_o && !start_i);
  a_write :
  assert property (cv_valid_i && cv_ready_o |=> ctl_we_o);
  a_write_only_then :
  assert property (ctl_we_o |-> $past(cv_valid_i && cv_ready_o));
  a_address :
  assert property (ctl_we_o |-> 32'(ctl_addr_o) < CtlDepth &&
                   32'(ctl_addr_o) < 32'(cfg_i.cv_words));
  a_words :
  assert property (ctl_we_o |->
                   $past(cv_last_i) == (32'(ctl_addr_o) + 32'd1 == 32'(cfg_i.cv_words)));
  a_run_after_last :
  assert property (cv_valid_i && cv_ready_o && cv_last_i |=> run_o);
  a_run_only_then :
  assert property (run_o |-> $past(cv_valid_i && cv_ready_o && cv_last_i));
  a_pulse :
  assert property (run_o |=> !run_o);
  a_room :
  assert property (run_o && !prime_o |-> 32'(level_i) + (32'd1 << cfg_i.log2_hop) <= OutDepth);
  a_run_is_busy :
  assert property (run_o |-> busy_o && !clear_o);
  a_done :
  assert property (frame_done_o |-> !busy_o && !prime_o);
  a_done_only_idle :
  assert property ($fell(busy_o) && $past(rst_ni) |-> $past(clear_o || (idle_i && !exc_busy_i)));
  a_reset :
  assert property (reset_o == (start_i && !busy_o));
  a_clear :
  assert property (reset_o |=> clear_o && clear_addr_o == '0 && cycles_o == '0);
  a_clear_address :
  assert property (clear_o |-> 32'(clear_addr_o) == cleared_q && cleared_q < ActDepth);
  a_clear_whole :
  assert property ($fell(clear_o) && $past(rst_ni) |-> $past(cleared_q) == ActDepth - 1);
  a_count :
  assert property (!reset_o |=> cycles_o == $past(cycles_o) + 32'($past(busy_o && !clear_o)));
  a_steady :
  assert property (busy_o |=> !busy_o || ($stable(current_o) && $stable(pitch_previous_o) &&
                   $stable(pitch_current_o)));

endmodule

bind frame_ctl frame_ctl_sva #(
    .ActDepth(ActDepth),
    .CtlDepth(CtlDepth),
    .OutDepth(OutDepth)
) u_frame_ctl_sva (.*);

`default_nettype wire

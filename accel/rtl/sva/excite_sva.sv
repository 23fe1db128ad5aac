// Assertions on excite: how it may be driven, and what it promises.
`default_nettype none

module excite_sva
  import systole_pkg::*;
(
    input logic clk_i,
    input logic rst_ni,
    input logic reset_i,
    input logic [31:0] seed_i,
    input logic start_i,
    input logic signed [PitchBits-1:0] pitch_prev_i,
    input logic signed [PitchBits-1:0] pitch_cur_i,
    input logic [3:0] log2_hop_i,
    input logic [2:0] oscillators_i,
    input logic ratio_busy_i,
    input logic [OscIndexBits-1:0] turn_o,
    input logic advance_o,
    input logic [Oscillators-1:0] sync_i,
    input logic [ExcCountBits-1:0] channels_i,
    input logic [ExcIndexBits-1:0] code_addr_o,
    input logic [15:0] code_i,
    input logic issue,
    input logic out_valid_o,
    input logic [ExcIndexBits-1:0] out_channel_o,
    input logic [7:0] out_sample_o,
    input logic busy_o,
    input logic done_o,
    input logic last_out
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni);

  // The driver's side.
  start_when_idle :
  assert property (start_i |-> !busy_o);
  reset_when_idle :
  assert property (reset_i |-> !busy_o);
  seed_not_zero :
  assert property (reset_i |-> seed_i != '0);
  hop_in_range :
  assert property (start_i |-> log2_hop_i >= 4'(MinLog2Hop) && log2_hop_i <= 4'(MaxLog2Hop));
  channels_in_range :
  assert property (start_i |-> 32'(channels_i) >= 1 && 32'(channels_i) <= ExcChannels);
  pitch_stable :
  assert property (busy_o |-> $stable(pitch_prev_i) && $stable(pitch_cur_i));
  shape_stable :
  assert property (busy_o |-> $stable(log2_hop_i) && $stable(channels_i) && $stable(oscillators_i));
  oscillators_in_range :
  assert property (start_i |-> 32'(oscillators_i) <= Oscillators);
  code_known :
  assert property (issue |-> code_i[1:0] <= 2'(SourceCosine) && code_i[15:8] <= 8'd64
                   && (code_i[7:2] == '0 || 6'(oscillators_i) > code_i[7:2]));
  sync_before_the_first_sample :
  assert property (sync_i != '0 |-> ratio_busy_i && !issue);
  ratios_before_the_first_increment :
  assert property (advance_o |-> !ratio_busy_i);

  // The unit's side.
  turn_in_range :
  assert property (advance_o |-> turn_o == '0 || 3'(turn_o) < oscillators_i);
  address_in_range :
  assert property (issue |-> ExcCountBits'(code_addr_o) < channels_i);
  output_while_busy :
  assert property (out_valid_o |-> busy_o);
  output_in_range :
  assert property (out_valid_o |-> ExcCountBits'(out_channel_o) < channels_i
                   && (out_sample_o >> log2_hop_i) == '0);
  done_after_last :
  assert property (out_valid_o && last_out |=> done_o && !busy_o);
  done_only_then :
  assert property (done_o |-> $past(out_valid_o && last_out));
  busy_until_done :
  assert property (busy_o && !(out_valid_o && last_out) |=> busy_o);

endmodule

bind excite excite_sva u_sva (.*);

`default_nettype wire

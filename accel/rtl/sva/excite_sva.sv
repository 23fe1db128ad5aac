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
    input logic [31:0] exp_offset_i,
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
  assert property (busy_o |-> $stable(log2_hop_i) && $stable(channels_i) && $stable(exp_offset_i));
  code_known :
  assert property (issue |-> code_i[7:0] <= SourceCosine && code_i[15:8] <= 8'd64);

  // The unit's side.
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

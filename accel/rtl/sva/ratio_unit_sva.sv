// Assertions on ratio_unit: how it may be driven, and how long it works.
`default_nettype none

module ratio_unit_sva
  import systole_pkg::*;
(
    input logic clk_i,
    input logic rst_ni,
    input logic use_i,
    input logic we_i,
    input logic run_i,
    input logic [2:0] oscillators_i,
    input logic [3:0] log2_hop_i,
    input osc_t record_i,
    input logic [VoltageBits-1:0] voltage_i,
    input logic busy_o,
    input logic advance_i
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni);

  // The driver's side.
  run_when_idle :
  assert property (run_i |-> !busy_o);
  no_load_when_busy :
  assert property (busy_o |-> !use_i && !we_i);
  count_in_range :
  assert property (run_i |-> 32'(oscillators_i) <= Oscillators);
  hop_in_range :
  assert property (run_i && oscillators_i != '0 |->
                   log2_hop_i >= 4'(MinLog2Hop) && log2_hop_i <= 4'(MaxLog2Hop));
  voltage_in_range :
  assert property (busy_o |-> 32'(voltage_i) <= KnobCounts);
  record_in_range :
  assert property (busy_o |-> 32'(record_i.widen) <= RatioStepBits - MinRatioStepBits);
  ramps_rest_while_looked_up :
  assert property (busy_o |-> !advance_i);

  // The unit's side.
  none_takes_no_time :
  assert property (run_i && oscillators_i == '0 |=> !busy_o);
  for (genvar k = 1; k <= Oscillators; k++) begin : gen_duration
    work_lasts_32_cycles_each :
    assert property (run_i && 32'(oscillators_i) == k |=> busy_o[*32*k] ##1 !busy_o);
  end

endmodule

bind ratio_unit ratio_unit_sva u_sva (.*);

`default_nettype wire

// Load port: a write reaches exactly its memory one cycle later, a read answers four cycles later, a running core
// hears nothing.
`default_nettype none

module load_port_sva
  import systole_pkg::*;
(
    input wire clk_i,
    input wire rst_ni,
    input wire busy_i,
    input wire req_i,
    input wire we_i,
    input wire [2:0] sel_i,
    input wire [19:0] addr_i,
    input wire [31:0] wdata_i,
    input wire rvalid_o,
    input wire use_o,
    input wire [19:0] addr_o,
    input wire [31:0] wdata_o,
    input wire desc_we_o,
    input wire wgt_we_o,
    input wire bias_we_o,
    input wire shift_we_o,
    input wire osc_we_o
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni);

  logic running;  // out of reset for as long as we look back
  assign running = $past(rst_ni) && $past(rst_ni, 2) && $past(rst_ni, 3) && $past(rst_ni, 4);

  a_busy :
  assert property (busy_i |=> !use_o);
  a_request :
  assert property (req_i && !busy_i |=> use_o && addr_o == $past(addr_i) &&
                   wdata_o == $past(wdata_i));
  a_write :
  assert property (running |-> {desc_we_o, wgt_we_o, bias_we_o, shift_we_o, osc_we_o} ==
                   ($past(req_i && we_i && !busy_i && rst_ni) ?
                    {$past(sel_i) == LdSelDesc, $past(sel_i) == LdSelWgt,
                     $past(sel_i) == LdSelBias, $past(sel_i) == LdSelShift,
                     $past(sel_i) == LdSelOsc} : 5'd0));
  a_read :
  assert property (running |-> rvalid_o == $past(req_i && !we_i && !busy_i, 4));

endmodule

bind load_port load_port_sva u_load_port_sva (
    .clk_i,
    .rst_ni,
    .busy_i,
    .req_i,
    .we_i,
    .sel_i,
    .addr_i,
    .wdata_i,
    .rvalid_o,
    .use_o,
    .addr_o,
    .wdata_o,
    .desc_we_o,
    .wgt_we_o,
    .bias_we_o,
    .shift_we_o,
    .osc_we_o
);

`default_nettype wire

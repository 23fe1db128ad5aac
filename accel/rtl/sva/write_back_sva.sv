// Write-back: clearing lands one cycle later, the excitation two, each with its own data; nothing writes unasked.
`default_nettype none

module write_back_sva
  import core_pkg::*;
#(
    parameter int unsigned Cols  = 8,
    parameter int unsigned Lanes = 2,
    parameter int unsigned ActW  = 12
) (
    input wire clk_i,
    input wire rst_ni,
    input target_e target_i[Lanes],
    input wire exc_valid_i,
    input wire [7:0] exc_sample_i,
    input wire signed [15:0] exc_data_i,
    input wire [15:0] exc_word_o,
    input wire clear_i,
    input wire [ActW-1:0] clear_addr_i,
    input wire act_we_o[Cols],
    input wire [ActW-1:0] act_addr_o[Cols],
    input wire [15:0] act_data_o[Cols],
    input wire smp_valid_o
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni);

  localparam int unsigned ColsLog2 = $clog2(Cols);
  localparam int unsigned Gap = Cols / Lanes;

  logic running, excited;  // out of reset for as long as we look back; an excitation lands now
  assign running = $past(rst_ni) && $past(rst_ni, 2);
  assign excited = running && $past(exc_valid_i, 2) && !$past(clear_i);

  for (genvar b = 0; b < Cols; b++) begin : g_bank
    a_clear :
    assert property (clear_i |=> act_we_o[b] && act_data_o[b] == '0 &&
                     act_addr_o[b] == $past(clear_addr_i));
    a_excite :
    assert property (excited && $past(exc_sample_i[ColsLog2-1:0], 2) == ColsLog2'(b) |->
                     act_we_o[b] && act_data_o[b] == $past(exc_data_i, 2) &&
                     act_addr_o[b] == ActW'($past(exc_word_o)));
    a_other_bank :
    assert property (excited && $past(exc_sample_i[ColsLog2-1:0], 2) != ColsLog2'(b) |->
                     !act_we_o[b]);
    a_asked :
    assert property (running && act_we_o[b] |-> $past(clear_i) || $past(exc_valid_i, 2) ||
                     $past(target_i[b/Gap]) == ToBank);
  end
  for (genvar l = 0; l < Lanes; l++) begin : g_lane
    a_sample :
    assert property (target_i[l] == ToOutput |=> smp_valid_o);
  end

endmodule

bind write_back write_back_sva #(
    .Cols (Cols),
    .Lanes(Lanes),
    .ActW (ActW)
) u_write_back_sva (
    .clk_i,
    .rst_ni,
    .target_i,
    .exc_valid_i,
    .exc_sample_i,
    .exc_data_i,
    .exc_word_o,
    .clear_i,
    .clear_addr_i,
    .act_we_o,
    .act_addr_o,
    .act_data_o,
    .smp_valid_o
);

`default_nettype wire

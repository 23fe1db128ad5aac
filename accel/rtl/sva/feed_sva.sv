// Operand feed: every read of a step and every write lies inside its memory, no step reads a word in the cycle in
// which it is written, and the load port never takes the weight memory from a step.
`default_nettype none

module feed_sva #(
    parameter int unsigned Cols     = 8,
    parameter int unsigned ActDepth = 3072,
    parameter int unsigned WgtDepth = 6144,
    parameter int unsigned CtlDepth = 256,
    parameter int unsigned SliceW   = 1,
    parameter int unsigned Slices   = 1
) (
    input wire clk_i,
    input wire rst_ni,
    input wire [2:0] ctl_i,
    input wire from_control_i,
    input wire [15:0] chan_i,
    input wire [15:0] time_i,
    input wire [3:0] log2_i,
    input wire [19:0] weight_i,
    input wire act_we_i[Cols],
    input wire [$clog2(ActDepth)-1:0] act_addr_i[Cols],
    input wire ctl_we_i,
    input wire [$clog2(CtlDepth)-1:0] ctl_addr_i,
    input wire ld_use_i,
    input wire ld_we_i,
    input wire [19:0] ld_addr_i
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni);

  localparam int unsigned ColsLog2 = $clog2(Cols);

  logic window, single;
  logic [31:0] word, mask, first, second, ld_word;
  assign window = ctl_i[0] && !from_control_i;
  assign single = ctl_i[0] && from_control_i;
  assign word = 32'(time_i) >> ColsLog2;
  assign mask = (32'd1 << log2_i) - 32'd1;
  assign first = 32'(chan_i) + (word & mask);
  assign second = 32'(chan_i) + ((word + 32'd1) & mask);
  assign ld_word = (Slices > 1) ? 32'(ld_addr_i >> SliceW) : 32'(ld_addr_i);

  // Addresses.
  a_window :
  assert property (window |-> first < ActDepth && second < ActDepth);
  a_control :
  assert property (single |-> 32'(chan_i) < CtlDepth);
  a_weight :
  assert property (ctl_i[0] |-> 32'(weight_i) < WgtDepth);
  a_control_write :
  assert property (ctl_we_i |-> 32'(ctl_addr_i) < CtlDepth);
  a_load :
  assert property (ld_we_i |-> ld_use_i && ld_word < WgtDepth);

  // The load port has the weight memory's read port only while no step needs it.
  a_load_idle :
  assert property (ld_use_i |-> !$past(ctl_i[0], 3));

  // Banks read two cycles after the request, the control memory three.
  logic window_1_q, window_2_q;
  logic [31:0] first_1_q, second_1_q;
  logic [ColsLog2-1:0] offset_1_q;
  always_ff @(posedge clk_i) begin
    window_1_q <= window && rst_ni;
    window_2_q <= window_1_q && rst_ni;
    first_1_q  <= first;
    second_1_q <= second;
    offset_1_q <= time_i[ColsLog2-1:0];
  end
  for (genvar b = 0; b < Cols; b++) begin : g_bank
    logic [31:0] read_2_q;
    always_ff @(posedge clk_i) read_2_q <= (32'(offset_1_q) > b) ? second_1_q : first_1_q;
    a_written :
    assert property (act_we_i[b] |-> 32'(act_addr_i[b]) < ActDepth);
    a_apart :
    assert property (window_2_q && act_we_i[b] |-> 32'(act_addr_i[b]) != read_2_q);
  end
  a_control_apart :
  assert property (ctl_we_i && $past(
      single, 3
  ) |-> 32'(ctl_addr_i) != 32'($past(
      chan_i, 3
  )));

endmodule

bind feed feed_sva #(
    .Cols    (Cols),
    .ActDepth(ActDepth),
    .WgtDepth(WgtDepth),
    .CtlDepth(CtlDepth),
    .SliceW  (SliceW),
    .Slices  (Slices)
) u_feed_sva (
    .clk_i,
    .rst_ni,
    .ctl_i,
    .from_control_i,
    .chan_i,
    .time_i,
    .log2_i,
    .weight_i,
    .act_we_i,
    .act_addr_i,
    .ctl_we_i,
    .ctl_addr_i,
    .ld_use_i,
    .ld_we_i,
    .ld_addr_i
);

`default_nettype wire

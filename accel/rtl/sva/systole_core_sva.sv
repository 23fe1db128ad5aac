// The core as a whole: never two writers to one memory, every address inside its memory, the queue never overflows.
`default_nettype none

module systole_core_sva
  import systole_pkg::*;
  import core_pkg::*;
#(
    parameter int unsigned Lanes     = 2,
    parameter int unsigned ActDepth  = 3072,
    parameter int unsigned WgtDepth  = 6144,
    parameter int unsigned RowDepth  = 1024,
    parameter int unsigned CondDepth = 288,
    parameter int unsigned CtlDepth  = 256
) (
    input wire clk_i,
    input wire rst_ni,
    input wire start_i,
    input wire busy_o,
    input wire clear_i,
    input wire cv_we_i,
    input wire ctl_we_i,
    input wire cond_we_i,
    input wire [15:0] vector_addr_i,
    input wire exc_valid_i,
    input wire [15:0] exc_word_i,
    input target_e target_i[Lanes],
    input wire [15:0] lane_addr_i[Lanes],
    input wire out_valid_i,
    input wire out_ready_i,
    input wire [2:0] ctl_i,
    input wire from_control_i,
    input wire [15:0] chan_i,
    input wire [15:0] time_i,
    input wire [3:0] log2_i,
    input wire [19:0] weight_i,
    input wire init_go_i,
    input wire init_valid_i,
    input tile_t init_tile_i,
    input wire [5:0] init_row_i
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni);

  logic step, to_bank, write_outside;
  logic [31:0] outputs, read_last;
  assign step = ctl_i[0];
  // last word of the window's channel
  assign read_last = 32'(chan_i) + (32'd1 << log2_i) - 32'd1;
  always_comb begin
    outputs = '0;
    to_bank = 1'b0;
    write_outside = 1'b0;
    for (int l = 0; l < int'(Lanes); l++) begin
      outputs += 32'(target_i[l] == ToOutput);
      to_bank |= target_i[l] == ToBank;
      write_outside |= target_i[l] == ToBank && 32'(lane_addr_i[l]) >= ActDepth;
    end
  end

  // Writers.
  a_bank_excite :
  assert property (!(exc_valid_i && to_bank));
  a_bank_clear :
  assert property (clear_i |-> !exc_valid_i && !to_bank);
  a_control :
  assert property (!(cv_we_i && ctl_we_i));
  a_one_output :
  assert property (outputs <= 32'd1);
  a_queue :
  assert property (out_valid_i |-> out_ready_i);
  a_quiet :
  assert property (!busy_o |-> !step && !to_bank && !exc_valid_i);

  // Addresses.
  a_bank_write :
  assert property (!write_outside);
  a_bank_excite_write :
  assert property (exc_valid_i |-> 32'(exc_word_i) < ActDepth);
  a_bank_read :
  assert property (step && !from_control_i |-> read_last < ActDepth);
  a_control_read :
  assert property (step && from_control_i |-> 32'(chan_i) < CtlDepth);
  a_control_write :
  assert property (ctl_we_i |-> 32'(vector_addr_i) < CtlDepth);
  a_conditioning_write :
  assert property (cond_we_i |-> 32'(vector_addr_i) < CondDepth);
  a_weight :
  assert property (step |-> 32'(weight_i) < WgtDepth);
  a_row :
  assert property (init_go_i && init_valid_i |-> 32'(init_tile_i.par) + 32'(init_row_i) < RowDepth);
  a_conditioning_read :
  assert property (init_go_i && init_valid_i && init_tile_i.op == OpGated &&
                   init_row_i < init_tile_i.height |->
                   32'(init_tile_i.cond) + 32'(init_row_i) < CondDepth);

endmodule

bind systole_core systole_core_sva #(
    .Lanes    (Lanes),
    .ActDepth (ActDepth),
    .WgtDepth (WgtDepth),
    .RowDepth (RowDepth),
    .CondDepth(CondDepth),
    .CtlDepth (CtlDepth)
) u_systole_core_sva (
    .clk_i,
    .rst_ni,
    .start_i,
    .busy_o,
    .clear_i(clear),
    .cv_we_i(cv_we),
    .ctl_we_i(ctl_we),
    .cond_we_i(cond_we),
    .vector_addr_i(vector_addr),
    .exc_valid_i(exc_writes),
    .exc_word_i(exc_word),
    .target_i(target),
    .lane_addr_i(lane_addr),
    .out_valid_i(out_valid),
    .out_ready_i(out_ready),
    .ctl_i(ctl),
    .from_control_i(from_control),
    .chan_i(chan),
    .time_i(window_time),
    .log2_i(window_log2),
    .weight_i(weight_at),
    .init_go_i(init_go),
    .init_valid_i(u_tile_issue.next_valid_q),
    .init_tile_i(init_tile),
    .init_row_i(init_row)
);

`default_nettype wire

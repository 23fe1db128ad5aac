// Register frames: a word offered stays until taken or the run stops, and no frame changes while it is being taken.
`default_nettype none

module cv_frame_sva #(
    parameter int unsigned Knobs = 8
) (
    input wire clk_i,
    input wire rst_ni,
    input wire run_i,
    input wire forget_i,
    input wire [7:0] words_i,
    input wire we_i,
    input wire [5:0] index_i,
    input wire commit_i,
    input wire commit_ready_o,
    input wire pending_o,
    input wire valid_o,
    input wire ready_i,
    input wire [23:0] data_o,
    input wire last_o,
    input wire [7:0] word_i
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni); a_stable :
  assert property (valid_o && !ready_i && !commit_i && !forget_i && run_i |=>
                             !run_i || (valid_o && $stable(
      {data_o, last_o}
  )));
  a_whole :
  assert property (commit_i && commit_ready_o && run_i && pending_o |-> word_i == '0);
  a_index :
  assert property (we_i |-> index_i <= 6'(Knobs));
  a_within :
  assert property (valid_o |-> word_i == '0 || word_i < words_i);
  a_held :
  assert property (commit_i && !commit_ready_o |=> commit_i);
  a_done :
  assert property (valid_o && ready_i && last_o && !forget_i |=> word_i == '0 && !pending_o);

endmodule

bind cv_frame cv_frame_sva #(
    .Knobs(Knobs)
) u_cv_frame_sva (
    .clk_i,
    .rst_ni,
    .run_i,
    .forget_i,
    .words_i,
    .we_i,
    .index_i,
    .commit_i,
    .commit_ready_o,
    .pending_o,
    .valid_o,
    .ready_i,
    .data_o,
    .last_o,
    .word_i(index_q)
);

`default_nettype wire

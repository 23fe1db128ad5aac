// Streamed frames: words offered stay, and every frame has exactly the length that the core expects.
`default_nettype none

module cv_stream_sva (
    input wire clk_i,
    input wire rst_ni,
    input wire run_i,
    input wire [7:0] words_i,
    input wire tvalid_i,
    input wire tready_o,
    input wire [31:0] tdata_i,
    input wire tlast_i,
    input wire valid_o,
    input wire ready_i,
    input wire [23:0] data_o,
    input wire last_o
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni); m_stream :
  assert property (tvalid_i && !tready_o |=> tvalid_i && $stable({tdata_i, tlast_i}));
  a_stable :
  assert property (valid_o && !ready_i |=> !run_i || (valid_o && $stable({data_o, last_o})));
  a_stopped :
  assert property (!run_i |-> !tready_o && !valid_o);

  logic [7:0] taken_q;  // words of this frame that the core has
  always_ff @(posedge clk_i) begin
    if (!rst_ni || !run_i) taken_q <= '0;
    else if (valid_o && ready_i) taken_q <= last_o ? '0 : taken_q + 8'd1;
  end
  a_length :
  assert property (valid_o && words_i != '0 |-> last_o == (taken_q + 8'd1 == words_i));

endmodule

bind cv_stream cv_stream_sva u_cv_stream_sva (
    .clk_i,
    .rst_ni,
    .run_i,
    .words_i,
    .tvalid_i,
    .tready_o,
    .tdata_i,
    .tlast_i,
    .valid_o,
    .ready_i,
    .data_o,
    .last_o
);

`default_nettype wire

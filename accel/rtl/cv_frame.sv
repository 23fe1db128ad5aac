// Control frames from registers: the host writes words in any order, a commit makes them the next frame at once.
//
// Words saturate when written and stay as they are after a commit, so changing one knob is one write and one commit.
// A commit before the core has begun to take the last one replaces it; during the transfer it waits
// (commit_ready_o low), so a frame is never half old and half new. Words beyond the registers go as 0.
// Stopping (run_i low) breaks a transfer off; the same frame is sent again, whole, after the next start.
//
// Latency: commit (commit_i and commit_ready_o) to valid_o 1 cycle. Throughput: one word a cycle.
`default_nettype none

module cv_frame #(
    parameter int unsigned Knobs = 8
) (
    input  wire                clk_i,
    input  wire                rst_ni,
    input  wire                run_i,
    input  wire                forget_i,        // pulse: a frame that waits is not to be sent
    input  wire         [ 7:0] words_i,         // in a frame; stable while run_i
    // registers
    input  wire                we_i,
    input  wire         [ 5:0] index_i,         // below Knobs + 1
    input  wire signed  [31:0] wdata_i,
    output logic signed [23:0] rdata_o,
    input  wire                commit_i,        // held until commit_ready_o
    output logic               commit_ready_o,
    output logic               pending_o,
    // core
    output logic               valid_o,
    input  wire                ready_i,
    output logic signed [23:0] data_o,
    output logic               last_o
);

  if (Knobs < 1 || Knobs > 63) begin : g_bad_knobs
    $fatal(1, "cv_frame: Knobs must be 1 to 63");
  end

  localparam int unsigned Words = Knobs + 1;
  localparam int unsigned IndexWidth = $clog2(Words);
  logic signed [23:0] words_q[Words];  // as written
  logic signed [23:0] frame_q[Words];  // as committed
  logic signed [23:0] saturated;
  logic [7:0] index_q;
  logic take;

  cv_saturate u_saturate (
      .is_pitch_i(index_i == 6'd0),
      .value_i(wdata_i),
      .word_o(saturated)
  );

  assign valid_o = pending_o && run_i;
  assign data_o = (index_q < 8'(Words)) ? frame_q[index_q[IndexWidth-1:0]] : '0;
  assign last_o = {1'b0, index_q} + 9'd1 >= {1'b0, words_i};
  assign take = valid_o && ready_i;
  assign commit_ready_o = !run_i || !pending_o || (index_q == '0 && !ready_i);
  assign rdata_o = (index_i < 6'(Words)) ? words_q[index_i[IndexWidth-1:0]] : '0;

  always_ff @(posedge clk_i) begin
    for (int unsigned i = 0; i < Words; i++) begin
      if (!rst_ni) words_q[i] <= '0;
      else if (we_i && index_i == 6'(i)) words_q[i] <= saturated;
      if (commit_i && commit_ready_o) frame_q[i] <= words_q[i];
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      pending_o <= 1'b0;
      index_q   <= '0;
    end else begin
      if (forget_i) pending_o <= 1'b0;
      else if (commit_i && commit_ready_o) pending_o <= 1'b1;
      else if (take && last_o) pending_o <= 1'b0;
      if (!run_i || (take && last_o)) index_q <= '0;
      else if (take) index_q <= index_q + 8'd1;
    end
  end

endmodule
`default_nettype wire

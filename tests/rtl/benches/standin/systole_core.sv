// Stand-in for systole_core in the host port's bench: the same ports, memories of 256 words, and audio that a
// test can predict: frame f of words w gives samples (w[0] + w[1] + ... + k)[15:0], k = 0..7, except the first.
//
// It is awkward on purpose: takes control words in bursts, starts a frame only when its samples fit its queue,
// and goes busy as late as it may.
`default_nettype none

module systole_core #(
    parameter int unsigned Rows = 4,
    parameter int unsigned Cols = 8,
    parameter int unsigned Lanes = 2,
    parameter int unsigned DspPes = Rows * Cols,
    parameter int unsigned ActDepth = 3072,
    parameter int unsigned WgtDepth = 6144,
    parameter int unsigned RowDepth = 1024,
    parameter int unsigned CondDepth = 288,
    parameter int unsigned CtlDepth = 256,
    parameter int unsigned StreamDepth = 512,
    parameter int unsigned SkipDepth = 512,
    parameter int unsigned DescDepth = 64,
    parameter int unsigned OutDepth = 256
) (
    input  wire         clk_i,
    input  wire         rst_ni,
    input  wire         ld_req_i,
    input  wire         ld_we_i,
    input  wire  [ 2:0] ld_sel_i,
    input  wire  [19:0] ld_addr_i,
    input  wire  [31:0] ld_wdata_i,
    output logic        ld_rvalid_o,
    output logic [31:0] ld_rdata_o,
    input  wire         start_i,
    input  wire  [31:0] seed_i,
    input  wire  [31:0] phase_i,
    input  wire         cv_valid_i,
    output logic        cv_ready_o,
    input  wire  [23:0] cv_data_i,
    input  wire         cv_last_i,
    output logic        smp_valid_o,
    input  wire         smp_ready_i,
    output logic [15:0] smp_data_o,
    output logic        busy_o,
    output logic        frame_done_o,
    output logic [31:0] cycles_o,
    output logic [47:0] macs_o
);

  localparam int unsigned Hop = 8;
  localparam int unsigned Clearing = 20;
  logic [31:0] memory[8*256];
  logic [3:0][31:0] answer_q;
  logic [3:0] answer_valid_q;
  logic [15:0] sum_q;
  logic primed_q, going_q, started_q;
  logic [4:0] left_q;
  logic [5:0] clear_q;
  logic [2:0] burst_q;
  logic [$clog2(OutDepth+1)-1:0] level;
  logic take;

  assign ld_rvalid_o = answer_valid_q[3];
  assign ld_rdata_o = answer_q[3];
  assign cv_ready_o = started_q && clear_q == 0 && left_q == 0 && !going_q && burst_q != 0 &&
      32'(level) + Hop <= OutDepth;
  assign take = cv_valid_i && cv_ready_o;
  assign busy_o = clear_q != 0 || left_q != 0;

  always_ff @(posedge clk_i) begin
    if (ld_req_i && ld_we_i && !busy_o) memory[{ld_sel_i, ld_addr_i[7:0]}] <= ld_wdata_i;
    answer_q <= {answer_q[2:0], memory[{ld_sel_i, ld_addr_i[7:0]}]};
    if (!rst_ni) begin
      answer_valid_q <= '0;
      started_q <= 1'b0;
      clear_q <= '0;
      left_q <= '0;
      going_q <= 1'b0;
      burst_q <= '0;
      sum_q <= '0;
      primed_q <= 1'b0;
      frame_done_o <= 1'b0;
      cycles_o <= '0;
      macs_o <= '0;
    end else begin
      answer_valid_q <= {answer_valid_q[2:0], ld_req_i && !ld_we_i && !busy_o};
      burst_q <= burst_q + 3'd1;
      frame_done_o <= left_q == 5'd1 && primed_q;
      if (clear_q != 0) clear_q <= clear_q - 6'd1;
      if (going_q) begin  // one cycle after the last word: as late as allowed
        going_q <= 1'b0;
        left_q <= 5'(Hop);
      end
      if (left_q != 0) begin
        left_q <= left_q - 5'd1;
        cycles_o <= cycles_o + 32'd1;
        macs_o <= macs_o + 48'h0000_4000_0001;
        sum_q <= (left_q == 5'd1) ? '0 : sum_q + 16'd1;
        if (left_q == 5'd1) primed_q <= 1'b1;
      end
      if (take) sum_q <= sum_q + cv_data_i[15:0];
      if (take && cv_last_i) going_q <= 1'b1;
      if (start_i) begin
        started_q <= 1'b1;
        primed_q <= 1'b0;
        sum_q <= seed_i[15:0] ^ phase_i[15:0];
        clear_q <= 6'(Clearing);
        cycles_o <= '0;
        macs_o <= '0;
        burst_q <= '0;
      end
    end
  end

  fifo #(
      .Width(16),
      .Depth(OutDepth)
  ) u_fifo (
      .clk_i,
      .rst_ni,
      .clear_i(start_i),
      .wr_valid_i(left_q != 0 && primed_q),
      .wr_ready_o(),
      .wr_data_i(sum_q),
      .rd_valid_o(smp_valid_o),
      .rd_ready_i(smp_ready_i),
      .rd_data_o(smp_data_o),
      .level_o(level)
  );

  a_start: assert property (@(posedge clk_i) disable iff (!rst_ni) start_i |-> !busy_o && !going_q);

endmodule
`default_nettype wire

// Activation memory: Cols banks, the sample at time t in bank t mod Cols, with Cols samples read at any offset.
//
// A channel is a ring of 2**log2 words in every bank (histories and block buffers alike), so a dilated tap is
// nothing but another start time: banks below the offset hold the newer end of the window, one word further.
//
// Latency: chan_i, time_i to data_o 6 cycles. Throughput: one window and one write per bank a cycle.
`default_nettype none

module act_mem #(
    parameter  int unsigned Cols  = 8,
    parameter  int unsigned Depth = 3072,          // words in a bank
    localparam int unsigned AddrW = $clog2(Depth)
) (
    input  wire                     clk_i,
    // window of Cols samples of one channel
    input  wire         [     15:0] chan_i,          // first word of the channel's ring
    input  wire         [      3:0] log2_i,          // log2 of the ring's words
    input  wire         [     15:0] time_i,          // of column 0
    output logic signed [     15:0] data_o  [Cols],
    // one write port per bank
    input  wire                     we_i    [Cols],
    input  wire         [AddrW-1:0] waddr_i [Cols],
    input  wire         [     15:0] wdata_i [Cols]
);
  localparam int unsigned ColsLog2 = $clog2(Cols);

  logic [15:0] word, mask;
  logic [AddrW-1:0] addr_1_q, wrap_1_q;
  logic [ColsLog2-1:0] offset_1_q, offset_2_q, offset_3_q, offset_4_q;
  logic [15:0] read[Cols], rotated[Cols];

  assign mask = (16'd1 << log2_i) - 16'd1;
  assign word = time_i >> ColsLog2;

  always_ff @(posedge clk_i) begin
    addr_1_q   <= AddrW'(chan_i + (word & mask));
    wrap_1_q   <= AddrW'(chan_i + ((word + 16'd1) & mask));
    offset_1_q <= time_i[ColsLog2-1:0];
    offset_2_q <= offset_1_q;
    offset_3_q <= offset_2_q;
    offset_4_q <= offset_3_q;
  end

  for (genvar b = 0; b < Cols; b++) begin : g_bank
    logic [AddrW-1:0] addr_2_q;
    always_ff @(posedge clk_i) addr_2_q <= (32'(offset_1_q) > b) ? wrap_1_q : addr_1_q;
    ram_paged #(
        .Width(16),
        .Depth(Depth),
        .Page (1024)
    ) u_ram (
        .clk_i,
        .we_i   (we_i[b]),
        .waddr_i(waddr_i[b]),
        .wdata_i(wdata_i[b]),
        .raddr_i(addr_2_q),
        .rdata_o(read[b])
    );
    assign data_o[b] = signed'(rotated[b]);
  end

  rotator #(
      .Cols (Cols),
      .Width(16)
  ) u_rotator (
      .clk_i,
      .amount_i(offset_4_q),
      .data_i  (read),
      .data_o  (rotated)
  );
endmodule
`default_nettype wire

// Prepares rows for the post lanes: which row leaves the array now, its shift, and where its results go.
//
// A tile's facts wait four cycles for its first row; the next tile may be issued meanwhile, so there is room for two.
//
// Latency: first_i or next_i to go_o and row_o 11 cycles, when the row stands at the top of column 0; row_o stays
// until the next row's go_o (the lanes take it one cycle after go_o).
// Throughput: one row every two cycles.
`default_nettype none

module post_front
  import systole_pkg::*;
  import core_pkg::*;
#(
    parameter  int unsigned Rows     = 4,
    parameter  int unsigned Cols     = 8,
    parameter  int unsigned Lanes    = 2,
    parameter  int unsigned RowDepth = 1024,
    localparam int unsigned RowW     = $clog2(RowDepth)
) (
    input  wire              clk_i,
    input  wire              rst_ni,
    input  wire              first_i,
    input  tile_t            tile_i,        // with first_i
    input  wire              next_i,
    input  wire  [      3:0] log2_block_i,
    output logic             go_o,
    output row_t             row_o,
    // load port: read data 2 cycles later
    input  wire              ld_use_i,
    input  wire              ld_we_i,
    input  wire  [ RowW-1:0] ld_addr_i,
    input  wire  [      4:0] ld_shift_i,
    output logic [      4:0] ld_shift_o
);
  localparam int unsigned ColsLog2 = $clog2(Cols);
  localparam int unsigned LanesLog2 = $clog2(Lanes);
  localparam int unsigned QueueLog2 = 1;

  // What of a tile the rows need.
  typedef struct packed {
    logic [2:0]  op;
    logic [1:0]  activation;
    logic        first;
    logic        last;
    logic        ends;
    logic [13:0] row;
    logic [13:0] rows;
    logic [13:0] split;
    logic [15:0] multiplier;
    logic [4:0]  pre_shift;
    logic [15:0] dst_base;
    logic [3:0]  dst_log2;
    logic [15:0] word;        // now / Cols
    logic [13:0] par;
  } info_t;
  info_t push, pop;
  info_t queue[1<<QueueLog2];
  logic [QueueLog2-1:0] push_q, pop_q;
  logic first_4, next_4;

  always_comb begin
    push.op = tile_i.op;
    push.activation = tile_i.activation;
    push.first = tile_i.first;
    push.last = tile_i.last;
    push.ends = tile_i.ends;
    push.row = tile_i.row;
    push.rows = tile_i.rows;
    push.split = tile_i.split;
    push.multiplier = tile_i.multiplier;
    push.pre_shift = tile_i.pre_shift;
    push.dst_base = tile_i.dst_base;
    push.dst_log2 = tile_i.dst_log2;
    push.word = tile_i.now >> ColsLog2;
    push.par = tile_i.par;
  end

  skew #(.Width(2), .Stages(4)) u_wait (
      .clk_i, .rst_ni, .data_i({first_i, next_i}), .data_o({first_4, next_4}));
  skew #(.Width(1), .Stages(7)) u_go (.clk_i, .rst_ni, .data_i(first_4 || next_4), .data_o(go_o));

  assign pop = queue[pop_q];
  always_ff @(posedge clk_i) begin
    if (first_i) queue[push_q] <= push;
    if (!rst_ni) begin
      push_q <= '0;
      pop_q  <= '0;
    end else begin
      push_q <= push_q + QueueLog2'(first_i);
      pop_q  <= pop_q + QueueLog2'(first_4);
    end
  end

  // --- stage 5: the row ---------------------------------------------------------------------------------
  info_t info_5_q;
  logic [5:0] height_5_q;  // rows of this tile so far
  logic [13:0] row_5_q, par_5_q;
  always_ff @(posedge clk_i) begin
    if (first_4) begin
      info_5_q   <= pop;
      row_5_q    <= pop.row;
      par_5_q    <= pop.par;
      height_5_q <= '0;
    end else if (next_4) begin
      row_5_q    <= row_5_q + 14'd1;
      par_5_q    <= par_5_q + 14'd1;
      height_5_q <= height_5_q + 6'd1;
    end
  end

  // --- stages 6 to 9: shift and addresses ---------------------------------------------------------------
  logic [4:0] shift_6, shift_7_q;
  logic [13:0] channel_6_q, skip_6_q;
  logic residual_6_q, residual_7_q, valid_6_q, valid_7_q, done_6_q, done_7_q, odd_6_q, odd_7_q;
  logic [15:0] chan_word_7_q, word_7_q, local_7_q;
  info_t info_6_q, info_7_q;
  logic [3:0] local_log2;
  logic [15:0] block_mask;
  row_t row_8_q, row_9_q, row_10_q;

  ram #(.Width(5), .Depth(RowDepth)) u_shift (
      .clk_i, .we_i(ld_we_i), .waddr_i(ld_addr_i), .wdata_i(ld_shift_i),
      .raddr_i(ld_use_i ? ld_addr_i : RowW'(par_5_q)), .rdata_o(shift_6));
  assign ld_shift_o = shift_7_q;
  assign local_log2 = log2_block_i - 4'(LanesLog2);
  assign block_mask = (16'd1 << (log2_block_i - 4'(ColsLog2))) - 16'd1;

  always_ff @(posedge clk_i) begin
    info_6_q <= info_5_q;
    valid_6_q <= row_5_q < info_5_q.rows;
    done_6_q <= info_5_q.ends && height_5_q == 6'(Rows - 1);
    odd_6_q <= row_5_q[0];
    residual_6_q <= row_5_q < info_5_q.split;
    skip_6_q <= row_5_q - info_5_q.split;
    channel_6_q <= (info_5_q.op == OpGated) ? row_5_q >> 1 : row_5_q;

    info_7_q <= info_6_q;
    valid_7_q <= valid_6_q;
    done_7_q <= done_6_q;
    odd_7_q <= odd_6_q;
    residual_7_q <= residual_6_q;
    shift_7_q <= shift_6;
    word_7_q <= info_6_q.word & ((16'd1 << info_6_q.dst_log2) - 16'd1);
    if (info_6_q.op == OpMix && !residual_6_q) begin
      chan_word_7_q <= 16'(skip_6_q) << info_6_q.dst_log2;
      local_7_q <= 16'(skip_6_q) << local_log2;
    end else begin
      chan_word_7_q <= 16'(channel_6_q) << info_6_q.dst_log2;
      local_7_q <= 16'(channel_6_q) << local_log2;
    end

    row_8_q.valid <= valid_7_q;
    row_8_q.done <= done_7_q;
    row_8_q.op <= info_7_q.op;
    row_8_q.activation <= info_7_q.activation;
    row_8_q.first <= info_7_q.first;
    row_8_q.last <= info_7_q.last;
    row_8_q.residual <= residual_7_q;
    row_8_q.odd <= odd_7_q;
    row_8_q.shift <= shift_7_q;
    row_8_q.pre_shift <= info_7_q.pre_shift;
    row_8_q.multiplier <= info_7_q.multiplier;
    row_8_q.dst <= info_7_q.dst_base + (chan_word_7_q | word_7_q);
    row_8_q.local_at <= local_7_q | (16'(info_7_q.word & block_mask) << (ColsLog2 - LanesLog2));
    row_9_q <= row_8_q;
    row_10_q <= row_9_q;
    row_o <= row_10_q;
  end

  logic unused;
  assign unused = ^{tile_i, info_7_q};
endmodule
`default_nettype wire

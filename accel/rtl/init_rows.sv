// Start values of a row of a tile: bias + interpolated conditioning, as value of its first column and increment.
//
// The conditioning moves linearly within a frame: previous * hop + (current - previous) * column, shifted left
// by the row's ramp shift. Everything fits 32 bits (formats.BIAS_LIMIT). Rows without conditioning do not move.
//
// Latency: go_i to go_o, start_o and step_o 10 + Rows - 2 cycles: when the row's token reaches the bottom of the
// array. Throughput: one row a cycle.
`default_nettype none

module init_rows #(
    parameter  int unsigned Rows      = 4,
    parameter  int unsigned RowDepth  = 1024,
    parameter  int unsigned CondDepth = 288,
    localparam int unsigned RowW      = $clog2(RowDepth),
    localparam int unsigned CondW     = $clog2(CondDepth)
) (
    input  wire                     clk_i,
    input  wire                     rst_ni,
    input  wire                     go_i,
    input  wire         [ RowW-1:0] row_i,
    input  wire         [CondW-1:0] cond_i,
    input  wire                     gated_i,
    input  wire         [      7:0] column_i,     // time of column 0 within the frame
    input  wire         [      3:0] log2_hop_i,
    output logic                    go_o,
    output logic signed [     31:0] start_o,
    output logic signed [     31:0] step_o,
    // conditioning, two buffers: the current one is written by the control passes
    input  wire                     current_i,
    input  wire                     cond_we_i,
    input  wire         [CondW-1:0] cond_addr_i,
    input  wire         [     15:0] cond_data_i,
    // load port: read data 2 cycles later
    input  wire                     ld_use_i,
    input  wire                     ld_bias_we_i,
    input  wire                     ld_ramp_we_i,
    input  wire         [ RowW-1:0] ld_addr_i,
    input  wire         [     31:0] ld_bias_i,
    input  wire         [      3:0] ld_ramp_i,
    output logic        [     31:0] ld_bias_o,
    output logic        [      3:0] ld_ramp_o
);
  localparam int unsigned CmdW = 1 + RowW + CondW + 1 + 8;

  logic go_1_q, gated_1_q, go_0, gated_0;
  logic [RowW-1:0] row_0, row_1_q;
  logic [CondW-1:0] cond_0, cond_1_q;
  logic [7:0] column_0, column_1_q, column_2_q, column_3_q, column_4_q;

  skew #(
      .Width (CmdW),
      .Stages(Rows - 2)
  ) u_wait (
      .clk_i,
      .rst_ni,
      .data_i({go_i, row_i, cond_i, gated_i, column_i}),
      .data_o({go_0, row_0, cond_0, gated_0, column_0})
  );

  // --- memories: address in 1, data in 2, registered in 3 ----------------------------------------------
  logic [31:0] bias_2, bias_3_q;
  logic [3:0] ramp_2, ramp_3_q;
  logic [15:0] cond_2[2];
  logic signed [15:0] previous_3_q, current_3_q;
  logic gated_2_q;

  ram #(.Width(32), .Depth(RowDepth)) u_bias (
      .clk_i, .we_i(ld_bias_we_i), .waddr_i(ld_addr_i), .wdata_i(ld_bias_i),
      .raddr_i(ld_use_i ? ld_addr_i : row_1_q), .rdata_o(bias_2));
  ram #(.Width(4), .Depth(RowDepth)) u_ramp (
      .clk_i, .we_i(ld_ramp_we_i), .waddr_i(ld_addr_i), .wdata_i(ld_ramp_i),
      .raddr_i(ld_use_i ? ld_addr_i : row_1_q), .rdata_o(ramp_2));
  for (genvar i = 0; i < 2; i++) begin : g_cond
    ram #(.Width(16), .Depth(CondDepth)) u_cond (
        .clk_i, .we_i(cond_we_i && current_i == 1'(i)), .waddr_i(cond_addr_i),
        .wdata_i(cond_data_i), .raddr_i(cond_1_q), .rdata_o(cond_2[i]));
  end
  assign ld_bias_o = bias_3_q;
  assign ld_ramp_o = ramp_3_q;

  // --- interpolation ------------------------------------------------------------------------------------
  logic signed [16:0] delta_4_q, delta_5_q, delta_6_q, delta_7_q;
  logic signed [25:0] hold_4_q, sum_5_q[4], sum_6_q[2], ramp_7_q;
  logic signed [31:0] ramp_8_q, ramp_9_q, step_8_q, step_9_q;
  logic [3:0] shift_4_q, shift_5_q, shift_6_q, shift_7_q, shift_8_q;
  logic [31:0] bias_4_q, bias_5_q, bias_6_q, bias_7_q, bias_8_q, bias_9_q;
  logic go_9;

  skew #(.Width(1), .Stages(9)) u_go (.clk_i, .rst_ni, .data_i(go_1_q), .data_o(go_o));
  assign go_9 = go_o;

  function automatic logic signed [25:0] part(input logic signed [16:0] delta,
                                              input logic [7:0] column, input int unsigned digit);
    return column[digit] ? 26'(delta) <<< digit : '0;
  endfunction

  always_ff @(posedge clk_i) begin
    go_1_q <= go_0 && rst_ni;
    row_1_q <= row_0;
    cond_1_q <= cond_0;
    gated_1_q <= gated_0;
    column_1_q <= column_0;

    gated_2_q <= gated_1_q;
    column_2_q <= column_1_q;

    bias_3_q <= bias_2;
    ramp_3_q <= ramp_2;
    previous_3_q <= gated_2_q ? signed'(current_i ? cond_2[0] : cond_2[1]) : '0;
    current_3_q <= gated_2_q ? signed'(current_i ? cond_2[1] : cond_2[0]) : '0;
    column_3_q <= column_2_q;

    delta_4_q <= 17'(current_3_q) - 17'(previous_3_q);
    hold_4_q <= 26'(previous_3_q) <<< log2_hop_i;
    column_4_q <= column_3_q;
    shift_4_q <= ramp_3_q;
    bias_4_q <= bias_3_q;

    // Column times are multiples of Cols, so bit 0 is free for the held part.
    sum_5_q[0] <= hold_4_q + part(delta_4_q, column_4_q, 1);
    for (int i = 1; i < 4; i++) begin
      sum_5_q[i] <= part(delta_4_q, column_4_q, 2 * i) + part(delta_4_q, column_4_q, 2 * i + 1);
    end
    sum_6_q[0] <= sum_5_q[0] + sum_5_q[1];
    sum_6_q[1] <= sum_5_q[2] + sum_5_q[3];
    ramp_7_q <= sum_6_q[0] + sum_6_q[1];
    {delta_5_q, delta_6_q, delta_7_q} <= {delta_4_q, delta_5_q, delta_6_q};
    {shift_5_q, shift_6_q, shift_7_q} <= {shift_4_q, shift_5_q, shift_6_q};
    {bias_5_q, bias_6_q, bias_7_q} <= {bias_4_q, bias_5_q, bias_6_q};

    ramp_8_q <= 32'(ramp_7_q) <<< shift_7_q[1:0];
    step_8_q <= 32'(delta_7_q) <<< shift_7_q[1:0];
    shift_8_q <= shift_7_q;
    bias_8_q <= bias_7_q;
    ramp_9_q <= ramp_8_q <<< {shift_8_q[3:2], 2'b00};
    step_9_q <= step_8_q <<< {shift_8_q[3:2], 2'b00};
    bias_9_q <= bias_8_q;

    start_o <= ramp_9_q + signed'(bias_9_q);
    step_o <= step_9_q;
  end

  logic unused;
  assign unused = ^{go_9, column_4_q[0], shift_8_q[1:0]};
endmodule
`default_nettype wire

// Rows x Cols output-stationary array with its skew feeders; a row is an output channel, a column a sample.
//
// All inputs of one cycle belong together; element (r, c) sees them r + c cycles later. Drain: after `last`
// row 0 of the tile stands at the top of column c; each `shift` brings the next row up. At the same time the
// start values of the next tile enter at the bottom, the one for row 0 first; `last` takes the one for the
// bottom row.
//
// Latency: ctl_i to result_o of column c: 5 + c cycles, held until the next token. init_i of column c is taken
// 3 + Rows + c cycles after its token. Tokens (`last` or `shift`) must be at least two cycles apart.
// Throughput: one step a cycle; a tile of depth D holds the array for max(D, tokens) cycles.
`default_nettype none

module systolic_array #(
    parameter int unsigned Rows   = 4,
    parameter int unsigned Cols   = 8,
    parameter int unsigned DspPes = Rows * Cols  // elements that use a multiplier block
) (
    input  wire                   clk_i,
    input  wire                   rst_ni,
    input  wire        [     2:0] ctl_i,     // {shift, last, valid}
    input  wire        [     7:0] weight_i[Rows],
    input  wire signed [    15:0] act_i   [Cols],
    input  wire signed [    31:0] init_i  [Cols],
    output logic signed [   31:0] result_o[Cols]
);
  if (Rows < 2 || Cols < 2) begin : g_bad_size
    $fatal(1, "systolic_array: Rows and Cols must be at least 2");
  end

  logic signed [7:0] weight[Rows][Cols+1];
  logic [2:0] ctl[Rows][Cols+1];
  logic signed [15:0] act[Rows+1][Cols];
  logic signed [31:0] drain[Rows+1][Cols];

  for (genvar r = 0; r < Rows; r++) begin : g_row_skew
    skew #(
        .Width (8),
        .Stages(r)
    ) u_weight (
        .clk_i,
        .rst_ni,
        .data_i(weight_i[r]),
        .data_o(weight[r][0])
    );
    if (r == 0) begin : g_first
      assign ctl[r][0] = ctl_i;
    end else begin : g_next
      logic [2:0] ctl_q;
      always_ff @(posedge clk_i) begin
        if (!rst_ni) ctl_q <= '0;
        else ctl_q <= ctl[r-1][0];
      end
      assign ctl[r][0] = ctl_q;
    end
  end

  for (genvar c = 0; c < Cols; c++) begin : g_col_skew
    skew #(
        .Width (16),
        .Stages(c)
    ) u_act (
        .clk_i,
        .rst_ni,
        .data_i(act_i[c]),
        .data_o(act[0][c])
    );
    assign drain[Rows][c] = init_i[c];
    assign result_o[c] = drain[0][c];
  end

  for (genvar r = 0; r < Rows; r++) begin : g_row
    for (genvar c = 0; c < Cols; c++) begin : g_col
      pe #(
          .UseDsp(r * Cols + c < DspPes)
      ) u_pe (
          .clk_i,
          .rst_ni,
          .weight_i(weight[r][c]),
          .weight_o(weight[r][c+1]),
          .ctl_i   (ctl[r][c]),
          .ctl_o   (ctl[r][c+1]),
          .act_i   (act[r][c]),
          .act_o   (act[r+1][c]),
          .drain_i (drain[r+1][c]),
          .drain_o (drain[r][c])
      );
    end
  end
endmodule
`default_nettype wire

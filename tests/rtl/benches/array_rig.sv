// systolic_array with packed ports: {ctl, weights, activations, start values}, element 0 in the lowest bits.
`default_nettype none

module array_rig #(
    parameter int unsigned Rows   = 4,
    parameter int unsigned Cols   = 8,
    parameter int unsigned DspPes = Rows * Cols
) (
    input  wire                             clk_i,
    input  wire                             rst_ni,
    input  wire  [3 + 8*Rows + 48*Cols-1:0] given_i,
    output logic [             32*Cols-1:0] answer_o
);
  logic [7:0] weight[Rows];
  logic signed [15:0] act[Cols];
  logic signed [31:0] init[Cols], result[Cols];

  for (genvar r = 0; r < Rows; r++) begin : g_row
    assign weight[r] = given_i[48*Cols+8*r+:8];
  end
  for (genvar c = 0; c < Cols; c++) begin : g_col
    assign act[c] = given_i[32*Cols+16*c+:16];
    assign init[c] = given_i[32*c+:32];
    assign answer_o[32*c+:32] = result[c];
  end

  systolic_array #(
      .Rows  (Rows),
      .Cols  (Cols),
      .DspPes(DspPes)
  ) u_array (
      .clk_i,
      .rst_ni,
      .ctl_i   (given_i[48*Cols+8*Rows+:3]),
      .weight_i(weight),
      .act_i   (act),
      .init_i  (init),
      .result_o(result)
  );
endmodule

`default_nettype wire

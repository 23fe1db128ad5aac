// init_rows and init_chain as the core wires them, with packed ports.
`default_nettype none

module init_rig #(
    parameter int unsigned Rows      = 4,
    parameter int unsigned Cols      = 8,
    parameter int unsigned Lanes     = 2,
    parameter int unsigned RowDepth  = 40,
    parameter int unsigned CondDepth = 24
) (
    input  wire                       clk_i,
    input  wire                       rst_ni,
    input  wire  [             102:0] given_i,
    output logic [100 + 32*Cols : 0]  answer_o
);
  localparam int unsigned RowW = $clog2(RowDepth);
  localparam int unsigned CondW = $clog2(CondDepth);
  logic go;
  logic signed [31:0] start, step;

  init_rows #(
      .Rows     (Rows),
      .RowDepth (RowDepth),
      .CondDepth(CondDepth)
  ) u_rows (
      .clk_i,
      .rst_ni,
      .go_i        (given_i[102]),
      .row_i       (given_i[94+:RowW]),
      .cond_i      (given_i[86+:CondW]),
      .gated_i     (given_i[85]),
      .column_i    (given_i[84:77]),
      .log2_hop_i  (given_i[76:73]),
      .current_i   (given_i[72]),
      .cond_we_i   (given_i[71] && rst_ni),
      .cond_addr_i (given_i[63+:CondW]),
      .cond_data_i (given_i[62:47]),
      .ld_use_i    (given_i[46]),
      .ld_bias_we_i(given_i[45] && rst_ni),
      .ld_ramp_we_i(given_i[44] && rst_ni),
      .ld_addr_i   (given_i[36+:RowW]),
      .ld_bias_i   (given_i[35:4]),
      .ld_ramp_i   (given_i[3:0]),
      .go_o        (go),
      .start_o     (start),
      .step_o      (step),
      .ld_bias_o   (answer_o[32*Cols+4+:32]),
      .ld_ramp_o   (answer_o[32*Cols+:4])
  );
  assign answer_o[32*Cols+36+:65] = {go, start, step};

  logic signed [31:0] value[Cols];
  init_chain #(
      .Cols (Cols),
      .Lanes(Lanes)
  ) u_chain (
      .clk_i,
      .rst_ni,
      .go_i   (go),
      .start_i(start),
      .step_i (step),
      .value_o(value)
  );
  for (genvar c = 0; c < Cols; c++) begin : g_col
    assign answer_o[32*c+:32] = value[c];
  end
endmodule

`default_nettype wire

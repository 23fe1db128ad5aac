// init_rows and its chain of init_lane as the core wires them, with packed ports.
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
  localparam int unsigned Gap = Cols / Lanes;
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

  for (genvar l = 0; l < Lanes; l++) begin : g_lane
    logic mine;
    logic signed [31:0] value, next, kept;
    skew #(
        .Width (1),
        .Stages(l * Gap)
    ) u_go (
        .clk_i,
        .rst_ni,
        .data_i(go),
        .data_o(mine)
    );
    if (l == 0) begin : g_first
      init_lane u_lane (
          .clk_i,
          .go_i   (mine),
          .start_i(start),
          .step_i (step),
          .value_o(value),
          .next_o (next),
          .step_o (kept)
      );
    end else begin : g_next
      init_lane u_lane (
          .clk_i,
          .go_i   (mine),
          .start_i(g_lane[l-1].next),
          .step_i (g_lane[l-1].kept),
          .value_o(value),
          .next_o (next),
          .step_o (kept)
      );
    end
    for (genvar j = 0; j < Gap; j++) begin : g_col
      assign answer_o[32*(l*Gap+j)+:32] = value;
    end
  end
endmodule

`default_nettype wire

// Start values of all columns: a lane per Cols / Lanes of them, each taking over where the one to its left ends.
//
// Latency: go_i to the first column's value 1 cycle, Gap = Cols / Lanes cycles more from lane to lane.
// Throughput: one row every Gap cycles.
`default_nettype none

module init_chain #(
    parameter int unsigned Cols  = 8,
    parameter int unsigned Lanes = 2
) (
    input  wire                clk_i,
    input  wire                rst_ni,
    input  wire                go_i,
    input  wire  signed [31:0] start_i,
    input  wire  signed [31:0] step_i,
    output logic signed [31:0] value_o[Cols]
);
  localparam int unsigned Gap = Cols / Lanes;

  for (genvar l = 0; l < Lanes; l++) begin : g_lane
    logic go;
    logic signed [31:0] value, next, step;
    skew #(.Width(1), .Stages(l * Gap)) u_go (.clk_i, .rst_ni, .data_i(go_i), .data_o(go));
    if (l == 0) begin : g_head
      init_lane u_lane (
          .clk_i, .go_i(go), .start_i, .step_i,
          .value_o(value), .next_o(next), .step_o(step));
    end else begin : g_tail
      init_lane u_lane (
          .clk_i, .go_i(go), .start_i(g_lane[l-1].next), .step_i(g_lane[l-1].step),
          .value_o(value), .next_o(next), .step_o(step));
    end
    for (genvar j = 0; j < Gap; j++) begin : g_col
      assign value_o[l*Gap+j] = value;
    end
  end

  logic unused;
  assign unused = ^{g_lane[Lanes-1].next, g_lane[Lanes-1].step};
endmodule
`default_nettype wire

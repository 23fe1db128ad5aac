// Delay line of `Stages` registers, zero after reset; none at all for Stages = 0.
//
// Latency: Stages cycles. Throughput: one word a cycle.
`default_nettype none

module skew #(
    parameter int unsigned Width  = 8,
    parameter int unsigned Stages = 1
) (
    input  wire              clk_i,
    input  wire              rst_ni,
    input  wire  [Width-1:0] data_i,
    output logic [Width-1:0] data_o
);
  if (Stages == 0) begin : g_wire
    logic unused;
    assign unused = ^{clk_i, rst_ni};
    assign data_o = data_i;
  end else begin : g_line
    logic [Width-1:0] line_q[Stages];
    always_ff @(posedge clk_i) begin
      for (int i = 0; i < int'(Stages); i++) begin
        if (!rst_ni) line_q[i] <= '0;
        else line_q[i] <= (i == 0) ? data_i : line_q[i-1];
      end
    end
    assign data_o = line_q[Stages-1];
  end
endmodule
`default_nettype wire

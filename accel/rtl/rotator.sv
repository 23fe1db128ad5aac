// Rotates Cols lanes left: lane j of the output is lane (j + amount) mod Cols of the input.
//
// Latency: 2 cycles. Throughput: one vector a cycle.
`default_nettype none

module rotator #(
    parameter  int unsigned Cols    = 8,
    parameter  int unsigned Width   = 16,
    localparam int unsigned AmountW = $clog2(Cols)
) (
    input  wire                clk_i,
    input  wire  [AmountW-1:0] amount_i,
    input  wire  [  Width-1:0] data_i  [Cols],
    output logic [  Width-1:0] data_o  [Cols]
);
  if (Cols < 2 || (Cols & (Cols - 1)) != 0) begin : g_bad_cols
    $fatal(1, "rotator: Cols must be a power of two");
  end

  // The low bits of the amount first, the rest one cycle later: two small multiplexers instead of a wide one.
  localparam int unsigned LowW = (AmountW + 1) / 2;
  logic [AmountW-1:0] low, high_q;
  logic [Width-1:0] half_q[Cols];

  assign low = amount_i & AmountW'((1 << LowW) - 1);

  always_ff @(posedge clk_i) begin
    high_q <= amount_i & ~AmountW'((1 << LowW) - 1);
    for (int j = 0; j < int'(Cols); j++) begin
      half_q[j] <= data_i[AmountW'(j)+low];
      data_o[j] <= half_q[AmountW'(j)+high_q];
    end
  end
endmodule
`default_nettype wire

// Array: tokens that its drain can carry, and no drain overrun: a tile ends only after all rows of the one before it
// have left, and as many start values have entered.
`default_nettype none

module systolic_array_sva #(
    parameter int unsigned Rows = 4,
    parameter int unsigned Cols = 8
) (
    input wire clk_i,
    input wire rst_ni,
    input wire [2:0] ctl_i,
    input wire [2:0] bottom_i,
    input wire signed [31:0] first_result_i,
    input wire signed [31:0] last_result_i
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni);

  logic last, shift;
  assign last  = ctl_i[1];
  assign shift = ctl_i[2];

  logic [4:0] left_q;  // rows that have left since the last tile's end
  always_ff @(posedge clk_i) begin
    if (!rst_ni || last) left_q <= '0;
    else if (shift) left_q <= left_q + 5'd1;
  end

  a_exclusive :
  assert property (!(last && shift));
  a_apart :
  assert property (last || shift |=> !last && !shift);
  a_drained :
  assert property (last |-> left_q == 5'(Rows - 1));
  a_overrun :
  assert property (shift |-> left_q < 5'(Rows - 1));
  // Control arrives at the last element as it was given, and results stay between tokens.
  logic [Rows+Cols-2:0][2:0] sent_q;
  logic [Cols+3:0] token_q;
  always_ff @(posedge clk_i) begin
    sent_q  <= rst_ni ? {sent_q[Rows+Cols-3:0], ctl_i} : '0;
    token_q <= rst_ni ? {token_q[Cols+2:0], last || shift} : '0;
  end
  a_arrives :
  assert property (bottom_i == sent_q[Rows+Cols-2]);
  a_first_stays :
  assert property (!token_q[4] |-> $stable(first_result_i));
  a_last_stays :
  assert property (!token_q[Cols+3] |-> $stable(last_result_i));

endmodule

bind systolic_array systolic_array_sva #(
    .Rows(Rows),
    .Cols(Cols)
) u_systolic_array_sva (
    .clk_i,
    .rst_ni,
    .ctl_i,
    .bottom_i(ctl[Rows-1][Cols]),
    .first_result_i(result_o[0]),
    .last_result_i(result_o[Cols-1])
);

`default_nettype wire

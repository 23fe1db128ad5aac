// act_mem with packed ports: {channel, log2, time, write enables, addresses, data}, bank 0 in the lowest bits.
`default_nettype none

module act_rig #(
    parameter int unsigned Cols  = 8,
    parameter int unsigned Depth = 40
) (
    input  wire                   clk_i,
    input  wire                   rst_ni,
    input  wire  [35 + 25*Cols:0] given_i,
    output logic [   16*Cols-1:0] answer_o
);
  localparam int unsigned AddrW = $clog2(Depth);
  logic we[Cols];
  logic [AddrW-1:0] waddr[Cols];
  logic [15:0] wdata[Cols];
  logic signed [15:0] data[Cols];

  for (genvar b = 0; b < Cols; b++) begin : g_bank
    assign we[b] = given_i[24*Cols+b] && rst_ni;
    assign waddr[b] = given_i[16*Cols+8*b+:AddrW];
    assign wdata[b] = given_i[16*b+:16];
    assign answer_o[16*b+:16] = data[b];
  end

  act_mem #(
      .Cols (Cols),
      .Depth(Depth)
  ) u_act_mem (
      .clk_i,
      .chan_i (given_i[25*Cols+20+:16]),
      .log2_i (given_i[25*Cols+16+:4]),
      .time_i (given_i[25*Cols+:16]),
      .data_o (data),
      .we_i   (we),
      .waddr_i(waddr),
      .wdata_i(wdata)
  );
endmodule

`default_nettype wire

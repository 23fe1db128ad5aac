// feed with packed ports: the step, the banks' writes as in act_rig, the control memory's write, the load port.
`default_nettype none

module feed_rig #(
    parameter int unsigned Rows     = 4,
    parameter int unsigned Cols     = 8,
    parameter int unsigned ActDepth = 48,
    parameter int unsigned WgtDepth = 40,
    parameter int unsigned CtlDepth = 20
) (
    input  wire                             clk_i,
    input  wire                             rst_ni,
    input  wire  [        138 + 25*Cols :0] given_i,
    output logic [34 + 8*Rows + 16*Cols :0] answer_o
);
  localparam int unsigned ActW = $clog2(ActDepth);
  localparam int unsigned CtlW = $clog2(CtlDepth);
  localparam int unsigned Banks = 25 * Cols;
  logic we[Cols];
  logic [ActW-1:0] waddr[Cols];
  logic [15:0] wdata[Cols];
  logic signed [15:0] act[Cols];
  logic [7:0] weight[Rows];

  for (genvar b = 0; b < Cols; b++) begin : g_bank
    assign we[b] = given_i[24*Cols+b] && rst_ni;
    assign waddr[b] = given_i[16*Cols+8*b+:ActW];
    assign wdata[b] = given_i[16*b+:16];
    assign answer_o[32+16*b+:16] = act[b];
  end
  for (genvar r = 0; r < Rows; r++) begin : g_row
    assign answer_o[32+16*Cols+8*r+:8] = weight[r];
  end

  feed #(
      .Rows    (Rows),
      .Cols    (Cols),
      .ActDepth(ActDepth),
      .WgtDepth(WgtDepth),
      .CtlDepth(CtlDepth)
  ) u_feed (
      .clk_i,
      .rst_ni,
      .ctl_i         (given_i[Banks+136+:3]),
      .from_control_i(given_i[Banks+135]),
      .chan_i        (given_i[Banks+119+:16]),
      .time_i        (given_i[Banks+103+:16]),
      .log2_i        (given_i[Banks+99+:4]),
      .weight_i      (given_i[Banks+79+:20]),
      .ctl_o         (answer_o[32+16*Cols+8*Rows+:3]),
      .weight_o      (weight),
      .act_o         (act),
      .act_we_i      (we),
      .act_addr_i    (waddr),
      .act_data_i    (wdata),
      .ctl_we_i      (given_i[Banks+78]),
      .ctl_addr_i    (given_i[Banks+70+:CtlW]),
      .ctl_data_i    (given_i[Banks+54+:16]),
      .ld_use_i      (given_i[Banks+53]),
      .ld_we_i       (given_i[Banks+52]),
      .ld_addr_i     (given_i[Banks+32+:20]),
      .ld_wdata_i    (given_i[Banks+:32]),
      .ld_rdata_o    (answer_o[31:0])
  );
endmodule

`default_nettype wire

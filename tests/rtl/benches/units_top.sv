// The small arithmetic units side by side, so that one build serves all of them.
`default_nettype none

module units_top
  import systole_pkg::*;
(
    input  wire          clk_i,
    input  wire          rst_ni,
    // pe: {weight, ctl, act, drain} in and out, with a multiplier block and without
    input  wire  [ 58:0] pe_i,
    output logic [117:0] pe_o,
    // shift_round: {value, shift with it, shift one cycle later, shift two cycles later}
    input  wire  [ 46:0] shift_i,
    output logic [ 31:0] shift_o,
    // tanh_unit, eight of them
    input  wire  [127:0] tanh_i,
    output logic [127:0] tanh_o,
    // skew of 0, 1 and 5 stages
    input  wire  [ 12:0] skew_i,
    output logic [ 38:0] skew_o,
    // ram: {write enable, write address, write data, read address}
    input  wire  [ 24:0] ram_i,
    output logic [ 15:0] ram_o,
    // ram_paged of 3, 11 and 43 words in pages of 4: {write enables, write address, write data, read address}
    input  wire  [ 30:0] paged_i,
    output logic [ 47:0] paged_o,
    // rotator of 2, 4, 8 and 16 lanes: {amount, lanes}
    input  wire  [ 99:0] rotate_i,
    output logic [179:0] rotate_o,
    // cfg_regs: {write enable, address, data} to {read data, registers}
    input  wire  [ 36:0] cfg_i,
    output logic [$bits(cfg_t)+31:0] cfg_o
);
  // Everything may start at random: reset until rst_ni has been low at an edge.
  logic started_q = 1'b0;
  logic rst_n;
  always_ff @(posedge clk_i) if (!rst_ni) started_q <= 1'b1;
  assign rst_n = rst_ni && started_q;

  for (genvar u = 0; u < 2; u++) begin : g_pe
    pe #(
        .UseDsp(u == 1)
    ) u_pe (
        .clk_i,
        .rst_ni  (rst_n),
        .weight_i(pe_i[58:51]),
        .ctl_i   (pe_i[50:48]),
        .act_i   (pe_i[47:32]),
        .drain_i (pe_i[31:0]),
        .weight_o(pe_o[59*u+51+:8]),
        .ctl_o   (pe_o[59*u+48+:3]),
        .act_o   (pe_o[59*u+32+:16]),
        .drain_o (pe_o[59*u+:32])
    );
  end

  shift_round u_shift (
      .clk_i,
      .value_i  (shift_i[46:15]),
      .shift_0_i(shift_i[14:10]),
      .shift_1_i(shift_i[9:5]),
      .shift_2_i(shift_i[4:0]),
      .value_o  (shift_o)
  );

  for (genvar u = 0; u < 8; u++) begin : g_tanh
    tanh_unit u_tanh (
        .clk_i,
        .value_i(tanh_i[16*u+:16]),
        .tanh_o (tanh_o[16*u+:16])
    );
  end

  skew #(.Width(13), .Stages(0)) u_skew_0 (
      .clk_i, .rst_ni(rst_n), .data_i(skew_i), .data_o(skew_o[12:0]));
  skew #(.Width(13), .Stages(1)) u_skew_1 (
      .clk_i, .rst_ni(rst_n), .data_i(skew_i), .data_o(skew_o[25:13]));
  skew #(.Width(13), .Stages(5)) u_skew_5 (
      .clk_i, .rst_ni(rst_n), .data_i(skew_i), .data_o(skew_o[38:26]));

  ram #(.Width(16), .Depth(11)) u_ram (
      .clk_i, .we_i(ram_i[24] && started_q), .waddr_i(ram_i[23:20]), .wdata_i(ram_i[19:4]),
      .raddr_i(ram_i[3:0]), .rdata_o(ram_o));

  ram_paged #(.Width(16), .Depth(3), .Page(4)) u_one_page (
      .clk_i, .we_i(paged_i[28] && started_q), .waddr_i(paged_i[23:22]), .wdata_i(paged_i[21:6]),
      .raddr_i(paged_i[1:0]), .rdata_o(paged_o[15:0]));
  ram_paged #(.Width(16), .Depth(11), .Page(4)) u_three_pages (
      .clk_i, .we_i(paged_i[29] && started_q), .waddr_i(paged_i[25:22]), .wdata_i(paged_i[21:6]),
      .raddr_i(paged_i[3:0]), .rdata_o(paged_o[31:16]));
  ram_paged #(.Width(16), .Depth(43), .Page(4)) u_larger_pages (
      .clk_i, .we_i(paged_i[30] && started_q), .waddr_i(paged_i[27:22]), .wdata_i(paged_i[21:6]),
      .raddr_i(paged_i[5:0]), .rdata_o(paged_o[47:32]));

  for (genvar w = 1; w < 5; w++) begin : g_rotator
    localparam int unsigned Cols = 1 << w;
    localparam int unsigned First = 6 * (Cols - 2);  // lanes of six bits, the smaller ones first
    logic [5:0] lanes[Cols], rotated[Cols];
    for (genvar j = 0; j < Cols; j++) begin : g_lane
      assign lanes[j] = rotate_i[6*j+:6];
      assign rotate_o[First+6*j+:6] = rotated[j];
    end
    rotator #(
        .Cols (Cols),
        .Width(6)
    ) u_rotator (
        .clk_i,
        .amount_i(rotate_i[96+:w]),
        .data_i  (lanes),
        .data_o  (rotated)
    );
  end

  cfg_regs u_cfg (
      .clk_i,
      .rst_ni (rst_n),
      .we_i   (cfg_i[36]),
      .addr_i (cfg_i[35:32]),
      .wdata_i(cfg_i[31:0]),
      .rdata_o(cfg_o[$bits(cfg_t)+:32]),
      .cfg_o  (cfg_o[$bits(cfg_t)-1:0])
  );
endmodule

`default_nettype wire

// Operands for the array: a window of activations and a word of weights for every step.
//
// Control passes read single values from the control memory instead: they go to column 0, and the other
// columns get zeros.
//
// Latency: 6 cycles for control, weights and activations alike. Throughput: one step a cycle.
`default_nettype none

module feed #(
    parameter  int unsigned Rows      = 4,
    parameter  int unsigned Cols      = 8,
    parameter  int unsigned ActDepth  = 3072,
    parameter  int unsigned WgtDepth  = 6144,
    parameter  int unsigned CtlDepth  = 256,
    localparam int unsigned ActW      = $clog2(ActDepth),
    localparam int unsigned WgtW      = $clog2(WgtDepth),
    localparam int unsigned CtlW      = $clog2(CtlDepth),
    localparam int unsigned Slices    = (Rows + 3) / 4,
    localparam int unsigned SliceW    = (Slices > 1) ? $clog2(Slices) : 1
) (
    input  wire                     clk_i,
    input  wire                     rst_ni,
    // one step, from tile_issue
    input  wire         [      2:0] ctl_i,
    input  wire                     from_control_i,
    input  wire         [     15:0] chan_i,
    input  wire         [     15:0] time_i,
    input  wire         [      3:0] log2_i,
    input  wire         [     19:0] weight_i,
    // to the array
    output logic        [      2:0] ctl_o,
    output logic        [      7:0] weight_o[Rows],
    output logic signed [     15:0] act_o   [Cols],
    // writes
    input  wire                     act_we_i   [Cols],
    input  wire         [ ActW-1:0] act_addr_i [Cols],
    input  wire         [     15:0] act_data_i [Cols],
    input  wire                     ctl_we_i,
    input  wire         [ CtlW-1:0] ctl_addr_i,
    input  wire         [     15:0] ctl_data_i,
    // load port of the weight memory: read data 2 cycles later
    input  wire                     ld_use_i,
    input  wire                     ld_we_i,
    input  wire         [     19:0] ld_addr_i,
    input  wire         [     31:0] ld_wdata_i,
    output logic        [     31:0] ld_rdata_o
);
  if (Slices > 4) begin : g_bad_rows
    $fatal(1, "feed: Rows must be at most 16");
  end

  logic signed [15:0] window[Cols];
  logic [15:0] control, control_q;
  logic from_control_6;
  logic [WgtW-1:0] weight_at, weight_3;
  logic [CtlW-1:0] control_3;
  logic [31:0] slice_word[Slices];
  logic [SliceW-1:0] ld_slice, ld_slice_q, ld_slice_2_q;
  logic [WgtW-1:0] ld_word;

  skew #(.Width(3), .Stages(6)) u_ctl (.clk_i, .rst_ni, .data_i(ctl_i), .data_o(ctl_o));
  skew #(.Width(1), .Stages(6)) u_from (
      .clk_i, .rst_ni, .data_i(from_control_i), .data_o(from_control_6));

  act_mem #(
      .Cols (Cols),
      .Depth(ActDepth)
  ) u_act_mem (
      .clk_i,
      .chan_i,
      .log2_i,
      .time_i,
      .data_o (window),
      .we_i   (act_we_i),
      .waddr_i(act_addr_i),
      .wdata_i(act_data_i)
  );

  // Control memory and weights are ready sooner than windows: their addresses wait.
  skew #(.Width(CtlW), .Stages(3)) u_control_at (
      .clk_i, .rst_ni, .data_i(CtlW'(chan_i)), .data_o(control_3));
  ram #(.Width(16), .Depth(CtlDepth)) u_control (
      .clk_i, .we_i(ctl_we_i), .waddr_i(ctl_addr_i), .wdata_i(ctl_data_i),
      .raddr_i(control_3), .rdata_o(control));

  skew #(.Width(WgtW), .Stages(3)) u_weight_at (
      .clk_i, .rst_ni, .data_i(WgtW'(weight_i)), .data_o(weight_3));
  if (Slices > 1) begin : g_slices
    assign ld_slice = ld_addr_i[SliceW-1:0];
    assign ld_word  = WgtW'(ld_addr_i >> SliceW);  // three slices are addressed as four
  end else begin : g_slice
    assign ld_slice = '0;
    assign ld_word  = WgtW'(ld_addr_i);
  end
  assign weight_at = ld_use_i ? ld_word : weight_3;

  for (genvar s = 0; s < Slices; s++) begin : g_weight
    localparam int unsigned Bytes = (Rows - 4 * s < 4) ? Rows - 4 * s : 4;
    logic [8*Bytes-1:0] read;
    ram_paged #(
        .Width(8 * Bytes),
        .Depth(WgtDepth),
        .Page (2048)
    ) u_ram (
        .clk_i,
        .we_i   (ld_we_i && ld_slice == SliceW'(s)),
        .waddr_i(ld_word),
        .wdata_i(ld_wdata_i[8*Bytes-1:0]),
        .raddr_i(weight_at),
        .rdata_o(read)
    );
    assign slice_word[s] = 32'(read);
    for (genvar i = 0; i < Bytes; i++) begin : g_byte
      logic [7:0] weight_q;
      always_ff @(posedge clk_i) weight_q <= read[8*i+:8];
      assign weight_o[4*s+i] = weight_q;
    end
  end

  always_ff @(posedge clk_i) begin
    ld_slice_q   <= ld_slice;
    ld_slice_2_q <= ld_slice_q;
    control_q    <= control;
  end
  assign ld_rdata_o = slice_word[ld_slice_2_q];

  logic unused;
  assign unused = ^{weight_i, ld_addr_i};

  logic [15:0] control_6_q;
  always_ff @(posedge clk_i) control_6_q <= control_q;
  always_comb begin
    for (int c = 0; c < int'(Cols); c++) begin
      act_o[c] = !from_control_6 ? window[c] : (c == 0) ? signed'(control_6_q) : '0;
    end
  end
endmodule
`default_nettype wire

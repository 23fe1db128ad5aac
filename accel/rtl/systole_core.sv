// The generator: program memories, sequencer, array, lanes, excitation and sample queue.
//
// A program is loaded through the load port, then start_i clears the histories; every frame of control voltages after
// the first yields a hop of samples. Nothing of the program is fixed in hardware: another model is another load.
//
// Latency: accel/cycles.py gives the cycles of a frame exactly; load port reads answer LdLatency = 4 cycles later.
// Throughput: Rows x Cols multiply-accumulates a cycle.
`default_nettype none

module systole_core
  import systole_pkg::*;
  import core_pkg::*;
#(
    parameter  int unsigned Rows        = 4,
    parameter  int unsigned Cols        = 8,     // power of two
    parameter  int unsigned Lanes       = 2,     // power of two, at most Cols / 2 and Rows
    parameter  int unsigned DspPes      = Rows * Cols,
    parameter  int unsigned ActDepth    = 3072,  // words per bank
    parameter  int unsigned WgtDepth    = 6144,  // words of Rows bytes
    parameter  int unsigned RowDepth    = 1024,  // rows of all passes
    parameter  int unsigned CondDepth   = 288,   // rows of all gated passes
    parameter  int unsigned CtlDepth    = 256,   // control network's values
    parameter  int unsigned StreamDepth = 256,   // residual stream of a block, per lane
    parameter  int unsigned SkipDepth   = 256,   // skip sums of a block, per lane
    parameter  int unsigned DescDepth   = 64,    // descriptors
    parameter  int unsigned OutDepth    = 1024,   // samples
    localparam int unsigned ExcChannels = 16
) (
    input  wire         clk_i,
    input  wire         rst_ni,
    // program load and readback, while not busy
    input  wire         ld_req_i,
    input  wire         ld_we_i,
    input  wire  [ 2:0] ld_sel_i,
    input  wire  [19:0] ld_addr_i,
    input  wire  [31:0] ld_wdata_i,
    output logic        ld_rvalid_o,
    output logic [31:0] ld_rdata_o,
    // start over
    input  wire         start_i,        // ignored while busy
    input  wire  [31:0] seed_i,
    input  wire  [31:0] phase_i,
    // frames of control voltages
    input  wire         cv_valid_i,
    output logic        cv_ready_o,
    input  wire  [23:0] cv_data_i,
    input  wire         cv_last_i,
    // samples
    output logic        smp_valid_o,
    input  wire         smp_ready_i,
    output logic [15:0] smp_data_o,
    // status
    output logic        busy_o,
    output logic        frame_done_o,
    output logic [31:0] cycles_o,
    output logic [47:0] macs_o
);
  localparam int unsigned Gap = Cols / Lanes;
  localparam int unsigned GapW = $clog2(Gap);
  localparam int unsigned ColsLog2 = $clog2(Cols);
  localparam int unsigned ActW = $clog2(ActDepth);
  localparam int unsigned CtlW = $clog2(CtlDepth);
  localparam int unsigned RowW = $clog2(RowDepth);
  localparam int unsigned CondW = $clog2(CondDepth);
  localparam int unsigned DescW = $clog2(DescDepth);

  if (Rows < 2 || Rows > 16) begin : g_bad_rows
    $fatal(1, "systole_core: Rows must be 2 to 16");
  end
  if (Cols < 2 || Cols > 16 || (Cols & (Cols - 1)) != 0) begin : g_bad_cols
    $fatal(1, "systole_core: Cols must be 2, 4, 8 or 16");
  end
  // With more lanes than rows, the first row of a tile could reach the first lane while that of the tile before is
  // still in the last one, and the sample queue would get two samples at once.
  if (Lanes < 1 || (Lanes & (Lanes - 1)) != 0 || Gap < 2 || Lanes > Rows) begin : g_bad_lanes
    $fatal(1, "systole_core: Lanes must be a power of two, at most Cols / 2 and at most Rows");
  end
  if ((DescDepth & (DescDepth - 1)) != 0 || DescDepth > 1024) begin : g_bad_descs
    $fatal(1, "systole_core: DescDepth must be a power of two, at most 1024");
  end
  if (ActDepth > 65536 || WgtDepth > 1048576 || RowDepth > 16384 ||
      CondDepth > 16384 || CtlDepth > 65536 || StreamDepth > 65536 ||
      SkipDepth > 65536) begin : g_bad_depth
    $fatal(1, "systole_core: a memory is deeper than a descriptor can address");
  end

  // --- load port: request registered, memories answer two cycles later, then one multiplexer -----------
  logic ld_q, ld_we_q;
  logic [2:0] ld_sel_q, ld_sel_2_q, ld_sel_3_q;
  logic [19:0] ld_addr_q;
  logic [31:0] ld_data_q;
  logic [2:0] ld_read_q;
  logic [31:0] desc_data, desc_data_q, wgt_data, bias_data, cfg_data, cfg_data_q, exc_data_3_q;
  logic [15:0] exc_data_2_q;
  logic [4:0] shift_data;
  logic [3:0] ramp_data;
  logic [15:0] exc_codes[ExcChannels];
  cfg_t cfg;

  function automatic logic ld_write(input logic [2:0] target);
    return ld_q && ld_we_q && ld_sel_q == target;
  endfunction

  always_ff @(posedge clk_i) begin
    ld_q <= ld_req_i && !busy_o && rst_ni;
    ld_we_q <= ld_we_i;
    ld_sel_q <= ld_sel_i;
    ld_sel_2_q <= ld_sel_q;
    ld_sel_3_q <= ld_sel_2_q;
    ld_addr_q <= ld_addr_i;
    ld_data_q <= ld_wdata_i;
    ld_read_q <= rst_ni ? {ld_read_q[1:0], ld_q && !ld_we_q} : '0;
    desc_data_q <= desc_data;
    cfg_data_q <= cfg_data;
    exc_data_2_q <= exc_codes[ld_addr_q[3:0]];
    exc_data_3_q <= 32'(exc_data_2_q);
    if (ld_write(LdSelExc)) exc_codes[ld_addr_q[3:0]] <= ld_data_q[15:0];
    unique case (ld_sel_3_q)
      LdSelDesc: ld_rdata_o <= desc_data_q;
      LdSelWgt: ld_rdata_o <= wgt_data;
      LdSelBias: ld_rdata_o <= bias_data;
      LdSelShift: ld_rdata_o <= 32'({ramp_data, shift_data});
      LdSelExc: ld_rdata_o <= exc_data_3_q;
      LdSelCfg: ld_rdata_o <= cfg_data_q;
      default: ld_rdata_o <= '0;
    endcase
  end
  assign ld_rvalid_o = ld_read_q[2];

  cfg_regs u_cfg (
      .clk_i, .rst_ni, .we_i(ld_write(LdSelCfg)), .addr_i(ld_addr_q[3:0]), .wdata_i(ld_data_q),
      .rdata_o(cfg_data), .cfg_o(cfg));

  // --- frames -------------------------------------------------------------------------------------------
  logic cv_we, current, clear, reset, run, prime, idle, exc_running_q, exc_done;
  logic [CtlW-1:0] cv_addr;
  logic [15:0] cv_counts;
  logic [23:0] pitch_previous, pitch_current;
  logic [ActW-1:0] clear_addr;
  logic [$clog2(OutDepth+1)-1:0] level;

  frame_ctl #(
      .ActDepth(ActDepth),
      .CtlDepth(CtlDepth),
      .OutDepth(OutDepth)
  ) u_frame_ctl (
      .clk_i, .rst_ni, .cfg_i(cfg), .start_i,
      .cv_valid_i, .cv_ready_o, .cv_data_i, .cv_last_i,
      .ctl_we_o(cv_we), .ctl_addr_o(cv_addr), .ctl_data_o(cv_counts),
      .pitch_previous_o(pitch_previous), .pitch_current_o(pitch_current), .current_o(current),
      .clear_o(clear), .clear_addr_o(clear_addr), .reset_o(reset),
      .run_o(run), .prime_o(prime), .idle_i(idle), .exc_busy_i(exc_running_q),
      .level_i(level), .busy_o, .frame_done_o, .cycles_o);

  // --- sequencer ----------------------------------------------------------------------------------------
  logic [DescW+3:0] desc_addr;
  logic desc_valid, desc_take, desc_end, tile_valid, tile_take, tile_end, issue_idle, col_done;
  desc_t desc;
  tile_t tile, init_tile, post_tile;
  logic [7:0] ahead;
  logic [2:0] ctl;
  logic from_control, init_go, post_first, post_next;
  logic [15:0] chan, window_time;
  logic [3:0] window_log2;
  logic [19:0] weight_at;
  logic [5:0] init_row;
  logic [9:0] macs;

  ram #(.Width(32), .Depth(DescDepth * DescStride)) u_desc (
      .clk_i, .we_i(ld_write(LdSelDesc)), .waddr_i(ld_addr_q[DescW+3:0]), .wdata_i(ld_data_q),
      .raddr_i(ld_q ? ld_addr_q[DescW+3:0] : desc_addr), .rdata_o(desc_data));

  desc_fetch #(
      .Descs(DescDepth)
  ) u_desc_fetch (
      .clk_i, .rst_ni, .start_i(run), .prime_i(prime),
      .blocks_i(9'd1 << (cfg.log2_hop - cfg.log2_block)), .first_block_i(cfg.first_block),
      .mem_addr_o(desc_addr), .mem_data_i(desc_data),
      .valid_o(desc_valid), .desc_o(desc), .take_i(desc_take), .end_o(desc_end));

  tile_walker #(
      .Rows(Rows),
      .Cols(Cols)
  ) u_tile_walker (
      .clk_i, .rst_ni, .reset_time_i(reset), .start_i(run), .log2_block_i(cfg.log2_block),
      .desc_valid_i(desc_valid), .desc_i(desc), .desc_end_i(desc_end), .desc_take_o(desc_take),
      .valid_o(tile_valid), .tile_o(tile), .ahead_o(ahead), .end_o(tile_end), .take_i(tile_take));

  tile_issue #(
      .Rows (Rows),
      .Cols (Cols),
      .Lanes(Lanes)
  ) u_tile_issue (
      .clk_i, .rst_ni,
      .tile_valid_i(tile_valid), .tile_i(tile), .ahead_i(ahead), .tile_end_i(tile_end),
      .tile_take_o(tile_take), .exc_busy_i(exc_running_q), .col_done_i(col_done),
      .ctl_o(ctl), .from_control_o(from_control), .chan_o(chan), .time_o(window_time),
      .log2_o(window_log2), .weight_o(weight_at),
      .init_go_o(init_go), .init_tile_o(init_tile), .init_row_o(init_row),
      .post_first_o(post_first), .post_tile_o(post_tile), .post_next_o(post_next),
      .idle_o(issue_idle), .macs_o(macs));
  assign idle = issue_idle && tile_end;

  logic [9:0] macs_q;
  always_ff @(posedge clk_i) begin
    macs_q <= macs;
    if (!rst_ni || reset) macs_o <= '0;
    else macs_o <= macs_o + 48'(macs_q);
  end

  // --- excitation ---------------------------------------------------------------------------------------
  logic exc_valid;
  logic [3:0] exc_code_at, exc_channel;
  logic [7:0] exc_sample;
  logic signed [15:0] exc_value;
  logic unused_exc_busy;

  excite #(
      .Channels(ExcChannels)
  ) u_excite (
      .clk_i, .rst_ni, .reset_i(reset), .seed_i, .phase_i, .start_i(run && !prime),
      .pitch_prev_i(pitch_previous), .pitch_cur_i(pitch_current),
      .log2_hop_i(cfg.log2_hop), .exp_offset_i(cfg.exc_offset), .channels_i(cfg.exc_channels),
      .code_addr_o(exc_code_at), .code_i(exc_codes[exc_code_at]),
      .out_valid_o(exc_valid), .out_channel_o(exc_channel), .out_sample_o(exc_sample),
      .out_data_o(exc_value), .busy_o(unused_exc_busy), .done_o(exc_done));

  always_ff @(posedge clk_i) begin
    if (!rst_ni || exc_done) exc_running_q <= 1'b0;
    else if (run && !prime) exc_running_q <= 1'b1;
  end

  // --- operands and array -------------------------------------------------------------------------------
  logic act_we_q[Cols];
  logic [ActW-1:0] act_addr_q[Cols];
  logic [15:0] act_data_q[Cols];
  logic ctl_we_q, cond_we_q;
  logic [15:0] vector_addr_q;
  logic [15:0] vector_data_q;
  logic [2:0] array_ctl;
  logic [7:0] weight[Rows];
  logic signed [15:0] act[Cols];
  logic signed [31:0] init_value[Cols];
  logic signed [31:0] result[Cols];

  feed #(
      .Rows    (Rows),
      .Cols    (Cols),
      .ActDepth(ActDepth),
      .WgtDepth(WgtDepth),
      .CtlDepth(CtlDepth)
  ) u_feed (
      .clk_i, .rst_ni, .ctl_i(ctl), .from_control_i(from_control), .chan_i(chan),
      .time_i(window_time), .log2_i(window_log2), .weight_i(weight_at),
      .ctl_o(array_ctl), .weight_o(weight), .act_o(act),
      .act_we_i(act_we_q), .act_addr_i(act_addr_q), .act_data_i(act_data_q),
      .ctl_we_i(cv_we || ctl_we_q), .ctl_addr_i(cv_we ? cv_addr : CtlW'(vector_addr_q)),
      .ctl_data_i(cv_we ? cv_counts : vector_data_q),
      .ld_use_i(ld_q), .ld_we_i(ld_write(LdSelWgt)), .ld_addr_i(ld_addr_q), .ld_wdata_i(ld_data_q),
      .ld_rdata_o(wgt_data));

  systolic_array #(
      .Rows  (Rows),
      .Cols  (Cols),
      .DspPes(DspPes)
  ) u_array (
      .clk_i, .rst_ni, .ctl_i(array_ctl), .weight_i(weight), .act_i(act),
      .init_i(init_value), .result_o(result));

  // --- start values -------------------------------------------------------------------------------------
  logic init_row_go;
  logic signed [31:0] init_start, init_step;
  init_rows #(
      .Rows     (Rows),
      .RowDepth (RowDepth),
      .CondDepth(CondDepth)
  ) u_init_rows (
      .clk_i, .rst_ni, .go_i(init_go), .row_i(RowW'(init_tile.par + 14'(init_row))),
      .cond_i(CondW'(init_tile.cond + 14'(init_row))), .gated_i(init_tile.op == OpGated),
      .column_i(init_tile.column), .log2_hop_i(cfg.log2_hop),
      .go_o(init_row_go), .start_o(init_start), .step_o(init_step),
      .current_i(current), .cond_we_i(cond_we_q), .cond_addr_i(CondW'(vector_addr_q)),
      .cond_data_i(vector_data_q),
      .ld_use_i(ld_q), .ld_bias_we_i(ld_write(LdSelBias)), .ld_ramp_we_i(ld_write(LdSelShift)),
      .ld_addr_i(RowW'(ld_addr_q)), .ld_bias_i(ld_data_q), .ld_ramp_i(ld_data_q[8:5]),
      .ld_bias_o(bias_data), .ld_ramp_o(ramp_data));

  for (genvar l = 0; l < Lanes; l++) begin : g_init
    logic go;
    logic signed [31:0] value, next, step;
    if (l == 0) begin : g_head
      assign go = init_row_go;
      init_lane u_lane (
          .clk_i, .go_i(go), .start_i(init_start), .step_i(init_step),
          .value_o(value), .next_o(next), .step_o(step));
    end else begin : g_tail
      skew #(.Width(1), .Stages(l * Gap)) u_go (.clk_i, .rst_ni, .data_i(init_row_go), .data_o(go));
      init_lane u_lane (
          .clk_i, .go_i(go), .start_i(g_init[l-1].next), .step_i(g_init[l-1].step),
          .value_o(value), .next_o(next), .step_o(step));
    end
    for (genvar j = 0; j < Gap; j++) begin : g_col
      assign init_value[l*Gap+j] = value;
    end
  end

  // --- results ------------------------------------------------------------------------------------------
  logic row_go[Lanes+1];
  row_t row[Lanes+1];
  target_e target[Lanes];
  logic [GapW-1:0] lane_col[Lanes];
  logic [15:0] lane_addr[Lanes];
  logic signed [15:0] lane_data[Lanes];
  logic lane_done[Lanes];

  post_front #(
      .Rows    (Rows),
      .Cols    (Cols),
      .Lanes   (Lanes),
      .RowDepth(RowDepth)
  ) u_post_front (
      .clk_i, .rst_ni, .first_i(post_first), .tile_i(post_tile), .next_i(post_next),
      .log2_block_i(cfg.log2_block), .go_o(row_go[0]), .row_o(row[0]),
      .ld_use_i(ld_q), .ld_we_i(ld_write(LdSelShift)), .ld_addr_i(RowW'(ld_addr_q)),
      .ld_shift_i(ld_data_q[4:0]), .ld_shift_o(shift_data));

  for (genvar l = 0; l < Lanes; l++) begin : g_post
    logic signed [31:0] mine[Gap];
    for (genvar j = 0; j < Gap; j++) begin : g_col
      assign mine[j] = result[l*Gap+j];
    end
    post_lane #(
        .Gap        (Gap),
        .StreamDepth(StreamDepth),
        .SkipDepth  (SkipDepth)
    ) u_lane (
        .clk_i, .rst_ni, .go_i(row_go[l]), .row_i(row[l]), .next_go_o(row_go[l+1]),
        .next_row_o(row[l+1]), .result_i(mine), .target_o(target[l]), .column_o(lane_col[l]),
        .addr_o(lane_addr[l]), .data_o(lane_data[l]), .done_o(lane_done[l]));
  end

  // --- writes -------------------------------------------------------------------------------------------
  logic [15:0] exc_word;
  assign exc_word = cfg.exc_base + (16'(exc_channel) << (cfg.log2_hop - 4'(ColsLog2))) +
                    16'(exc_sample >> ColsLog2);

  always_ff @(posedge clk_i) begin
    for (int b = 0; b < int'(Cols); b++) begin
      act_we_q[b] <= target[b/Gap] == ToBank && lane_col[b/Gap] == GapW'(b % Gap);
      act_addr_q[b] <= ActW'(lane_addr[b/Gap]);
      act_data_q[b] <= lane_data[b/Gap];
      if (exc_valid) begin
        act_we_q[b] <= exc_sample[ColsLog2-1:0] == ColsLog2'(b);
        act_addr_q[b] <= ActW'(exc_word);
        act_data_q[b] <= exc_value;
      end
      if (clear) begin
        act_we_q[b] <= 1'b1;
        act_addr_q[b] <= clear_addr;
        act_data_q[b] <= '0;
      end
    end
    ctl_we_q <= target[0] == ToControl && lane_col[0] == '0;
    cond_we_q <= target[0] == ToCondition && lane_col[0] == '0;
    vector_addr_q <= lane_addr[0];
    vector_data_q <= lane_data[0];
    col_done <= lane_done[Lanes-1] && rst_ni;
  end

  // --- samples: only row 0 of an output tile exists, so no two lanes ever have one at once ---------------
  logic out_valid_q, out_ready;
  logic [15:0] out_q;
  always_ff @(posedge clk_i) begin
    out_valid_q <= 1'b0;
    for (int l = 0; l < int'(Lanes); l++) begin
      if (target[l] == ToOutput) begin
        out_valid_q <= rst_ni;
        out_q <= lane_data[l];
      end
    end
  end
  fifo #(
      .Width(16),
      .Depth(OutDepth)
  ) u_fifo (
      .clk_i, .rst_ni, .clear_i(reset), .wr_valid_i(out_valid_q), .wr_ready_o(out_ready),
      .wr_data_i(out_q), .rd_valid_o(smp_valid_o), .rd_ready_i(smp_ready_i),
      .rd_data_o(smp_data_o), .level_o(level));

  logic unused;
  assign unused = ^{out_ready, row_go[Lanes], row[Lanes], init_tile, post_tile, cfg.cv_words,
                    cfg.geometry, vector_addr_q, exc_word, g_init[Lanes-1].next,
                    g_init[Lanes-1].step};
endmodule
`default_nettype wire

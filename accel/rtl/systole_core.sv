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
    parameter int unsigned Rows        = 4,
    parameter int unsigned Cols        = 8,     // power of two
    parameter int unsigned Lanes       = 2,     // power of two, at most Cols / 2 and Rows
    parameter int unsigned DspPes      = Rows * Cols,
    parameter int unsigned ActDepth    = 3072,  // words per bank
    parameter int unsigned WgtDepth    = 6144,  // words of Rows bytes
    parameter int unsigned RowDepth    = 1024,  // rows of all passes
    parameter int unsigned CondDepth   = 288,   // rows of all gated passes
    parameter int unsigned CtlDepth    = 256,   // control network's values
    parameter int unsigned StreamDepth = 256,   // residual stream of a block, per lane
    parameter int unsigned SkipDepth   = 256,   // skip sums of a block, per lane
    parameter int unsigned DescDepth   = 64,    // descriptors
    parameter int unsigned OutDepth    = 1024   // samples
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

  // --- load port ----------------------------------------------------------------------------------------
  logic ld_use, ld_desc_we, ld_wgt_we, ld_bias_we, ld_shift_we, ld_osc_we;
  logic [19:0] ld_addr;
  logic [31:0] ld_data, desc_data, wgt_data, bias_data, osc_data;
  logic [4:0] shift_data;
  logic [3:0] ramp_data;
  logic [ExcIndexBits-1:0] exc_code_at;
  logic [15:0] exc_code;
  cfg_t cfg;

  load_port u_load_port (
      .clk_i, .rst_ni, .busy_i(busy_o),
      .req_i(ld_req_i), .we_i(ld_we_i), .sel_i(ld_sel_i), .addr_i(ld_addr_i),
      .wdata_i(ld_wdata_i), .rvalid_o(ld_rvalid_o), .rdata_o(ld_rdata_o),
      .use_o(ld_use), .addr_o(ld_addr), .wdata_o(ld_data),
      .desc_we_o(ld_desc_we), .wgt_we_o(ld_wgt_we), .bias_we_o(ld_bias_we),
      .shift_we_o(ld_shift_we), .osc_we_o(ld_osc_we), .osc_i(osc_data), .desc_i(desc_data),
      .wgt_i(wgt_data), .bias_i(bias_data),
      .shift_i(shift_data), .ramp_i(ramp_data),
      .cfg_o(cfg), .code_addr_i(exc_code_at), .code_o(exc_code));

  // --- frames -------------------------------------------------------------------------------------------
  logic cv_we, current, clear, reset, run, prime, idle, exc_running_q, exc_done, ratio_busy;
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
      .run_o(run), .prime_o(prime), .idle_i(idle), .exc_busy_i(exc_running_q || ratio_busy),
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
      .clk_i, .we_i(ld_desc_we), .waddr_i(ld_addr[DescW+3:0]), .wdata_i(ld_data),
      .raddr_i(ld_use ? ld_addr[DescW+3:0] : desc_addr), .rdata_o(desc_data));

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
  logic [ExcIndexBits-1:0] exc_channel;
  logic [7:0] exc_sample;
  logic signed [15:0] exc_value;
  logic unused_exc_busy, exc_advance;
  logic [OscIndexBits-1:0] exc_turn;
  logic signed [31:0] exc_offset;
  logic [Oscillators-1:0] exc_sync;
  logic [Oscillators-1:0][31:0] exc_phase;

  osc_bank u_osc_bank (
      .clk_i, .rst_ni, .use_i(ld_use), .we_i(ld_osc_we), .addr_i(ld_addr[RatioIndexBits:0]),
      .wdata_i(ld_data), .rdata_o(osc_data), .oscillators_i(cfg.oscillators),
      .log2_hop_i(cfg.log2_hop), .exp_offset_i(cfg.exc_offset), .phase_i,
      .cv_we_i(cv_we), .cv_word_i(8'(cv_addr)), .cv_data_i(cv_counts), .run_i(run),
      .busy_o(ratio_busy), .turn_i(exc_turn), .advance_i(exc_advance),
      .offset_o(exc_offset), .sync_o(exc_sync), .start_o(exc_phase));

  excite u_excite (
      .clk_i, .rst_ni, .reset_i(reset), .seed_i, .phase_i(exc_phase), .start_i(run && !prime),
      .sync_i(exc_sync), .oscillators_i(cfg.oscillators), .ratio_busy_i(ratio_busy),
      .turn_o(exc_turn), .advance_o(exc_advance), .offset_i(exc_offset),
      .pitch_prev_i(pitch_previous), .pitch_cur_i(pitch_current),
      .log2_hop_i(cfg.log2_hop), .channels_i(cfg.exc_channels),
      .code_addr_o(exc_code_at), .code_i(exc_code),
      .out_valid_o(exc_valid), .out_channel_o(exc_channel), .out_sample_o(exc_sample),
      .out_data_o(exc_value), .busy_o(unused_exc_busy), .done_o(exc_done));

  always_ff @(posedge clk_i) begin
    if (!rst_ni || exc_done) exc_running_q <= 1'b0;
    else if (run && !prime) exc_running_q <= 1'b1;
  end

  // --- operands and array -------------------------------------------------------------------------------
  logic act_we[Cols];
  logic [ActW-1:0] act_addr[Cols];
  logic [15:0] act_data[Cols];
  logic ctl_we, cond_we;
  logic [15:0] vector_addr;
  logic [15:0] vector_data;
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
      .act_we_i(act_we), .act_addr_i(act_addr), .act_data_i(act_data),
      .ctl_we_i(cv_we || ctl_we), .ctl_addr_i(cv_we ? cv_addr : CtlW'(vector_addr)),
      .ctl_data_i(cv_we ? cv_counts : vector_data),
      .ld_use_i(ld_use), .ld_we_i(ld_wgt_we), .ld_addr_i(ld_addr), .ld_wdata_i(ld_data),
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
      .current_i(current), .cond_we_i(cond_we), .cond_addr_i(CondW'(vector_addr)),
      .cond_data_i(vector_data),
      .ld_use_i(ld_use), .ld_bias_we_i(ld_bias_we), .ld_ramp_we_i(ld_shift_we),
      .ld_addr_i(RowW'(ld_addr)), .ld_bias_i(ld_data), .ld_ramp_i(ld_data[8:5]),
      .ld_bias_o(bias_data), .ld_ramp_o(ramp_data));

  init_chain #(
      .Cols (Cols),
      .Lanes(Lanes)
  ) u_init_chain (
      .clk_i, .rst_ni, .go_i(init_row_go), .start_i(init_start), .step_i(init_step),
      .value_o(init_value));

  // --- results ------------------------------------------------------------------------------------------
  logic row_go, lane_done;
  row_t row;
  target_e target[Lanes];
  logic [GapW-1:0] lane_col[Lanes];
  logic [15:0] lane_addr[Lanes];
  logic signed [15:0] lane_data[Lanes];

  post_front #(
      .Rows    (Rows),
      .Cols    (Cols),
      .Lanes   (Lanes),
      .RowDepth(RowDepth)
  ) u_post_front (
      .clk_i, .rst_ni, .first_i(post_first), .tile_i(post_tile), .next_i(post_next),
      .log2_block_i(cfg.log2_block), .go_o(row_go), .row_o(row),
      .ld_use_i(ld_use), .ld_we_i(ld_shift_we), .ld_addr_i(RowW'(ld_addr)),
      .ld_shift_i(ld_data[4:0]), .ld_shift_o(shift_data));

  post_chain #(
      .Cols       (Cols),
      .Lanes      (Lanes),
      .StreamDepth(StreamDepth),
      .SkipDepth  (SkipDepth)
  ) u_post_chain (
      .clk_i, .rst_ni, .go_i(row_go), .row_i(row), .result_i(result), .target_o(target),
      .column_o(lane_col), .addr_o(lane_addr), .data_o(lane_data), .done_o(lane_done));

  logic out_valid, out_ready, exc_writes;
  logic [15:0] exc_word, out_data;
  write_back #(
      .Cols (Cols),
      .Lanes(Lanes),
      .ActW (ActW)
  ) u_write_back (
      .clk_i, .rst_ni, .cfg_i(cfg),
      .target_i(target), .column_i(lane_col), .addr_i(lane_addr), .data_i(lane_data),
      .done_i(lane_done), .exc_valid_i(exc_valid), .exc_channel_i(exc_channel),
      .exc_sample_i(exc_sample), .exc_data_i(exc_value),
      .exc_valid_o(exc_writes), .exc_word_o(exc_word), .clear_i(clear), .clear_addr_i(clear_addr),
      .act_we_o(act_we), .act_addr_o(act_addr), .act_data_o(act_data),
      .ctl_we_o(ctl_we), .cond_we_o(cond_we), .vector_addr_o(vector_addr),
      .vector_data_o(vector_data), .smp_valid_o(out_valid), .smp_data_o(out_data),
      .done_o(col_done));

  fifo #(
      .Width(16),
      .Depth(OutDepth)
  ) u_fifo (
      .clk_i, .rst_ni, .clear_i(reset), .wr_valid_i(out_valid), .wr_ready_o(out_ready),
      .wr_data_i(out_data), .rd_valid_o(smp_valid_o), .rd_ready_i(smp_ready_i),
      .rd_data_o(smp_data_o), .level_o(level));

  logic unused;
  assign unused = ^{out_ready, init_tile, post_tile, cfg.cv_words, cfg.geometry, vector_addr,
                    exc_word, exc_writes};
endmodule
`default_nettype wire

// The host's registers behind the bus: which access is allowed, what is stored here, what is read from where.
//
// What a register means is in accel/hardware/registers.py, from which host_pkg comes. An access that is not
// allowed, or refused in the present state, is answered with err_o and changes nothing.
//
// Latency: ack_o in the cycle of req_i; later only for a read of LOAD_DATA (as long as the loader takes) and
//          a commit while the core takes the last frame. Throughput: one access a cycle.
`default_nettype none

module host_regs #(
    parameter int unsigned Knobs = 8
) (
    input wire clk_i,
    input wire rst_ni,
    // bus
    input wire req_i,
    input wire we_i,
    input wire [host_pkg::AddressBits-1:2] addr_i,
    input wire [31:0] wdata_i,
    input wire whole_i,
    output logic ack_o,
    output logic err_o,
    output logic [31:0] rdata_o,
    // what the hardware is
    input wire [31:0] geometry_i,
    input wire [31:0] desc_depth_i,
    input wire [31:0] wgt_depth_i,
    input wire [31:0] row_depth_i,
    input wire [31:0] act_depth_i,
    input wire [31:0] cond_depth_i,
    input wire [31:0] ctl_depth_i,
    input wire [31:0] stream_depth_i,
    input wire [31:0] skip_depth_i,
    input wire [31:0] out_depth_i,
    input wire [31:0] sample_depth_i,
    // run
    output logic mute_o,
    output logic cv_stream_o,
    output logic dac_o,
    output logic [31:0] seed_o,
    output logic [31:0] phase_o,
    output logic start_o,  // pulse
    input wire started_i,  // pulse: counters begin anew
    input wire busy_i,
    input wire running_i,
    input wire start_pending_i,
    input wire quiet_i,
    // load
    output logic load_open_o,  // pulse
    output logic load_close_o,  // pulse
    output logic select_we_o,
    output logic address_we_o,
    output logic expected_we_o,
    output logic data_we_o,
    output logic data_re_o,
    input wire read_done_i,
    input wire read_err_i,
    input wire [31:0] read_data_i,
    input wire open_i,
    input wire loaded_i,
    input wire crc_ok_i,
    input wire crc_error_i,
    input wire [2:0] select_i,
    input wire [19:0] address_i,
    input wire [31:0] expected_i,
    input wire [31:0] computed_i,
    input wire [31:0] count_i,
    // control voltages
    output logic cv_we_o,
    output logic [5:0] cv_index_o,
    input wire signed [23:0] cv_data_i,
    output logic cv_commit_o,  // held until cv_commit_ready_i
    input wire cv_commit_ready_i,
    input wire cv_pending_i,
    input wire [7:0] cv_words_i,
    // interrupts and counters
    output logic [host_pkg::IrqCount-1:0] irq_clear_o,
    output logic [host_pkg::IrqCount-1:0] irq_enable_o,
    input wire [host_pkg::IrqCount-1:0] irq_flags_i,
    input wire frame_done_i,
    input wire [31:0] cycles_i,
    input wire [47:0] macs_i,
    input wire [31:0] level_i
);

  import host_pkg::*;

  localparam int unsigned Top = AddressBits - 1;
  logic is_cv, is_command, is_data, is_macs_low;
  logic allowed, refused, waits, write, commit;
  logic [3:0] command;
  logic one_command;
  logic [31:0] status, frames_q, read;
  logic [15:0] macs_high_q;

  // --- what is asked for, and whether it may happen -------------------------------------------------
  assign is_cv = addr_i[Top:8] == CvOffset[Top:8];  // 64 words
  assign is_command = addr_i == CommandOffset[Top:2];
  assign is_data = addr_i == LoadDataOffset[Top:2];
  assign is_macs_low = addr_i == MacsLowOffset[Top:2];
  assign cv_index_o = addr_i[7:2];
  assign command = wdata_i[3:0];
  assign one_command = wdata_i[31:4] == '0 && command != '0 && (command & (command - 4'd1)) == '0;
  assign allowed = we_i ? is_writable(addr_i) && whole_i : is_readable(addr_i);

  always_comb begin
    refused = 1'b0;
    if (is_cv) refused = cv_index_o > 6'(Knobs);
    if (is_data) refused = !quiet_i || (we_i && !open_i);
    if (addr_i == SeedOffset[Top:2]) refused = we_i && wdata_i == '0;
    if (is_command) begin
      refused = !one_command
          || (command[CommandStartLsb] && !crc_ok_i)
          || (command[CommandLoadCloseLsb] && !open_i);
    end
  end

  assign commit = req_i && we_i && is_command && allowed && !refused && command[CommandCvCommitLsb];
  assign data_re_o = req_i && !we_i && is_data && allowed && !refused;
  assign waits = (commit && !cv_commit_ready_i) || (data_re_o && !read_done_i);
  assign ack_o = req_i && !waits;
  assign err_o = !allowed || refused || (data_re_o && read_err_i);
  // Of writes only a commit waits, and that is not one of these strobes: they need not look at the core's state.
  assign write = req_i && we_i && allowed && !refused;

  // --- writes ---------------------------------------------------------------------------------------
  assign start_o = write && is_command && command[CommandStartLsb];
  assign load_open_o = write && is_command && command[CommandLoadOpenLsb];
  assign load_close_o = write && is_command && command[CommandLoadCloseLsb];
  assign cv_commit_o = commit;
  assign cv_we_o = write && is_cv;
  assign select_we_o = write && addr_i == LoadSelectOffset[Top:2];
  assign address_we_o = write && addr_i == LoadAddressOffset[Top:2];
  assign expected_we_o = write && addr_i == ExpectedCrcOffset[Top:2];
  assign data_we_o = write && is_data;
  assign irq_clear_o = (write && addr_i == IrqFlagsOffset[Top:2]) ? wdata_i[IrqCount-1:0] : '0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      mute_o       <= ControlReset[ControlMuteLsb];
      cv_stream_o  <= ControlReset[ControlCvStreamLsb];
      dac_o        <= ControlReset[ControlDacLsb];
      irq_enable_o <= IrqEnableReset[IrqCount-1:0];
      seed_o       <= SeedReset;
      phase_o      <= PhaseReset;
    end else if (write) begin
      if (addr_i == ControlOffset[Top:2]) begin
        mute_o      <= wdata_i[ControlMuteLsb];
        cv_stream_o <= wdata_i[ControlCvStreamLsb];
        dac_o       <= wdata_i[ControlDacLsb];
      end
      if (addr_i == IrqEnableOffset[Top:2]) irq_enable_o <= wdata_i[IrqCount-1:0];
      if (addr_i == SeedOffset[Top:2]) seed_o <= wdata_i;
      if (addr_i == PhaseOffset[Top:2]) phase_o <= wdata_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      frames_q    <= FramesReset;
      macs_high_q <= MacsHighReset[15:0];
    end else begin
      if (started_i) frames_q <= '0;
      else if (frame_done_i) frames_q <= frames_q + 32'd1;
      if (ack_o && !we_i && is_macs_low) macs_high_q <= macs_i[47:32];
    end
  end

  // --- reads ----------------------------------------------------------------------------------------
  always_comb begin
    status = '0;
    status[StatusBusyLsb] = busy_i;
    status[StatusLoadedLsb] = loaded_i;
    status[StatusCrcOkLsb] = crc_ok_i;
    status[StatusCrcErrorLsb] = crc_error_i;
    status[StatusRunningLsb] = running_i;
    status[StatusUnderrunLsb] = irq_flags_i[IrqFlagsUnderrunLsb];
    status[StatusLoadOpenLsb] = open_i;
    status[StatusStartPendingLsb] = start_pending_i;
    status[StatusCvPendingLsb] = cv_pending_i;
    status[StatusQuietLsb] = quiet_i;
  end

  always_comb begin
    case (addr_i)
      IdOffset[Top:2]: read = IdReset;
      VersionOffset[Top:2]: read = VersionReset;
      GeometryOffset[Top:2]: read = geometry_i;
      DescDepthOffset[Top:2]: read = desc_depth_i;
      WgtDepthOffset[Top:2]: read = wgt_depth_i;
      RowDepthOffset[Top:2]: read = row_depth_i;
      ActDepthOffset[Top:2]: read = act_depth_i;
      CondDepthOffset[Top:2]: read = cond_depth_i;
      CtlDepthOffset[Top:2]: read = ctl_depth_i;
      StreamDepthOffset[Top:2]: read = stream_depth_i;
      SkipDepthOffset[Top:2]: read = skip_depth_i;
      OutDepthOffset[Top:2]: read = out_depth_i;
      SampleDepthOffset[Top:2]: read = sample_depth_i;
      KnobsOffset[Top:2]: read = 32'(Knobs);
      ControlOffset[Top:2]: begin
        read = '0;
        read[ControlMuteLsb] = mute_o;
        read[ControlCvStreamLsb] = cv_stream_o;
        read[ControlDacLsb] = dac_o;
      end
      StatusOffset[Top:2]: read = status;
      IrqFlagsOffset[Top:2]: read = 32'(irq_flags_i);
      IrqEnableOffset[Top:2]: read = 32'(irq_enable_o);
      SeedOffset[Top:2]: read = seed_o;
      PhaseOffset[Top:2]: read = phase_o;
      LoadSelectOffset[Top:2]: read = 32'(select_i);
      LoadAddressOffset[Top:2]: read = 32'(address_i);
      LoadDataOffset[Top:2]: read = read_data_i;
      ExpectedCrcOffset[Top:2]: read = expected_i;
      ComputedCrcOffset[Top:2]: read = computed_i;
      LoadCountOffset[Top:2]: read = count_i;
      CvWordsOffset[Top:2]: read = 32'(cv_words_i);
      CyclesOffset[Top:2]: read = cycles_i;
      MacsLowOffset[Top:2]: read = macs_i[31:0];
      MacsHighOffset[Top:2]: read = 32'(macs_high_q);
      FramesOffset[Top:2]: read = frames_q;
      FifoLevelOffset[Top:2]: read = level_i;
      default: read = 32'(signed'(cv_data_i));
    endcase
  end

  assign rdata_o = read;

endmodule
`default_nettype wire

// Control frames for the core, from the registers or from the stream.
//
// Which of the two is chosen by stream_i as it stands while stopped: a run never mixes them.
//
// Latency: registers 1 cycle (commit to cv_valid_o), stream 1 cycle; wanted_o, which says that the register frame
//          has been taken, rises 1 cycle after its last word. Throughput: one word a cycle.
`default_nettype none

module cv_port #(
    parameter int unsigned Knobs = 8
) (
    input  wire                clk_i,
    input  wire                rst_ni,
    input  wire                run_i,
    input  wire                stream_i,
    input  wire                forget_i,
    input  wire         [ 7:0] words_i,
    // registers
    input  wire                we_i,
    input  wire         [ 5:0] index_i,
    input  wire signed  [31:0] wdata_i,
    output logic signed [23:0] rdata_o,
    input  wire                commit_i,
    output logic               commit_ready_o,
    output logic               pending_o,
    output logic               wanted_o,        // pulse: the next frame can be committed
    // stream
    input  wire                tvalid_i,
    output logic               tready_o,
    input  wire signed  [31:0] tdata_i,
    input  wire                tlast_i,
    output logic               length_err_o,
    // core
    output logic               cv_valid_o,
    input  wire                cv_ready_i,
    output logic signed [23:0] cv_data_o,
    output logic               cv_last_o
);

  logic stream_q, wanting, wanting_q;
  logic frame_valid, frame_last, stream_valid, stream_last;
  logic signed [23:0] frame_data, stream_data;

  cv_frame #(
      .Knobs(Knobs)
  ) u_frame (
      .clk_i,
      .rst_ni,
      .run_i  (run_i && !stream_q),
      .forget_i,
      .words_i,
      .we_i,
      .index_i,
      .wdata_i,
      .rdata_o,
      .commit_i,
      .commit_ready_o,
      .pending_o,
      .valid_o(frame_valid),
      .ready_i(cv_ready_i),
      .data_o (frame_data),
      .last_o (frame_last)
  );

  cv_stream u_stream (
      .clk_i,
      .rst_ni,
      .run_i  (run_i && stream_q),
      .words_i,
      .tvalid_i,
      .tready_o,
      .tdata_i,
      .tlast_i,
      .length_err_o,
      .valid_o(stream_valid),
      .ready_i(cv_ready_i),
      .data_o (stream_data),
      .last_o (stream_last)
  );

  assign wanting = run_i && !stream_q && !pending_o;
  assign wanted_o = wanting && !wanting_q;
  assign cv_valid_o = stream_q ? stream_valid : frame_valid;
  assign cv_data_o = stream_q ? stream_data : frame_data;
  assign cv_last_o = stream_q ? stream_last : frame_last;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      stream_q  <= 1'b0;
      wanting_q <= 1'b0;
    end else begin
      if (!run_i) stream_q <= stream_i;
      wanting_q <= wanting;
    end
  end

endmodule
`default_nettype wire

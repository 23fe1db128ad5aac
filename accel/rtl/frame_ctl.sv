// The life of a frame: clears the histories after a start, takes a frame of control voltages, runs it.
//
// The first frame after a start only primes the conditioning; each later one yields a hop of samples. A frame
// starts only when its samples fit the output queue.
//
// Latency: ActDepth cycles to clear; ctl_we_o the cycle after a control voltage, run_o the cycle after the last.
// Room in the queue is seen a cycle late. cycles_o counts from run_o to the last written sample.
// Throughput: one control voltage a cycle.
`default_nettype none

module frame_ctl
  import systole_pkg::*;
#(
    parameter  int unsigned ActDepth = 3072,
    parameter  int unsigned CtlDepth = 256,
    parameter  int unsigned OutDepth = 256,
    localparam int unsigned ActW     = $clog2(ActDepth),
    localparam int unsigned CtlW     = $clog2(CtlDepth),
    localparam int unsigned LevelW   = $clog2(OutDepth + 1)
) (
    input  wire                 clk_i,
    input  wire                 rst_ni,
    input  cfg_t                cfg_i,
    input  wire                 start_i,
    // control voltages
    input  wire                 cv_valid_i,
    output logic                cv_ready_o,
    input  wire  [      23:0]   cv_data_i,
    input  wire                 cv_last_i,
    output logic                ctl_we_o,
    output logic [  CtlW-1:0]   ctl_addr_o,
    output logic [      15:0]   ctl_data_o,
    output logic [      23:0]   pitch_previous_o,
    output logic [      23:0]   pitch_current_o,
    output logic                current_o,         // conditioning buffer that this frame writes
    // clearing
    output logic                clear_o,
    output logic [  ActW-1:0]   clear_addr_o,
    output logic                reset_o,           // of phase, noise, time and output queue
    // running
    output logic                run_o,             // pulse: a frame starts
    output logic                prime_o,           // with run_o
    input  wire                 idle_i,            // the sequencer has nothing in hand
    input  wire                 exc_busy_i,
    input  wire  [LevelW-1:0]   level_i,           // of the output queue
    output logic                busy_o,
    output logic                frame_done_o,
    output logic [      31:0]   cycles_o
);
  typedef enum logic [2:0] {
    Off,
    Clear,
    Receive,
    Launch,
    Run
  } state_e;
  state_e state_q;
  logic primed_q, launched_q;
  logic [ActW-1:0] clear_q;
  logic [7:0] word_q;
  logic [31:0] cycles_q;
  logic room_q, taken;
  logic signed [24:0] rounded;
  logic [7:0] taken_word_q;
  logic [23:0] taken_q;

  // The level has settled when a frame is done, and then only falls: to know it a cycle late is safe.
  always_ff @(posedge clk_i) begin
    room_q <= state_q == Receive && 32'(level_i) + (32'd1 << cfg_i.log2_hop) <= OutDepth;
  end
  assign cv_ready_o = state_q == Receive && (room_q || !primed_q) && !start_i;
  assign taken = cv_valid_i && cv_ready_o;

  // A word is written one cycle after it was taken; the pitch as the control network reads it,
  // formats.pitch_counts.
  always_ff @(posedge clk_i) begin
    ctl_we_o <= taken && rst_ni;
    taken_word_q <= word_q;
    taken_q <= cv_data_i;
  end
  assign rounded = 25'(signed'(taken_q)) + 25'sd128;
  assign ctl_addr_o = CtlW'(taken_word_q);
  assign ctl_data_o = (taken_word_q != '0) ? taken_q[15:0]
                    : (rounded > 25'sd8388607) ? 16'h7fff : rounded[23:8];

  assign clear_o = state_q == Clear;
  assign clear_addr_o = clear_q;
  assign reset_o = start_i && !busy_o;
  assign run_o = state_q == Launch;
  assign prime_o = !primed_q;
  assign busy_o = state_q == Clear || state_q == Launch || state_q == Run;
  assign cycles_o = cycles_q;

  always_ff @(posedge clk_i) begin
    frame_done_o <= 1'b0;
    if (!rst_ni) begin
      state_q <= Off;
      primed_q <= 1'b0;
      launched_q <= 1'b0;
      word_q <= '0;
      clear_q <= '0;
      cycles_q <= '0;
      current_o <= 1'b0;
    end else if (reset_o) begin
      state_q <= Clear;
      primed_q <= 1'b0;
      word_q <= '0;
      clear_q <= '0;
      cycles_q <= '0;
    end else begin
      if (state_q == Launch || state_q == Run) cycles_q <= cycles_q + 32'd1;
      unique case (state_q)
        Clear: begin
          clear_q <= clear_q + 1'b1;
          if (clear_q == ActW'(ActDepth - 1)) state_q <= Receive;
        end
        Receive: begin
          if (taken) begin
            word_q <= word_q + 8'd1;
            if (word_q == '0) begin
              pitch_previous_o <= pitch_current_o;
              pitch_current_o  <= cv_data_i;
            end
            if (cv_last_i) begin
              word_q <= '0;
              current_o <= !current_o;
              state_q <= Launch;
            end
          end
        end
        Launch: begin
          launched_q <= 1'b0;
          state_q <= Run;
        end
        Run: begin
          launched_q <= 1'b1;
          if (launched_q && idle_i && !exc_busy_i) begin
            state_q <= Receive;
            primed_q <= 1'b1;
            frame_done_o <= primed_q;
          end
        end
        default: ;
      endcase
    end
  end

  logic unused;
  assign unused = ^cfg_i;
endmodule
`default_nettype wire

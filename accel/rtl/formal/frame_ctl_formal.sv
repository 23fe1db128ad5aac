// Proof of frame_ctl.sv, bound into it: what happens in which cycle of a frame's life, control
// values written each once and right, no frame without room for its samples, and no state that is
// not left as soon as the surroundings allow.
//
// The surroundings, as far as they matter: the configuration changes only while off or with a
// start; a frame of control voltages has cv_words words; a frame writes at most a hop of samples (a
// priming frame none), at most one a cycle, none after its last cycle; only readers and a start
// empty the queue. When voltages come, when the sequencer is idle, when samples are read, starts
// and resets: all free.
//
// Bounded progress is an exact sum, since the surroundings have no bound of their own: the cycles
// between two frames are those without room, those without a word, the words, and one before the
// first look at the queue (p_length); a frame ends in the first cycle in which sequencer and
// excitation are done (p_run_ends, p_busy); clearing takes ActDepth cycles (p_clear).
`default_nettype none

module frame_ctl_formal
  import systole_pkg::*;
#(
  parameter int unsigned ActDepth = 3072,
  parameter int unsigned CtlDepth = 256,
  parameter int unsigned OutDepth = 256
) (
  input logic clk_i,
  input logic rst_ni,
  input cfg_t cfg_i,
  input logic start_i,
  input logic cv_valid_i,
  input logic cv_ready_o,
  input logic [23:0] cv_data_i,
  input logic cv_last_i,
  input logic ctl_we_o,
  input logic [$clog2(CtlDepth)-1:0] ctl_addr_o,
  input logic [15:0] ctl_data_o,
  input logic [23:0] pitch_previous_o,
  input logic [23:0] pitch_current_o,
  input logic current_o,
  input logic clear_o,
  input logic [$clog2(ActDepth)-1:0] clear_addr_o,
  input logic reset_o,
  input logic run_o,
  input logic prime_o,
  input logic idle_i,
  input logic exc_busy_i,
  input logic [$clog2(OutDepth+1)-1:0] level_i,
  input logic busy_o,
  input logic frame_done_o,
  input logic [31:0] cycles_o,
  // inside
  input logic [2:0] state_i,
  input logic primed_i,
  input logic launched_i,
  input logic room_i,
  input logic [7:0] word_i
);

  typedef logic [31:0] count_t;

  // What the solver may choose anew in every cycle (no driver, see the .sby): a sample enters the
  // queue, a sample leaves it.
  logic any_push, any_pop;
  // Arbitrary but fixed: a word of the control memory.
  logic [7:0] f_addr;
  always_ff @(posedge clk_i) f_addr <= f_addr;

  // --- ghosts ------------------------------------------------------------------------------------
  logic started_q = 1'b0;
  logic live_q, later_q;                    // a start has come; a frame has ended since
  count_t cleared_q;                        // words cleared since the start
  logic clearing, receiving, starting, taken, ending;
  count_t run_q;                            // cycle of the frame: 1 with run_o, stops at 3
  count_t cycles_q;
  logic ended_q;                            // a frame with samples ended in the previous cycle
  cfg_t cfg_q;
  logic stale_q, stale;
  count_t hop, words;
  count_t word_q;                           // words of this frame that have been taken
  logic taken_q;
  logic [23:0] data_q;
  count_t index_q;
  logic [1:0] times_q;                      // writes to f_addr for this frame
  count_t stay_q, full_q, absent_q;         // cycles between frames: all, no room, no word offered
  logic room, seen_q;                       // room in the queue; it was seen in the previous cycle
  count_t level_q, owed_q;                  // of the queue; samples yet to be written
  logic [23:0] pitch_q, old_pitch_q;        // word 0 of this frame and of the one before
  logic side_q;

  assign stale = stale_q || (live_q && !starting && cfg_i != cfg_q);
  assign hop = 32'd1 << cfg_i.log2_hop;
  assign words = 32'(cfg_i.cv_words);
  assign clearing = live_q && cleared_q < ActDepth;
  assign receiving = live_q && !clearing && run_q == '0;
  assign starting = start_i && !clearing && run_q == '0;
  assign taken = cv_valid_i && cv_ready_o;
  assign ending = run_q >= 32'd3 && idle_i && !exc_busy_i;
  assign room = level_q + hop <= OutDepth;

  // Round half up to 1/256, clipped at the top.
  function automatic logic [15:0] pitch_counts(input logic [23:0] data);
    logic signed [31:0] counts;
    counts = (32'($signed(data)) + 32'sd128) >>> 8;
    return (counts > 32'sd32767) ? 16'd32767 : counts[15:0];
  endfunction

  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    cfg_q <= cfg_i;
    stale_q <= stale && rst_ni && !starting;
    taken_q <= taken && rst_ni;
    data_q <= cv_data_i;
    index_q <= word_q;
    ended_q <= ending && later_q && rst_ni;
    seen_q <= receiving && room;
    if (clearing) cleared_q <= cleared_q + 32'd1;
    if (run_q != '0) begin
      run_q <= ending ? '0 : (run_q == 32'd3) ? run_q : run_q + 32'd1;
      cycles_q <= cycles_q + 32'd1;
    end
    if (receiving) begin
      stay_q <= stay_q + 32'd1;
      full_q <= full_q + 32'(later_q && !room);
      absent_q <= absent_q + 32'(cv_ready_o && !cv_valid_i);
    end
    if (taken) begin
      word_q <= word_q + 32'd1;
      if (word_q == '0) pitch_q <= cv_data_i;
      if (cv_last_i) begin
        run_q <= 32'd1;
        side_q <= !side_q;
      end
    end
    if (ctl_we_o && 8'(ctl_addr_o) == f_addr && times_q != '1) times_q <= times_q + 2'd1;
    if (run_q == 32'd1) begin
      {word_q, times_q, stay_q, full_q, absent_q} <= '0;
      owed_q <= later_q ? hop : '0;
    end
    level_q <= level_q + 32'(any_push) - 32'(any_pop);
    if (any_push) owed_q <= owed_q - 32'd1;
    if (ending) begin
      later_q <= 1'b1;
      old_pitch_q <= pitch_q;
    end
    if (!rst_ni || starting) begin
      {cleared_q, word_q, times_q, stay_q, full_q, absent_q, cycles_q, level_q, owed_q} <= '0;
      run_q <= '0;
      later_q <= 1'b0;
      live_q <= rst_ni;
    end
    if (!rst_ni) {side_q, seen_q} <= '0;
  end

  always_comb begin
    // --- surroundings
    if (!started_q) m_reset: assume (!rst_ni);
    m_cfg: assume (!live_q || starting || receiving || cfg_i == cfg_q);
    m_quiet: assume (!stale || !cv_valid_i);
    m_words: assume (!live_q || stale || starting || (words != '0 && words <= CtlDepth));
    m_hop: assume (!live_q || stale || starting || (32'(cfg_i.log2_hop) >= MinLog2Hop && 32'(cfg_i.log2_hop) <= MaxLog2Hop));
    m_last: assume (cv_last_i == (word_q + 32'd1 == words));
    m_level: assume (count_t'(level_i) == level_q);
    m_push: assume (!any_push || (run_q >= 32'd2 && owed_q != '0));
    m_pop: assume (!any_pop || level_q != '0);

    if (started_q) begin
      // --- promises: starts
      p_start: assert (reset_o == starting);
      p_off: assert (live_q || {busy_o, clear_o, cv_ready_o, run_o, ctl_we_o, frame_done_o} == '0);
      p_busy: assert (busy_o == (clearing || run_q != '0));
      p_clear: assert (clear_o == clearing && (!clearing || 32'(clear_addr_o) == cleared_q));
      // control voltages: taken as soon as there is room, each written once, in its place, rounded
      p_ready: assert (cv_ready_o == (receiving && !start_i && (seen_q || !later_q)));
      p_length: assert (run_q != 32'd1 || stay_q == 32'(later_q) + full_q + absent_q + words);
      p_write: assert (ctl_we_o == taken_q && (!taken_q || 32'(ctl_addr_o) == index_q));
      p_value: assert (!ctl_we_o ||
                       ctl_data_o == (index_q == '0 ? pitch_counts(data_q) : data_q[15:0]));
      p_address: assert (!ctl_we_o || index_q < CtlDepth);
      p_once: assert (run_q != 32'd1 ||
                      32'(times_q) + 32'(ctl_we_o && 8'(ctl_addr_o) == f_addr) ==
                      32'(32'(f_addr) < words));
      // the control passes write this memory from the second cycle of a frame on: never both
      p_writer: assert (!(ctl_we_o && run_q >= 32'd2));
      // frames
      p_run: assert (run_o == (run_q == 32'd1));
      p_prime: assert (!run_o || prime_o == !later_q);
      p_run_ends: assert (frame_done_o == ended_q);
      p_cycles: assert (cycles_o == cycles_q);
      p_pitch: assert (run_q == '0 || pitch_current_o == pitch_q);
      p_previous: assert (run_q == '0 || !later_q || pitch_previous_o == old_pitch_q);
      p_current: assert (current_o == side_q);
      // room: a frame starts only if all its samples fit, so that none is ever lost
      p_room: assert (!(run_o && later_q) || level_q + hop <= OutDepth);
      p_fits: assert (!any_push || level_q < OutDepth);

`ifndef PROMISES
      // --- what makes it inductive
      i_state: assert (state_i == (!live_q ? 3'd0 : clearing ? 3'd1 : receiving ? 3'd2 :
                                   run_q == 32'd1 ? 3'd3 : 3'd4));
      i_run: assert (run_q <= 32'd3 && (live_q || run_q == '0) && (!clearing || run_q == '0));
      i_launched: assert (run_q < 32'd2 || launched_i == (run_q == 32'd3));
      i_primed: assert (!live_q || primed_i == later_q);
      i_cleared: assert (!live_q || cleared_q <= ActDepth);
      i_clear: assert (!clearing || (!later_q && word_i == '0 &&
                                     {stay_q, full_q, absent_q, word_q, times_q} == '0));
      i_stale: assert (!stale_q || receiving);
      i_seen: assert (stale || !seen_q || !receiving || start_i || room);
      i_room: assert (!receiving || room_i == seen_q);
      i_word: assert (stale || !receiving || start_i ||
                      (word_q < words && 32'(word_i) == word_q));
      i_words: assert (run_q != 32'd1 || (word_q == words && ctl_we_o));
      i_run_word: assert (run_q == '0 ||
                          (word_i == '0 && (run_q == 32'd1 || word_q == '0)));
      i_index: assert (!ctl_we_o || index_q + 32'd1 == word_q);
      i_times: assert (!live_q ||
                       32'(times_q) == 32'(32'(f_addr) + 32'(ctl_we_o) < word_q));
      i_stay: assert (!receiving || stay_q + 32'(later_q && !seen_q) ==
                                    32'(later_q) + full_q + absent_q + word_q);
      i_look: assert (stale || !receiving || !later_q || seen_q ||
                      (absent_q == '0 && word_q == '0));
      i_rest: assert (run_q < 32'd2 || {stay_q, full_q, absent_q, times_q} == '0);
      i_level: assert (level_q <= OutDepth);
      i_owed: assert (run_q < 32'd2 || (level_q + owed_q <= OutDepth && owed_q <= hop &&
                                        (later_q || owed_q == '0)));
      i_pitch: assert (!receiving || word_q == '0 || (pitch_current_o == pitch_q &&
                       (!later_q || pitch_previous_o == old_pitch_q)));
      i_old: assert (!receiving || word_q != '0 || !later_q ||
                     pitch_current_o == old_pitch_q);
`endif

      c_reload: cover (starting && stale_q && later_q);
      c_waited: cover (run_o && full_q == 32'd1 && absent_q == 32'd1);
      c_exact: cover (run_o && later_q && level_q + hop == OutDepth);
      c_filled: cover (frame_done_o && level_q == 32'd2);
      c_broken: cover (reset_o && word_q == 32'd2 && later_q);
      c_ignored: cover (start_i && run_q == 32'd2);
      c_prime: cover (run_q == 32'd3 && !later_q && exc_busy_i && idle_i);
    end
  end

endmodule

bind frame_ctl frame_ctl_formal #(
  .ActDepth(ActDepth), .CtlDepth(CtlDepth), .OutDepth(OutDepth)
) u_formal (
  .clk_i, .rst_ni, .cfg_i, .start_i, .cv_valid_i, .cv_ready_o, .cv_data_i, .cv_last_i,
  .ctl_we_o, .ctl_addr_o, .ctl_data_o, .pitch_previous_o, .pitch_current_o, .current_o,
  .clear_o, .clear_addr_o, .reset_o, .run_o, .prime_o, .idle_i, .exc_busy_i, .level_i,
  .busy_o, .frame_done_o, .cycles_o,
  .state_i(state_q), .primed_i(primed_q), .launched_i(launched_q), .room_i(room_q), .word_i(word_q)
);

`default_nettype wire

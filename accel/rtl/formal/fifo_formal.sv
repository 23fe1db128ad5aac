// Proof of fifo.sv, bound into it: what a user is promised, and what links the promise to the registers.
//
// A ghost counts words written and words read, and watches one word: written at an arbitrary, fixed
// position of the stream (f_index, modulo twice the depth) with an arbitrary, fixed value (f_word).
// If that word leaves unchanged at its own position, for every choice, then every word does.
`default_nettype none

module fifo_formal #(
  parameter int unsigned Width = 8,
  parameter int unsigned Depth = 8
) (
  input logic clk_i,
  input logic rst_ni,
  input logic clear_i,
  input logic wr_valid_i,
  input logic wr_ready_o,
  input logic [Width-1:0] wr_data_i,
  input logic rd_valid_o,
  input logic rd_ready_i,
  input logic [Width-1:0] rd_data_o,
  input logic [$clog2(Depth+1)-1:0] level_o,
  // the inside, for the induction's invariants only
  input logic [Width-1:0] mem_i [Depth],
  input logic [$clog2(Depth):0] wr_ptr_i,
  input logic [$clog2(Depth):0] rd_ptr_i
);

  localparam int unsigned AddrWidth = $clog2(Depth);
  typedef logic [AddrWidth:0] pointer_t;

  // Arbitrary but fixed: registers without a reset that keep what the solver starts them with.
  pointer_t f_index;
  logic [Width-1:0] f_word;
  always_ff @(posedge clk_i) begin
    f_index <= f_index;
    f_word  <= f_word;
  end

  logic f_started_q = 1'b0;
  pointer_t f_written_q, f_read_q, f_level, f_ahead;
  logic f_watched_q;
  logic f_live_q, f_waiting_q, f_held_q, f_many_q, f_left_q;
  logic [Width-1:0] f_data_q;
  logic f_was_full_q;

  logic wr_en, rd_en;
  assign wr_en = wr_valid_i && wr_ready_o;
  assign rd_en = rd_valid_o && rd_ready_i;
  assign f_level = f_written_q - f_read_q;
  assign f_ahead = f_index - f_read_q;  // words in front of the watched one

  always_ff @(posedge clk_i) begin
    f_started_q <= 1'b1;
    f_live_q <= rst_ni && !clear_i;
    f_waiting_q <= rd_valid_o && !rd_ready_i;
    f_data_q <= rd_data_o;
    f_held_q <= level_o != 0 && !rd_en;
    f_many_q <= level_o >= 2;
    f_left_q <= wr_ready_o && !wr_en;
    if (!rst_ni || clear_i) begin
      f_written_q <= '0;
      f_read_q <= '0;
      f_watched_q <= 1'b0;
      f_was_full_q <= 1'b0;
    end else begin
      if (wr_en) f_written_q <= f_written_q + pointer_t'(1);
      if (rd_en) f_read_q <= f_read_q + pointer_t'(1);
      if (wr_en && f_written_q == f_index && wr_data_i == f_word) f_watched_q <= 1'b1;
      else if (rd_en && f_read_q == f_index) f_watched_q <= 1'b0;
      if (f_level == pointer_t'(Depth)) f_was_full_q <= 1'b1;
    end
  end

  always_comb begin
    if (!f_started_q) a_reset: assume (!rst_ni);
    if (f_started_q) begin
      // What is promised: level, bounds, flow control.
      a_level: assert (level_o == f_level);
      a_bound: assert (level_o <= Depth);
      a_ready: assert (wr_ready_o == (level_o != Depth));
      a_empty: assert (level_o != 0 || !rd_valid_o);
      if (f_live_q && f_left_q) a_ready_stays: assert (wr_ready_o);
      // A word offered stays offered, unchanged, until taken.
      if (f_live_q && f_waiting_q) a_stable: assert (rd_valid_o && rd_data_o == f_data_q);
      // Fall-through: what lay here a cycle ago is offered now; and with two, reading never pauses.
      if (f_live_q && f_held_q) a_offered: assert (rd_valid_o);
      if (f_live_q && f_many_q) a_every_cycle: assert (rd_valid_o);
      // Integrity: the watched word leaves at its own position with its own value.
      if (f_watched_q && rd_valid_o && f_read_q == f_index) a_word: assert (rd_data_o == f_word);
      // Invariants, which make the promises inductive.
      i_written: assert (wr_ptr_i == f_written_q);
      i_read: assert (rd_ptr_i == f_read_q + pointer_t'(rd_valid_o));
      if (f_watched_q) begin
        i_inside: assert (f_ahead < f_level);
        if (!(rd_valid_o && f_ahead == 0)) i_mem: assert (mem_i[f_index[AddrWidth-1:0]] == f_word);
      end
      c_full: cover (level_o == Depth);
      c_full_then_empty: cover (f_was_full_q && level_o == 0);
      c_watched_last: cover (f_watched_q && rd_en && f_read_q == f_index && level_o == Depth);
    end
  end

endmodule

bind fifo fifo_formal #(
  .Width(Width),
  .Depth(Depth)
) u_formal (
  .clk_i,
  .rst_ni,
  .clear_i,
  .wr_valid_i,
  .wr_ready_o,
  .wr_data_i,
  .rd_valid_o,
  .rd_ready_i,
  .rd_data_o,
  .level_o,
  .mem_i(mem),
  .wr_ptr_i(wr_ptr_q),
  .rd_ptr_i(rd_ptr_q)
);

`default_nettype wire

// Issue: tokens in their rhythm, every tile's steps counted, a slot ends when it can, and no column tile is counted
// twice or lost.
`default_nettype none

module tile_issue_sva
  import systole_pkg::*;
  import core_pkg::*;
#(
    parameter int unsigned Rows  = 4,
    parameter int unsigned Cols  = 8,
    parameter int unsigned Lanes = 2,
    parameter int unsigned Wait  = 40000  // most cycles for operands: the longest excitation
) (
    input wire clk_i,
    input wire rst_ni,
    input wire tile_valid_i,
    input wire tile_end_i,
    input wire tile_take_o,
    input wire col_done_i,
    input wire [2:0] ctl_o,
    input wire init_go_o,
    input wire [5:0] init_row_o,
    input wire post_first_o,
    input wire post_next_o,
    input wire idle_o,
    // inside
    input wire active_i,
    input wire next_valid_i,
    input wire cur_valid_i,
    input wire prev_valid_i,
    input wire ready_i,
    input wire done_i,
    input wire may_end_i,
    input wire [8:0] pending_i,
    input tile_t cur_i
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni);

  localparam int unsigned Gap = Cols / Lanes;
  localparam int unsigned Tokens = Rows * Gap;
  logic shift, last, step, token;
  assign {shift, last, step} = ctl_o;
  assign token = shift || last;

  // Counted anew in every slot; the rhythm starts with the first one.
  logic kick;
  assign kick = !active_i && tile_valid_i;
  logic [15:0] steps_q, shifts_q, ran_q, waited_q, since_q, depth, bound;
  assign depth = 16'(cur_i.taps) * 16'(cur_i.cols);
  assign bound = (cur_valid_i && 32'(depth) > Tokens) ? depth : 16'(Tokens);
  always_ff @(posedge clk_i) begin
    since_q <= (token || kick) ? 16'd1 : (&since_q ? since_q : since_q + 16'd1);
    if (!rst_ni || !active_i || last) begin
      steps_q  <= '0;
      shifts_q <= '0;
      ran_q    <= '0;
      waited_q <= '0;
    end else begin
      steps_q  <= steps_q + 16'(step);
      shifts_q <= shifts_q + 16'(shift);
      ran_q    <= ran_q + 16'd1;
      waited_q <= (cur_valid_i && !ready_i && !done_i) ? waited_q + 16'd1 : '0;
    end
    if (!rst_ni) since_q <= '1;
  end

  // Tokens.
  a_take :
  assert property (tile_take_o |-> tile_valid_i);
  a_one_token :
  assert property (!(shift && last));
  a_active :
  assert property (shift || last || step || post_first_o || post_next_o |-> active_i);
  a_rhythm :
  assert property (token |-> 32'(since_q) >= Gap);
  a_rows :
  assert property (last |-> 32'(shifts_q) == Rows - 1);
  a_no_more :
  assert property (shift |-> 32'(shifts_q) < Rows - 1);
  a_init :
  assert property (init_go_o == token);
  a_init_row :
  assert property (init_go_o |-> 32'(init_row_o) < Rows);
  a_init_order :
  assert property (init_go_o |-> 16'(init_row_o) == shifts_q);
  a_post :
  assert property (post_first_o == (last && cur_valid_i));
  a_post_next :
  assert property (post_next_o == (shift && prev_valid_i));

  // Steps.
  a_steps :
  assert property (last && cur_valid_i |-> steps_q + 16'(step) == depth);
  a_step_of_a_tile :
  assert property (step |-> cur_valid_i && ready_i && steps_q < depth);

  // Liveness: nothing but operands and the tile after next holds a slot up, and neither for ever.
  a_ends_when_it_can :
  assert property (active_i && may_end_i && (!cur_valid_i || steps_q + 16'(step) == depth) &&
                   (tile_valid_i || tile_end_i) |-> last);
  a_steps_when_it_can :
  assert property (active_i && cur_valid_i && ready_i && steps_q < depth |-> step);
  a_tokens_when_they_can :
  assert property (active_i && 32'(since_q) >= Gap && 32'(shifts_q) < Rows - 1 |-> shift);
  a_slot_length :
  assert property (last |-> ran_q + 16'd1 >= bound);
  a_operands_come :
  assert property (32'(waited_q) < Wait);

  // Column tiles on their way.
  a_no_underflow :
  assert property (col_done_i |-> pending_i != '0);
  a_no_overflow :
  assert property (post_first_o |-> pending_i < 9'd300);
  a_idle :
  assert property (idle_o |-> !active_i && pending_i == '0);
  a_at_rest :
  assert property (!active_i |-> !cur_valid_i && !next_valid_i);

endmodule

bind tile_issue tile_issue_sva #(
    .Rows (Rows),
    .Cols (Cols),
    .Lanes(Lanes)
) u_tile_issue_sva (
    .clk_i,
    .rst_ni,
    .tile_valid_i,
    .tile_end_i,
    .tile_take_o,
    .col_done_i,
    .ctl_o,
    .init_go_o,
    .init_row_o,
    .post_first_o,
    .post_next_o,
    .idle_o,
    .active_i(active_q),
    .next_valid_i(next_valid_q),
    .cur_valid_i(cur_valid_q),
    .prev_valid_i(prev_valid_q),
    .ready_i(ready),
    .done_i(done_q),
    .may_end_i(may_end),
    .pending_i(pending_q),
    .cur_i(cur_q)
);

`default_nettype wire

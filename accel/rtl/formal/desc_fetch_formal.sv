// Proof of desc_fetch.sv, bound into it: a frame's descriptors come in the frame's order, each
// exactly once, whole and from its own addresses, each exactly DescWords + 2 cycles after it was
// asked for; and nothing after the last.
//
// The specification walks through a frame by itself: control passes 0 .. f_controls - 1 once, then
// descriptors f_controls .. f_descs - 1 once per block, f_blocks times; a priming frame has the
// control passes only. The memory is left free, but for what a program promises: descriptors 0 to
// f_controls - 1 are control passes, the last of them says so, and f_descs - 1 is the last of a
// block. One word of it is watched: any word (f_word) of any descriptor (f_desc) with any value
// (f_value). If that word is always delivered in its place, for every choice, then every word is.
// Program and watched word may change with every start; starts, takes and resets come at any time.
`default_nettype none

module desc_fetch_formal
  import systole_pkg::*;
#(
  parameter int unsigned Descs = 64
) (
  input logic clk_i,
  input logic rst_ni,
  input logic start_i,
  input logic prime_i,
  input logic [8:0] blocks_i,
  input logic [9:0] first_block_i,
  input logic [$clog2(Descs)+3:0] mem_addr_o,
  input logic [31:0] mem_data_i,
  input logic valid_o,
  input desc_t desc_o,
  input logic take_i,
  input logic end_o,
  // inside
  input logic [1:0] state_i,
  input logic [8:0] block_i,
  input logic prime_q_i,
  input logic landing_i,
  input logic [3:0] landing_word_i,
  input logic [DescWords-1:0][31:0] words_i
);

  localparam int unsigned DescW = $clog2(Descs);
  localparam logic [3:0] Latency = 4'(DescWords + 2);
  typedef logic [DescW:0] count_t;

  // What the solver may choose anew in every cycle (no driver, see the .sby): the next program,
  // and what of it is watched.
  count_t any_controls, any_descs, any_desc;
  logic [8:0] any_blocks;
  logic [3:0] any_word;
  logic [31:0] any_value;

  // --- ghosts: program, place in the frame, cycles since a descriptor was asked for --------------
  logic started_q = 1'b0;
  count_t f_controls, f_descs, f_desc;
  logic [8:0] f_blocks;
  logic [3:0] f_word;
  logic [31:0] f_value;
  logic going_q, prime_q;
  count_t place_q;
  logic [8:0] block_q;
  logic [3:0] n_q;                                      // stops at Latency
  logic [DescW+3:0] addr_q;
  logic taken, last_of_frame;
  logic held_q;
  desc_t desc_q;
  logic [DescWords-1:0][31:0] words;

  assign taken = valid_o && take_i;
  assign words = desc_o;
  assign last_of_frame = prime_q ? place_q == f_controls - 1'b1
                                 : place_q == f_descs - 1'b1 && block_q == f_blocks - 9'd1;

  // What a program promises about the first word of a descriptor.
  function automatic logic legal(input logic [31:0] word, input count_t place);
    desc_t desc;
    desc = desc_t'($bits(desc_t)'(word));
    return (desc.op == OpControl) == (place < f_controls) &&
           desc.fin == (place == f_descs - 1'b1) &&
           (place >= f_controls || desc.last == (place == f_controls - 1'b1));
  endfunction

  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    addr_q <= mem_addr_o;
    held_q <= valid_o && !take_i && !start_i && rst_ni;
    desc_q <= desc_o;
    if (n_q != Latency) n_q <= n_q + 4'd1;
    if (!rst_ni) begin
      going_q <= 1'b0;
    end else if (start_i) begin
      going_q <= 1'b1;
      prime_q <= prime_i;
      place_q <= '0;
      block_q <= '0;
      n_q <= 4'd1;
      {f_controls, f_descs, f_blocks} <= {any_controls, any_descs, any_blocks};
      {f_desc, f_word, f_value} <= {any_desc, any_word, any_value};
    end else if (taken) begin
      n_q <= 4'd1;
      if (last_of_frame) going_q <= 1'b0;
      else if (place_q != f_descs - 1'b1) place_q <= place_q + 1'b1;
      else begin
        place_q <= f_controls;
        block_q <= block_q + 9'd1;
      end
    end
  end

  always_comb begin
    // --- surroundings
    if (!started_q) m_reset: assume (!rst_ni);
    if (started_q && going_q) begin
      m_program: assume (f_controls >= count_t'(1) && f_controls < f_descs &&
                         f_descs <= count_t'(Descs) && f_blocks != '0 &&
                         f_desc < f_descs && f_word < 4'(DescWords));
      m_same: assume (blocks_i == f_blocks && first_block_i == 10'(f_controls));
      // the memory answers the address of the cycle before
      if (n_q >= 4'd2) begin
        m_watched: assume (addr_q != {f_desc[DescW-1:0], f_word} || mem_data_i == f_value);
        m_legal: assume (addr_q[3:0] != '0 ||
                         legal(mem_data_i, count_t'(addr_q[DescW+3:4])));
      end
    end

    if (started_q) begin
      // --- promises
      // no deadlock, and no cycle more or less: there when it should be, whatever is in the memory
      p_latency: assert (valid_o == (going_q && n_q == Latency));
      p_end: assert (end_o == !going_q);
      p_held: assert (!held_q || (valid_o && desc_o == desc_q));
      p_word: assert (!(valid_o && place_q == f_desc) || words[f_word] == f_value);
      p_kind: assert (!valid_o || legal(words[0], place_q));
      p_prime: assert (!(valid_o && prime_q) || desc_o.op == OpControl);
      p_inside: assert (!going_q || (count_t'(mem_addr_o[DescW+3:4]) == place_q &&
                                     place_q < f_descs && mem_addr_o[3:0] <= 4'(DescWords)));

`ifndef PROMISES
      // --- what makes it inductive
      i_state: assert (state_i == (!going_q ? 2'd0 : (n_q == Latency) ? 2'd2 : 2'd1));
      if (going_q) begin
        i_n: assert (n_q >= 4'd1 && n_q <= Latency);
        i_word: assert (mem_addr_o[3:0] == ((n_q == Latency) ? 4'(DescWords) : n_q - 4'd1));
        i_addr: assert (n_q < 4'd2 || n_q == Latency ||
                        addr_q == {place_q[DescW-1:0], 4'(n_q - 4'd2)});
        i_landing: assert (landing_i == (n_q >= 4'd2 && n_q <= 4'(DescWords + 1)));
        i_lands: assert (!landing_i || landing_word_i == n_q - 4'd2);
        i_frame: assert (prime_q_i == prime_q && block_i == block_q);
        i_place: assert (block_q < f_blocks && (block_q == '0 || place_q >= f_controls));
        i_primes: assert (!prime_q || (place_q < f_controls && block_q == '0));
        i_watched: assert (!(place_q == f_desc && n_q >= f_word + 4'd3) ||
                           words_i[f_word] == f_value);
        i_legal: assert (n_q < 4'd3 || legal(words_i[0], place_q));
      end
`endif

`ifdef STRAIGHT
      // long runs are found sooner if nothing breaks them off or waits
      m_straight: assume (rst_ni && take_i && !(start_i && going_q));
      c_frame: cover (taken && last_of_frame && !prime_q && f_blocks == 9'd2);
      c_again: cover (taken && block_q == 9'd1 && place_q == f_desc && f_word == 4'd7);
`else
      c_prime: cover (taken && last_of_frame && prime_q && f_controls == count_t'(2));
      c_held: cover (held_q && taken && place_q == count_t'(1));
      c_broken: cover (going_q && start_i && rst_ni && n_q == 4'd5 && place_q == count_t'(1));
`endif
    end
  end

endmodule

bind desc_fetch desc_fetch_formal #(.Descs(Descs)) u_formal (
  .clk_i, .rst_ni, .start_i, .prime_i, .blocks_i, .first_block_i, .mem_addr_o, .mem_data_i,
  .valid_o, .desc_o, .take_i, .end_o,
  .state_i(state_q), .block_i(block_q), .prime_q_i(prime_q),
  .landing_i(landing_q), .landing_word_i(landing_word_q), .words_i(words_q)
);

`default_nettype wire

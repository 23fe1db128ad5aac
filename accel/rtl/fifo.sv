// First-in first-out queue over a memory with a synchronous read, so that it maps to block RAM.
//
// The memory's read register is the output register: the next word is fetched as soon as that
// register is empty or being taken. Both handshakes are valid/ready; rd_valid_o, once high, stays
// high with rd_data_o unchanged until the word is taken.
//
// Latency:    fall-through 2 cycles: a word accepted in cycle n into an empty queue shows at
//             rd_data_o with rd_valid_o in cycle n + 2.
// Throughput: 1 word per cycle on both sides at once, at every level (when full, a write is
//             accepted in the cycle after a read, since wr_ready_o comes from a register).
// Capacity:   exactly Depth words; level_o counts all of them, the output register's too, and
//             follows a handshake one cycle later.
// Clear:      clear_i empties the queue at the next edge; a word offered in that cycle is lost.
`default_nettype none

module fifo #(
    parameter int unsigned Width = 16,
    parameter int unsigned Depth = 16   // power of two, at least 4
) (
    input logic clk_i,
    input logic rst_ni,
    input logic clear_i,
    input logic wr_valid_i,
    output logic wr_ready_o,
    input logic [Width-1:0] wr_data_i,
    output logic rd_valid_o,
    input logic rd_ready_i,
    output logic [Width-1:0] rd_data_o,
    output logic [$clog2(Depth+1)-1:0] level_o
);

  if (Width < 1) begin : gen_bad_width
    $fatal(1, "fifo: Width must be at least 1");
  end
  if (Depth < 4 || (Depth & (Depth - 1)) != 0) begin : gen_bad_depth
    $fatal(1, "fifo: Depth must be a power of two, at least 4");
  end

  localparam int unsigned AddrWidth = $clog2(Depth);
  localparam int unsigned LevelWidth = $clog2(Depth + 1);
  typedef logic [LevelWidth-1:0] level_t;
  typedef logic [AddrWidth:0] pointer_t;  // one bit more than an address: full is not empty

  // A read and a write never meet at one address: see the assertion in fifo_sva.sv.
  (* no_rw_check *) logic [Width-1:0] mem[Depth];
  logic [Width-1:0] rd_data_q;
  pointer_t wr_ptr_q, rd_ptr_q;
  level_t level_q, level_d;
  logic rd_valid_q;
  logic wr_en, rd_en, fetch;

  assign wr_en = wr_valid_i && wr_ready_o;
  assign rd_en = rd_valid_q && rd_ready_i;
  assign fetch = (wr_ptr_q != rd_ptr_q) && (!rd_valid_q || rd_ready_i);

  always_comb begin
    level_d = level_q;
    if (wr_en && !rd_en) level_d = level_q + level_t'(1);
    if (!wr_en && rd_en) level_d = level_q - level_t'(1);
  end

  always_ff @(posedge clk_i) begin
    if (wr_en) mem[wr_ptr_q[AddrWidth-1:0]] <= wr_data_i;
    if (fetch) rd_data_q <= mem[rd_ptr_q[AddrWidth-1:0]];
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      wr_ptr_q   <= '0;
      rd_ptr_q   <= '0;
      level_q    <= '0;
      rd_valid_q <= 1'b0;
    end else begin
      if (wr_en) wr_ptr_q <= wr_ptr_q + pointer_t'(1);
      if (fetch) rd_ptr_q <= rd_ptr_q + pointer_t'(1);
      level_q <= level_d;
      if (fetch) rd_valid_q <= 1'b1;
      else if (rd_en) rd_valid_q <= 1'b0;
    end
  end

  assign wr_ready_o = level_q != level_t'(Depth);
  assign rd_valid_o = rd_valid_q;
  assign rd_data_o  = rd_data_q;
  assign level_o    = level_q;

endmodule

`default_nettype wire

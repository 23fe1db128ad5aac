// Proof of act_mem.sv's address arithmetic: every bank reads the word that the specification names, inside the
// channel's ring, and every column gets what its own bank read. The memories themselves are left free (in
// ram_paged_free.sv): whatever they answer, it is the answer to that address. With COLUMNS defined the columns are
// proved, else the words, since the one needs a longer induction and the other harder arithmetic.
//
// Specification: the sample at time s lies in bank s mod Cols, at word chan + (s div Cols) mod 2**log2.
`default_nettype none

module act_mem_formal #(
  parameter int unsigned Cols = 4,
  parameter int unsigned Depth = 3072
) (
  input logic clk_i,
  input logic [15:0] chan_i,
  input logic [3:0] log2_i,
  input logic [15:0] time_i,
  input logic [Cols-1:0][15:0] data_i,                  // of data_o
  input logic [Cols-1:0][$clog2(Depth)-1:0] addr_i,     // of every bank, in the cycle of its read
  input logic [Cols-1:0][15:0] read_i                   // what every bank answered
);

  localparam int unsigned ColsLog2 = $clog2(Cols);
  localparam int unsigned ToRead = 2;                   // chan_i to addr_i
  localparam int unsigned ToData = 6;                   // chan_i to data_o

  // The requests of the last cycles, the youngest first.
  logic [15:0] time_q[1:ToData], chan_q[1:ToRead];
  logic [3:0] log2_q[1:ToRead];
  logic [Cols-1:0][15:0] read_1_q, read_2_q;
  logic [3:0] age_q = '0;                               // cycles since the beginning
  always_ff @(posedge clk_i) begin
    time_q[1] <= time_i;
    chan_q[1] <= chan_i;
    log2_q[1] <= log2_i;
    for (int k = 2; k <= int'(ToData); k++) time_q[k] <= time_q[k-1];
    for (int k = 2; k <= int'(ToRead); k++) begin
      chan_q[k] <= chan_q[k-1];
      log2_q[k] <= log2_q[k-1];
    end
    read_1_q <= read_i;
    read_2_q <= read_1_q;
    if (age_q != '1) age_q <= age_q + 4'd1;
  end

  function automatic logic [31:0] spec_word(input logic [15:0] chan, input logic [3:0] log2,
                                            input logic [15:0] s);
    return 32'(chan) + ((32'(s) >> ColsLog2) & ((32'd1 << log2) - 32'd1));
  endfunction

  always_comb begin
    // A legal window: its ring lies in the memory, and ring indices fit the 16 bits of time.
    m_ring: assume (32'(chan_i) + (32'd1 << log2_i) <= Depth);
    m_time: assume (32'(log2_i) + ColsLog2 <= 32'd16);
    c_wrap: cover (age_q >= ToRead && 32'(time_q[ToRead] % 16'(Cols)) != 0 && log2_q[ToRead] > 4'd2 &&
                   32'(addr_i[0]) == 32'(chan_q[ToRead]) && 32'(addr_i[Cols-1]) > 32'(chan_q[ToRead]));
    c_last: cover (age_q >= ToRead && 32'(addr_i[0]) == Depth - 1);
  end

  for (genvar c = 0; c < Cols; c++) begin : g_col
    logic [15:0] asked, shown;  // time of column c in the window whose read is now, whose data are now
    assign asked = time_q[ToRead] + 16'(c);
    assign shown = time_q[ToData] + 16'(c);
    always_comb begin
`ifndef COLUMNS
      if (age_q >= ToRead) begin
        a_word: assert (32'(addr_i[asked[ColsLog2-1:0]]) ==
                        spec_word(chan_q[ToRead], log2_q[ToRead], asked));
        a_inside: assert (32'(addr_i[c]) >= 32'(chan_q[ToRead]) &&
                          32'(addr_i[c]) < 32'(chan_q[ToRead]) + (32'd1 << log2_q[ToRead]) &&
                          32'(addr_i[c]) < Depth);
      end
`else
      if (age_q >= ToData) a_column: assert (data_i[c] == read_2_q[shown[ColsLog2-1:0]]);
`endif
    end
  end

endmodule

`ifdef COLS2
bind act_mem act_mem_formal #(.Cols(Cols), .Depth(Depth)) u_formal (
  .clk_i, .chan_i, .log2_i, .time_i,
  .data_i({data_o[1], data_o[0]}),
  .addr_i({g_bank[1].addr_2_q, g_bank[0].addr_2_q}),
  .read_i({read[1], read[0]})
);
`elsif COLS8
bind act_mem act_mem_formal #(.Cols(Cols), .Depth(Depth)) u_formal (
  .clk_i, .chan_i, .log2_i, .time_i,
  .data_i({data_o[7], data_o[6], data_o[5], data_o[4], data_o[3], data_o[2], data_o[1], data_o[0]}),
  .addr_i({g_bank[7].addr_2_q, g_bank[6].addr_2_q, g_bank[5].addr_2_q, g_bank[4].addr_2_q,
           g_bank[3].addr_2_q, g_bank[2].addr_2_q, g_bank[1].addr_2_q, g_bank[0].addr_2_q}),
  .read_i({read[7], read[6], read[5], read[4], read[3], read[2], read[1], read[0]})
);
`else
bind act_mem act_mem_formal #(.Cols(Cols), .Depth(Depth)) u_formal (
  .clk_i, .chan_i, .log2_i, .time_i,
  .data_i({data_o[3], data_o[2], data_o[1], data_o[0]}),
  .addr_i({g_bank[3].addr_2_q, g_bank[2].addr_2_q, g_bank[1].addr_2_q, g_bank[0].addr_2_q}),
  .read_i({read[3], read[2], read[1], read[0]})
);
`endif

`default_nettype wire

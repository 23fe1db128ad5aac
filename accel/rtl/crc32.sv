// CRC-32 (IEEE 802.3, reflected, as zlib.crc32) over 32-bit words, lowest byte first.
//
// Latency: crc_o includes a word one cycle after valid_i; clear_i (which wins) makes it that of no word, 0.
// Throughput: one word a cycle: the 32 serial steps are one tree of XORs.
`default_nettype none

module crc32 (
    input  wire         clk_i,
    input  wire         rst_ni,
    input  wire         clear_i,
    input  wire         valid_i,
    input  wire  [31:0] data_i,
    output logic [31:0] crc_o
);

  localparam logic [31:0] Polynomial = 32'hEDB8_8320;  // reflected
  logic [31:0] state_q;

  function automatic logic [31:0] next(input logic [31:0] state, input logic [31:0] data);
    next = state ^ data;
    for (int unsigned i = 0; i < 32; i++) begin
      next = (next >> 1) ^ (next[0] ? Polynomial : '0);
    end
  endfunction

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) state_q <= '1;
    else if (valid_i) state_q <= next(state_q, data_i);
  end

  assign crc_o = ~state_q;

endmodule
`default_nettype wire

// Block RAM with one write port and one read port on one clock.
//
// Latency: data one cycle after the address. Throughput: one read and one write a cycle. A word that is
// read in the cycle in which it is written gives its old value or garbage: nobody here does that.
`default_nettype none

module ram #(
    parameter int unsigned Width = 16,
    parameter int unsigned Depth = 1024,
    localparam int unsigned AddrW = (Depth > 1) ? $clog2(Depth) : 1
) (
    input  wire              clk_i,
    input  wire              we_i,
    input  wire  [AddrW-1:0] waddr_i,
    input  wire  [Width-1:0] wdata_i,
    input  wire  [AddrW-1:0] raddr_i,
    output logic [Width-1:0] rdata_o
);
  (* no_rw_check *)logic [Width-1:0] mem[Depth];

  always_ff @(posedge clk_i) begin
    if (we_i) mem[waddr_i] <= wdata_i;
    rdata_o <= mem[raddr_i];
  end
endmodule
`default_nettype wire

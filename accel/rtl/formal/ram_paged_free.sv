// Stands in for ram_paged.sv in proofs of what lies around it: any answer at all, every cycle.
`default_nettype none

module ram_paged #(
  parameter int unsigned Width = 16,
  parameter int unsigned Depth = 1024,
  parameter int unsigned Page = 1024,
  localparam int unsigned AddrW = (Depth > 1) ? $clog2(Depth) : 1
) (
  input wire clk_i,
  input wire we_i,
  input wire [AddrW-1:0] waddr_i,
  input wire [Width-1:0] wdata_i,
  input wire [AddrW-1:0] raddr_i,
  output logic [Width-1:0] rdata_o
);
  (* anyseq *) logic [Width-1:0] answer;
  always_ff @(posedge clk_i) rdata_o <= answer;
endmodule

`default_nettype wire

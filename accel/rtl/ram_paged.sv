// Deep memory as pages one block RAM deep, with a register on every page and the page's choice behind it.
//
// A block RAM of these devices needs 6 ns to its output pins. A multiplexer there would be half a cycle more, so
// every page is registered first, close to it; the price is a register per page instead of one in all.
//
// Latency: data two cycles after the address. Throughput: one read and one write a cycle. A word that is read in
// the cycle in which it is written gives its old value or garbage: nobody here does that.
`default_nettype none

module ram_paged #(
    parameter  int unsigned Width = 16,
    parameter  int unsigned Depth = 3072,
    parameter  int unsigned Page  = 1024,  // words in a block RAM; more if there were over 8 pages
    localparam int unsigned AddrW = (Depth > 1) ? $clog2(Depth) : 1
) (
    input  wire              clk_i,
    input  wire              we_i,
    input  wire  [AddrW-1:0] waddr_i,
    input  wire  [Width-1:0] wdata_i,
    input  wire  [AddrW-1:0] raddr_i,
    output logic [Width-1:0] rdata_o
);
  localparam int unsigned Words = (Depth > 8 * Page) ? (1 << (AddrW - 3)) : Page;
  localparam int unsigned WordW = $clog2(Words);
  localparam int unsigned Pages = (Depth + Words - 1) / Words;

  if (Page < 2 || (Page & (Page - 1)) != 0) begin : g_bad_page
    $fatal(1, "ram_paged: Page must be a power of two, at least 2");
  end

  logic [Width-1:0] page_q[Pages];

  if (Pages == 1) begin : g_one
    logic [Width-1:0] read;
    ram #(.Width(Width), .Depth(Depth)) u_ram (
        .clk_i, .we_i, .waddr_i, .wdata_i, .raddr_i, .rdata_o(read));
    always_ff @(posedge clk_i) page_q[0] <= read;
    assign rdata_o = page_q[0];
  end else begin : g_pages
    localparam int unsigned PageW = AddrW - WordW;
    logic [PageW-1:0] page_1_q, page_2_q;
    always_ff @(posedge clk_i) begin
      page_1_q <= raddr_i[AddrW-1:WordW];
      page_2_q <= page_1_q;
    end
    for (genvar p = 0; p < Pages; p++) begin : g_page
      localparam int unsigned Left = Depth - p * Words;
      localparam int unsigned Here = (Left < Words) ? Left : Words;
      localparam int unsigned HereW = (Here > 1) ? $clog2(Here) : 1;
      logic [Width-1:0] read;
      ram #(.Width(Width), .Depth(Here)) u_ram (
          .clk_i,
          .we_i   (we_i && waddr_i[AddrW-1:WordW] == PageW'(p)),
          .waddr_i(waddr_i[HereW-1:0]),
          .wdata_i,
          .raddr_i(raddr_i[HereW-1:0]),
          .rdata_o(read)
      );
      always_ff @(posedge clk_i) page_q[p] <= read;
    end
    assign rdata_o = page_q[page_2_q];
  end
endmodule
`default_nettype wire

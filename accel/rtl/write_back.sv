// Where everything that computes meets what it writes: lanes, excitation and clearing to the banks, lane 0 to the
// control and conditioning memories, row 0 of an output tile to the sample queue.
//
// No two of them ever write a bank, or the queue, in one cycle: systole_core_sva holds the whole core to it.
//
// Latency: lanes and clearing 1 cycle, excitation 2. Throughput: one word a cycle per bank and memory.
`default_nettype none

module write_back
  import systole_pkg::*;
  import core_pkg::*;
#(
    parameter  int unsigned Cols  = 8,
    parameter  int unsigned Lanes = 2,
    parameter  int unsigned ActW  = 12,               // address bits of a bank
    localparam int unsigned Gap   = Cols / Lanes,
    localparam int unsigned GapW  = $clog2(Gap)
) (
    input  wire                       clk_i,
    input  wire                       rst_ni,
    input  cfg_t                      cfg_i,
    // lanes
    input  target_e                   target_i     [Lanes],
    input  wire            [GapW-1:0] column_i     [Lanes],
    input  wire            [    15:0] addr_i       [Lanes],
    input  wire  signed    [    15:0] data_i       [Lanes],
    input  wire                       done_i,
    // excitation
    input  wire                       exc_valid_i,
    input  wire   [ExcIndexBits-1:0]  exc_channel_i,
    input  wire            [     7:0] exc_sample_i,
    input  wire  signed    [    15:0] exc_data_i,
    output logic                      exc_valid_o,
    output logic           [    15:0] exc_word_o,           // in its bank, of a value one cycle ago
    // clearing
    input  wire                       clear_i,
    input  wire            [ActW-1:0] clear_addr_i,
    // banks
    output logic                      act_we_o     [Cols],
    output logic           [ActW-1:0] act_addr_o   [Cols],
    output logic           [    15:0] act_data_o   [Cols],
    // control and conditioning memories
    output logic                      ctl_we_o,
    output logic                      cond_we_o,
    output logic           [    15:0] vector_addr_o,
    output logic           [    15:0] vector_data_o,
    // samples, and the end of a column tile
    output logic                      smp_valid_o,
    output logic           [    15:0] smp_data_o,
    output logic                      done_o
);
  localparam int unsigned ColsLog2 = $clog2(Cols);

  logic [ColsLog2-1:0] exc_bank_q;
  logic signed [15:0] exc_data_q;

  always_ff @(posedge clk_i) begin
    exc_valid_o <= exc_valid_i && rst_ni;
    exc_word_o  <= cfg_i.exc_base + 16'(exc_sample_i >> ColsLog2) +
                   (16'(exc_channel_i) << (cfg_i.log2_hop - 4'(ColsLog2)));
    exc_bank_q  <= exc_sample_i[ColsLog2-1:0];
    exc_data_q  <= exc_data_i;
  end

  always_ff @(posedge clk_i) begin
    for (int b = 0; b < int'(Cols); b++) begin
      act_we_o[b] <= target_i[b/Gap] == ToBank && column_i[b/Gap] == GapW'(b % Gap);
      act_addr_o[b] <= ActW'(addr_i[b/Gap]);
      act_data_o[b] <= data_i[b/Gap];
      if (exc_valid_o) begin
        act_we_o[b] <= exc_bank_q == ColsLog2'(b);
        act_addr_o[b] <= ActW'(exc_word_o);
        act_data_o[b] <= exc_data_q;
      end
      if (clear_i) begin
        act_we_o[b] <= 1'b1;
        act_addr_o[b] <= clear_addr_i;
        act_data_o[b] <= '0;
      end
    end
    ctl_we_o <= target_i[0] == ToControl && column_i[0] == '0;
    cond_we_o <= target_i[0] == ToCondition && column_i[0] == '0;
    vector_addr_o <= addr_i[0];
    vector_data_o <= data_i[0];
    done_o <= done_i && rst_ni;
  end

  // Only row 0 of an output tile exists, so no two lanes ever have a sample at once.
  always_ff @(posedge clk_i) begin
    smp_valid_o <= 1'b0;
    for (int l = 0; l < int'(Lanes); l++) begin
      if (target_i[l] == ToOutput) begin
        smp_valid_o <= rst_ni;
        smp_data_o  <= data_i[l];
      end
    end
  end

  logic unused;
  assign unused = ^{cfg_i, exc_word_o};
endmodule
`default_nettype wire

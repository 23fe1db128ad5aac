// Configuration registers of a program, written and read through the load port.
//
// Latency: a write shows in the next cycle; read data 1 cycle after the address. Throughput: one word a cycle.
`default_nettype none

module cfg_regs
  import systole_pkg::*;
(
    input  wire         clk_i,
    input  wire         rst_ni,
    input  wire         we_i,
    input  wire  [ 3:0] addr_i,
    input  wire  [31:0] wdata_i,
    output logic [31:0] rdata_o,
    output cfg_t        cfg_o
);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      cfg_o <= '0;
    end else if (we_i) begin
      unique case (addr_i)
        CfgLog2Hop: cfg_o.log2_hop <= wdata_i[3:0];
        CfgLog2Block: cfg_o.log2_block <= wdata_i[3:0];
        CfgFirstBlock: cfg_o.first_block <= wdata_i[9:0];
        CfgExcChannels: cfg_o.exc_channels <= wdata_i[ExcCountBits-1:0];
        CfgExcBase: cfg_o.exc_base <= wdata_i[15:0];
        CfgExcOffset: cfg_o.exc_offset <= wdata_i;
        CfgCvWords: cfg_o.cv_words <= wdata_i[7:0];
        CfgGeometry: cfg_o.geometry <= wdata_i[23:0];
        CfgOscillators: cfg_o.oscillators <= wdata_i[2:0];
        default: ;
      endcase
    end
    unique case (addr_i)
      CfgLog2Hop: rdata_o <= 32'(cfg_o.log2_hop);
      CfgLog2Block: rdata_o <= 32'(cfg_o.log2_block);
      CfgFirstBlock: rdata_o <= 32'(cfg_o.first_block);
      CfgExcChannels: rdata_o <= 32'(cfg_o.exc_channels);
      CfgExcBase: rdata_o <= 32'(cfg_o.exc_base);
      CfgExcOffset: rdata_o <= cfg_o.exc_offset;
      CfgCvWords: rdata_o <= 32'(cfg_o.cv_words);
      CfgGeometry: rdata_o <= 32'(cfg_o.geometry);
      CfgOscillators: rdata_o <= 32'(cfg_o.oscillators);
      default: rdata_o <= '0;
    endcase
  end
endmodule
`default_nettype wire

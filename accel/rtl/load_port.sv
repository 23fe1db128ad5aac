// Load port of the core: registers a request, spreads it over the program's memories and collects the answers.
//
// The two smallest parts of a program live here: the configuration and the codes of the excitation channels.
//
// Latency: a write reaches its memory 1 cycle after the request; a read answers 4 cycles after it, from memories
// that answer 2 cycles after use_o (the descriptors and the oscillators: 1). Throughput: one request a cycle.
`default_nettype none

module load_port
  import systole_pkg::*;
(
    input  wire         clk_i,
    input  wire         rst_ni,
    input  wire         busy_i,      // requests are dropped
    // bus
    input  wire         req_i,
    input  wire         we_i,
    input  wire  [ 2:0] sel_i,
    input  wire  [19:0] addr_i,
    input  wire  [31:0] wdata_i,
    output logic        rvalid_o,
    output logic [31:0] rdata_o,
    // memories
    output logic        use_o,       // the load port has the read ports
    output logic [19:0] addr_o,
    output logic [31:0] wdata_o,
    output logic        desc_we_o,
    output logic        wgt_we_o,
    output logic        bias_we_o,
    output logic        shift_we_o,
    output logic        osc_we_o,
    input  wire  [31:0] desc_i,
    input  wire  [31:0] wgt_i,
    input  wire  [31:0] bias_i,
    input  wire  [ 4:0] shift_i,
    input  wire  [ 3:0] ramp_i,
    input  wire  [31:0] osc_i,
    // configuration, and the code of an excitation channel
    output cfg_t        cfg_o,
    input  wire  [ExcIndexBits-1:0] code_addr_i,
    output logic [15:0] code_o
);
  logic we_q;
  logic [2:0] sel_q, sel_2_q, sel_3_q;
  logic [2:0] read_q;
  logic [31:0] desc_q, osc_q, cfg_data, cfg_data_q, code_3_q;
  logic [15:0] code_2_q;
  logic [15:0] codes[ExcChannels];

  function automatic logic writes(input logic [2:0] target);
    return use_o && we_q && sel_q == target;
  endfunction

  assign desc_we_o  = writes(LdSelDesc);
  assign wgt_we_o   = writes(LdSelWgt);
  assign bias_we_o  = writes(LdSelBias);
  assign shift_we_o = writes(LdSelShift);
  assign osc_we_o   = writes(LdSelOsc);
  assign code_o     = codes[code_addr_i];

  cfg_regs u_cfg (
      .clk_i, .rst_ni, .we_i(writes(LdSelCfg)), .addr_i(addr_o[3:0]), .wdata_i(wdata_o),
      .rdata_o(cfg_data), .cfg_o);

  always_ff @(posedge clk_i) begin
    use_o <= req_i && !busy_i && rst_ni;
    we_q <= we_i;
    sel_q <= sel_i;
    sel_2_q <= sel_q;
    sel_3_q <= sel_2_q;
    addr_o <= addr_i;
    wdata_o <= wdata_i;
    read_q <= rst_ni ? {read_q[1:0], use_o && !we_q} : '0;
    // what answers after one cycle waits for the weights
    desc_q <= desc_i;
    osc_q <= osc_i;
    cfg_data_q <= cfg_data;
    code_2_q <= codes[addr_o[ExcIndexBits-1:0]];
    code_3_q <= 32'(code_2_q);
    if (writes(LdSelExc)) codes[addr_o[ExcIndexBits-1:0]] <= wdata_o[15:0];
    unique case (sel_3_q)
      LdSelDesc: rdata_o <= desc_q;
      LdSelWgt: rdata_o <= wgt_i;
      LdSelBias: rdata_o <= bias_i;
      LdSelShift: rdata_o <= 32'({ramp_i, shift_i});
      LdSelExc: rdata_o <= code_3_q;
      LdSelCfg: rdata_o <= cfg_data_q;
      LdSelOsc: rdata_o <= osc_q;
      default: rdata_o <= '0;
    endcase
  end
  assign rvalid_o = read_q[2];
endmodule
`default_nettype wire

// excite with its bank of oscillators, and a register file of channel codes, read in the same cycle as the core reads
// its own. The bank's frames are the excitation's, but for those that only prime.
`default_nettype none

module excite_top
  import systole_pkg::*;
(
  input  logic clk_i,
  input  logic rst_ni,
  input  logic reset_i,
  input  logic [31:0] seed_i,
  input  logic [31:0] phase_i,
  input  logic start_i,
  input  logic prime_i,
  input  logic [2:0] oscillators_i,
  input  logic ld_use_i,
  input  logic ld_we_i,
  input  logic [RatioIndexBits:0] ld_addr_i,
  input  logic [31:0] ld_data_i,
  output logic [31:0] ld_data_o,
  input  logic cv_we_i,
  input  logic [7:0] cv_word_i,
  input  logic signed [15:0] cv_data_i,
  output logic ratio_busy_o,
  input  logic signed [23:0] pitch_prev_i,
  input  logic signed [23:0] pitch_cur_i,
  input  logic [3:0] log2_hop_i,
  input  logic [31:0] exp_offset_i,
  input  logic [ExcCountBits-1:0] channels_i,
  input  logic [ExcChannels-1:0][15:0] codes_i,
  output logic out_valid_o,
  output logic [ExcIndexBits-1:0] out_channel_o,
  output logic [7:0] out_sample_o,
  output logic signed [15:0] out_data_o,
  output logic busy_o,
  output logic done_o
);

  logic [ExcIndexBits-1:0] code_addr;
  logic [15:0] code;
  assign code = codes_i[code_addr];

  // Everything may start at random: reset until rst_ni has been low at an edge.
  logic started_q = 1'b0;
  always_ff @(posedge clk_i) if (!rst_ni) started_q <= 1'b1;

  logic advance;
  logic [OscIndexBits-1:0] turn;
  logic signed [31:0] offset;
  logic [Oscillators-1:0] sync;
  logic [Oscillators-1:0][31:0] phases;

  osc_bank u_bank (
    .rst_ni(rst_ni && started_q),
    .use_i(ld_use_i),
    .we_i(ld_we_i),
    .addr_i(ld_addr_i),
    .wdata_i(ld_data_i),
    .rdata_o(ld_data_o),
    .run_i(start_i || prime_i),
    .busy_o(ratio_busy_o),
    .turn_i(turn),
    .advance_i(advance),
    .offset_o(offset),
    .sync_o(sync),
    .start_o(phases),
    .exp_offset_i($signed(exp_offset_i)),
    .*
  );

  excite u_dut (
    .rst_ni(rst_ni && started_q),
    .phase_i(phases),
    .sync_i(sync),
    .ratio_busy_i(ratio_busy_o),
    .turn_o(turn),
    .advance_o(advance),
    .offset_i(offset),
    .code_addr_o(code_addr),
    .code_i(code),
    .*
  );

endmodule

`default_nettype wire

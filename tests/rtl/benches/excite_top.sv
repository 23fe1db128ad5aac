// excite with a register file of channel codes, read in the same cycle as the core reads its own.
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

  excite u_dut (
    .rst_ni(rst_ni && started_q),
    .code_addr_o(code_addr),
    .code_i(code),
    .*
  );

endmodule

`default_nettype wire

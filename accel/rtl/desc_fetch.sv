// Fetches descriptors, one ahead of their use, in the order of a frame.
//
// A frame runs the control passes once and the rest once per block; a priming frame stops after the control
// passes.
//
// Latency: valid_o DescWords + 2 cycles after start_i or take_i. Throughput: one descriptor in DescWords + 2 cycles,
// one held.
`default_nettype none

module desc_fetch
  import systole_pkg::*;
#(
    parameter  int unsigned Descs = 64,
    localparam int unsigned DescW = $clog2(Descs)
) (
    input  wire                clk_i,
    input  wire                rst_ni,
    input  wire                start_i,
    input  wire                prime_i,       // with start_i
    input  wire  [        8:0] blocks_i,      // blocks in a frame
    input  wire  [        9:0] first_block_i,
    output logic [DescW+3:0] mem_addr_o,
    input  wire  [       31:0] mem_data_i,    // one cycle later
    output logic               valid_o,
    output desc_t              desc_o,
    input  wire                take_i,
    output logic               end_o          // nothing more will come in this frame
);
  typedef enum logic [1:0] {
    Stopped,
    Fetching,
    Holding
  } state_e;
  state_e state_q;
  logic [DescW-1:0] index_q;
  logic [3:0] word_q;
  logic prime_q;
  logic [8:0] block_q;
  logic landing_q;  // the word addressed in the previous cycle arrives now
  logic [3:0] landing_word_q;
  logic [DescWords-1:0][31:0] words_q;
  logic last_of_frame;

  assign mem_addr_o = {index_q, word_q};
  assign valid_o = state_q == Holding;
  assign desc_o = words_q;
  assign end_o = state_q == Stopped;
  assign last_of_frame = prime_q ? (desc_o.op == OpControl && desc_o.last)
                                 : (desc_o.fin && block_q == blocks_i - 9'd1);

  always_ff @(posedge clk_i) begin
    landing_q <= 1'b0;
    landing_word_q <= word_q;
    if (landing_q) begin
      for (int i = 0; i < int'(DescWords); i++) begin
        if (landing_word_q == 4'(i)) words_q[i] <= mem_data_i;
      end
    end
    if (!rst_ni) begin
      state_q <= Stopped;
      index_q <= '0;
      word_q  <= '0;
      prime_q <= 1'b0;
      block_q <= '0;
    end else if (start_i) begin
      state_q <= Fetching;
      index_q <= '0;
      word_q  <= '0;
      prime_q <= prime_i;
      block_q <= '0;
    end else begin
      unique case (state_q)
        Fetching: begin
          if (word_q != 4'(DescWords)) begin
            landing_q <= 1'b1;
            word_q <= word_q + 4'd1;
          end else begin
            state_q <= Holding;
          end
        end
        Holding: begin
          if (take_i) begin
            word_q  <= '0;
            state_q <= last_of_frame ? Stopped : Fetching;
            index_q <= index_q + 1'b1;
            if (desc_o.fin) begin
              index_q <= DescW'(first_block_i);
              block_q <= block_q + 9'd1;
            end
          end
        end
        default: ;
      endcase
    end
  end

  logic unused;
  assign unused = ^first_block_i;
endmodule
`default_nettype wire

// Control frames from an AXI-Stream: saturated, and always of the length that the core expects.
//
// The first word of a frame is the pitch. A frame that is too long is cut, one that is too short is filled
// with zeros; both raise length_err_o. Stopping (run_i low) drops what the core has not taken; when a new run
// starts in the middle of a frame, the rest of that frame is dropped, so the first frame is a whole one.
//
// Latency: 1 cycle. Throughput: one word a cycle (a word that is dropped too; filling stalls the stream meanwhile).
`default_nettype none

module cv_stream (
    input  wire                clk_i,
    input  wire                rst_ni,
    input  wire                run_i,
    input  wire         [ 7:0] words_i,       // in a frame; stable while run_i
    input  wire                tvalid_i,
    output logic               tready_o,
    input  wire signed  [31:0] tdata_i,
    input  wire                tlast_i,
    output logic               length_err_o,  // pulse, 1 cycle after the word at fault
    output logic               valid_o,
    input  wire                ready_i,
    output logic signed [23:0] data_o,
    output logic               last_o
);

  typedef enum logic [1:0] {
    Pass,
    Drop,  // until the end of a frame
    Fill   // with zeros
  } state_e;

  state_e state_q;
  logic [7:0] index_q;
  logic open_q;  // the last word taken from the stream was not the last of its frame
  logic valid_q;
  logic signed [23:0] saturated;
  logic room, take, load, last;

  cv_saturate u_saturate (
      .is_pitch_i(index_q == '0),
      .value_i(tdata_i),
      .word_o(saturated)
  );

  assign room = !valid_q || ready_i;
  assign tready_o = run_i && ((state_q == Drop) || (state_q == Pass && room));
  assign take = tvalid_i && tready_o;
  assign load = (take && state_q == Pass) || (run_i && state_q == Fill && room);
  assign last = {1'b0, index_q} + 9'd1 >= {1'b0, words_i};

  always_ff @(posedge clk_i) begin
    if (load) begin
      data_o <= (state_q == Fill) ? '0 : saturated;
      last_o <= last;
    end
  end

  always_ff @(posedge clk_i) begin
    length_err_o <= rst_ni && take && state_q == Pass && (last != tlast_i);
    if (!rst_ni) begin
      open_q  <= 1'b0;
      state_q <= Pass;
      index_q <= '0;
      valid_q <= 1'b0;
    end else begin
      if (take) open_q <= !tlast_i;
      if (!run_i) begin
        state_q <= open_q ? Drop : Pass;
        index_q <= '0;
        valid_q <= 1'b0;
      end else begin
        if (room) valid_q <= load;
        if (load) index_q <= last ? '0 : index_q + 8'd1;
        unique case (state_q)
          Pass: begin
            if (take && last && !tlast_i) state_q <= Drop;
            if (take && !last && tlast_i) state_q <= Fill;
          end
          Drop: if (take && tlast_i) state_q <= Pass;
          default: if (load && last) state_q <= Pass;
        endcase
      end
    end
  end

  assign valid_o = valid_q && run_i;

endmodule
`default_nettype wire

// Samples out: as an AXI-Stream, or one at each tick of the converter.
//
// At a tick with no sample the converter gets 0, never the last sample again, and underrun_o says so. Before a run's first
// sample that is no underrun: the pipeline fills. Stopped, the converter gets 0. Muted, samples pass at
// their own pace but as 0. A word offered on the stream stays as it is until taken, also through a mute or a new start.
//
// Latency: a sample accepted in cycle n shows on the stream in n + 3 (empty queue); tick_i in cycle n: dac_valid_o
//          with dac_data_o in n + 1, underrun_o too. Throughput: one sample a cycle on either side.
`default_nettype none

module dac_port #(
    parameter int unsigned Depth = 64  // of the queue in front; power of two, at least 4
) (
    input wire clk_i,
    input wire rst_ni,
    input wire clear_i,  // pulse, while run_i is low: forget the last run
    input wire run_i,
    input wire mute_i,
    input wire dac_i,  // converter, not stream
    // core
    input wire smp_valid_i,
    output logic smp_ready_o,
    input wire [15:0] smp_data_i,
    // stream
    output logic tvalid_o,
    input wire tready_i,
    output logic [15:0] tdata_o,
    // converter
    input wire tick_i,
    output logic dac_valid_o,
    output logic [15:0] dac_data_o,
    output logic underrun_o,  // pulse
    output logic [$clog2(Depth+1)-1:0] level_o
);

  logic wr_ready, rd_valid, pop_stream, pop_dac, armed_q;
  logic [15:0] rd_data, heard;

  fifo #(
      .Width(16),
      .Depth(Depth)
  ) u_fifo (
      .clk_i,
      .rst_ni,
      .clear_i,
      .wr_valid_i(smp_valid_i && run_i),
      .wr_ready_o(wr_ready),
      .wr_data_i (smp_data_i),
      .rd_valid_o(rd_valid),
      .rd_ready_i(pop_stream || pop_dac),
      .rd_data_o (rd_data),
      .level_o
  );

  assign smp_ready_o = wr_ready && run_i;
  assign pop_stream = run_i && !dac_i && rd_valid && (!tvalid_o || tready_i);
  assign pop_dac = run_i && dac_i && rd_valid && tick_i;
  assign heard = mute_i ? '0 : rd_data;

  always_ff @(posedge clk_i) begin
    if (pop_stream) tdata_o <= heard;
    if (!rst_ni) tvalid_o <= 1'b0;
    else if (pop_stream) tvalid_o <= 1'b1;
    else if (tready_i) tvalid_o <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      dac_valid_o <= 1'b0;
      dac_data_o  <= '0;
      underrun_o  <= 1'b0;
      armed_q     <= 1'b0;
    end else begin
      dac_valid_o <= tick_i && dac_i;
      underrun_o  <= tick_i && dac_i && run_i && armed_q && !rd_valid;
      if (!run_i || !dac_i) dac_data_o <= '0;
      else if (tick_i) dac_data_o <= rd_valid ? heard : '0;
      if (clear_i) armed_q <= 1'b0;
      else if (pop_dac) armed_q <= 1'b1;
    end
  end

endmodule
`default_nettype wire

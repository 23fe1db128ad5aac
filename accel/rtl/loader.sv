// Program load and readback through a window of one word, with a CRC over what the host wrote.
//
// While a load is open every word written to select, address or data goes into the CRC, in order, so a damaged
// address is found as a damaged word is. Closing compares: the program counts as good only if the CRC
// agrees and at least one data word came. The error stays until a later load is closed as good.
// The configuration word with the length of a control frame is noted on its way to the core; the one that names the
// array for which the program was packed must name this one, or the load counts as bad.
//
// Latency: a data word reaches ld_*_o one cycle after data_we_i. A read is asked for by holding data_re_i until
//          read_done_o, LdLatency + 1 cycles later: a core that does not answer in its time gives read_err_o,
//          never a bus that hangs. close_i to crc_ok_o or crc_error_o: 1 cycle.
// Throughput: one write a cycle, one read per LdLatency + 2 cycles.
`default_nettype none

module loader #(
    parameter int unsigned LdLatency = 4,
    parameter logic [23:0] Geometry  = '0  // lanes, columns, rows; 0: a program for any is taken
) (
    input  wire         clk_i,
    input  wire         rst_ni,
    // from the registers
    input  wire         open_i,
    input  wire         close_i,
    input  wire         select_we_i,
    input  wire         address_we_i,
    input  wire         expected_we_i,
    input  wire         data_we_i,
    input  wire         data_re_i,
    input  wire  [31:0] wdata_i,
    output logic        read_done_o,
    output logic        read_err_o,
    output logic [31:0] rdata_o,
    // state
    output logic        open_o,
    output logic        loaded_o,
    output logic        crc_ok_o,
    output logic        crc_error_o,
    output logic        crc_event_o,    // pulse: a load was closed as bad
    output logic [ 2:0] select_o,
    output logic [19:0] address_o,
    output logic [31:0] expected_o,
    output logic [31:0] computed_o,
    output logic [31:0] count_o,
    output logic [ 7:0] cv_words_o,
    // core
    output logic        ld_req_o,
    output logic        ld_we_o,
    output logic [ 2:0] ld_sel_o,
    output logic [19:0] ld_addr_o,
    output logic [31:0] ld_wdata_o,
    input  wire         ld_rvalid_i,
    input  wire  [31:0] ld_rdata_i
);

  if (LdLatency < 1) begin : g_bad_latency
    $fatal(1, "loader: LdLatency must be at least 1");
  end

  // One bit per cycle in which the read is under way; the last is the one in which the answer is due.
  logic [LdLatency:0] reading_q;
  logic issue_read, good, cfg_we, foreign_q;

  assign issue_read  = data_re_i && reading_q == '0;
  assign read_done_o = reading_q[LdLatency];
  assign read_err_o  = !ld_rvalid_i;
  assign rdata_o     = ld_rdata_i;
  assign good        = computed_o == expected_o && count_o != '0 && !foreign_q;
  assign cfg_we      = data_we_i && select_o == systole_pkg::LdSelCfg;

  crc32 u_crc (
      .clk_i,
      .rst_ni,
      .clear_i(open_i),
      .valid_i(open_o && (select_we_i || address_we_i || data_we_i)),
      .data_i (wdata_i),
      .crc_o  (computed_o)
  );

  always_ff @(posedge clk_i) begin
    ld_sel_o   <= select_o;
    ld_addr_o  <= address_o;
    ld_wdata_o <= wdata_i;
    ld_we_o    <= data_we_i;
    if (!rst_ni) begin
      ld_req_o  <= 1'b0;
      reading_q <= '0;
    end else begin
      ld_req_o  <= data_we_i || issue_read;
      reading_q <= {reading_q[LdLatency-1:0], issue_read};
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      select_o   <= host_pkg::LoadSelectReset[2:0];
      address_o  <= host_pkg::LoadAddressReset[19:0];
      expected_o <= host_pkg::ExpectedCrcReset;
      cv_words_o <= host_pkg::CvWordsReset[7:0];
    end else begin
      if (select_we_i) select_o <= wdata_i[2:0];
      if (address_we_i) address_o <= wdata_i[19:0];
      else if (data_we_i || issue_read) address_o <= address_o + 20'd1;
      if (expected_we_i) expected_o <= wdata_i;
      if (cfg_we && address_o == 20'(systole_pkg::CfgCvWords)) cv_words_o <= wdata_i[7:0];
    end
  end

  always_ff @(posedge clk_i) begin
    crc_event_o <= rst_ni && close_i && !good;
    if (!rst_ni || open_i) foreign_q <= 1'b0;
    else if (cfg_we && address_o == 20'(systole_pkg::CfgGeometry) && Geometry != '0) begin
      foreign_q <= wdata_i[23:0] != Geometry;
    end
    if (!rst_ni) begin
      open_o      <= 1'b0;
      loaded_o    <= 1'b0;
      crc_ok_o    <= 1'b0;
      crc_error_o <= 1'b0;
      count_o     <= '0;
    end else if (open_i) begin
      open_o   <= 1'b1;
      loaded_o <= 1'b0;
      crc_ok_o <= 1'b0;
      count_o  <= '0;
    end else begin
      if (data_we_i) count_o <= count_o + 32'd1;
      if (close_i) begin
        open_o      <= 1'b0;
        loaded_o    <= 1'b1;
        crc_ok_o    <= good;
        crc_error_o <= !good;
      end
    end
  end

endmodule
`default_nettype wire

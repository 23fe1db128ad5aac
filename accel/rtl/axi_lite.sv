// AXI4-Lite slave on a 32-bit register bus: one access at a time, in any order of address and data.
//
// The bus holds req_o with its fields unchanged until ack_i; an access may be acknowledged in the cycle in
// which it appears. An error, or a write that does not carry all four bytes, answers SLVERR. When a write and a
// read wait together they take turns, so neither starves. The bus is driven from registers: which access it is was
// decided a cycle before, so that all the time of a cycle is left for decoding it.
//
// Latency:    AW and W (or AR) in cycle n: req_o in n + 2; acknowledged in m: BVALID (or RVALID) in m + 1.
//             So a register that answers at once is read or written in 3 cycles, handshake to handshake.
// Throughput: a write or a read every 3 cycles; when both run, one of them every 2 cycles.
`default_nettype none

module axi_lite #(
    parameter int unsigned AddrWidth = 12
) (
    input  wire                  clk_i,
    input  wire                  rst_ni,
    // AXI4-Lite
    input  wire                  awvalid_i,
    output logic                 awready_o,
    input  wire  [AddrWidth-1:0] awaddr_i,
    input  wire                  wvalid_i,
    output logic                 wready_o,
    input  wire  [         31:0] wdata_i,
    input  wire  [          3:0] wstrb_i,
    output logic                 bvalid_o,
    input  wire                  bready_i,
    output logic [          1:0] bresp_o,
    input  wire                  arvalid_i,
    output logic                 arready_o,
    input  wire  [AddrWidth-1:0] araddr_i,
    output logic                 rvalid_o,
    input  wire                  rready_i,
    output logic [         31:0] rdata_o,
    output logic [          1:0] rresp_o,
    // register bus
    output logic                 req_o,
    output logic                 we_o,
    output logic [AddrWidth-1:2] addr_o,     // of the word
    output logic [         31:0] wdata_o,
    output logic                 whole_o,    // all four bytes are written
    input  wire                  ack_i,
    input  wire                  err_i,
    input  wire  [         31:0] rdata_i
);

  localparam logic [1:0] RespOkay = 2'b00;
  localparam logic [1:0] RespSlvErr = 2'b10;

  logic aw_full_q, w_full_q, ar_full_q;
  logic [AddrWidth-1:2] aw_addr_q, ar_addr_q;
  logic [31:0] w_data_q, r_data_q;
  logic w_whole_q;
  logic b_valid_q, r_valid_q;
  logic [1:0] b_resp_q, r_resp_q;
  logic req_q, we_q, write_next_q;
  logic [AddrWidth-1:2] addr_q;
  logic can_write, can_read, choose_write, write_done, read_done;

  assign awready_o  = !aw_full_q;
  assign wready_o   = !w_full_q;
  assign arready_o  = !ar_full_q;

  assign can_write  = aw_full_q && w_full_q && !b_valid_q;
  assign can_read   = ar_full_q && !r_valid_q;
  assign choose_write = can_write && (write_next_q || !can_read);

  assign req_o      = req_q;
  assign we_o       = we_q;
  assign addr_o     = addr_q;
  assign wdata_o    = w_data_q;
  assign whole_o    = w_whole_q;
  assign write_done = req_o && we_o && ack_i;
  assign read_done  = req_o && !we_o && ack_i;

  always_ff @(posedge clk_i) begin
    if (awvalid_i && awready_o) aw_addr_q <= awaddr_i[AddrWidth-1:2];
    if (wvalid_i && wready_o) begin
      w_data_q  <= wdata_i;
      w_whole_q <= &wstrb_i;
    end
    if (arvalid_i && arready_o) ar_addr_q <= araddr_i[AddrWidth-1:2];
    if (write_done) b_resp_q <= err_i ? RespSlvErr : RespOkay;
    if (read_done) begin
      r_resp_q <= err_i ? RespSlvErr : RespOkay;
      r_data_q <= err_i ? '0 : rdata_i;
    end
    if (!req_q) begin
      we_q   <= choose_write;
      addr_q <= choose_write ? aw_addr_q : ar_addr_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      aw_full_q    <= 1'b0;
      w_full_q     <= 1'b0;
      ar_full_q    <= 1'b0;
      b_valid_q    <= 1'b0;
      r_valid_q    <= 1'b0;
      req_q        <= 1'b0;
      write_next_q <= 1'b1;
    end else begin
      if (write_done) aw_full_q <= 1'b0;
      else if (awvalid_i) aw_full_q <= 1'b1;
      if (write_done) w_full_q <= 1'b0;
      else if (wvalid_i) w_full_q <= 1'b1;
      if (read_done) ar_full_q <= 1'b0;
      else if (arvalid_i) ar_full_q <= 1'b1;
      if (write_done) b_valid_q <= 1'b1;
      else if (bready_i) b_valid_q <= 1'b0;
      if (read_done) r_valid_q <= 1'b1;
      else if (rready_i) r_valid_q <= 1'b0;
      req_q <= req_q ? !ack_i : can_write || can_read;
      if (write_done) write_next_q <= 1'b0;
      if (read_done) write_next_q <= 1'b1;
    end
  end

  // Registers are words: the byte within one does not matter.
  logic unused_byte;
  assign unused_byte = ^{awaddr_i[1:0], araddr_i[1:0]};

  assign bvalid_o = b_valid_q;
  assign bresp_o = b_resp_q;
  assign rvalid_o = r_valid_q;
  assign rresp_o = r_resp_q;
  assign rdata_o = r_data_q;

endmodule
`default_nettype wire

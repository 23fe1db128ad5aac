// AXI4-Lite: both sides keep what they offer, no answer without a request, the register bus is held until acknowledged.
`default_nettype none

module axi_lite_sva #(
    parameter int unsigned AddrWidth = 12
) (
    input wire clk_i,
    input wire rst_ni,
    input wire awvalid_i,
    input wire awready_o,
    input wire [AddrWidth-1:0] awaddr_i,
    input wire wvalid_i,
    input wire wready_o,
    input wire [31:0] wdata_i,
    input wire [3:0] wstrb_i,
    input wire bvalid_o,
    input wire bready_i,
    input wire [1:0] bresp_o,
    input wire arvalid_i,
    input wire arready_o,
    input wire [AddrWidth-1:0] araddr_i,
    input wire rvalid_o,
    input wire rready_i,
    input wire [31:0] rdata_o,
    input wire [1:0] rresp_o,
    input wire req_o,
    input wire we_o,
    input wire [AddrWidth-1:2] addr_o,
    input wire [31:0] wdata_o,
    input wire whole_o,
    input wire ack_i
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni);

  // The master's part.
  m_aw :
  assert property (awvalid_i && !awready_o |=> awvalid_i && $stable(awaddr_i));
  m_w :
  assert property (wvalid_i && !wready_o |=> wvalid_i && $stable({wdata_i, wstrb_i}));
  m_ar :
  assert property (arvalid_i && !arready_o |=> arvalid_i && $stable(araddr_i));
  // Ours.
  a_b :
  assert property (bvalid_o && !bready_i |=> bvalid_o && $stable(bresp_o));
  a_r :
  assert property (rvalid_o && !rready_i |=> rvalid_o && $stable({rdata_o, rresp_o}));
  a_req :
  assert property (req_o && !ack_i |=> req_o && $stable({we_o, addr_o}));
  a_data :
  assert property (req_o && we_o && !ack_i |=> $stable({wdata_o, whole_o}));
  a_resp :
  assert property (bvalid_o |-> bresp_o inside {2'b00, 2'b10});
  a_rresp :
  assert property (rvalid_o |-> rresp_o inside {2'b00, 2'b10});

  // Answers that are owed: at most one of each kind.
  logic [1:0] aw_q, w_q, ar_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      aw_q <= '0;
      w_q  <= '0;
      ar_q <= '0;
    end else begin
      aw_q <= aw_q + 2'(awvalid_i && awready_o) - 2'(bvalid_o && bready_i);
      w_q  <= w_q + 2'(wvalid_i && wready_o) - 2'(bvalid_o && bready_i);
      ar_q <= ar_q + 2'(arvalid_i && arready_o) - 2'(rvalid_o && rready_i);
    end
  end
  a_owed_b :
  assert property (bvalid_o |-> aw_q != '0 && w_q != '0);
  a_owed_r :
  assert property (rvalid_o |-> ar_q != '0);
  a_few :
  assert property (aw_q <= 2'd2 && w_q <= 2'd2 && ar_q <= 2'd2);

endmodule

bind axi_lite axi_lite_sva #(
    .AddrWidth(AddrWidth)
) u_axi_lite_sva (
    .clk_i,
    .rst_ni,
    .awvalid_i,
    .awready_o,
    .awaddr_i,
    .wvalid_i,
    .wready_o,
    .wdata_i,
    .wstrb_i,
    .bvalid_o,
    .bready_i,
    .bresp_o,
    .arvalid_i,
    .arready_o,
    .araddr_i,
    .rvalid_o,
    .rready_i,
    .rdata_o,
    .rresp_o,
    .req_o,
    .we_o,
    .addr_o,
    .wdata_o,
    .whole_o,
    .ack_i
);

`default_nettype wire

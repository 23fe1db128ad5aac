// Load: writes only while open, one request per word, a program is never good and bad at once, nothing good while open.
`default_nettype none

module loader_sva (
    input wire clk_i,
    input wire rst_ni,
    input wire close_i,
    input wire data_we_i,
    input wire data_re_i,
    input wire read_done_o,
    input wire open_o,
    input wire loaded_o,
    input wire crc_ok_o,
    input wire crc_error_o,
    input wire crc_event_o,
    input wire [19:0] address_o,
    input wire address_we_i,
    input wire ld_req_o,
    input wire ld_we_o
);

  default clocking cb @(posedge clk_i);
  endclocking
  default disable iff (!rst_ni); a_open :
  assert property (data_we_i |-> open_o);
  a_close :
  assert property (close_i |-> open_o);
  a_one :
  assert property (!(data_we_i && data_re_i));
  a_write :
  assert property (data_we_i |=> ld_req_o && ld_we_o);
  a_request :
  assert property (ld_req_o |-> $past(data_we_i || data_re_i));
  a_not_both :
  assert property (!(crc_ok_o && crc_error_o));
  a_good :
  assert property (crc_ok_o |-> loaded_o && !open_o);
  a_event :
  assert property (crc_event_o |-> crc_error_o);
  a_kept :
  assert property (crc_error_o && !close_i |=> crc_error_o);
  a_next :
  assert property (data_we_i && !address_we_i |=> address_o == $past(address_o) + 20'd1);
  a_done :
  assert property (read_done_o |-> data_re_i);

endmodule

bind loader loader_sva u_loader_sva (
    .clk_i,
    .rst_ni,
    .close_i,
    .data_we_i,
    .data_re_i,
    .read_done_o,
    .open_o,
    .loaded_o,
    .crc_ok_o,
    .crc_error_o,
    .crc_event_o,
    .address_o,
    .address_we_i,
    .ld_req_o,
    .ld_we_o
);

`default_nettype wire

// Unsigned product without a multiplier block: a pipelined tree of adders, for FPGAs whose
// multipliers all belong to the array. `b_i` is the short factor: every two of its bits cost one
// adder in the first stage, and stages halve the number of terms.
//
// Latency:    $clog2(BWidth) cycles: a_i, b_i in cycle n give p_o in cycle n + $clog2(BWidth).
// Throughput: 1 product per cycle; both operands may change every cycle. No reset: only data.
`default_nettype none

module shift_add_mul #(
  parameter int unsigned AWidth = 10,
  parameter int unsigned BWidth = 8,   // at least 2
  parameter int unsigned PWidth = 18   // bits of the product that are kept, from the lowest
) (
  input  logic clk_i,
  input  logic [AWidth-1:0] a_i,
  input  logic [BWidth-1:0] b_i,
  output logic [PWidth-1:0] p_o
);

  if (AWidth < 1 || BWidth < 2 || PWidth < 1) begin : gen_bad_width
    $fatal(1, "shift_add_mul: AWidth and PWidth must be at least 1, BWidth at least 2");
  end
  if (PWidth > AWidth + BWidth) begin : gen_bad_product
    $fatal(1, "shift_add_mul: a product has no more than AWidth + BWidth bits");
  end

  localparam int unsigned Stages = $clog2(BWidth);
  localparam int unsigned Leaves = 2 ** Stages;
  typedef logic [PWidth-1:0] product_t;

  // Heap of terms: node 1 is the product, node k the sum of 2k and 2k + 1, the leaves are a << bit.
  // A node of level s covers bits that start at a multiple of Leaves / 2**s; it holds them shifted
  // down to bit 0, so that its adder is no wider than its value.
  product_t node[1:2*Leaves-1];

  for (genvar bit_at = 0; bit_at < Leaves; bit_at++) begin : gen_leaf
    if (bit_at < BWidth) begin : gen_used
      assign node[Leaves+bit_at] = b_i[bit_at] ? product_t'(a_i) : '0;
    end else begin : gen_unused
      assign node[Leaves+bit_at] = '0;
    end
  end

  for (genvar level = 0; level < Stages; level++) begin : gen_level
    localparam int unsigned Shift = Leaves >> (level + 1);  // of the upper child over the lower
    localparam int unsigned Wide = AWidth + 2 * Shift;      // bits of a node's value
    localparam int unsigned Width = Wide < PWidth ? Wide : PWidth;
    for (genvar k = 2 ** level; k < 2 ** (level + 1); k++) begin : gen_node
      logic [Width-1:0] sum_q;
      always_ff @(posedge clk_i) begin
        sum_q <= Width'(node[2*k]) + Width'(node[2*k+1] << Shift);
      end
      assign node[k] = product_t'(sum_q);
    end
  end

  assign p_o = node[1];

endmodule

`default_nettype wire

// Types inside the core: a tile of work as it moves from walker to array to post lanes, and a row of it.
`default_nettype none

package core_pkg;
  import systole_pkg::*;

  // A tile: Rows output channels x Cols samples of one pass.
  typedef struct packed {
    logic [2:0]  op;
    logic [1:0]  activation;
    logic        first;       // of desc_t
    logic        last;        // of desc_t
    logic        starts;      // first row tile of its column tile
    logic        ends;        // last row tile of its column tile
    logic        wait_all;
    logic [3:0]  taps;
    logic [9:0]  cols;
    logic [10:0] dilation;
    logic [15:0] src_base;
    logic [3:0]  src_log2;
    logic [15:0] oldest;      // time of column 0 at the oldest tap
    logic [15:0] now;         // time of column 0
    logic [7:0]  column;      // time of column 0 within the frame
    logic [19:0] weight;
    logic [5:0]  height;      // rows of the tile that exist
    logic [13:0] row;         // first row
    logic [13:0] rows;        // of the pass
    logic [13:0] split;
    logic [15:0] multiplier;
    logic [4:0]  pre_shift;
    logic [15:0] dst_base;
    logic [3:0]  dst_log2;
    logic [13:0] par;         // first row in the parameter memories
    logic [13:0] cond;        // first row in the conditioning memory
  } tile_t;

  // A row of results on its way through the post lanes, the same for all columns of a lane.
  typedef struct packed {
    logic        valid;       // the row exists
    logic        done;        // last row of a column tile, existing or not
    logic [2:0]  op;
    logic [1:0]  activation;
    logic        first;
    logic        last;
    logic        residual;    // MIX: residual row, otherwise skip row
    logic        odd;         // GATED: sigmoid row, otherwise tanh row
    logic [4:0]  shift;
    logic [4:0]  pre_shift;
    logic [15:0] multiplier;
    logic [15:0] dst;         // word in the bank, control or conditioning memory
    logic [15:0] local_at;    // word of column 0 in the lane's stream and skip memories
  } row_t;

  // What a post lane writes.
  typedef enum logic [2:0] {
    ToNothing,
    ToBank,
    ToControl,
    ToCondition,
    ToOutput
  } target_e;

  // round half up, as formats.shift_round
  function automatic logic [32:0] half_of(input logic [4:0] shift);
    return 33'd1 << (shift - 5'd1);
  endfunction

  function automatic logic signed [15:0] saturate16(input logic signed [32:0] value);
    if (value > 33'sd32767) return 16'sh7fff;
    if (value < -33'sd32768) return 16'sh8000;
    return value[15:0];
  endfunction
endpackage
`default_nettype wire

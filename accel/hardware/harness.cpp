// Drives a Verilated systole_core from Python: a whole load or a whole take per call, since one call per
// clock cycle would cost more than the cycle.
#include <cstdint>
#include <memory>

#include "Vcore.h"
#include "verilated.h"

struct Machine {
  VerilatedContext context;
  std::unique_ptr<Vcore> core;
  uint64_t time = 0;
  uint32_t stall = 0;  // state of the generator that withholds handshakes; 0: never

  Machine() : core(new Vcore(&context)) {}

  void tick() {
    core->clk_i = 1;
    core->eval();
    core->clk_i = 0;
    core->eval();
    ++time;
  }

  bool go() {  // xorshift: true three times of four
    if (!stall) return true;
    stall ^= stall << 13;
    stall ^= stall >> 17;
    stall ^= stall << 5;
    return (stall & 3) != 0;
  }
};

extern "C" {

void *machine_new() {
  auto *machine = new Machine;
  auto &core = *machine->core;
  core.clk_i = 0;
  core.rst_ni = 0;
  core.ld_req_i = core.start_i = core.cv_valid_i = core.smp_ready_i = 0;
  core.eval();
  for (int i = 0; i < 8; ++i) machine->tick();
  core.rst_ni = 1;
  machine->tick();
  return machine;
}

void machine_free(void *handle) {
  auto *machine = static_cast<Machine *>(handle);
  machine->core->final();
  delete machine;
}

void machine_load(void *handle, int target, int64_t count, const uint32_t *at, const uint32_t *data) {
  auto *machine = static_cast<Machine *>(handle);
  auto &core = *machine->core;
  for (int64_t i = 0; i < count; ++i) {
    core.ld_req_i = 1;
    core.ld_we_i = 1;
    core.ld_sel_i = target;
    core.ld_addr_i = at[i];
    core.ld_wdata_i = data[i];
    machine->tick();
  }
  core.ld_req_i = 0;
  machine->tick();
  machine->tick();
}

// Returns the words that came back.
int64_t machine_read(void *handle, int target, int64_t count, const uint32_t *at, uint32_t *data) {
  auto *machine = static_cast<Machine *>(handle);
  auto &core = *machine->core;
  int64_t got = 0;
  for (int64_t i = 0; i < count + 8; ++i) {
    core.ld_req_i = i < count;
    core.ld_we_i = 0;
    core.ld_sel_i = target;
    core.ld_addr_i = i < count ? at[i] : 0;
    core.eval();
    if (core.ld_rvalid_o && got < count) data[got++] = core.ld_rdata_o;
    machine->tick();
  }
  return got;
}

void machine_start(void *handle, uint32_t seed, uint32_t phase) {
  auto *machine = static_cast<Machine *>(handle);
  auto &core = *machine->core;
  core.seed_i = seed;
  core.phase_i = phase;
  core.start_i = 1;
  core.eval();  // what follows from it must have settled when assertions sample at the edge
  machine->tick();
  core.start_i = 0;
  while (core.busy_o) machine->tick();
}

// Feeds `frames` frames of `words` words and collects samples until every frame is done and the queue is empty.
// Returns the samples, or -1 if the core did nothing for `patience` cycles. cycles: busy cycles after each frame.
// stall: its top bit lets the one who takes samples sleep for 2**14 cycles of every 2**15, so that the queue fills.
int64_t machine_run(void *handle, int64_t frames, int64_t words, const uint32_t *voltages, int64_t room,
                    int16_t *samples, uint32_t *cycles, uint32_t stall, int64_t patience) {
  auto *machine = static_cast<Machine *>(handle);
  auto &core = *machine->core;
  machine->stall = stall;
  int64_t word = 0, frame = 0, count = 0, quiet = 0;
  bool was_busy = core.busy_o;
  while (frame < frames || core.smp_valid_o) {
    bool offer = word < frames * words && machine->go();
    bool accept = machine->go() && !(stall >> 31 && machine->time >> 14 & 1);
    core.cv_valid_i = offer;
    core.cv_data_i = offer ? voltages[word] & 0xffffff : 0;
    core.cv_last_i = offer && word % words == words - 1;
    core.smp_ready_i = accept;
    core.eval();
    bool moved = false;
    if (offer && core.cv_ready_o) {
      ++word;
      moved = true;
    }
    if (accept && core.smp_valid_o) {
      if (count < room) samples[count] = static_cast<int16_t>(core.smp_data_o);
      ++count;
      moved = true;
    }
    machine->tick();
    if (was_busy && !core.busy_o) cycles[frame++] = core.cycles_o;
    was_busy = core.busy_o;
    quiet = moved ? 0 : quiet + 1;
    if (quiet > patience) return -1;
  }
  core.cv_valid_i = 0;
  core.smp_ready_i = 0;
  return count;
}

uint64_t machine_macs(void *handle) { return static_cast<Machine *>(handle)->core->macs_o; }
uint64_t machine_time(void *handle) { return static_cast<Machine *>(handle)->time; }
}

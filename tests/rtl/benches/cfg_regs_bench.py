"""cfg_regs: every register's own bits and no others, a write seen in the next cycle, reads one cycle late."""

from __future__ import annotations

import cocotb

from accel.hardware.layout import CFG_FIELDS
from tests.rtl.benches.harness import Harness
from tests.rtl.benches.structs import pack_cfg
from tests.rtl.coverage import cover, save_coverage

BY_ADDRESS = {at: (name, bits) for name, (at, bits, _) in CFG_FIELDS.items()}


@cocotb.test()
async def writes_and_reads(dut) -> None:
    bench = Harness(dut)
    await bench.reset(we_i=0, addr_i=0, wdata_i=0)
    assert bench.read("cfg_o") == 0, "zero after reset"
    held = dict.fromkeys(CFG_FIELDS, 0)
    expected_read = None
    for _ in range(3000):
        write, address, data = bench.rng.random() < 0.5, bench.rng.randrange(16), bench.rng.getrandbits(32)
        data = bench.rng.choice([data, 0, 0xFFFFFFFF])
        await bench.step(we_i=int(write), addr_i=address, wdata_i=data)
        assert bench.read("cfg_o") == pack_cfg(**held), "a write shows in the next cycle"
        if expected_read is not None:
            assert bench.read("rdata_o") == expected_read
        name, bits = BY_ADDRESS.get(address, ("", 0))
        expected_read = held[name] if name else 0  # of this cycle's address, in the next cycle
        if write and name:
            held[name] = data & ((1 << bits) - 1)
        cover(f"write {name}" if name else "write to nothing", write)
        cover(f"read {name}" if name else "read of nothing", not write)
        cover("read while written", write and bool(name))
    await bench.step(we_i=0)

    await bench.step(rst_ni=0)
    await bench.step(rst_ni=1)
    assert bench.read("cfg_o") == 0
    cover("reset clears")
    save_coverage()

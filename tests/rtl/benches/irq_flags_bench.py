"""irq_flags against its one line of arithmetic: events win over clearing, and only enabled flags interrupt."""

from __future__ import annotations

import cocotb

from tests.rtl.benches.harness import Harness
from tests.rtl.coverage import cover, save_coverage


@cocotb.test()
async def flags(dut) -> None:
    bench = Harness(dut)
    await bench.reset(event_i=0, clear_i=0, enable_i=0)
    rng, expected = bench.rng, 0
    for _ in range(2000):
        event = rng.getrandbits(4) & rng.getrandbits(4)
        clear, enable = rng.getrandbits(4) & rng.getrandbits(4), rng.getrandbits(4)
        await bench.step(event_i=event, clear_i=clear, enable_i=enable)
        assert bench.read("flags_o") == expected
        assert bench.read("irq_o") == bool(expected & enable)
        for index in range(4):
            cover(f"flag {index}: event while it is cleared", (event & clear & expected) >> index & 1)
            cover(f"flag {index}: cleared", (clear & ~event & expected) >> index & 1)
        cover("interrupt masked", bool(expected) and not expected & enable)
        expected = (expected & ~clear) | event
    save_coverage()

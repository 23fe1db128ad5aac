"""crc32 against zlib, word by word, with pauses and clears."""

from __future__ import annotations

import zlib

import cocotb

from tests.rtl.benches.harness import Harness
from tests.rtl.coverage import cover, save_coverage


@cocotb.test()
async def equals_zlib(dut) -> None:
    bench = Harness(dut)
    await bench.reset(clear_i=0, valid_i=0, data_i=0)
    message, rng = b"", bench.rng
    known = iter([0, 0xFFFFFFFF, 1, 0x80000000, 0x34333231])
    for _ in range(3000):
        clear, valid = rng.random() < 0.02, rng.random() < 0.7
        data = next(known, rng.getrandbits(32))
        await bench.step(clear_i=clear, valid_i=valid, data_i=data)
        assert bench.read("crc_o") == zlib.crc32(message)
        if clear:
            message = b""
        elif valid:
            message += data.to_bytes(4, "little")
        cover("cleared with a word", clear and valid)
        cover("pause", not clear and not valid)
        cover("words in one message, at least 50", len(message) >= 200)
    save_coverage()

"""A host on the bus of systole_top: registers by name, loads and control frames as a driver does them."""

from __future__ import annotations

import zlib

from accel.hardware.layout import CFG_FIELDS, LOAD_SELECT
from accel.hardware.registers import AT, REGISTERS
from tests.rtl.benches.harness import Harness
from tests.rtl.coverage import cover

OKAY, SLVERR = 0, 2
BIT = {f"{each.name}.{field.name}": 1 << field.lsb for each in REGISTERS for field in each.fields}
"""Masks of the one-bit fields: "status.busy"."""


class Host:
    """A bus master with a driver's view: register names, responses, and what a run should sound like."""

    def __init__(self, dut) -> None:
        self.h = Harness(dut)
        source, sink = self.h.source, self.h.sink
        self.aw = source("AW", "s_axil_awvalid_i", "s_axil_awready_o", "s_axil_awaddr_i")
        self.w = source("W", "s_axil_wvalid_i", "s_axil_wready_o", "s_axil_wdata_i", "s_axil_wstrb_i")
        self.ar = source("AR", "s_axil_arvalid_i", "s_axil_arready_o", "s_axil_araddr_i")
        self.b = sink("B", "s_axil_bvalid_o", "s_axil_bready_i", "s_axil_bresp_o")
        self.r = sink("R", "s_axil_rvalid_o", "s_axil_rready_i", "s_axil_rresp_o", "s_axil_rdata_o")
        self.cv = source(
            "CV stream", "s_axis_cv_tvalid_i", "s_axis_cv_tready_o", "s_axis_cv_tdata_i", "s_axis_cv_tlast_i"
        )
        self.audio = sink("audio stream", "m_axis_tvalid_o", "m_axis_tready_i", "m_axis_tdata_o")

    async def reset(self, stall: float = 0.0) -> None:
        for each in (self.aw, self.w, self.ar, self.b, self.r):
            each.stall = stall
        await self.h.reset(dac_tick_i=0)
        await self.h.step(8)

    async def put(self, name: str | int, data: int, strobe: int = 15) -> int:
        """Write a register; the response."""
        before = len(self.b.got)
        self.aw.items.append((AT[name] if isinstance(name, str) else name,))
        self.w.items.append((data & 0xFFFFFFFF, strobe))
        await self.h.until(lambda: len(self.b.got) > before, what=f"write {name}")
        return self.b.got[-1][1][0]

    async def get(self, name: str | int) -> tuple[int, int]:
        """Read a register; response and data."""
        before = len(self.r.got)
        self.ar.items.append((AT[name] if isinstance(name, str) else name,))
        await self.h.until(lambda: len(self.r.got) > before, what=f"read {name}")
        return self.r.got[-1][1]

    async def write(self, name: str | int, data: int) -> None:
        assert await self.put(name, data) == OKAY, name

    async def read(self, name: str | int) -> int:
        response, data = await self.get(name)
        assert response == OKAY, name
        return data

    async def status(self, name: str) -> bool:
        return bool(await self.read("status") & BIT[f"status.{name}"])

    async def burst(self, writes: list[tuple[str, int]]) -> None:
        """Writes in a row, as fast as the bus takes them."""
        before = len(self.b.got)
        self.aw.items.extend((AT[name],) for name, _ in writes)
        self.w.items.extend((data, 15) for _, data in writes)
        await self.h.until(lambda: len(self.b.got) == before + len(writes), 9000, "burst")
        assert all(response == (OKAY,) for _, response in self.b.got[before:])

    async def until_status(self, name: str, value: bool = True) -> None:
        """Poll a status bit."""
        for _ in range(2000):
            if await self.status(name) == value:
                return
        raise AssertionError(f"status.{name} does not become {value}")

    async def until_flag(self, name: str) -> None:
        """Poll an interrupt flag."""
        for _ in range(2000):
            if await self.read("irq_flags") & BIT[f"irq_flags.{name}"]:
                return
        raise AssertionError(f"irq_flags.{name} does not rise")

    async def command(self, name: str) -> int:
        return await self.put("command", BIT[f"command.{name}"])

    async def load(self, parts: list[tuple[int, int, list[int]]], crc_error: int = 0) -> None:
        """A whole load as a driver does it."""
        assert await self.command("load_open") == OKAY
        while not await self.status("quiet"):
            cover("waited for the core before loading")
        writes = []
        for select, address, words in parts:
            writes += [("load_select", select), ("load_address", address), *(("load_data", word) for word in words)]
        await self.burst(writes)
        message = b"".join(word.to_bytes(4, "little") for _, word in writes)
        assert await self.read("computed_crc") == zlib.crc32(message)
        assert await self.read("load_count") == sum(len(words) for _, _, words in parts)
        await self.write("expected_crc", zlib.crc32(message) ^ crc_error)
        assert await self.command("load_close") == OKAY

    def program(self, words: int) -> list[tuple[int, int, list[int]]]:
        rng = self.h.rng
        image = [(select, rng.randint(0, 200), [rng.getrandbits(32) for _ in range(20)]) for select in range(5)]
        return [*image, (LOAD_SELECT["cfg"], CFG_FIELDS["cv_words"][0], [words])]

    async def frame(self, words: list[int]) -> None:
        """Commit a control frame by registers."""
        for index, word in enumerate(words):
            await self.write(AT["cv"] + 4 * index, word)
        assert await self.command("cv_commit") == OKAY

    async def begin(self, seed: int = 1, **control: int) -> None:
        await self.write("control", sum(BIT[f"control.{name}"] * value for name, value in control.items()))
        await self.write("seed", seed)
        await self.write("phase", seed)
        assert await self.command("start") == OKAY

    async def tick(self) -> int:
        await self.h.step(dac_tick_i=1)
        await self.h.step(dac_tick_i=0)
        assert self.h.read("dac_valid_o") == 1
        return self.h.read("dac_data_o")

"""systole_top as it is built: a program loaded over the bus, control frames in, samples out, against the reference."""

from __future__ import annotations

import dataclasses

import cocotb
import numpy as np

from accel import reference
from accel.cycles import frame_cycles
from accel.hardware.geometry import Geometry
from accel.hardware.image import Image, pack
from accel.hardware.layout import LOAD_SELECT
from accel.hardware.load import load_writes
from accel.program import Program
from accel.random_program import Shape, random_program
from accel.verify import Take, random_take
from tests.rtl.benches.host_driver import BIT, OKAY, SLVERR, Host
from tests.rtl.coverage import cover, save_coverage

GEOMETRY = Geometry(rows=2, cols=4, lanes=2, dsp_pes=8, act_depth=512, wgt_depth=1024, row_depth=256, cond_depth=64,
                    ctl_depth=64, stream_depth=256, skip_depth=256, desc_depth=32, out_depth=32)  # fmt: skip
SHAPE = Shape(channels=3, skip=2, kernel=2, dilations=(1, 3), harmonics=(1, 2), knobs=2, hidden=(4,), hop=16)
WIDE = dataclasses.replace(SHAPE, sines=tuple(range(3, 24)))
"""With more channels than 16: seed 2."""
FRAMES = 5


def piece(seed: int) -> tuple[Program, Image, Take]:
    rng = np.random.default_rng(seed)
    program = random_program(rng, WIDE if seed == 2 else SHAPE)
    return program, pack(program, GEOMETRY), random_take(rng, program, FRAMES, "playing")


async def load(host: Host, writes: list[tuple[str, int]]) -> None:
    """A load as `load_writes` says it."""
    await host.write(*writes[0])
    await host.until_status("quiet")
    await host.burst(writes[1:])


async def start(dut) -> Host:
    host = Host(dut)
    await host.reset(stall=0.1)
    return host


def wanted(program: Program, take: Take) -> list[int]:
    return reference.run(program, take.pitch, take.knobs, seed=take.seed, phase=take.phase).tolist()


def frames(take: Take) -> list[list[int]]:
    return np.concatenate([take.pitch[:, None], take.knobs], axis=1).astype(np.int64).tolist()


async def play(host: Host, take: Take, **control: int) -> None:
    await host.write("control", sum(BIT[f"control.{name}"] * value for name, value in control.items()))
    await host.write("seed", take.seed)
    await host.write("phase", take.phase)
    assert await host.command("start") == OKAY


def int16(words: list[int]) -> list[int]:
    return np.array(words, np.uint16).astype(np.int16).tolist()


async def check_counters(host: Host, program: Program) -> None:
    prime, frame = frame_cycles(program, GEOMETRY)
    await host.until_status("busy", False)
    assert await host.read("frames") == FRAMES - 1
    assert await host.read("cycles") == prime + frame * (FRAMES - 1)
    assert await host.read("macs_low") > 0


@cocotb.test()
async def streamed_control_and_audio(dut) -> None:
    host = await start(dut)
    for seed in (1, 2):
        program, image, take = piece(seed)
        await load(host, load_writes(image))
        assert await host.status("crc_ok")
        assert await host.read("cv_words") == 3
        host.audio.stall = host.cv.stall = 0.5
        before = len(host.audio.got)
        await play(host, take, cv_stream=1)
        for frame in frames(take):
            host.cv.items.extend((word & 0xFFFFFFFF, int(index == 2)) for index, word in enumerate(frame))
        count = (FRAMES - 1) * SHAPE.hop
        await host.h.until(lambda end=before + count: len(host.audio.got) == end, 60_000)
        got = int16([data for _, (data,) in host.audio.got[before:]])
        assert got == wanted(program, take)
        cover("distinct samples", len(set(got)))
        await check_counters(host, program)
        assert not await host.read("irq_flags") & BIT["irq_flags.cv_length"]
        cover("program played by stream")
    save_coverage()


@cocotb.test()
async def registers_and_ticks(dut) -> None:
    host = await start(dut)
    program, image, take = piece(3)
    await load(host, load_writes(image))
    await play(host, take, dac=1)
    heard: list[int] = []
    for number, frame in enumerate(frames(take)):
        await host.until_flag("frame_wanted")
        await host.write("irq_flags", BIT["irq_flags.frame_wanted"])
        await host.frame(frame)
        await host.until_status("cv_pending", False)
        await host.until_status("busy", False)
        if number:
            await host.h.step(8)
            heard += [await host.tick() for _ in range(SHAPE.hop)]
            assert not await host.status("underrun")
    assert int16(heard) == wanted(program, take)
    await check_counters(host, program)
    assert await host.tick() == 0
    assert await host.status("underrun")
    cover("program played by ticks")
    save_coverage()


@cocotb.test()
async def a_damaged_load_stays_silent(dut) -> None:
    host = await start(dut)
    _, image, take = piece(4)
    writes = load_writes(image)
    rng = host.h.rng
    data = [index for index, (name, _) in enumerate(writes) if name in ("load_data", "load_address")]
    for _ in range(3):
        at = rng.choice(data)
        bad = list(writes)
        bad[at] = (bad[at][0], bad[at][1] ^ 1 << rng.randrange(16))
        await load(host, bad)
        assert await host.status("crc_error")
        assert await host.command("start") == SLVERR
        await host.write("control", BIT["control.dac"])
        await host.frame(frames(take)[0])
        assert [await host.tick() for _ in range(4)] == [0] * 4
        cover("damaged load")
    await load(host, writes)
    assert not await host.status("crc_error")
    save_coverage()


@cocotb.test()
async def a_program_for_another_array_stays_silent(dut) -> None:
    """Its CRC agrees, its weights would be noise: the array that it names decides."""
    host = await start(dut)
    program, image, take = piece(4)
    other = pack(program, dataclasses.replace(GEOMETRY, lanes=1))
    await load(host, load_writes(other))
    assert await host.status("crc_error")
    assert await host.command("start") == SLVERR
    await host.write("control", BIT["control.dac"])
    await host.frame(frames(take)[0])
    assert [await host.tick() for _ in range(4)] == [0] * 4
    cover("another array's program")
    await load(host, load_writes(image))
    assert not await host.status("crc_error")
    save_coverage()


@cocotb.test()
async def every_word_reads_back(dut) -> None:
    host = await start(dut)
    _, image, _ = piece(5)
    await load(host, load_writes(image))
    for target, (addresses, words) in image.parts.items():
        await host.write("load_select", LOAD_SELECT[target])
        following = -1
        for address, word in zip(addresses.tolist(), words.tolist(), strict=True):
            if address != following:
                await host.write("load_address", address)
            assert await host.read("load_data") == word & (0xFFFF if target == "exc" else 0xFFFFFFFF), (target, address)
            following = address + 1
        cover(f"read back {target}")
    save_coverage()

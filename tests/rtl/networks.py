"""Random programs for whole-core tests: any shape, the ends of every range, saturation on purpose."""

from __future__ import annotations

import dataclasses

import numpy as np

from accel import reference
from accel.cycles import frame_cycles
from accel.emulator import Emulator
from accel.errors import SystoleError
from accel.formats import UNITY
from accel.hardware.geometry import EXC_CHANNELS, RATIO_POINTS
from accel.hardware.machine import Machine
from accel.program import Program
from accel.random_program import Shape, random_program, random_shape
from accel.verify import emulate, random_take

FRAMES = 4

CORNERS = (
    Shape(channels=1, skip=1, kernel=1, dilations=(1,), harmonics=(), knobs=0, hidden=(), hop=16),  # one of all
    Shape(channels=1, skip=1, kernel=5, dilations=(7,), harmonics=(64,), knobs=1, hidden=(1, 1, 1), hop=16),
    Shape(channels=40, skip=33, kernel=2, dilations=(3, 1), harmonics=(1, 2, 3), knobs=6, hidden=(39,), hop=32),
    Shape(channels=2, skip=50, kernel=8, dilations=(1, 512), harmonics=(1,), knobs=2, hidden=(5,), hop=64),
    Shape(channels=17, skip=1, kernel=3, dilations=(1, 2, 4, 8), harmonics=(5, 11), knobs=3, hidden=(8, 8), hop=128),
    Shape(channels=3, skip=5, kernel=2, dilations=(1024,), harmonics=(1, 63), knobs=1, hidden=(), hop=256, rate=24_000),
    Shape(channels=4, skip=4, kernel=2, dilations=(1, 2), harmonics=(1,), knobs=1, hidden=(3,), hop=32, head=70),
    Shape(channels=9, skip=12, kernel=2, dilations=(4,), harmonics=(2,), knobs=2, hidden=(), hop=64, head=2),
    Shape(channels=6, skip=4, kernel=2, dilations=(3,), harmonics=(1,), sines=tuple(range(2, 25)), hop=64),  # 24 sines
    Shape(channels=3, skip=2, kernel=1, dilations=(1,), harmonics=(), sines=tuple(range(2, 33)), hop=16),  # 32 channels
    Shape(channels=3, skip=3, kernel=2, dilations=(1,), harmonics=(1,), knobs=2, hidden=(3,), hop=16, oscillators=1),
    Shape(channels=4, skip=3, kernel=2, dilations=(2, 1), harmonics=(1, 3), knobs=3, hidden=(), hop=32, oscillators=2),
    Shape(channels=6, skip=2, kernel=2, dilations=(1,), harmonics=(1, 2, 8), knobs=1, hop=64, oscillators=3),
    Shape(channels=5, skip=4, kernel=2, dilations=(3, 5), sines=tuple(range(3, 22)), knobs=4, hop=128, oscillators=4),
    Shape(channels=2, skip=2, kernel=1, dilations=(1,), harmonics=(1,), knobs=0, hidden=(), hop=256, oscillators=4),
)
MANY = 5
"""Every so many random programs have more than 16 excitation channels."""
BANKS = 3
"""Every so many random programs have oscillators with records."""


def draw(index: int) -> tuple[Program, np.random.Generator]:
    """Program number `index`: the corners first, then random shapes; every third with nothing but extreme weights."""
    rng = np.random.default_rng(9_000 + index)
    shape = CORNERS[index] if index < len(CORNERS) else random_shape(rng, largest=32, most_layers=6)
    # random_shape never draws a head of another width
    head = shape.head or (int(rng.integers(1, 80)) if index % 4 == 3 else None)
    shape = dataclasses.replace(shape, head=head)
    if index >= len(CORNERS) and index % MANY == 0:
        alone = int(rng.integers(17, EXC_CHANNELS + 1)) - 1 - 2 * len(shape.harmonics)
        sines = rng.choice(np.arange(1, 65), alone, replace=False)
        shape = dataclasses.replace(shape, sines=tuple(int(k) for k in sines))
    if index >= len(CORNERS) and index % BANKS == 1:
        shape = dataclasses.replace(shape, harmonics=shape.harmonics or (1, 5), oscillators=1 + index // BANKS % 4)
    while True:
        program = random_program(
            rng,
            shape,
            spread=float(rng.choice([10, 30, 100])),
            extreme=index % 3 == 2,
            multiplier=int(rng.choice([1, UNITY, int(rng.integers(1, UNITY + 1))])),
        )
        if sum(len(each.points) for each in program.bank) <= RATIO_POINTS:
            return program, rng


def check(machine: Machine, index: int) -> int:
    """Run program `index` on a core: samples equal to reference and emulator, cycles as predicted.

    Returns the number of distinct sample values that it gave.
    """
    program, rng = draw(index)
    cols = machine.geometry.cols
    blocks = [1 << n for n in range(1, 9) if cols <= 1 << n <= program.hop]
    block = int(rng.choice(blocks)) if index % 2 else None
    take = random_take(rng, program, FRAMES, ("any", "extreme", "playing")[index % 3])
    machine.load(program, block=block)
    run = machine.run(take.pitch, take.knobs, seed=take.seed, phase=take.phase, stall=index % 2 * (index + 1))
    wanted = reference.run(program, take.pitch, take.knobs, seed=take.seed, phase=take.phase)
    np.testing.assert_array_equal(run.samples, wanted, f"program {index}, block {block}")
    emulated = emulate(Emulator(program, 1), [take], rng, 200)[0][0]
    np.testing.assert_array_equal(emulated, wanted, f"emulator, program {index}")
    prime, frame = frame_cycles(program, machine.geometry, block=block)
    assert run.cycles.tolist() == [prime] + [frame] * (FRAMES - 1), f"program {index}, block {block}"
    return len(np.unique(wanted))


def fits(machine: Machine, index: int) -> bool:
    """Whether program `index` fits a core."""
    try:
        machine.load(draw(index)[0])
    except SystoleError:
        return False
    return True

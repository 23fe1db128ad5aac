"""Is the emulator still the specification? Reference against emulator, exact, over random and extreme inputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accel import reference
from accel.emulator import Emulator
from accel.formats import KNOB_COUNTS, PITCH_LIMIT
from accel.program import Program

__all__ = ["Take", "Verification", "random_take", "verify_program"]

Controls = tuple[NDArray[np.int32], NDArray[np.int16]]


@dataclass(frozen=True)
class Take:
    """Inputs of one run: pitch words [N], knob counts [N, knobs], LFSR seed, start phase."""

    kind: str
    pitch: NDArray[np.int32]
    knobs: NDArray[np.int16]
    seed: int
    phase: int


@dataclass(frozen=True)
class Verification:
    """Counts of a comparison: samples compared, samples that differ, the first difference.

    Attributes:
        distinct: different sample values that the reference gave: a comparison of constants proves little.
    """

    takes: int = 0
    samples: int = 0
    different: int = 0
    first: str | None = None
    blocks: int = 0
    distinct: int = 0

    @property
    def passed(self) -> bool:
        """True if every sample was equal."""
        return self.different == 0

    def joined(self, other: Verification) -> Verification:
        """This comparison and another one together; `distinct` is that of the livelier."""
        return Verification(
            self.takes + other.takes,
            self.samples + other.samples,
            self.different + other.different,
            self.first or other.first,
            self.blocks + other.blocks,
            max(self.distinct, other.distinct),
        )


def random_take(rng: np.random.Generator, program: Program, rows: int, kind: str) -> Take:
    """A take of `rows` control rows. kind: "playing" (in range), "any" (all of int16), "extreme" (ends, jumping)."""
    knobs = len(program.knobs)
    if kind == "playing":
        pitch = rng.integers(-3 * 1_024_000, 3 * 1_024_000, rows)
        counts = rng.integers(0, KNOB_COUNTS + 1, (rows, knobs))
    elif kind == "any":
        pitch = rng.integers(-PITCH_LIMIT, PITCH_LIMIT + 1, rows)
        counts = rng.integers(-32768, 32768, (rows, knobs))
    else:
        pitch = rng.choice([-PITCH_LIMIT, 0, PITCH_LIMIT], rows)
        counts = rng.choice([-32768, 0, 32767], (rows, knobs))
    seed = int(rng.choice(np.array([1, 0xFFFFFFFF, int(rng.integers(1, 1 << 32))])))
    return Take(kind, pitch.astype(np.int32), counts.astype(np.int16), seed, int(rng.integers(1 << 32)))


def odd_blocks(rng: np.random.Generator, total: int, largest: int) -> Iterator[int]:
    """Random block lengths 1..largest that add up to `total`."""
    while total > 0:
        size = min(total, int(rng.integers(1, largest + 1)))
        yield size
        total -= size


def emulate(emulator: Emulator, takes: list[Take], rng: np.random.Generator, largest: int) -> tuple[list, int]:
    """Render one take per voice, the voices' odd blocks interleaved; (outputs, number of blocks)."""
    hop = emulator.program.hop
    outputs = [np.zeros((len(take.pitch) - 1) * hop, np.int16) for take in takes]
    streams, blocks = [], 0
    for voice, (take, output) in enumerate(zip(takes, outputs, strict=True)):
        emulator.reset(voice, int(take.pitch[0]), take.knobs[0], seed=take.seed, phase=take.phase)
        streams.append(emulator.stream(take.pitch, take.knobs, output, voice=voice))
    for size in odd_blocks(rng, len(outputs[0]), largest):
        for stream in streams:
            stream.step(size)
            blocks += 1
    return outputs, blocks


def verify_program(
    program: Program,
    *,
    samples: int = 48_000,
    seed: int = 0,
    voices: int = 3,
    largest_block: int = 1000,
    form: str | None = None,
) -> Verification:
    """Compare reference and emulator sample by sample, several voices interleaved in odd blocks.

    Args:
        program: a validated program.
        samples: at least so many samples are compared.
        voices: voices of the one emulator.
        largest_block: blocks have random lengths from 1 to this.
        form: the emulator's form (accel.emulator.forms); the one that plays, if not given.
    """
    rng = np.random.default_rng(seed)
    emulator = Emulator(program, voices, form)
    rows = 1 + max(2, min(4096, samples // voices // 2) // program.hop)
    rows += program.card.latency // program.hop  # so much passes before a model that looks ahead has heard anything
    takes = compared = different = blocks = 0
    first = None
    values: set[int] = set()
    while compared < samples:
        kinds = ["playing", "any", "extreme"]
        batch = [random_take(rng, program, rows, kinds[(takes + voice) % 3]) for voice in range(voices)]
        outputs, count = emulate(emulator, batch, rng, largest_block)
        blocks += count
        for take, output in zip(batch, outputs, strict=True):
            wanted = reference.run(program, take.pitch, take.knobs, seed=take.seed, phase=take.phase)
            values.update(np.unique(wanted).tolist())
            wrong = np.flatnonzero(wanted != output)
            if len(wrong) and first is None:
                at = int(wrong[0])
                first = f"take {takes} ({take.kind}), sample {at}: reference {wanted[at]}, emulator {output[at]}"
            different += len(wrong)
            compared += len(output)
            takes += 1
    return Verification(takes, compared, different, first, blocks, len(values))

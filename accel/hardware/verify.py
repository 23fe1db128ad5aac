"""Does the RTL give the reference's bits, and the cycle model the RTL's cycles? Takes are those of `accel.verify`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from accel import reference
from accel.cycles import frame_cycles
from accel.emulator import Emulator
from accel.formats import Op
from accel.hardware.machine import Machine
from accel.program import Program
from accel.verify import Take, Verification, emulate, random_take

__all__ = ["HardwareVerification", "verify_hardware"]

FRAMES = 33
"""Control frames of a take, unless asked for otherwise."""


@dataclass(frozen=True)
class HardwareVerification:
    """Samples as `Verification` counts them, and cycles.

    Attributes:
        frames: frames whose cycles were compared; wrong_frames: those that the cycle model did not predict.
        cycles: cycles of an ordinary frame; utilisation: share of PE cycles that multiplied, by the RTL's counters.
    """

    samples: Verification
    frames: int
    wrong_frames: int
    cycles: int
    utilisation: float

    @property
    def passed(self) -> bool:
        """True if every sample and every frame's cycles were equal."""
        return self.samples.passed and self.wrong_frames == 0


def verify_hardware(
    program: Program,
    machine: Machine,
    *,
    samples: int = 48_000,
    seed: int = 0,
    block: int | None = None,
    frames: int = FRAMES,
    advance: Callable[[int], object] = lambda done: None,
) -> HardwareVerification:
    """Run takes on the simulated RTL, the emulator and the reference, and compare all three.

    Args:
        machine: a simulated core; the program is loaded into it.
        samples: at least so many samples are compared.
        seed: of takes, and of the stalls that every second take puts on the core's streams.
        block: as `accel.hardware.plan.make_plan`.
        frames: control frames of a take, at least two.
        advance: called with the samples done so far.

    Raises:
        SystoleError: the program does not fit the machine, or the core hangs.
    """
    rng = np.random.default_rng(seed)
    image = machine.load(program, block=block)
    prime, frame = frame_cycles(program, machine.geometry, block=image.plan.block)
    emulator = Emulator(program, 1)
    rows = min(frames, 1 + max(2, -(-samples // program.hop)))
    kinds = ["playing", "any", "extreme"]
    total = Verification()
    compared = wrong = macs = busy = 0
    while total.samples < samples:
        take = random_take(rng, program, rows, kinds[total.takes % 3])
        run = machine.run(
            take.pitch, take.knobs, seed=take.seed, phase=take.phase, stall=total.takes % 2 * (seed + 0x9E37)
        )
        wanted = reference.run(program, take.pitch, take.knobs, seed=take.seed, phase=take.phase)
        emulated = emulate(emulator, [take], rng, 1000)[0][0]
        total = total.joined(_compare(total.takes, take, wanted, run.samples, emulated))
        compared += rows
        wrong += int(run.cycles[0] != prime) + int((run.cycles[1:] != frame).sum())
        macs += run.macs - _prime_macs(program)
        busy += int(run.cycles[1:].sum())
        advance(total.samples)
    size = machine.geometry.rows * machine.geometry.cols
    return HardwareVerification(total, compared, wrong, frame, macs / (busy * size))


def _prime_macs(program: Program) -> int:
    return sum(each.macs for each in program.of(Op.CONTROL))


def _compare(index: int, take: Take, wanted: np.ndarray, rtl: np.ndarray, emulated: np.ndarray) -> Verification:
    wrong = np.flatnonzero((wanted != rtl) | (wanted != emulated))
    first = None
    if len(wrong):
        at = int(wrong[0])
        first = (
            f"take {index} ({take.kind}), sample {at}: reference {wanted[at]}, RTL {rtl[at]}, emulator {emulated[at]}"
        )
    return Verification(1, len(wanted), len(wrong), first, 0, len(np.unique(wanted)))

"""Plays the battery on one built core, in a process of its own: a mutant may hang, or end the process.

    python -m tests.rtl.mutation.player CORE BATTERY

Prints one line of JSON: what differed first, in which take, and after how many samples and cycles of the battery.
"""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path

import numpy as np

from accel.errors import SystoleError
from accel.hardware import machine as machines
from tests.rtl.mutation.battery import GEOMETRY, Take

PATIENCE = 60_000
"""Cycles without a word in or out that count as a hang; more than the longest frame and the listener's sleep."""


def play(core: machines.Machine, take: Take) -> tuple[str, int]:
    """What is wrong first: samples before cycles before the count of multiply-accumulates; "" if nothing is."""
    core.load(take.program, block=take.block)
    try:
        run = core.run(take.pitch, take.knobs, seed=take.seed, phase=take.phase, stall=take.stall)
    except SystoleError as error:
        return ("hang" if "hangs" in str(error) else "number of samples"), 0
    wrong = np.flatnonzero(run.samples != take.samples)
    if len(wrong):
        return "values", int(wrong[0])
    if not np.array_equal(run.cycles, take.cycles):
        return "cycles", len(take.samples)
    return ("count of operations" if run.macs != take.macs else ""), len(take.samples)


def main(library: str, takes: str) -> None:
    """See the module."""
    machines.PATIENCE = PATIENCE
    core = machines.Machine(GEOMETRY, library=Path(library))
    samples = cycles = 0
    for take in pickle.loads(Path(takes).read_bytes()):
        print(json.dumps({"by": "", "take": take.name, "samples": samples, "cycles": cycles}), flush=True)
        caught, at = play(core, take)
        samples, cycles = samples + at, cycles + int(take.cycles.sum())
        if caught:
            print(json.dumps({"by": caught, "take": take.name, "samples": samples, "cycles": cycles}), flush=True)
            return
    print(json.dumps({"by": "nothing", "take": "", "samples": samples, "cycles": cycles}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

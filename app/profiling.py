"""Where the naive float generator spends its time, and how the emulator compares.

Two profilers see different things: cProfile counts calls of functions, line_profiler times the lines of the
convolution, among them the one that multiplies and accumulates. Both slow the code down, so the time that is
compared with the emulator is taken without either.
"""

from __future__ import annotations

import cProfile
import inspect
import io
import pstats
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from accel import network as twin
from accel.formats import KNOB_COUNTS, Op
from accel.network import Network
from accel.program import Program
from accel.random_network import random_network
from accel.random_program import Shape

__all__ = ["Profile", "equal_network", "profile"]

_MAC_LINE = "@"
"""How to know the line of `conv1d` that multiplies and accumulates: Python's matrix product."""
_TOP_FUNCTIONS = 8


@dataclass(frozen=True)
class Profile:
    """Seconds of work per second of sound, and shares 0..1.

    Attributes:
        samples: length of the take at the model's rate.
        naive_seconds: the float twin's time for it, unprofiled.
        emulator_seconds: the emulator's, after compiling.
        ratio: naive / emulator.
        naive_realtime, emulator_realtime: seconds of sound per second of work.
        mac_share: the multiply-accumulate line's part of the float twin's time (line_profiler).
        convolution_share: all of `conv1d` (line_profiler).
        lines: (line number, share of the total, text) of `conv1d`.
        functions: (name, calls, own seconds, cumulative seconds) by cProfile, most of own time first.
    """

    model: str
    macs_per_sample: float
    samples: int
    naive_seconds: float
    emulator_seconds: float
    ratio: float
    naive_realtime: float
    emulator_realtime: float
    mac_share: float
    convolution_share: float
    lines: list[tuple[int, float, str]]
    functions: list[tuple[str, int, float, float]]

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


def equal_network(program: Program, seed: int = 0) -> Network:
    """A float network of the program's sizes with random weights: time does not depend on their values."""
    gated, control = program.of(Op.GATED), program.of(Op.CONTROL)
    sines = program.of(Op.INPUT)[0].cols // 2
    shape = Shape(
        channels=program.channels,
        skip=program.skip_channels,
        kernel=gated[0].taps,
        dilations=tuple(each.dilation for each in gated),
        harmonics=tuple(range(1, sines + 1)),
        knobs=len(program.knobs),
        hidden=tuple(each.rows for each in control[:-1]),
        hop=program.hop,
        rate=program.rate,
    )
    return random_network(np.random.default_rng(seed), shape)


def profile(program: Program, seconds: float, seed: int = 0) -> Profile:
    """Profile the float twin of `program` on about `seconds` of sound, and time the emulator on the same."""
    from line_profiler import LineProfiler

    rng = np.random.default_rng(seed)
    network = equal_network(program, seed)
    rows = max(2, round(seconds * program.rate / program.hop) + 1)
    samples = (rows - 1) * program.hop
    volts, knobs = np.zeros(rows), np.full((rows, len(program.knobs)), 0.5)
    noise = rng.uniform(-1, 1, samples)

    def naive() -> None:
        network.run(volts, knobs, noise)

    naive()  # once for the caches
    naive_seconds = _timed(naive)
    emulator_seconds = _emulator_seconds(program, rows)

    calls = cProfile.Profile()
    calls.runcall(naive)
    lines = LineProfiler()
    for function in (twin.conv1d, twin.Network.run):
        lines.add_function(function)
    lines.runcall(naive)
    shares = _line_shares(lines)
    return Profile(
        model=program.name,
        macs_per_sample=program.macs_per_sample,
        samples=samples,
        naive_seconds=naive_seconds,
        emulator_seconds=emulator_seconds,
        ratio=naive_seconds / emulator_seconds,
        naive_realtime=samples / program.rate / naive_seconds,
        emulator_realtime=samples / program.rate / emulator_seconds,
        mac_share=sum(share for _, share, text in shares if _MAC_LINE in text),
        convolution_share=sum(share for _, share, _ in shares),
        lines=shares,
        functions=_functions(calls),
    )


def _timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def _emulator_seconds(program: Program, rows: int) -> float:
    from accel.emulator import Emulator

    pitch = np.zeros(rows, np.int32)
    knobs = np.full((rows, len(program.knobs)), KNOB_COUNTS // 2, np.int16)
    emulator = Emulator(program)
    emulator.run(pitch[:3], knobs[:3])  # compiles, or loads what is compiled
    return _timed(lambda: emulator.run(pitch, knobs))


def _line_shares(profiler: Any) -> list[tuple[int, float, str]]:
    """(line, share of the whole run, text) of `conv1d`'s lines."""
    stats = profiler.get_stats()
    total = {name: sum(each[2] for each in timings) for (_, _, name), timings in stats.timings.items()}
    whole = next(value for name, value in total.items() if name.endswith("run"))
    source, first = inspect.getsourcelines(twin.conv1d)
    timings = next(value for (_, _, name), value in stats.timings.items() if name.endswith("conv1d"))
    return [(line, spent / whole, source[line - first].strip()) for line, _, spent in timings]


def _functions(calls: cProfile.Profile) -> list[tuple[str, int, float, float]]:
    stats = pstats.Stats(calls, stream=io.StringIO())
    entries = [
        (f"{file.rsplit('/', 1)[-1]}:{line} {name}" if line else name, count, own, cumulative)
        for (file, line, name), (_, count, own, cumulative, _) in stats.stats.items()  # type: ignore[attr-defined]
    ]
    return sorted(entries, key=lambda entry: -entry[2])[:_TOP_FUNCTIONS]

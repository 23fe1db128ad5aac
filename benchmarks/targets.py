"""What the emulator must reach, as numbers; a run says which of them it met on its machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.report import Report, Single

__all__ = ["Check", "check"]

FASTER_THAN_FLOAT = {"a15": 6.0, "a60": 6.0, "pwg": 5.0}
FASTER_THAN_INT8 = 3.5
SHARE = {"a15": 0.45, "a60": 0.65, "pwg": 0.65}
VOICES = {"a15": 32, "a60": 8}
REALTIME = {"pwg": 2.0}
LINEAR, SHORT_BLOCKS, EVENNESS = 0.10, 1.4, 3.0
MEMORY_BYTES, HELP_SECONDS, WARM_SECONDS, COLD_SECONDS = 600_000_000, 0.3, 3.0, 25.0


@dataclass(frozen=True)
class Check:
    """One demand: `value` must be at least (or at most) `limit`."""

    what: str
    value: float
    limit: float
    at_least: bool = True

    @property
    def met(self) -> bool:
        """Whether it holds."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def _of_workload(single: Single) -> Iterator[Check]:
    name, title = single.name, single.title
    ratios = {row.name: row.ratio for row in single.contest.rows if not row.missing}
    ours = single.contest.rows[0]
    if name in FASTER_THAN_FLOAT:
        for peer in ("onnx-conv", "onnx-fp32"):
            if peer in ratios:
                yield Check(f"{title}: times faster than {peer}", ratios[peer], FASTER_THAN_FLOAT[name])
        for peer in ("onnx-conv-int8", "onnx-int8"):
            if peer in ratios:
                yield Check(f"{title}: times faster than {peer}", ratios[peer], FASTER_THAN_INT8)
    if name in SHARE:
        yield Check(f"{title}: share of the peak", single.contest.share, SHARE[name])
    if name in VOICES:
        yield Check(f"{title}: voices", single.voices, VOICES[name])
    if name in REALTIME:
        yield Check(f"{title}: times real time", ours.realtime, REALTIME[name])
    for fit in single.fits:
        yield Check(f"{title}: deviation from a line in {fit.axis}", fit.deviation, LINEAR, at_least=False)
    cost, times, made = single.block_cost, single.percentiles, single.allocations
    yield Check(f"{title}: cost per sample, blocks of {cost.short} to {cost.long}", cost.ratio, SHORT_BLOCKS, False)
    yield Check(f"{title}: block time, 99.9 % to median", times.p999 / times.p50, EVENNESS, False)
    yield Check(f"{title}: allocations in {made.blocks} blocks", made.numba + made.python, 0, False)


def check(report: Report) -> list[Check]:
    """Every demand that the report can answer."""
    found = [each for single in report.singles for each in _of_workload(single)]
    if report.memory:
        used = report.memory.long_bytes
        found.append(Check(f"bytes of a render of {report.memory.long_minutes:g} minutes", used, MEMORY_BYTES, False))
    if report.startup:
        found.append(Check("seconds of --help", report.startup.help, HELP_SECONDS, False))
        found.append(Check("seconds to the first block, warm", report.startup.warm, WARM_SECONDS, False))
        if report.startup.cold >= 0:
            found.append(Check("seconds to the first block, cold", report.startup.cold, COLD_SECONDS, False))
    return found

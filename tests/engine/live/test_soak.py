"""Long playing under a heavy window: `pytest -m slow tests/engine/live/test_soak.py -rP`, best on an idle machine.

Ten minutes of 32 voices at block 128, two at block 64, a patch or model changed every two seconds, while the owner's
process repaints sixty times a second and makes garbage; and once it is frozen for five seconds. SYSTOLE_SOAK_SECONDS=N
makes the first one N seconds long, the second a fifth of that. Of every sample that JACK went without it is told whose
fault it was (`benchmarks.live_figures`): on a machine that is busy with other things blocks are lost, and the test
passes if it was the machine that took the time away; it fails where a block was computed for too long, even if JACK
still took it in time, or where nothing but the engine was late. The engine and JACK need real-time priority for this
to mean anything.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.live_run import Case, Result, measure
from tests.engine.live.comparison import compare
from tests.engine.live.test_end_to_end import rendered
from tests.support.jack import needs_jack

pytestmark = [needs_jack, pytest.mark.slow]

SECONDS = float(os.environ.get("SYSTOLE_SOAK_SECONDS", 600))
RATE = 48_000
MS = RATE / 1000
LEAST_FRAMES = 5
"""A second: fewer repaints were no heavy load but a process that got no time."""


def told(result: Result) -> str:
    """All of it, for a person."""
    lost = f"lost {result.lost_ours} samples by our fault, {result.lost_machine} by the machine's, of {result.samples}"
    return "\n".join([
        f"{result.case.title}, block {result.case.block}, real-time {result.is_realtime}: {lost}",
        f"long callbacks: {result.own} ours, {result.preempted} interrupted; {result.computed_worst:.0%} at most",
        f"who only slept woke up to {result.canary_worst:.2f} ms late",
        f"latency {result.latency}, unheard {result.unheard}, beside gaps {result.beside_gaps}",
        f"load {result.load}, processor {result.processor:.2f}, starts {result.starts}",
        *(f"  {gap.samples} at {gap.start}: {gap.reason}" for gap in result.gaps if gap.is_ours),
        str({name: value for name, value in result.owner.items() if name != "lines"}),
    ])  # fmt: skip


def check(result: Result) -> None:
    case, owner, counters = result.case, result.owner, result.owner["counters"]
    print(told(result))
    assert result.samples >= 0.95 * case.seconds * RATE
    assert owner["restarts"] == 0 and result.missed_log == 0
    assert result.lost_ours == 0
    assert result.own == 0
    for name in ("journal_lost", "nonfinite", "refused_events", "midi_overflow"):
        assert counters[name] == 0, name
    if case.is_heavy:
        assert owner["painted"] >= LEAST_FRAMES * (case.seconds - 5 * bool(case.freeze))
    if case.change_seconds:
        assert owner["changes"] >= 0.6 * case.seconds / case.change_seconds and owner["refused"] == []
    # From a message to the first sample: one block, and what its place in the block needs.
    assert result.latency.count >= 0.5 * case.seconds / 4
    assert result.unheard == 0
    assert result.latency.median <= case.block + 1 * MS
    assert result.latency.worst <= 2 * case.block + 2 * MS


@pytest.mark.parametrize(("block", "share"), [(128, 1.0), (64, 0.2)])
def test_nothing_is_lost_to_our_side(tmp_path: Path, block: int, share: float) -> None:
    check(measure(Case("direct", 0, block, True, max(8.0, share * SECONDS)), tmp_path))


def test_an_owner_that_is_frozen_changes_nothing_in_the_sound(tmp_path: Path) -> None:
    journal = tmp_path / "journal.json"
    case = Case("direct", 0, 128, True, 12.0, change_seconds=3.0, freeze=4.0, is_recorded=True)
    result = measure(case, tmp_path, str(journal))
    found = compare(result.segments, rendered(journal)[1], case.block)
    assert found.odd == []
    assert found.equal >= 0.95 * found.sounding
    assert found.sounding >= 0.5 * case.seconds * RATE / case.block
    assert result.owner["painted"] <= 70 * (case.seconds + 3 - 5), "it was not frozen"
    check(result)

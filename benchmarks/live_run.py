"""One measurement of live playing: a JACK server without hardware, the owner with its engine, and a client that plays
to it and listens.

Three processes, as on a desktop: this one plays MIDI at exact frames and notes the frame of every first sample; the
owner has a window under load; the engine plays. At the end their records are put together.
"""

from __future__ import annotations

import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from benchmarks.live_canary import Canaries
from benchmarks.live_child import Owner, run_owner
from benchmarks.live_figures import Gap, Spread, find_gaps, find_shortages, long_callbacks, match_onsets, spread
from benchmarks.live_jack import jack_server, may_be_realtime, wait_for
from benchmarks.live_music import BAR_SECONDS, bar
from benchmarks.live_owner import Task
from benchmarks.live_probe import Probe
from benchmarks.live_witness import NOTED_NS, witnesses

__all__ = ["Case", "Result", "measure"]

RATE = 48_000
HEARD_SECONDS = 0.1
PER_BAR = 1000
FROZEN_SECONDS = 5.0
NEAR_NS = 20_000_000


@dataclass(frozen=True)
class Case:
    """What is measured.

    Attributes:
        mode: direct, safe or python (`live_owner.Task`); ahead: blocks, in safe mode.
        seconds: of music, rounded up to whole bars.
        change_seconds: how often the patch or model changes, 0 = never.
        freeze: stop the owner's process (SIGSTOP) after so many seconds, for five; 0: do not.
        is_recorded: keep the sound.
        display: X display on which the owner shows the real window instead of its load; "": none.
    """

    mode: str
    ahead: int
    block: int
    is_heavy: bool
    seconds: float
    change_seconds: float = 2.0
    freeze: float = 0.0
    is_recorded: bool = False
    display: str = ""

    @property
    def title(self) -> str:
        """For a table."""
        return f"safe {self.ahead}" if self.mode == "safe" else self.mode


@dataclass
class Result:
    """What came out.

    Attributes:
        samples: that were due; missing: of these, those that no callback gave.
        gaps: where; missed_log: callbacks of which there is no record.
        own, preempted, computed_worst: what took longer than its block (`live_figures.long_callbacks`).
        latency: of single notes in silence, from the message's frame to that of the first sample, in samples; only
            notes beside which the machine took no time away (`beside_gaps` others).
        unheard: notes without a sound.
        load: of the callbacks; of what renders ahead in safe mode. 1 = the block's time.
        processor: cores that the engine's process took.
        starts: seconds to the answer that all is ready, and to the first sound.
        owner: what the owner said at the end.
        is_realtime: threads had real-time priority.
        canary_worst: ms, the latest that anybody woke who only slept.
        segments: what was recorded (`Probe.segments`).
    """

    case: Case
    samples: int
    missing: int
    gaps: list[Gap]
    missed_log: int
    own: int
    preempted: int
    computed_worst: float
    latency: Spread
    unheard: int
    beside_gaps: int
    load: Spread
    processor: float
    starts: tuple[float, float]
    owner: dict[str, Any]
    is_realtime: bool
    canary_worst: float
    segments: list[tuple[int, NDArray[np.float32]]] = field(repr=False)

    @property
    def lost_ours(self) -> int:
        """Samples that were lost by our fault; all that the peer loses is."""
        if self.case.mode == "python":
            return self.missing
        return sum(gap.samples for gap in self.gaps if gap.is_ours)

    @property
    def lost_machine(self) -> int:
        """Samples that were lost by the machine's."""
        return sum(gap.samples for gap in self.gaps if not gap.is_ours)


class _Times:
    """Which frame of the server was at which time."""

    def __init__(self, probe: Probe) -> None:
        self._probe, self._known = probe, [(time.perf_counter_ns(), probe.now)]

    def note(self) -> None:
        """Look at both clocks."""
        self._known.append((time.perf_counter_ns(), self._probe.now))

    def ns(self, frames: NDArray[np.int64]) -> NDArray[np.float64]:
        """ns of time.perf_counter_ns of some frames."""
        known = np.array(self._known)
        rate = (known[-1, 0] - known[0, 0]) / max(1, known[-1, 1] - known[0, 1])
        found: NDArray[np.float64] = np.interp(frames, known[:, 1], known[:, 0])
        beyond = frames > known[-1, 1]
        found[beyond] = known[-1, 0] + (frames[beyond] - known[-1, 1]) * rate
        return found


def _connect(probe: Probe) -> None:
    left, right = wait_for(lambda: found if len(found := probe.ports("^systole:out_.*")) == 2 else None, 20, "outputs")
    probe.listen(left, right)
    (port,) = wait_for(lambda: probe.ports("^systole-midi:in"), 20, "the engine's MIDI")
    probe.play_to(port)


def _perform(case: Case, probe: Probe, owner: Owner, times: _Times) -> NDArray[np.int64]:
    """Play all bars; the frames at which single notes really went out."""
    start, bars = probe.now + RATE // 2, int(np.ceil(case.seconds / BAR_SECONDS))
    singles: list[int] = []
    if case.freeze:
        threading.Timer(case.freeze, owner.freeze, (FROZEN_SECONDS,)).start()
    for number in range(bars):
        messages, _ = bar(start + round(number * BAR_SECONDS * RATE), RATE, number)
        before = len(probe.sent)
        probe.play(messages)
        probe.wait_until(messages[-1][0] + RATE // 20)
        times.note()
        sent = probe.sent[before:]
        singles += [at for at, (_, data) in zip(sent, messages, strict=True) if data[0] == 0x90 and data[2] == 110][-4:]
    time.sleep(0.2)
    return np.array(singles, np.int64)


def _missed_cycles(cycles: NDArray[np.int64], block: int, times: _Times) -> NDArray[np.void]:
    """Cycles that the listening client missed too, as witnesses."""
    jumps = np.flatnonzero(np.diff(cycles) > block)
    at = times.ns(cycles[jumps + 1]).astype(np.int64)
    late = ((np.diff(cycles)[jumps] - block) * 1e9 / RATE).astype(np.int64)
    return witnesses(at, late)


def _latencies(
    singles: NDArray[np.int64], probe: Probe, gaps: list[Gap], times: _Times
) -> tuple[NDArray[np.int64], int, int]:
    """Latencies in samples; how many notes were not heard; how many stood beside a gap of the machine's."""
    found = match_onsets(singles, probe.onsets, int(HEARD_SECONDS * RATE))
    when = times.ns(singles)
    beside = np.zeros(len(singles), bool)
    for gap in gaps:
        if not gap.is_ours:
            beside |= (when >= gap.start - NEAR_NS) & (when <= gap.end + NEAR_NS)
    kept = found[~beside]
    return kept[kept >= 0], int((kept < 0).sum()), int(beside.sum())


def _processor(pid: int) -> float:
    """Seconds of processor time of a process; 0 without one."""
    if not pid:
        return 0.0
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def measure(case: Case, folder: Path | None = None, journal: str = "") -> Result:
    """Carry a case out; takes its seconds and some ten more.

    Raises:
        RuntimeError: the owner's process ended.
    """
    with tempfile.TemporaryDirectory(dir=folder) as name:
        record = str(Path(name) / "record.npz")
        task = Task(case.mode, case.ahead, case.is_heavy, case.change_seconds, record, journal, case.display)
        is_realtime = may_be_realtime()
        with jack_server(Path(name), RATE, case.block, is_realtime=is_realtime), Canaries() as canaries:
            return _carry_out(case, task, canaries, is_realtime)


def _carry_out(case: Case, task: Task, canaries: Canaries, is_realtime: bool) -> Result:
    bars = case.seconds / BAR_SECONDS + 1
    seconds, most = case.seconds + 30, int(PER_BAR * bars)
    with run_owner(task) as owner, Probe(seconds=seconds * case.is_recorded, watched=seconds, most=most) as probe:
        times, singles = _Times(probe), np.zeros(0, np.int64)
        pid = owner.began["engine"]
        spent, began = _processor(pid), time.monotonic()
        if case.mode == "python":
            time.sleep(case.seconds)
        else:
            _connect(probe)
            singles = _perform(case, probe, owner, times)
        processor = (_processor(pid) - spent) / (time.monotonic() - began)
        times.note()
        said, record = owner.finish()
        log, counters = record["log"], said["counters"]
        own_canary = witnesses(record["canary"]["time"], record["canary"]["late"])
        witness = np.concatenate([canaries.seen, own_canary, _missed_cycles(probe.cycles, case.block, times)])
        gaps = find_gaps(log, RATE, witness) + find_shortages(log, record["ahead"], RATE, witness)
        latency, unheard, beside = _latencies(singles, probe, gaps, times)
        rendered = record["ahead"] if case.mode == "safe" else log
        load = rendered["wall"] * (RATE / 1e9) / rendered["frames"]
        own, preempted, worst = long_callbacks(rendered, RATE, witness)
        is_peer = case.mode == "python"
        missing = counters["due"] - counters["samples"] if is_peer else sum(gap.samples for gap in gaps)
        return Result(
            case=case,
            samples=counters["samples"] + missing,
            missing=missing,
            gaps=[] if is_peer else gaps,
            missed_log=said["missed"],
            own=own,
            preempted=preempted,
            computed_worst=worst,
            latency=spread(latency.astype(np.float64)),
            unheard=unheard,
            beside_gaps=beside,
            load=spread(load),
            processor=processor,
            starts=(owner.began["ready"], owner.began["first_sound"]),
            owner=said,
            is_realtime=is_realtime and canaries.are_raised,
            canary_worst=float(witness["late"].max()) / 1e6 if len(witness) else NOTED_NS / 1e6,
            segments=probe.segments(),
        )

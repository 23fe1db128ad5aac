"""The contest: all contestants in turn, round after round, so that whatever disturbs the machine disturbs them all.

A round gives each contestant, and the instruction peak, a turn of some milliseconds. A turn's figure is the
median of its blocks; a ratio is formed within a round, and the median over the rounds is what counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.peak import Peak
from benchmarks.peers import OURS, PEERS, Peer, open_peer
from benchmarks.timing import Say, calm, quiet, times_of
from benchmarks.workloads import Workload

__all__ = ["Contest", "Effort", "Row", "contest"]

_WARM_UP = 3
_PEAKS = 25
"""Measurements of the peak in a round, each a fraction of a millisecond."""


@dataclass(frozen=True)
class Effort:
    """How long to measure.

    Attributes:
        rounds: turns of each contestant.
        turn: seconds of a turn.
        blocks: most blocks of a block-time distribution, and of an allocation count.
        steady: most seconds of such a distribution.
    """

    rounds: int = 40
    turn: float = 0.02
    blocks: int = 20_000
    steady: float = 15.0


@dataclass(frozen=True)
class Row:
    """A contestant's result on one workload.

    Attributes:
        name, title: as in `PEERS`.
        seconds: of a block, median over rounds.
        ratio: its time divided by ours, median over rounds.
        macs: multiply-accumulates per second.
        realtime: seconds of sound per second of work.
        detail: which form it chose.
        missing: why it did not take part; the figures are then 0.
    """

    name: str
    title: str
    seconds: float = 0.0
    ratio: float = 0.0
    macs: float = 0.0
    realtime: float = 0.0
    detail: str = ""
    missing: str = ""


@dataclass(frozen=True)
class Contest:
    """What `contest` found.

    Attributes:
        workload, block: what was run.
        rows: in the order of the table, ours first.
        instruction: the one that the peak belongs to.
        peak: MAC/s of that instruction, median over rounds.
        share: our MAC/s as part of it, median over rounds.
    """

    workload: str
    block: int
    rows: list[Row]
    instruction: str
    peak: float
    share: float


def _prepare(workload: Workload, block: int, names: Sequence[str], say: Say) -> tuple[dict[str, Peer], dict[str, str]]:
    """Contestants ready to run, and why others are not."""
    ready: dict[str, Peer] = {}
    missing: dict[str, str] = {}
    for name in names:
        say(f"{workload.title}: preparing {name}")
        try:
            peer = open_peer(name)
            peer.prepare(workload, block)
        except (ImportError, ValueError) as error:
            missing[name] = str(error).splitlines()[0]
            continue
        for _ in range(_WARM_UP):
            peer.run_block()
        ready[name] = peer
    return ready, missing


def contest(
    workload: Workload, block: int, effort: Effort, *, names: Sequence[str] = tuple(PEERS), say: Say = quiet
) -> Contest:
    """Run the named contestants, ours among them, on a workload."""
    ready, missing = _prepare(workload, block, names, say)
    peak = Peak.best()
    found: dict[str, list[float]] = {name: [] for name in ready}
    peaks: list[float] = []
    with calm():
        for index in range(effort.rounds):
            say(f"{workload.title}: round {index + 1} of {effort.rounds}")
            for name, peer in ready.items():
                peer.run_block()  # the caches still hold the previous contestant
                found[name].append(float(np.median(times_of(peer.run_block, seconds=effort.turn))))
            peaks.append(float(np.median([peak.measure() for _ in range(_PEAKS)])))
    ours, macs = np.array(found[OURS]), workload.macs_per_sample * block
    rows = []
    for name in names:
        row = Row(name, PEERS[name][0], missing=missing.get(name, ""))
        if name in ready:
            seconds = float(np.median(found[name]))
            row = replace(
                row,
                seconds=seconds,
                ratio=float(np.median(np.array(found[name]) / ours)),
                macs=macs / seconds,
                realtime=block / workload.shape.rate / seconds,
                detail=ready[name].detail,
            )
        rows.append(row)
    share = float(np.median(macs / ours / np.array(peaks)))
    return Contest(workload.name, block, rows, peak.kind.title, float(np.median(peaks)), share)

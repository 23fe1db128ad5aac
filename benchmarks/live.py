"""`python -m benchmarks live`: what is lost, how late notes are, and what it costs, live, in every mode.

Each row plays 32 voices to a JACK server without hardware, changes the patch or model every two seconds, and lasts
--minutes; rows of one block size and load come one after the other, with the peer among them: a callback in Python in
the window's own process, which renders the same notes with the same emulator. From a checkout, on Linux, with jackd.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from accel.atomic import atomic_path

if TYPE_CHECKING:
    from benchmarks.live_run import Case, Result

__all__ = ["Row", "live_table", "main", "row_of"]

ROOT = Path(__file__).resolve().parents[1]
PAGE, RESULTS = ROOT / "docs" / "live.md", ROOT / "benchmarks" / "live_results.json"
BLOCKS = (128, 64, 256)
MODES = (("direct", 0), ("python", 0), ("safe", 1), ("safe", 2), ("safe", 3))
MS = 48.0
PEER = "python"
TITLES = {PEER: "Python callback"}


@dataclass(frozen=True)
class Row:
    """One line of the table; times in ms, load in shares of the block, start in seconds, processor in cores."""

    mode: str
    block: int
    load: str
    samples: int
    lost_ours: int
    lost_machine: int
    late: int
    load_median: float
    load_high: float
    latency_median: float
    latency_worst: float
    notes: int
    start: float
    processor: float
    is_realtime: bool

    @property
    def lost(self) -> float:
        """Share of the samples that were lost."""
        return (self.lost_ours + self.lost_machine) / max(1, self.samples)


def row_of(result: Result) -> Row:
    """The figures of a measurement."""
    case, counters = result.case, result.owner["counters"]
    is_peer = case.mode == PEER
    late = result.own + result.preempted if is_peer else counters["late_starts"] + result.own + result.preempted
    return Row(
        mode=TITLES.get(case.mode, case.title),
        block=case.block,
        load="heavy" if case.is_heavy else "idle",
        samples=result.samples,
        lost_ours=result.lost_ours,
        lost_machine=result.lost_machine,
        late=late,
        load_median=result.load.median,
        load_high=result.load.high,
        latency_median=result.latency.median / MS,
        latency_worst=result.latency.worst / MS,
        notes=result.latency.count,
        start=result.starts[1],
        processor=result.processor,
        is_realtime=result.is_realtime,
    )


def _number(value: float, form: str) -> str:
    return "" if value != value else format(value, form)  # nan: was not measured


def _lost(row: Row) -> tuple[str, str]:
    if row.mode == TITLES[PEER]:
        return f"**{row.lost_ours} ({row.lost:.1%})**", ""
    return (f"**{row.lost_ours}**" if not row.lost_ours else str(row.lost_ours)), str(row.lost_machine)


def _cells(row: Row) -> list[str]:
    return [
        row.mode, str(row.block), row.load, *_lost(row), str(row.late), _number(row.load_median, ".0%"),
        _number(row.load_high, ".0%"), _number(row.latency_median, ".2f"), _number(row.latency_worst, ".2f"),
        _number(row.start, ".1f"), _number(row.processor, ".2f") if row.processor else "",
    ]  # fmt: skip


def _compared(rows: list[Row]) -> str:
    """One sentence: what the peer lost, and what the engine did, in the same minutes."""
    found = []
    for peer in (row for row in rows if row.mode == TITLES[PEER] and row.load == "heavy"):
        same = [row for row in rows if (row.mode, row.block, row.load) == ("direct", peer.block, "heavy")]
        for ours in same:
            times = f"{peer.lost / ours.lost:.0f} times less" if ours.lost else "none"
            found.append(f"block {peer.block}: {peer.lost:.1%} against {ours.lost:.3%} ({times})")
    return (
        f"Lost under heavy load, Python callback against engine, whosever fault: {'; '.join(found)}." if found else ""
    )


def live_table(rows: list[Row], machine: str) -> str:
    """Markdown."""
    head = [
        "mode", "block", "load", "lost, ours", "lost, the machine's", "late callbacks", "load, median", "99.9 %",
        "note, median ms", "worst ms", "first sound, s", "cores",
    ]  # fmt: skip
    lines = [head, [":--", "--:", ":--", *["--:"] * (len(head) - 3)]]
    lines += [_cells(row) for row in sorted(rows, key=lambda each: (each.load == "idle", each.block))]
    kind = "with" if all(row.is_realtime for row in rows) else "without"
    due = max(row.samples for row in rows)
    note = f"Samples lost, of {due / 1e6:.1f} million in each row; {machine}, {kind} real-time priority."
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return "\n\n".join(part for part in (table, _compared(rows), note) if part)


def _machine() -> str:
    from benchmarks.report import this_machine

    found = this_machine()
    return f"{found.cpu}, {found.system}, Python {found.python}, {found.date}"


def _cases(minutes: float, blocks: Iterable[int], loads: Iterable[str], modes: Iterable[str]) -> list[Case]:
    from benchmarks.live_run import Case

    wanted = set(modes)
    return [
        Case(mode, ahead, block, load == "heavy", 60 * minutes)
        for load in loads
        for block in blocks
        for mode, ahead in MODES
        if mode in wanted
    ]


def main(arguments: list[str] | None = None) -> int:
    """Measure, print the table, and with --write put it into docs/live.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks live", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="of music in each row (default: %(default)s)")
    parser.add_argument("--blocks", type=int, nargs="+", default=list(BLOCKS), metavar="N", help="block sizes")
    parser.add_argument("--loads", nargs="+", choices=("heavy", "idle"), default=["heavy", "idle"])
    parser.add_argument("--modes", nargs="+", choices=("direct", "safe", PEER), default=["direct", "safe", PEER])
    parser.add_argument("--write", action="store_true", help=f"rewrite the table in {PAGE.name} and {RESULTS.name}")
    given = parser.parse_args(arguments)

    from benchmarks.live_run import measure
    from benchmarks.readme import replaced

    rows: list[Row] = []
    cases = _cases(given.minutes, given.blocks, given.loads, given.modes)
    for number, case in enumerate(cases, 1):
        load = "heavy" if case.is_heavy else "idle"
        print(f"{number} of {len(cases)}: {case.title}, block {case.block}, {load}", file=sys.stderr, flush=True)
        rows.append(row_of(measure(case)))
    table = live_table(rows, _machine())
    print(table)
    if given.write:
        page = replaced(PAGE.read_text(encoding="utf-8"), "live", table)
        with atomic_path(RESULTS) as temporary:
            temporary.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")
        with atomic_path(PAGE) as temporary:
            temporary.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m benchmarks`: measure, print the tables as Markdown, write JSON and pictures; `live`: playing live."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

__all__ = ["main"]

_LIBRARIES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def _say(message: str) -> None:
    """Progress, rewritten in place, only where somebody looks."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{message}", end="", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    from benchmarks.peers import PEERS
    from benchmarks.workloads import FEATURED, WORKLOADS

    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="seconds instead of minutes; the figures mean little")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for results.json and the plots")
    parser.add_argument("--workloads", nargs="+", choices=WORKLOADS, metavar="NAME", help=f"of {', '.join(WORKLOADS)}")
    parser.add_argument("--peers", nargs="*", choices=PEERS, metavar="NAME", help=f"of {', '.join(PEERS)}")
    parser.add_argument(
        "--minutes",
        type=float,
        help="music for the memory test; 0 leaves it and the start-up out (default: 60)",
    )
    parser.set_defaults(featured=FEATURED)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line; `live` as the first argument: the benchmark of live playing."""
    arguments = sys.argv[1:] if arguments is None else arguments
    for name in _LIBRARIES:
        os.environ.setdefault(name, "1")  # before NumPy is imported: one thread for every contestant
    if arguments[:1] == ["live"]:
        from benchmarks import live

        return live.main(arguments[1:])
    given = _parser().parse_args(arguments)

    from benchmarks.measure import Effort
    from benchmarks.peers import OURS, PEERS
    from benchmarks.report import QUICK, measure, save_report
    from benchmarks.scaling import plot
    from benchmarks.table import contest_table, detail_table, target_table

    wanted = set(PEERS if given.peers is None else given.peers) | {OURS}
    report = measure(
        given.workloads or (("a15",) if given.quick else given.featured),
        QUICK if given.quick else Effort(),
        peers=[name for name in PEERS if name in wanted],
        minutes=(0.0 if given.quick else 60.0) if given.minutes is None else given.minutes,
        quick=given.quick,
        say=_say,
    )
    _say("")
    for table in (contest_table, detail_table, target_table):
        print(table(report), end="\n\n")
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        save_report(report, given.out / "results.json")
        for single in report.singles:
            plot(
                single.fits,
                f"{single.title} on {report.machine.cpu}",
                given.out / f"scaling-{single.name}.png",
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())

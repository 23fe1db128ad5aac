"""`python -m benchmarks.readme`: put the measured tables between the markers of the README (or another page)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from accel.atomic import atomic_path
from benchmarks.hardware_table import hardware_table
from benchmarks.report import load_report
from benchmarks.table import contest_table

__all__ = ["RESULTS", "main", "replaced"]

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results.json"


def replaced(page: str, name: str, table: str) -> str:
    """The page with the table between its markers `<!-- name:start -->` and `<!-- name:end -->`.

    Raises:
        ValueError: the page does not have each marker once, in order.
    """
    start, stop = f"<!-- {name}:start -->", f"<!-- {name}:end -->"
    before, found, rest = page.partition(start)
    _, end, after = rest.partition(stop)
    if not found or not end or start in rest or stop in after:
        raise ValueError(f"needed: {start} and {stop}, each once and in this order")
    return f"{before}{start}\n{table}\n{stop}{after}"


def main(arguments: list[str] | None = None) -> int:
    """Rewrite the page; with --check only say whether it is up to date."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.readme", description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS, help="report to read (default: %(default)s)")
    parser.add_argument("--page", type=Path, default=ROOT / "README.md", help="page to rewrite (default: %(default)s)")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if the page is stale")
    given = parser.parse_args(arguments)
    try:
        old = given.page.read_text(encoding="utf-8")
        new = replaced(old, "benchmarks", contest_table(load_report(given.results)))
        new = replaced(new, "hardware", hardware_table())
    except (OSError, ValueError) as error:
        print(f"{given.page}: {error}", file=sys.stderr)
        return 1
    if given.check:
        return int(old != new)
    with atomic_path(given.page) as temporary:
        temporary.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m benchmarks.readme`: put the table of a report between the markers of the README (or another page)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from accel.atomic import atomic_path
from benchmarks.report import load_report
from benchmarks.table import contest_table

__all__ = ["END", "RESULTS", "START", "main", "replaced"]

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results.json"
START, END = "<!-- benchmarks:start -->", "<!-- benchmarks:end -->"


def replaced(page: str, table: str) -> str:
    """The page with the table between its markers.

    Raises:
        ValueError: the page does not have each marker once, in order.
    """
    before, found, rest = page.partition(START)
    _, end, after = rest.partition(END)
    if not found or not end or START in rest or END in after:
        raise ValueError(f"needed: {START} and {END}, each once and in this order")
    return f"{before}{START}\n{table}\n{END}{after}"


def main(arguments: list[str] | None = None) -> int:
    """Rewrite the page; with --check only say whether it is up to date."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.readme", description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS, help="report to read (default: %(default)s)")
    parser.add_argument("--page", type=Path, default=ROOT / "README.md", help="page to rewrite (default: %(default)s)")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if the page is stale")
    given = parser.parse_args(arguments)
    try:
        old = given.page.read_text(encoding="utf-8")
        new = replaced(old, contest_table(load_report(given.results)))
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

"""`python -m benchmarks.readme`: put the measured tables between the markers of README and docs/speed.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from accel.atomic import atomic_path
from benchmarks.hardware_table import hardware_table
from benchmarks.report import load_report
from benchmarks.summary_table import summary_table
from benchmarks.table import contest_table

__all__ = ["RESULTS", "main", "replaced"]

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results.json"
PAGES = (ROOT / "README.md", ROOT / "docs" / "speed.md")


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
    """Rewrite the pages, each with the tables that it has markers for; with --check only say whether they are stale."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.readme", description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS, help="report to read (default: %(default)s)")
    parser.add_argument("--page", type=Path, action="append", help="page to rewrite (default: README, docs/speed.md)")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if a page is stale")
    given = parser.parse_args(arguments)
    stale = False
    for page in given.page or PAGES:
        try:
            old = page.read_text(encoding="utf-8")
            new = _filled(old, given.results)
        except (OSError, ValueError) as error:
            print(f"{page}: {error}", file=sys.stderr)
            return 1
        stale |= old != new
        if old != new and not given.check:
            with atomic_path(page) as temporary:
                temporary.write_text(new, encoding="utf-8")
    return int(given.check and stale)


def _filled(page: str, results: Path) -> str:
    """The page with new tables; it must have markers of one at least."""
    report = load_report(results)
    tables = {"benchmarks": contest_table(report), "hardware": hardware_table(), "measured": summary_table(report)}
    names = [name for name in tables if f"<!-- {name}:" in page] or ["benchmarks"]
    for name in names:
        page = replaced(page, name, tables[name])
    return page


if __name__ == "__main__":
    sys.exit(main())

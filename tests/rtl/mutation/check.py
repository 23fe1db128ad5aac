"""Builds every mutant, plays the battery on it, and writes the table of what caught what.

    python -m tests.rtl.mutation.check [--only TEXT] [--missing] [--write]

--write renews the table in docs/verification.md; of faults that were not played now, the rows stay as they are, which
is refused when the battery has changed. A mutant that nothing catches is a hole in the battery, not a result.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from accel.errors import SystoleError
from accel.hardware import tools
from accel.hardware.build import build_core
from tests.rtl.mutation.battery import GEOMETRY, Take, battery
from tests.rtl.mutation.mutants import MUTANTS, Mutant

ROOT = Path(__file__).parents[3]
REPORT = ROOT / "docs" / "verification.md"
BEGIN, END = "<!-- mutation check: begin -->\n", "<!-- mutation check: end -->\n"
PATIENCE = 120.0
"""Seconds that a mutant may play: one that stays busy for ever never gives the control back."""
WORKERS = 2


@dataclass(frozen=True)
class Verdict:
    """How a mutant was caught (`by` is "nothing" if it was not), in which take, after how much of the battery."""

    by: str
    take: str = ""
    samples: int = 0
    cycles: int = 0


def misplaced(mutants: Sequence[Mutant], sources: Sequence[Path]) -> list[str]:
    """Faults whose place does not occur exactly once."""
    texts = {file.stem: file.read_text(encoding="utf-8") for file in sources}
    return [each.name for each in mutants if texts[each.file].count(each.old) != 1]


def mutate(mutant: Mutant | None, sources: Sequence[Path], folder: Path) -> list[Path]:
    """All sources in `folder`, one of them changed."""
    files = [Path(shutil.copy(file, folder)) for file in sources]
    for file in files:
        if mutant and file.stem == mutant.file:
            file.write_text(file.read_text(encoding="utf-8").replace(mutant.old, mutant.new), encoding="utf-8")
    return files


def play(library: Path, takes: Path) -> Verdict:
    """Play the battery on a core in a process of its own."""
    command = [sys.executable, "-m", "tests.rtl.mutation.player", str(library), str(takes)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=PATIENCE, check=False)
        output, ended = done.stdout, done.returncode == 0
    except subprocess.TimeoutExpired as late:
        output, ended = late.stdout or b"", False
        done = None
    lines = output.decode().splitlines()
    last = json.loads(lines[-1]) if lines else {"take": "reset", "samples": 0, "cycles": 0}
    if not ended:
        last["by"] = "hang" if done is None else f"the process ended with {done.returncode}"
    return Verdict(**last)


def judge(mutant: Mutant | None, sources: Sequence[Path], takes: Path) -> Verdict:
    """Build and play one mutant; None: the design as it is. Nobody will need a mutant's build again."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            library = build_core(GEOMETRY, sources=mutate(mutant, sources, Path(folder)), optimise="-O1")
        except SystoleError as error:
            raise AssertionError(f"{mutant}: {error}") from error
    verdict = play(library, takes)
    if mutant:
        shutil.rmtree(library.parent)
    return verdict


def check(mutants: Sequence[Mutant]) -> Iterator[tuple[Mutant, Verdict]]:
    """Verdicts in order, two mutants at a time, after the design itself has played without a difference."""
    with tempfile.TemporaryDirectory() as scratch:
        sources = mutate(None, tools.rtl_files(), Path(scratch))  # a long check: the sources may change meanwhile
        wrong = misplaced(mutants, sources)
        assert not wrong, f"not exactly one place for {wrong}"
        takes = Path(scratch, "battery")
        takes.write_bytes(pickle.dumps(battery()))
        sound = judge(None, sources, takes)
        assert sound.by == "nothing", f"the design itself fails: {sound}"
        with ThreadPoolExecutor(WORKERS) as pool:
            yield from zip(mutants, pool.map(lambda each: judge(each, sources, takes), mutants), strict=True)


def known(text: str) -> dict[str, Verdict]:
    """Verdicts by name of fault, read back from the table."""
    found = {}
    for line in text.partition(BEGIN)[2].partition(END)[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| ") and len(cells) == 6 and cells[4].isdigit():
            found[cells[0]] = Verdict(cells[2], cells[3], int(cells[4]), int(cells[5]))
    return found


def played(takes: Sequence[Take]) -> str:
    """The battery in one line: verdicts of another one cannot stand in the same table."""
    samples, cycles = sum(len(take.samples) for take in takes), sum(int(take.cycles.sum()) for take in takes)
    return f"Every mutant plays the same {len(takes)} takes ({samples} samples, {cycles} cycles)"


def report(results: Sequence[tuple[Mutant, Verdict]]) -> str:
    """The table, as Markdown."""
    caught = sum(verdict.by != "nothing" for _, verdict in results)
    geometry = f"{GEOMETRY.rows} x {GEOMETRY.cols} array, {GEOMETRY.lanes} lanes"
    lines = [
        "## Mutation check",
        "",
        f"{len(results)} faults were planted, one at a time, in the sources of the core ({geometry}); {caught} were",
        f"caught. {played(battery())} until something",
        "differs from `accel.reference` (values, number of samples), from `accel/cycles.py` (cycles) or from the",
        "program's own count of operations, or until the core hangs. \"After\" counts the battery's samples up to the",
        "first wrong one, and its cycles up to the end of the take that showed it. No assertion is needed for any.",
        "",
        "Renewed by `python -m tests.rtl.mutation.check --write`; the faults are in `tests/rtl/mutation/mutants.py`,",
        "the takes in `tests/rtl/mutation/battery.py`.",
        "",
        "| fault | file | caught by | in take | after samples | after cycles |",
        "| --- | --- | --- | --- | ---: | ---: |",
    ]
    for mutant, verdict in results:
        lines.append(
            f"| {mutant.name} | {mutant.file} | {verdict.by} | {verdict.take} | {verdict.samples} | {verdict.cycles} |"
        )
    return "\n".join(lines) + "\n"


def page() -> str:
    """docs/verification.md as it is."""
    return REPORT.read_text(encoding="utf-8") if REPORT.is_file() else f"# Verification\n\n{BEGIN}{END}"


def write(text: str) -> None:
    """Put the table into docs/verification.md, between its marks."""
    before = page()
    if BEGIN not in before:
        before += f"\n{BEGIN}{END}"
    head, _, rest = before.partition(BEGIN)
    REPORT.write_text(head + BEGIN + text + END + rest.partition(END)[2], encoding="utf-8")


def main() -> int:
    """See the module; returns the number of mutants that nothing caught."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="faults whose name or file contains this")
    parser.add_argument("--missing", action="store_true", help="faults that the table does not have")
    parser.add_argument("--write", action="store_true", help="renew docs/verification.md")
    arguments = parser.parse_args()
    verdicts = known(page())
    chosen = [each for each in MUTANTS if arguments.only in f"{each.file} {each.name}"]
    chosen = [each for each in chosen if not (arguments.missing and each.name in verdicts)]
    others = [each for each in MUTANTS if each not in chosen]
    if arguments.write and others:
        if any(each.name not in verdicts for each in others):
            parser.error(f"{REPORT.name} lacks faults that are not chosen: --missing chooses them too")
        if played(battery()) not in page():
            parser.error(f"the table in {REPORT.name} is of another battery: play all faults")
    survivors = []
    for mutant, verdict in check(chosen):
        print(f"{mutant.file:<14} {mutant.name:<46} {verdict.by:<20} {verdict.take:<26} {verdict.samples}", flush=True)
        verdicts[mutant.name] = verdict
        survivors += [mutant.name] * (verdict.by == "nothing")
    if arguments.write:
        write(report([(each, verdicts[each.name]) for each in MUTANTS]))
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} caught" + (f"; not: {survivors}" if survivors else ""))
    return len(survivors)


if __name__ == "__main__":
    sys.exit(main())

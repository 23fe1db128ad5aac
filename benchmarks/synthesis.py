"""`python -m benchmarks.synthesis`: docs/synthesis.md, from accel/syn/results.json and the cycle model."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from accel.atomic import atomic_path
from accel.cycles import TARGETS, budget
from accel.errors import SystoleError
from accel.hardware.geometry import GEOMETRIES
from accel.syn.route import CELLS, RESULTS
from benchmarks.workloads import WORKLOADS
from engine.library import list_models, open_model

__all__ = ["PAGE", "main", "synthesis_page"]

PAGE = Path(__file__).resolve().parents[1] / "docs" / "synthesis.md"


def synthesis_page() -> str:
    """docs/synthesis.md: what each target uses, how fast it is, and what that means for the models."""
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    heads = ["FPGA", "array", "lanes", *(title for _, title in CELLS.values()), "Fmax, MHz", "seed"]
    rows = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for name, result in results.items():
        geometry = GEOMETRIES[name]
        cells = ["{} of {} ({:.0%})".format(*pair, pair[0] / pair[1]) for pair in map(result["cells"].get, CELLS)]
        array = f"{geometry.rows} x {geometry.cols}"
        row = [result["device"], array, str(geometry.lanes), *cells, f"{result['fmax_mhz']}", str(result["seed"])]
        rows.append("| " + " | ".join(row) + " |")
    programs = {WORKLOADS[key].title: WORKLOADS[key].program for key in ("a15", "a60")}
    programs |= {entry.name: open_model(entry.path) for entry in list_models() if entry.origin == "factory"}
    fits = ["| FPGA | program | cycles/sample | PE cycles that multiply | clock, MHz | times real time |"]
    fits.append("|---|---|--:|--:|--:|--:|")
    for name, target in TARGETS.items():
        for title, program in programs.items():
            try:
                cost = budget(program, target)
            except SystoleError:
                fits.append(f"| {name} | {title} | does not fit | | | |")
                continue
            figures = f"{cost.cycles_per_sample:.1f} | {cost.utilisation:.1%} | {cost.clock:g} | {cost.margin:.2f}"
            fits.append(f"| {name} | {title} | {figures} |")
    return (
        "# What the accelerator needs on an ECP5\n\n"
        "Written by `python -m benchmarks.synthesis` from what `python -m accel.syn.route` found: the whole\n"
        "accelerator, host port included, placed and routed with\n"
        "real pins (accel/syn/top_pins.sv), speed grade 6, package CABGA381; the router aims at 92 MHz\n"
        "and keeps what it reaches.\n\n"
        + "\n".join(rows)
        + "\n\nCycles come from accel/cycles.py, which the simulated RTL's own counter confirms; the clock is the\n"
        "routed one.\n\n" + "\n".join(fits) + "\n"
    )


def main(arguments: list[str]) -> int:
    """Write the page; with --check only say whether it is up to date."""
    if arguments == ["--check"]:
        return int(not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != synthesis_page())
    with atomic_path(PAGE) as temporary:
        temporary.write_text(synthesis_page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

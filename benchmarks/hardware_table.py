"""The table of the placed and routed accelerator, from accel/syn/results.json and the cycle model."""

from __future__ import annotations

import json

from accel.cycles import TARGETS, budget
from accel.errors import SystoleError
from accel.syn.route import RESULTS
from benchmarks.workloads import WORKLOADS

__all__ = ["hardware_table"]

PROGRAMS = ("a15", "a60")


def hardware_table() -> str:
    """Markdown: a column per FPGA.

    Raises:
        OSError: nothing has been routed.
    """
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    columns = [(TARGETS[name], results[name]) for name in TARGETS if name in results]
    rows = [["", *(result["device"] for _, result in columns)], [":--", *("--:" for _ in columns)]]
    rows.append(["array", *(f"{t.geometry.rows} x {t.geometry.cols}" for t, _ in columns)])
    for key, title in (("LUT4", "LUT4"), ("FF", "flip-flops"), ("EBR", "block RAMs"), ("MULT", "multipliers")):
        rows.append([title, *("{} of {}".format(*result["cells"][key]) for _, result in columns)])
    rows.append(["routed clock, MHz", *(f"{result['fmax_mhz']:.1f}" for _, result in columns)])
    rows += [
        [f"{WORKLOADS[name].title}, times real time at 48 kHz", *(_margin(target.name, name) for target, _ in columns)]
        for name in PROGRAMS
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _margin(target: str, workload: str) -> str:
    try:
        cost = budget(WORKLOADS[workload].program, TARGETS[target])
    except SystoleError:
        return "does not fit"
    return f"**{cost.margin:.1f}** ({cost.cycles_per_sample:.0f} cycles a sample, {cost.utilisation:.0%} busy)"

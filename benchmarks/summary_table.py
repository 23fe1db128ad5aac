"""The README's table: one figure for each thing that a reader asks first; docs/speed.md holds all of them."""

from __future__ import annotations

import json

from accel.cycles import TARGETS, budget
from accel.syn.route import RESULTS
from benchmarks.report import Report
from benchmarks.workloads import WORKLOADS

__all__ = ["summary_table"]

PEER = "onnx"


def summary_table(report: Report) -> str:
    """Markdown: what, and how much.

    Raises:
        OSError: nothing has been routed.
    """
    single = report.singles[0]
    ours = single.contest.rows[0]
    rows = [
        ("One voice on one core", f"{ours.realtime:.0f} times real time"),
        ("Voices on 70 % of a core", str(single.voices)),
    ]
    peers = [row for row in single.contest.rows[1:] if row.ratio and row.name.startswith(PEER)]
    if peers:
        best = min(peers, key=lambda row: row.ratio or 0)
        rows.append((f"Faster than {best.title}, in the same run", f"{best.ratio:.1f} times"))
    if report.startup:
        rows.append(("First block from a warm start", f"{report.startup.warm:.1f} s"))
    routed = json.loads(RESULTS.read_text(encoding="utf-8"))
    for name, result in routed.items():
        cost = budget(WORKLOADS["a15"].program, TARGETS[name])
        rows.append(
            (f"{result['device']}, routed at {result['fmax_mhz']:.0f} MHz", f"{cost.margin:.1f} times real time")
        )
    lines = ["| Measured, 15 k MAC a sample at 48 kHz | |", "| :-- | --: |"]
    return "\n".join([*lines, *(f"| {what} | {figure} |" for what, figure in rows)])

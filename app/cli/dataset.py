"""`systole dataset`: the recordings that models are trained on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.options import as_json

if TYPE_CHECKING:
    from training.checks.check import Report

__all__ = ["command"]


@click.group("dataset")
def command() -> None:
    """Data sets: clips of a synth with the control voltages that made them."""


@command.command("check")
@click.argument("stems", metavar="STEM...", nargs=-1, required=True)
@as_json
def check_command(stems: tuple[str, ...], as_json: bool) -> None:
    """Check the data sets STEM (STEM.npz and STEM.flac), and their repeats, before a model is trained on them.

    STEM may be any file of a set, so that a pattern such as *.npz names whole folders.

    Looks at fields and shapes, rate and length, ranges and spread of the controls, overlap of training and
    held-out clips, clipping, silence, DC, levels, tuning, and the time shift between controls and sound. Exit
    status 1 if any set has an error, 0 if there are only warnings. Needs the extra 'train'.
    """
    from app.cli.extras import needs

    with needs("train"):
        from training.checks.check import check_dataset, set_stem
    from accel.errors import SystoleError
    from app.cli.console import print_json, progress

    chosen = list(dict.fromkeys(set_stem(Path(stem)) for stem in stems))
    reports = []
    with progress("check", len(chosen)) as advance:
        for done, stem in enumerate(chosen, 1):
            with needs("train"):
                reports.append(check_dataset(stem))
            advance(done)
    if as_json:
        print_json([report.as_dict() for report in reports])
    else:
        for report in reports:
            _print(report)
    wrong = [report.name for report in reports if report.errors]
    if wrong:
        raise SystoleError(f"{', '.join(wrong)}: not fit to train on")


def _print(report: Report) -> None:
    from rich.markup import escape
    from rich.table import Table

    from app.cli.console import print_rich

    found = f"{report.errors} errors, {report.warnings} warnings" if report.findings else "nothing to complain about"
    click.echo(f"{report.name}: {found}")
    for line in _facts(report):
        click.echo(f"  {line}")
    if not report.findings:
        return
    table = Table("SEVERITY", "FIELD", "CLIPS", "FOUND", "ALLOWED", box=None, pad_edge=False, header_style="bold")
    colours = {"error": "red", "warning": "yellow"}
    for each in report.findings:
        cells = [each.field, each.named_clips, each.found, each.allowed]
        table.add_row(f"[{colours[each.severity]}]{each.severity}[/]", *map(escape, cells))
    print_rich(table)


def _facts(report: Report) -> list[str]:
    """What was measured, in a line or two."""
    facts, lines = report.facts, []
    if "clips" in facts:
        parts = ", ".join(f"{count} {part}" for part, count in facts["parts"].items())
        lines.append(f"{facts['clips']} clips, {facts['seconds']:g} s ({parts}); columns {', '.join(facts['columns'])}")
    measured = []
    if "lag_samples" in facts:
        measured.append(f"sound {facts['lag_samples']:+.1f} samples after its controls (by its {facts['lag_from']})")
    if "tuning_cents" in facts:
        measured.append(f"tuned {facts['tuning_cents']:+.2f} cents from its notes")
    return [*lines, *(["; ".join(measured)] if measured else [])]

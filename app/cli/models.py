"""`systole models`: what can be played, factory and user."""

from __future__ import annotations

import click

from app.cli.options import as_json

__all__ = ["command"]


@click.command("models")
@as_json
def command(as_json: bool) -> None:
    """List the models: yours (in the user folder) and those that ship with Systole.

    A file that cannot be loaded is listed with the reason. FPGA: the smallest that plays the model in real time, and
    how many times faster than that. `systole info NAME` shows a model's whole card.
    """
    from app.budget import budget_facts, smallest_fit
    from app.cli.console import print_json, print_table
    from app.describe import model_facts
    from engine.library import list_models

    entries = list_models()
    if as_json:
        print_json(
            [
                {"name": entry.name, "path": str(entry.path), "origin": entry.origin, "error": entry.error}
                | (model_facts(entry.program, entry.path) if entry.program else {})
                | {"name": entry.name}
                for entry in entries
            ]
        )
        return
    rows = [("MODEL", "FROM", "MAC/SAMPLE", "FPGA", "KNOBS", "TITLE")]
    for entry in entries:
        if entry.program is None:
            rows.append((entry.name, entry.origin, "-", "-", "-", f"unusable: {entry.error}"))
            continue
        program = entry.program
        knobs = " ".join(knob.id for knob in program.knobs)
        fit = smallest_fit(budget_facts(program))
        rows.append((entry.name, entry.origin, f"{program.macs_per_sample:.0f}", fit, knobs, program.card.title))
    print_table(rows)

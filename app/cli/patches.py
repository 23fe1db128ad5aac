"""`systole patches`: the sounds, factory and user; its help lists every key that a patch file may have."""

from __future__ import annotations

import click

from app.cli.options import as_json

__all__ = ["command"]


class _PatchCommand(click.Command):
    """Ends its help with the parameter table, read only when help is asked for."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from engine.parameters import GROUPS, TABLE
        from engine.vocabulary import CONTROLLERS, ROWS, SOURCES, TARGETS

        for group, title in GROUPS.items():
            with formatter.section(f"[{group}] {title}"):
                formatter.write_dl(
                    [
                        (entry.name, f"{entry.help} {entry.allowed}; default {entry.decode(entry.default)}.")
                        for entry in TABLE
                        if entry.group == group
                    ]
                )
        with formatter.section(f"[[modulation]] up to {ROWS} rows: source, target, amount (-1 to 1)"):
            formatter.write_dl([(f"source {name}", text) for name, text in SOURCES.items()])
            formatter.write_dl([(f"target {name}", text) for name, text in TARGETS.items()])
            formatter.write_dl([("target KNOB", "a knob of the model; amount 1 = its whole range")])
        with formatter.section("MIDI controllers that are played"):
            formatter.write_dl([(f"CC {number}", text) for number, text in CONTROLLERS.items()])


@click.command("patches", cls=_PatchCommand)
@as_json
def command(as_json: bool) -> None:
    """List the patches: yours (in the user folder) and those that ship with Systole.

    A file that cannot be loaded is listed with the reason. A patch is a TOML file that begins with `schema = 1`,
    `name` and `model`; `systole info NAME` shows one. It may go on with [knobs] (the model's knobs, 0 to 1) and:
    """
    from app.cli.console import print_json, print_table
    from app.describe import patch_facts
    from engine.library import list_patches

    entries = list_patches()
    if as_json:
        print_json(
            [
                {"name": entry.name, "path": str(entry.path), "origin": entry.origin, "error": entry.error}
                | (patch_facts(entry.patch, entry.path) if entry.patch else {})
                | {"name": entry.name}
                for entry in entries
            ]
        )
        return
    rows = [("PATCH", "FROM", "MODEL", "TAGS", "TITLE")]
    for entry in entries:
        if entry.patch is None:
            rows.append((entry.name, entry.origin, "-", "-", f"unusable: {entry.error}"))
        else:
            patch = entry.patch
            rows.append((entry.name, entry.origin, patch.model, " ".join(patch.tags), patch.name))
    print_table(rows)

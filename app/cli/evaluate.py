"""`systole evaluate`: how far a model is from the synth that it copies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.table import Table

    from training.evaluate import Evaluation

__all__ = ["command"]


@click.command("evaluate")
@click.argument("model", metavar="MODEL")
@click.argument("dataset", metavar="DATASET")
@click.option(
    "--json",
    "json_file",
    metavar="FILE",
    type=click.Path(dir_okay=False, allow_dash=True),
    help="Write all figures there, clip by clip too; - prints them instead of the table.",
)
@click.option(
    "--pictures", metavar="DIR", type=click.Path(file_okay=False), help="Write spectrograms and curves there."
)
def command(model: str, dataset: str, json_file: str | None, pictures: str | None) -> None:
    """Measure MODEL on the held-out clips of DATASET, a data set without suffix.

    MODEL is a model's name or file, or a file of float weights. The table tells all clips, static and moving ones,
    three bands of notes, and, where the set has repeats, the synth against itself: no model can be expected to come
    closer. docs/training.md defines the figures. Needs the extra 'train'.
    """
    from app.cli.console import print_json, print_rich, progress
    from app.cli.extras import needs
    from engine.library import find_model

    path, stem = find_model(model), Path(dataset)
    _check_target(json_file)
    with needs("train"):
        from training.evaluate import held_out, judge
        from training.figures import document
        from training.subject import counted, open_subject

        subject = open_subject(path)
        data = held_out(stem, [knob.id for knob in subject.knobs], str(path))
        takes = len(data) * (1 if data.phase is None else 2)
        with progress(f"evaluate {subject.name}", takes) as advance:
            evaluation = judge(counted(subject.render, advance), data, stem, subject.exact)
        if pictures:
            from training.evaluation_pictures import draw_evaluation

            draw_evaluation(Path(pictures), subject, data, evaluation)
    found = document(subject, stem, evaluation)
    if json_file == "-":
        print_json(found)
        return
    if json_file:
        _write_json(Path(json_file), found)
    hashed = f" ({subject.hash[:12]})" if subject.hash else ""
    click.echo(f"{subject.name}{hashed}, {subject.kind}, on {len(data)} held-out clips of {stem.name}")
    print_rich(_table(evaluation))


def _check_target(json_file: str | None) -> None:
    """Refuse a folder that is not there before minutes go by."""
    if json_file and json_file != "-" and not Path(json_file).parent.is_dir():
        folder = Path(json_file).parent
        raise click.BadParameter(f"{json_file}: the folder {folder} does not exist", param_hint="--json")


def _write_json(path: Path, found: dict[str, Any]) -> None:
    import json

    from accel.atomic import atomic_path

    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def _table(evaluation: Evaluation) -> Table:
    from rich.table import Table

    from training.figures import table

    heads, *rows = table(evaluation)
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for index, head in enumerate(heads):
        shown.add_column(head, justify="right" if index > 1 else "left", no_wrap=True)
    for row in rows:
        shown.add_row(*row)
    return shown

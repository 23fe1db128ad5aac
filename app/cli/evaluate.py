"""`systole evaluate`: how far a model is from the synth that it copies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.table import Table

    from accel.network import Network
    from training.data.dataset import Dataset
    from training.measure.evaluation import Evaluation
    from training.model.subject import Subject

__all__ = ["command"]


@click.command("evaluate")
@click.argument("model", metavar="MODEL")
@click.argument("dataset", metavar="DATASET")
@click.option(
    "--float",
    "weights",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Float weights that MODEL, a program, was compiled from: measured beside it, and what rounding costs.",
)
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
def command(model: str, dataset: str, weights: str | None, json_file: str | None, pictures: str | None) -> None:
    """Measure MODEL on the held-out clips of DATASET, a data set without suffix.

    MODEL is a model's name or file, or a file of float weights. The tables tell all clips, static and moving ones,
    three bands of notes, and, where the set has repeats, the synth against itself: no model can be expected to come
    closer. docs/training.md defines the figures. Needs the extra 'train'.
    """
    from app.cli.console import print_json
    from app.cli.extras import needs
    from engine.library import find_model

    path, stem = find_model(model), Path(dataset)
    _check_target(json_file)
    with needs("train"):
        from training.measure.evaluation import held_out
        from training.model.subject import open_subject, open_twin
        from training.results.figures import document

        subject = open_subject(path)
        if weights and subject.kind == "float":
            raise click.BadParameter(
                f"{path}: holds float weights itself; MODEL must be a program", param_hint="--float"
            )
        twin = open_twin(Path(weights), subject) if weights else None
        data = held_out(stem, [knob.id for knob in subject.knobs], str(path))
        evaluation, floats = _judge(subject, twin, data, stem)
        if pictures:
            from training.results.evaluation_pictures import draw_evaluation

            draw_evaluation(Path(pictures), subject, data, evaluation, floats)
    found = document(subject, stem, evaluation, floats)
    if json_file == "-":
        print_json(found)
        return
    if json_file:
        _write_json(Path(json_file), found)
    hashed = f" ({subject.hash[:12]})" if subject.hash else ""
    click.echo(f"{subject.name}{hashed}, {subject.kind}, on {len(data)} held-out clips of {stem.name}")
    _print_tables(evaluation, floats)


def _judge(subject: Subject, twin: Network | None, data: Dataset, stem: Path) -> tuple[Evaluation, Evaluation | None]:
    """The model's evaluation, and its float twin's where there is one; a progress bar counts the takes."""
    from app.cli.console import progress
    from training.measure.evaluation import judge, repeat_floor
    from training.measure.quantisation_loss import judge_pair, render_twin, render_twin_per_sample
    from training.model.subject import counted

    takes = len(data) * (1 if data.phase is None else 2)
    with progress(f"evaluate {subject.name}", takes * (2 if twin else 1)) as advance:
        repeats, render = repeat_floor(stem, data, subject.pitched), counted(subject.render, advance)
        if twin is None:
            return judge(render, data, repeats, exact=subject.exact, pitched=subject.pitched), None
        beside = counted(render_twin(twin), lambda done: advance(takes + done))
        exact = render_twin_per_sample(twin)
        return judge_pair(render, beside, data, repeats, exact=exact, pitched=subject.pitched)


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


def _print_tables(evaluation: Evaluation, floats: Evaluation | None) -> None:
    """All figures, then the distances by part and note band."""
    from app.cli.console import print_rich
    from training.results.figures import group_table, table

    print_rich(_rich(table(evaluation, floats), left=2))
    click.echo("\nDistances by part and by the clips' median note, dB")
    print_rich(_rich(group_table(evaluation, floats), left=1))


def _rich(rows: list[list[str]], left: int) -> Table:
    from rich.table import Table

    heads, *body = rows
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for index, head in enumerate(heads):
        shown.add_column(head, justify="left" if index < left else "right", no_wrap=index > 0)
    for row in body:
        shown.add_row(*row)
    return shown

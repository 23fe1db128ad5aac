"""`systole train`: from recordings and the control voltages that made them to a model that plays."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]


@click.command("train")
@click.argument("dataset", metavar="DATASET")
@click.option("--recipe", default="default", show_default=True, help="A TOML file, or the name of one that ships.")
@click.option("--out", metavar="DIR", type=click.Path(file_okay=False), help="Folder of the run [DATASET-model].")
@click.option("--minutes", type=click.FloatRange(0, min_open=True), help="Train for this long.")
@click.option("--steps", type=click.IntRange(1), help="Train for so many steps: the same model again on this machine.")
@click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="Where to train; auto: on a GPU where there is one.",
)
@click.option(
    "--precision",
    type=click.Choice(["auto", "float32", "mixed"]),
    default="auto",
    show_default=True,
    help="Of all but the last stage; mixed (bfloat16) needs a GPU, where auto takes it.",
)
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True, help="CPU threads.")
@click.option("--no-compile", is_flag=True, help="Plain torch: no C++ compiler needed, half as fast.")
def command(
    dataset: str,
    recipe: str,
    out: str | None,
    minutes: float | None,
    steps: int | None,
    device: str,
    precision: str,
    threads: int,
    no_compile: bool,
) -> None:
    """Train a model on DATASET, a data set without suffix (docs/training.md says what is in it).

    The folder --out gets checkpoint, float weights, report, and the model itself, which every other command takes.
    Killed at any moment, the same command continues. Needs the extra 'train'.
    """
    from app.cli.extras import needs

    if minutes and steps:
        raise click.UsageError("--minutes and --steps exclude each other")
    with needs("train"):
        from training.checks.check import set_stem
        from training.workflow import make_model

        stem = set_stem(Path(dataset))
        folder = Path(out) if out else stem.with_name(f"{stem.name}-model")
        model = make_model(
            stem,
            recipe,
            folder,
            minutes=minutes,
            steps=steps,
            threads=threads,
            compiled=not no_compile,
            device=device,
            precision=precision,
        )
    click.echo(f"{model}: ready; try it: systole render --model {model} FILE.mid")

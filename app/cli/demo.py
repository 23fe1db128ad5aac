"""`systole demo`: a WAV for each model, in which one hears its patches and what its knobs do."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.options import as_json

if TYPE_CHECKING:
    from app.demonstration import DemoRenderer, Section
    from app.rendering.job import Summary
    from engine.patch import Patch

__all__ = ["command"]


@click.command("demo")
@click.argument("models", metavar="[MODEL]...", nargs=-1)
@click.option(
    "-o", "--out", "folder", metavar="DIR", required=True, type=click.Path(file_okay=False), help="Folder to write to."
)
@as_json
def command(models: tuple[str, ...], folder: str, as_json: bool) -> None:
    """Render a demo of each MODEL, by name or file, to DIR/MODEL.wav; without MODEL, of all.

    First a short phrase with each patch of the model, by name; then each of its knobs from 0 to 1 on a held note, with
    the others at their defaults. A patch belongs to a model if it names it, so that a model in a file is played by the
    patches of that name; one without patches plays at its defaults. --json tells where each section begins.

    A file appears when it is complete; until then an older one stays as it was.
    """
    from app.cli.console import note, print_json, progress
    from app.demonstration import DemoRenderer, sections
    from app.phrases import load_phrases
    from app.warming import announce_if_cold

    chosen = _choose(models)
    phrases = load_phrases()
    demos = {path: sections(path, _patches(path), phrases) for path in chosen}
    Path(folder).mkdir(parents=True, exist_ok=True)
    if sys.stderr.isatty():
        announce_if_cold(note)
    found = []
    total = sum(part.samples for parts in demos.values() for part in parts)
    with progress("demo", total) as advance:
        before = 0
        for path, parts in demos.items():
            renderer = DemoRenderer(parts)
            summary = _write(renderer, Path(folder) / f"{path.stem}.wav", partial(_advance, advance, before))
            before += renderer.total_samples
            found.append((path, parts, summary))
    if as_json:
        print_json([_facts(*each) for each in found])
        return
    for _, parts, summary in found:
        note(_sentence(parts, summary))


def _choose(models: tuple[str, ...]) -> list[Path]:
    """The files of the named models, or of all that can be loaded.

    Raises:
        SystoleError: no such model.
        click.UsageError: two would be written to the same file.
    """
    from app.cli.console import note
    from engine.library import find_model, list_models

    if not models:
        entries = list_models()
        for entry in entries:
            if entry.error is not None:
                note(f"systole: warning: {entry.error}")
        return [entry.path for entry in entries if entry.error is None]
    paths = list(dict.fromkeys(find_model(name).absolute() for name in models))
    names = [path.stem for path in paths]
    for name in names:
        if names.count(name) > 1:
            raise click.UsageError(f"two models are called {name}: both demos would be {name}.wav")
    return paths


def _advance(advance: Callable[[int], None], before: int, done: int) -> None:
    advance(before + done)


def _patches(model: Path) -> dict[str, Patch]:
    """The patches that name a model of this file's name, by their own names, moved to this very file.

    Raises:
        SystoleError: one sets or modulates a knob that this model does not have.
    """
    from app.cli.sounds import choose_patch
    from engine.library import list_patches

    found = {}
    for entry in list_patches():
        if entry.patch is not None and Path(entry.patch.model).stem == model.stem:
            patch = choose_patch(str(entry.path), str(model))
            assert patch is not None  # it was named
            found[entry.name] = patch
    return found


def _write(renderer: DemoRenderer, target: Path, advance: Callable[[int], None]) -> Summary:
    from accel.formats import RATE
    from app.rendering.destination import Destination
    from app.rendering.job import Plan, run
    from engine.wav import SampleFormat

    plan = Plan(
        Destination.of(str(target)), {}, channels=2, rate_in=RATE, rate_out=RATE, sample_format=SampleFormat.PCM16
    )
    return run(renderer, plan, advance)


def _facts(path: Path, parts: list[Section], summary: Summary) -> dict[str, Any]:
    from accel.formats import RATE

    starts, now = [], 0
    for part in parts:
        starts.append({"title": part.title, "start_seconds": round(now / RATE, 3)})
        now += part.samples
    return {"model": str(path), "sections": starts, **summary.as_dict()}


def _sentence(parts: list[Section], summary: Summary) -> str:
    minutes, seconds = divmod(round(summary.seconds, 2), 60)
    peak = "silent" if summary.peak_dbfs is None else f"peak {summary.peak_dbfs:.1f} dBFS"
    titles = ", ".join(part.title for part in parts)
    return f"{summary.output}: {int(minutes)}:{seconds:05.2f}, {peak}: {titles}"

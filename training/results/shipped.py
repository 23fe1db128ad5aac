"""The models that ship, measured as they ship: the integers on their recipe's data set, float weights beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from accel.errors import SystoleError
from accel.network import Network
from training.data.dataset import Dataset
from training.measure.evaluation import held_out, judge, repeat_floor
from training.measure.quantisation_loss import judge_pair, render_twin
from training.measure.summaries import grouped
from training.model.subject import Subject, open_subject, open_twin
from training.results.must_reach import Verdict, verdicts
from training.run.recipe import load_recipe

__all__ = ["Folders", "Measured", "Shipped", "find_shipped", "measure_shipped", "open_shipped"]


@dataclass(frozen=True)
class Folders:
    """Where programs, their float weights, their recipes and the recipes' data sets are."""

    models: Path
    weights: Path
    recipes: Path
    data: Path


@dataclass(frozen=True)
class Shipped:
    """A model with all that measures it; no twin where its float weights are not there."""

    name: str
    dataset: str
    subject: Subject
    twin: Network | None
    stem: Path
    data: Dataset


@dataclass(frozen=True)
class Measured:
    """What came of it: figures of the integers in sum and by group of clips, and the verdicts."""

    name: str
    hash: str
    dataset: str
    clips: int
    summary: dict[str, float]
    groups: dict[str, dict[str, float]]
    verdicts: list[Verdict]


def find_shipped(folders: Folders, names: Sequence[str] = ()) -> tuple[list[str], list[str]]:
    """Names of the models that can be measured, and of those that no recipe tells the data set of.

    Args:
        names: only these; none: all.

    Raises:
        SystoleError: there is no program of that name.
    """
    there = sorted(path.stem for path in folders.models.glob("*.safetensors"))
    for name in names:
        if name not in there:
            raise SystoleError(f"{folders.models}: no model {name}; there are: {', '.join(there) or 'none'}")
    wanted = [name for name in there if name in names or not names]
    told = [name for name in wanted if (folders.recipes / f"{name}.toml").is_file()]
    return told, [name for name in wanted if name not in told]


def open_shipped(folders: Folders, name: str) -> Shipped:
    """A model ready to be measured.

    Raises:
        SystoleError: program, weights, recipe or data set are missing or broken, or do not belong together.
    """
    path, weights = (folder / f"{name}.safetensors" for folder in (folders.models, folders.weights))
    recipe, subject = load_recipe(folders.recipes / f"{name}.toml"), open_subject(path)
    if subject.kind != "integers":
        raise SystoleError(f"{path}: float weights; needed: a program")
    twin = open_twin(weights, subject) if weights.is_file() else None
    stem = folders.data / recipe.dataset
    return Shipped(
        name, recipe.dataset, subject, twin, stem, held_out(stem, [knob.id for knob in subject.knobs], str(path))
    )


def measure_shipped(model: Shipped) -> Measured:
    """Evaluate a model's integers, some seconds per clip with a twin, and hold them to their bars."""
    subject, data, pitched = model.subject, model.data, model.subject.pitched
    repeats = repeat_floor(model.stem, data, pitched)
    if model.twin:
        twin = render_twin(model.twin)
        found, _ = judge_pair(subject.render, twin, data, repeats, pitched=pitched, other_phase=False)
    else:
        found = judge(subject.render, data, repeats, pitched=pitched)
    return Measured(
        name=model.name,
        hash=subject.hash or "",
        dataset=model.dataset,
        clips=len(data),
        summary=found.summary,
        groups=grouped(found.clips, found.other, found.repeats),
        verdicts=verdicts(model.name, found.summary),
    )

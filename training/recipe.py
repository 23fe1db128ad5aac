"""A training recipe: one TOML file that says what is learnt, from which clips, and how."""

import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from accel.errors import SystoleError
from training.generator import Architecture


@dataclass(frozen=True)
class Knob:
    """One control of the model besides pitch; its values are 0..1."""

    id: str
    label: str
    help: str
    default: float


@dataclass(frozen=True)
class Optimiser:
    """Adam with warm-up, cosine decay, gradient clipping and an exponential average of the weights."""

    rate: float
    warm_up: int
    final: float
    clip: float
    ema: float


@dataclass(frozen=True)
class Stage:
    """One part of the training; ends at `until`, a share of the whole in 0..1."""

    until: float
    batch: int
    crop: int
    cold: float
    waveform: float
    spectral: float
    sizes: tuple[int, ...]
    convergence: float
    level: float


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a model, besides the clips themselves."""

    name: str
    title: str
    description: str
    licence: str
    credit: str
    dataset: str
    seed: int
    steps: int
    optimiser: Optimiser
    knobs: tuple[Knob, ...]
    stages: tuple[Stage, ...]
    architecture: Architecture

    def stage(self, progress: float) -> Stage:
        """The stage at `progress` (0..1)."""
        return next((stage for stage in self.stages if progress < stage.until), self.stages[-1])

    def fingerprint(self) -> str:
        """Changes with every field; a checkpoint belongs to one fingerprint."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


def load_recipe(path: Path) -> Recipe:
    """Read and check a recipe.

    Raises:
        SystoleError: unreadable, not TOML, or a key is missing, unknown or of the wrong kind.
    """
    try:
        with path.open("rb") as file:
            fields = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SystoleError(f"{path}: not a readable recipe: {error}") from error
    try:
        return recipe_from(fields)
    except (TypeError, KeyError, ValueError) as error:
        raise SystoleError(f"{path}: {error}") from error


def recipe_from(fields: dict[str, Any]) -> Recipe:
    """A recipe from its TOML fields; raises TypeError, KeyError or ValueError on a wrong one."""
    fields = dict(fields)
    knobs = tuple(Knob(**knob) for knob in fields.pop("knobs"))
    stages = tuple(Stage(**{**stage, "sizes": tuple(stage["sizes"])}) for stage in fields.pop("stages"))
    model = {**fields.pop("model", {}), "knobs": len(knobs)}
    if "dilations" in model:
        model["dilations"] = tuple(model["dilations"])
    if not stages or stages[-1].until != 1.0:
        raise ValueError("the last of stages must have until = 1.0")
    optimiser = Optimiser(**fields.pop("optimiser"))
    return Recipe(**fields, optimiser=optimiser, knobs=knobs, stages=stages, architecture=Architecture(**model))

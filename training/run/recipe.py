"""A training recipe: one TOML file that says what is learnt, from which clips, and how."""

import hashlib
import json
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from accel.errors import SystoleError
from accel.formats import HOP, RATE, WEIGHT_BITS
from accel.network import SCHEMA
from accel.oscillator_spec import oscillators_from, plain_fields
from training.adversarial.recipe import AdversarialRecipe, adversarial_from
from training.model.generator import Architecture
from training.run.level_fit import LevelFit, level_fit_from


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
    power: float = 0.0
    """Weight of the band powers' loss, which noise needs."""
    integers: bool = False
    """Train what will play: weights and streams rounded as the accelerator rounds them."""
    levels_only: bool = False
    """Of a bank of harmonics (training/model/harmonic_bank.py), train how loud they are and nothing else."""


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
    optimiser: Optimiser
    knobs: tuple[Knob, ...]
    stages: tuple[Stage, ...]
    architecture: Architecture
    steps: int | None = None
    minutes: float | None = None
    """The schedule's length in steps (the same weights again on the same machine) or in minutes of training."""
    parts: tuple[str, ...] = ("static", "moving")
    """Parts of the data set that are learnt from."""
    share: float = 1.0
    """Share of their clips, spread evenly: to find out how much data a sound needs."""
    pitched: bool = True
    """Whether the synth's pitch follows the note; noise has none."""
    expect: str = ""
    """What such a training usually reaches, in one line; shown when it starts."""
    weight_bits: int = WEIGHT_BITS
    """Bits of a weight in stages with integers, 2..8: to find out what fewer would do."""
    trim: bool = False
    """Correct the level by one gain when the training is over (training/run/trim.py)."""
    adversarial: AdversarialRecipe | None = None
    """Discriminators that join for the last part of the schedule; None: none do."""
    levels: LevelFit | None = None
    """How a bank's first levels are fitted to the clips (training/run/first_levels.py); None: they are not."""

    def __post_init__(self) -> None:
        if not self.stages or self.stages[-1].until != 1.0:
            raise ValueError("the last of stages must have until = 1.0")
        if (self.steps is None) == (self.minutes is None):
            raise ValueError("steps or minutes must say how long the training is, one of them")
        if not self.parts or not set(self.parts) <= {"static", "moving"}:
            raise ValueError(f"parts is {list(self.parts)}; allowed: static, moving or both")
        if not 0 < self.share <= 1:
            raise ValueError(f"share is {self.share}; allowed: above 0, up to 1")
        if not (self.steps or self.minutes or 0) > 0:
            raise ValueError(f"steps = {self.steps}, minutes = {self.minutes}: must be above 0")
        if not 2 <= self.weight_bits <= WEIGHT_BITS:
            raise ValueError(f"weight_bits is {self.weight_bits}; allowed: 2..{WEIGHT_BITS}")
        rounded = [stage.integers for stage in self.stages]
        if self.weight_bits < WEIGHT_BITS and not any(rounded):
            raise ValueError(f"weight_bits is {self.weight_bits}; allowed: with integers = true in a stage")
        if rounded != sorted(rounded):
            raise ValueError("stages.integers must stay true once it is: the last weights are the ones exported")
        self._check_bank()
        if self.adversarial is None:
            return
        late = [stage for stage in self.stages if stage.until > self.adversarial.start]
        crop = min(stage.crop for stage in late)
        if crop < self.adversarial.shortest:
            raise ValueError(f"stages.crop is {crop}; the discriminators need {self.adversarial.shortest} samples")

    def _check_bank(self) -> None:
        if any(stage.levels_only for stage in self.stages) and not self.architecture.bank:
            raise ValueError("stages.levels_only is true; allowed: with model.bank = true")
        if self.levels is not None and not (self.architecture.bank and self.pitched):
            raise ValueError("levels is a table; allowed: with model.bank = true and pitched = true")

    def stage(self, progress: float) -> Stage:
        """The stage at `progress` (0..1)."""
        return next((stage for stage in self.stages if progress < stage.until), self.stages[-1])

    def fingerprint(self) -> str:
        """Changes with every field but the length, what it promises and what comes after: a checkpoint belongs to one,
        and may go on for longer.
        """
        fields = {
            key: value for key, value in asdict(self).items() if key not in ("steps", "minutes", "expect", "trim")
        }
        for key, plain in (("levels", None), ("weight_bits", WEIGHT_BITS)):
            if fields[key] == plain:  # recipes older than these fields keep their checkpoints
                del fields[key]
        if not self.architecture.oscillators:
            del fields["architecture"]["oscillators"]
        return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:16]


def load_recipe(
    path: Path, complete: Callable[[dict[str, Any]], dict[str, Any]] | None = None, **length: float | int | None
) -> Recipe:
    """Read and check a recipe.

    Args:
        complete: fills in fields that the file leaves out.
        length: `steps` or `minutes`, instead of the file's.

    Raises:
        SystoleError: unreadable, not TOML, or a key is missing, unknown or of the wrong kind.
    """
    try:
        with path.open("rb") as file:
            fields = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SystoleError(f"{path}: not a readable recipe: {error}") from error
    try:
        fields = complete(fields) if complete else fields
        if any(length.values()):
            fields = {key: value for key, value in fields.items() if key not in ("steps", "minutes")}
            fields.update({key: value for key, value in length.items() if value is not None})
        return recipe_from(fields)
    except (TypeError, KeyError, ValueError) as error:
        raise SystoleError(f"{path}: {error}") from error


def recipe_from(fields: dict[str, Any]) -> Recipe:
    """A recipe from its TOML fields; raises TypeError, KeyError or ValueError on a wrong one."""
    fields = dict(fields)
    knobs = tuple(Knob(**knob) for knob in fields.pop("knobs"))
    stages = tuple(Stage(**{**stage, "sizes": tuple(stage["sizes"])}) for stage in fields.pop("stages"))
    model = {**fields.pop("model", {}), "knobs": len(knobs)}
    model = {key: tuple(value) if isinstance(value, list) else value for key, value in model.items()}
    if "oscillators" in model:
        model = {"harmonics": ()} | model | {"oscillators": oscillators_from(model["oscillators"])}
    if "parts" in fields:
        fields["parts"] = tuple(fields["parts"])
    optimiser = Optimiser(**fields.pop("optimiser"))
    adversarial = adversarial_from(fields.pop("adversarial")) if "adversarial" in fields else None
    levels = level_fit_from(fields.pop("levels", {}))
    architecture = Architecture(**model)
    return Recipe(
        **fields,
        optimiser=optimiser,
        knobs=knobs,
        stages=stages,
        architecture=architecture,
        adversarial=adversarial,
        levels=levels,
    )


def metadata(recipe: Recipe, metrics: dict[str, Any]) -> dict[str, Any]:
    """Describes a model made by `recipe`: architecture, knobs, licence, figures."""
    arch = recipe.architecture
    bank = {"oscillators": [plain_fields(each) for each in arch.oscillators]} if arch.oscillators else {}
    return bank | {
        "schema": SCHEMA,
        "name": recipe.name,
        "title": recipe.title,
        "rate": RATE,
        "hop": HOP,
        "channels": arch.channels,
        "skip_channels": arch.skip_channels,
        "kernel": arch.kernel,
        "dilations": list(arch.dilations),
        "harmonics": list(arch.harmonics),
        "sines": list(arch.sines),
        "noise": True,
        "residual_scale": 1.0,
        "skip_scale": 1.0,
        "knobs": [vars(knob) for knob in recipe.knobs],
        "pitched": recipe.pitched,
        "licence": recipe.licence,
        "credit": recipe.credit,
        "description": recipe.description,
        "metrics": metrics,
        "seed": recipe.seed,
    }

"""What a training run leaves between two steps, so that it can be killed at any moment and continue."""

import copy
from dataclasses import asdict, dataclass, field
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch

from accel.atomic import atomic_path
from accel.compiler import Formats
from accel.errors import SystoleError
from accel.formats import WEIGHT_BITS
from training.adversarial.adversary import Adversary
from training.model.generator import Generator
from training.model.quantised import QuantisedGenerator
from training.run.recipe import Recipe

BETAS = (0.9, 0.98)


@dataclass
class State:
    """What a checkpoint holds."""

    generator: Generator
    ema: Generator
    adam: torch.optim.Adam
    adversary: Adversary | None = None
    formats: Formats | None = None
    """Of the streams, once the training rounds; None before."""
    bits: int = WEIGHT_BITS
    """Of a weight, once the training rounds."""
    step: int = 0
    seconds: float = 0.0
    history: list[list[float]] = field(default_factory=list)
    """[step, progress, mean training loss, validation LSD in dB], one row per checkpoint."""

    def to(self, device: torch.device) -> "State":
        """Move weights and the optimisers' averages; returns itself."""
        averages = self.adam.state_dict()
        self.generator.to(device)
        self.ema.to(device)
        self.adam = torch.optim.Adam(self.generator.parameters(), betas=BETAS)  # the weights may be other objects now
        self.adam.load_state_dict(averages)  # puts each average where its weight is
        if self.adversary is not None:
            self.adversary.to(device)
        return self

    def averaged(self) -> Generator:
        """A copy of the averaged generator on the CPU."""
        return copy.deepcopy(self.ema).cpu()

    def result(self) -> Generator:
        """The averaged generator, on the CPU; on the grids of the integers, once the training rounds."""
        return self.on_grid(self.averaged())

    def on_grid(self, generator: Generator) -> Generator:
        """The same object with its parameters on the grids of the integers, once the training rounds."""
        if self.formats is not None:
            generator.load_state_dict(QuantisedGenerator(generator, self.formats, self.bits).snapped())
        return generator


def new_state(recipe: Recipe) -> State:
    """A generator with its seeded first weights."""
    torch.manual_seed(recipe.seed)
    generator = Generator(recipe.architecture)
    adam = torch.optim.Adam(generator.parameters(), recipe.optimiser.rate, betas=BETAS)
    adversary = None
    if recipe.adversarial is not None:
        adversary = Adversary(recipe.adversarial, 1 + len(recipe.knobs), recipe.seed)
    return State(generator, copy.deepcopy(generator), adam, adversary, bits=recipe.weight_bits)


def save_checkpoint(path: Path, state: State, recipe: Recipe) -> None:
    """Write everything that the next step depends on; a machine without a GPU can read what one with a GPU wrote."""
    content = {
        "recipe": recipe.fingerprint(),
        "generator": state.generator.state_dict(),
        "ema": state.ema.state_dict(),
        "adam": state.adam.state_dict(),
        "adversary": state.adversary.state_dict() if state.adversary else None,
        "formats": _plain(state.formats),
        "step": state.step,
        "seconds": state.seconds,
        "history": state.history,
    }
    with atomic_path(path) as temporary:
        torch.save(_on_cpu(content), temporary)


def load_checkpoint(path: Path, recipe: Recipe) -> State:
    """The state at the last checkpoint, or a new one where there is none.

    Raises:
        SystoleError: the file is unreadable or was made by another recipe.
    """
    state = new_state(recipe)
    if not path.exists():
        return state
    try:
        content = torch.load(path, weights_only=True)
        if content["recipe"] != recipe.fingerprint():
            raise SystoleError(f"{path}: made by another recipe; choose another --out or remove it")
        state.generator.load_state_dict(content["generator"])
        state.ema.load_state_dict(content["ema"])
        state.adam.load_state_dict(content["adam"])
        if state.adversary is not None:
            state.adversary.load_state_dict(content["adversary"])
        state.formats = _formats(content["formats"])
        state.step, state.seconds, state.history = content["step"], content["seconds"], content["history"]
    except (OSError, RuntimeError, UnpicklingError, KeyError, TypeError, ValueError) as error:
        raise SystoleError(f"{path}: not a readable checkpoint: {error}") from error
    return state


def _on_cpu(content: Any) -> Any:
    """The same dictionaries and lists with every tensor on the CPU."""
    if isinstance(content, dict):
        return {key: _on_cpu(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return type(content)(_on_cpu(value) for value in content)
    return content.cpu() if isinstance(content, torch.Tensor) else content


def _plain(formats: Formats | None) -> dict[str, Any] | None:
    if formats is None:
        return None
    fields = asdict(formats)
    return fields | {name: fields[name].tolist() for name in ("condition", "ramp_shift")}


def _formats(plain: dict[str, Any] | None) -> Formats | None:
    if plain is None:
        return None
    return Formats(**(plain | {name: np.array(plain[name]) for name in ("condition", "ramp_shift")}))

"""From a checkpoint to a program: load, assemble the float twin, calibrate, compile, measure."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from accel.compiler import compile_network
from accel.errors import SystoleError
from accel.program import Program
from training.imports.checkpoint import load_generator
from training.imports.config import load_config
from training.imports.fidelity import Fidelity, measure_fidelity
from training.imports.ranges import calibrate_vocoder, drawn_frames
from training.imports.stats import load_stats
from training.imports.vocoder import Vocoder, make_vocoder

__all__ = ["Imported", "import_checkpoint", "load_vocoder"]

TEST_FRAMES = 12
STATS = ("stats.h5", "stats.npy")


@dataclass(frozen=True)
class Imported:
    """A compiled checkpoint.

    Attributes:
        program: as it is to be stored, figures on its card.
        fidelity: what the integers cost.
        normalises: whether the model takes features as they are extracted, not normalised.
    """

    program: Program
    fidelity: Fidelity
    normalises: bool


def load_vocoder(checkpoint: Path, config: Path | None = None, stats: Path | None = None, name: str = "") -> Vocoder:
    """The float twin of a checkpoint.

    Args:
        checkpoint: a `.pkl` of kan-bayashi's trainer.
        config: its `config.yml`; beside it, if not given.
        stats: `stats.h5` or `stats.npy`; beside it or in the checkpoint, if not given and there.
        name: the model's.

    Raises:
        SystoleError: something is missing, damaged, unsafe or of another architecture.
    """
    if not checkpoint.is_file():
        raise SystoleError(f"{checkpoint}: cannot be read: no such file")
    shape = load_config(config or checkpoint.with_name("config.yml"))
    weights = load_generator(checkpoint, shape.generator_params)
    beside = next((path for path in map(checkpoint.with_name, STATS) if path.exists()), None)
    stats = stats or beside
    if stats is not None:
        moments = load_stats(stats, shape.generator_params.aux_channels)
    elif {"mean", "scale"} <= set(weights):
        moments = weights["mean"], weights["scale"]
    else:
        moments = None
    return make_vocoder(shape, weights, moments, name or model_name(checkpoint))


def model_name(path: Path) -> str:
    """A model's name from a file's: lower-case letters, digits, _ and -."""
    return re.sub(r"[^a-z0-9_-]+", "-", path.stem.lower()).strip("-_")[:64] or "imported"


def import_checkpoint(
    checkpoint: Path,
    *,
    config: Path | None = None,
    stats: Path | None = None,
    frames: NDArray[Any] | None = None,
    frames_name: str = "features",
    name: str = "",
) -> Imported:
    """Compile a checkpoint; arguments as `load_vocoder`.

    Args:
        frames: features [N, bands] to calibrate and measure on, as the model will be given them; drawn if not given.

    Raises:
        SystoleError: as `load_vocoder`; or weights that no format can hold.
    """
    vocoder = load_vocoder(checkpoint, config, stats, name)
    features = vocoder.features
    own = None if frames is None else features.check(frames, frames_name)
    calibration = calibrate_vocoder(vocoder, own)
    vocoder = vocoder.programmed(calibration.span)
    program = compile_network(vocoder.network, ranges=calibration.ranges, centred=True)
    program = dataclasses.replace(program, features=vocoder.features)
    test = drawn_frames(np.random.default_rng(2), vocoder, TEST_FRAMES) if own is None else own[:TEST_FRAMES]
    fidelity = measure_fidelity(vocoder, program, test)
    metrics = fidelity.metrics() | {"calibrated_on": "drawn features" if own is None else "given features"}
    card = msgspec.structs.replace(program.card, metrics=metrics)
    normalises = bool((features.mean != 0).any() or (features.scale != 1).any())
    return Imported(dataclasses.replace(program, card=card), fidelity, normalises)

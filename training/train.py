"""Train one model: `python -m training.train RECIPE --data DIR --out DIR [--minutes M]`.

The run can be killed at any moment; the same command continues from the last checkpoint, drawing the batches that an
uninterrupted run would have drawn. With `--minutes` the schedule runs over time instead of steps: the model is ready
when wanted, but another machine gives other weights.
"""

import argparse
import math
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from accel.errors import SystoleError
from training.checkpoint import State, load_checkpoint, save_checkpoint
from training.dataset import Dataset, load_dataset
from training.discriminators import control_samples
from training.generator import Generator
from training.losses import SpectralLoss, waveform_loss
from training.metrics import high_pass, log_spectral_distance
from training.progress import Progress
from training.quantised import QuantisedGenerator, calibrated_formats
from training.recipe import Recipe, Stage, load_recipe
from training.render import render_float
from training.sampling import Batch, Sampler
from training.weights import metadata, save_weights

CONDITIONING_LIMIT = 6.0
"""Gate biases beyond this are penalised: the gate is saturated there, and int16 streams must hold them."""
Forward = Callable[[Tensor, Tensor], Tensor]
AVERAGE = 200
VALIDATION_CLIPS = 8


class Trainer:
    """Applies steps to a state; the forward pass may be compiled. The discriminators learn from the crops of a step
    after the generator has: each sees what the other was when the step began.
    """

    def __init__(self, recipe: Recipe, data: Dataset, state: State, compiled: bool) -> None:
        self.recipe, self.state, self.compiled = recipe, state, compiled
        self.sampler = Sampler(data, recipe.architecture.context, recipe.seed)
        self.plain = self._ready(state.generator)
        self.rounding: Forward | None = None
        self.spectral = [SpectralLoss(s.sizes, s.convergence, s.level) for s in recipe.stages]

    def step(self, progress: float) -> float:
        """One optimiser step at `progress` (0..1) of the schedule; returns the loss."""
        state, optimiser = self.state, self.recipe.optimiser
        stage = self.recipe.stage(progress)
        batch = self.sampler.batch(state.step, stage)
        output = self.forward(stage)(batch.excitation, batch.control)[:, batch.skip :]
        loss = self._loss(output, batch, stage)
        opposed = self.recipe.adversarial is not None and self.recipe.adversarial.active(progress)
        adversary = state.adversary if opposed else None
        told = control_samples(batch.control, batch.skip) if adversary else None
        if adversary:
            loss = loss + adversary.generator_loss(batch.target[:, batch.skip :], output, told)
        state.adam.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(state.generator.parameters(), optimiser.clip)
        for group in state.adam.param_groups:
            group["lr"] = learning_rate(self.recipe, state.step, progress)
        state.adam.step()
        with torch.no_grad():
            decay = min(optimiser.ema, (1 + state.step) / (10 + state.step))
            torch._foreach_lerp_(list(state.ema.parameters()), list(state.generator.parameters()), 1 - decay)
        if adversary:
            scale = learning_rate(self.recipe, state.step, progress) / optimiser.rate
            adversary.step(batch.target[:, batch.skip :], output, told, scale)
        state.step += 1
        return float(loss.detach())

    def forward(self, stage: Stage) -> Forward:
        """The generator in float, or as the accelerator computes it; the formats are chosen when first needed."""
        if not stage.integers:
            return self.plain
        state = self.state
        if self.rounding is None:
            state.formats = state.formats or calibrated_formats(state.ema)
            self.rounding = self._ready(QuantisedGenerator(state.generator, state.formats))
        return self.rounding

    def _ready(self, module: nn.Module) -> Forward:
        made: Forward = torch.compile(module, dynamic=False) if self.compiled else module
        return made

    def _loss(self, output: Tensor, batch: Batch, stage: Stage) -> Tensor:
        target = batch.target[:, batch.skip :]
        loss = stage.spectral * self.spectral[self.recipe.stages.index(stage)](output, target)
        if stage.waveform:
            loss = loss + stage.waveform * waveform_loss(output, target)
        biases = self.state.generator.conditioning(batch.control[:, ::8])
        return loss + 0.1 * torch.relu(biases.abs() - CONDITIONING_LIMIT).square().mean()


def learning_rate(recipe: Recipe, step: int, progress: float) -> float:
    """Linear warm-up in steps, then a cosine over the whole schedule down to `final` of the rate."""
    optimiser = recipe.optimiser
    cosine = 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))
    return (
        optimiser.rate * min(1.0, (step + 1) / optimiser.warm_up) * (optimiser.final + (1 - optimiser.final) * cosine)
    )


def validate(generator: Generator, data: Dataset) -> float:
    """Mean log-spectral distance in dB over VALIDATION_CLIPS clips spread over a held-out set."""
    render = render_float(generator)
    pick = np.unique(np.linspace(0, len(data) - 1, VALIDATION_CLIPS).astype(int))
    rendered = (render(data.control[i], float(data.start_phase[i])) for i in pick)
    return float(
        np.mean(
            [log_spectral_distance(high_pass(y), high_pass(data.audio[i])) for i, y in zip(pick, rendered, strict=True)]
        )
    )


@dataclass
class Session:
    """A run over its schedule: steps, checkpoints, exports.

    Args:
        trainer: the state and how to advance it.
        validation: held-out clips, a few of which are measured at every checkpoint.
        out: folder of checkpoint and export.
    """

    trainer: Trainer
    validation: Dataset
    out: Path

    @property
    def export(self) -> Path:
        """The weight file."""
        return self.out / f"{self.trainer.recipe.name}.safetensors"

    def progress(self) -> float:
        """How much of the schedule is done, 0..1."""
        state, recipe = self.trainer.state, self.trainer.recipe
        return state.step / recipe.steps if recipe.steps else state.seconds / (60 * (recipe.minutes or 0))

    def save(self, loss: float) -> str:
        """Measure, write checkpoint and export; returns a line that says so."""
        state, recipe = self.trainer.state, self.trainer.recipe
        result = state.result()
        distance = validate(result, self.validation)
        state.history.append([state.step, self.progress(), loss, distance])
        save_checkpoint(self.out / f"{recipe.name}.ckpt", state, recipe)
        figures: dict[str, Any] = {"steps": state.step, "minutes": round(state.seconds / 60, 1)}
        save_weights(self.export, result.state_dict(), metadata(recipe, figures))
        return f"step {state.step}: validation LSD {distance:.2f} dB; wrote {self.export}"

    def run(self, stop_at: int | None, every: float) -> None:
        """Advance to the end of the schedule or to step `stop_at`, saving `every` so many seconds."""
        state, recent = self.trainer.state, [math.nan]
        with Progress(self.trainer.recipe.name) as shown:
            saved = last = time.monotonic()
            while self.progress() < 1.0 and (stop_at is None or state.step < stop_at):
                recent = [*recent[-AVERAGE + 1 :], self.trainer.step(self.progress())]
                now = time.monotonic()
                state.seconds, last = state.seconds + now - last, now
                shown.update(self.progress(), f"step {state.step} loss {np.nanmean(recent):.4f}")
                if now - saved > every:
                    shown.note(self.save(float(np.nanmean(recent))))
                    saved = last = time.monotonic()
            shown.note(self.save(float(np.nanmean(recent)) if len(recent) > 1 else math.nan))


def train(
    recipe: Recipe,
    data_dir: Path,
    out: Path,
    compiled: bool = True,
    stop_at: int | None = None,
    every: float = 120.0,
) -> Path:
    """Train to the end of the schedule (or to step `stop_at`), going on from a checkpoint; returns the exported file.

    Args:
        recipe: what to train.
        data_dir: folder that the recipe's `dataset` is relative to.
        out: folder of checkpoint and export; made if missing.
        compiled: compile the step first (needs a C++ compiler).
        stop_at: stop early, as if killed after this step.
        every: seconds between checkpoints.
    """
    out.mkdir(parents=True, exist_ok=True)
    stem = data_dir / recipe.dataset
    state = load_checkpoint(out / f"{recipe.name}.ckpt", recipe)
    trainer = Trainer(recipe, load_dataset(stem, ("static", "moving")), state, compiled)
    session = Session(trainer, load_dataset(stem, ("val_static", "val_moving")), out)
    session.run(stop_at, every)
    return session.export


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training.train", description="Train a model from a recipe.")
    parser.add_argument("recipe", type=Path, help="TOML file, as in training/recipes")
    parser.add_argument("--data", type=Path, required=True, help="folder that the recipe's dataset is relative to")
    parser.add_argument("--out", type=Path, required=True, help="folder of checkpoint and exported weights")
    parser.add_argument("--minutes", type=float, help="train for this long instead of the recipe's steps")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads (default 1)")
    parser.add_argument("--no-compile", action="store_true", help="plain torch: no C++ compiler needed, half as fast")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    try:
        recipe = load_recipe(options.recipe, minutes=options.minutes)
        train(recipe, options.data, options.out, compiled=not options.no_compile)
    except (SystoleError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; the same command continues from the last checkpoint", file=sys.stderr)
        return 130
    finally:
        torch.set_flush_denormal(False)  # a flag of the whole thread, which callers of `main` go on using
    return 0


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main())

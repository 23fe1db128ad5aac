"""A training run over its schedule: steps, progress, checkpoints, exports."""

import math
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from training.data.dataset import Dataset
from training.measure.metrics import high_pass, log_spectral_distance
from training.model.generator import Generator
from training.model.render import render_float
from training.model.weights import save_weights
from training.run.checkpoint import save_checkpoint
from training.run.pace import Pace, announcement
from training.run.progress import Progress
from training.run.recipe import metadata
from training.run.trainer import Trainer
from training.run.trim import trimmed

__all__ = ["Session", "validate"]

AVERAGE = 200
VALIDATION_CLIPS = 8


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
    """A run over its schedule. Of processes that train together, only the first shows and writes anything.

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
        """How much of the schedule is done, 0..1; the same in all processes."""
        state, recipe = self.trainer.state, self.trainer.recipe
        return state.step / recipe.steps if recipe.steps else state.seconds / (60 * (recipe.minutes or 0))

    def save(self, loss: float) -> str:
        """Measure, write checkpoint and export; returns a line that says so."""
        state, recipe = self.trainer.state, self.trainer.recipe
        result = state.result()
        if recipe.trim and self.progress() >= 1.0:
            result = state.on_grid(trimmed(result, self.trainer.data))
        distance = validate(result, self.validation)
        if not state.history or state.history[-1][0] != state.step:
            state.history.append([state.step, self.progress(), loss, distance])
        save_checkpoint(self.out / f"{recipe.name}.ckpt", state, recipe)
        figures: dict[str, Any] = {"steps": state.step, "minutes": round(state.seconds / 60, 1)}
        save_weights(self.export, result.state_dict(), metadata(recipe, figures))
        return f"step {state.step}: validation LSD {distance:.2f} dB; wrote {self.export}"

    def run(self, stop_at: int | None, every: float) -> None:
        """Advance to the end of the schedule or to step `stop_at`, saving `every` so many seconds."""
        trainer, state, ranks = self.trainer, self.trainer.state, self.trainer.ranks
        recent: deque[Tensor | float] = deque([math.nan], maxlen=AVERAGE)
        pace = Pace(trainer.recipe)
        with Progress(trainer.recipe.name, silent=not ranks.first) as shown:
            shown.note(announcement(trainer.recipe, state, trainer.place, ranks))
            saved = last = time.monotonic()
            while self.progress() < 1.0 and (stop_at is None or state.step < stop_at):
                recent.append(trainer.step(self.progress()))
                now = time.monotonic()
                self._count(now - last)
                last = now
                shown.update(self.progress(), lambda: f"step {state.step} loss {_mean(recent):.4f}")
                if line := pace.after_step(state, self.progress()):
                    shown.note(line)
                if ranks.first and now - saved > every:
                    shown.note(self.save(_mean(recent)))
                    saved = last = time.monotonic()
            if ranks.first:
                shown.note(self.save(_mean(recent) if len(recent) > 1 else math.nan))
        ranks.wait()

    def _count(self, seconds: float) -> None:
        """Add to the time trained; where the schedule runs over time, all processes go by one clock."""
        state = self.trainer.state
        state.seconds += seconds
        if self.trainer.recipe.minutes:
            state.seconds = self.trainer.ranks.agreed(state.seconds)


def _mean(losses: Iterable[Tensor | float]) -> float:
    return float(np.nanmean([float(loss) for loss in losses]))

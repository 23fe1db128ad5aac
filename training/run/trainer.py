"""One training step: crops in, losses, the generator's update, and its opponents' where the recipe has any."""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from training.adversarial.discriminators import control_samples
from training.data.dataset import Dataset
from training.model.harmonic_bank import keep_levels
from training.model.quantised import QuantisedGenerator, calibrated_formats
from training.run.checkpoint import State
from training.run.device import CPU, Place
from training.run.distributed import ALONE, Ranks
from training.run.losses import BandPowerLoss, SpectralLoss, waveform_loss
from training.run.prefetch import Prefetcher, moved, pinned
from training.run.recipe import Recipe, Stage
from training.run.sampling import Batch, Sampler

__all__ = ["Trainer", "learning_rate"]

CONDITIONING_LIMIT = 6.0
"""Gate biases beyond this are penalised: the gate is saturated there, and int16 streams must hold them."""
BANK_LIMIT = 9.0
"""The same for a bank of harmonics, whose silent ones are gates at -8, as far as a sigmoid's format goes (-70 dB)."""
Forward = Callable[[Tensor, Tensor], Tensor]


class Trainer:
    """Applies steps to a state; the forward pass may be compiled. The discriminators learn from the crops of a step
    after the generator has: each sees what the other was when the step began.

    Args:
        recipe: what to train.
        data: the clips that crops are drawn from.
        state: is moved to `place`, and changed by every step.
        compiled: compile the forward passes when they are first used.
        place: where to compute.
        ranks: the processes that train together.
    """

    def __init__(
        self, recipe: Recipe, data: Dataset, state: State, compiled: bool, place: Place = CPU, ranks: Ranks = ALONE
    ) -> None:
        self.recipe, self.data, self.compiled = recipe, data, compiled
        self.state = state.to(place.device)
        self.place, self.ranks = place, ranks
        arch = recipe.architecture
        self.sampler = Sampler(data, arch.context, ranks.seed(recipe.seed), arch.sources)
        self.ahead = Prefetcher(self._pinned_batch) if place.prefetches else None
        self.plain = self._ready(state.generator)
        self.rounding: Forward | None = None
        self.power = BandPowerLoss().to(place.device)
        self.spectral = [SpectralLoss(s.sizes, s.convergence, s.level).to(place.device) for s in recipe.stages]

    def step(self, progress: float) -> Tensor:
        """One optimiser step at `progress` (0..1) of the schedule; returns the loss of this process's crops.

        The loss stays a tensor: to read it is to wait for the GPU, which every step need not do.
        """
        state, optimiser = self.state, self.recipe.optimiser
        stage = self.recipe.stage(progress)
        batch = self._batch(stage)
        target = batch.target[:, batch.skip :]
        forward, exact = self.forward(stage), stage.integers or stage is self.recipe.stages[-1]
        with self.place.autocast(exact):
            output = forward(batch.excitation, batch.control)
        output = output.float()[:, batch.skip :]
        loss = self._loss(output, batch, stage)
        opposed = self.recipe.adversarial is not None and self.recipe.adversarial.active(progress)
        adversary = state.adversary if opposed else None
        told = control_samples(batch.control, batch.skip) if adversary else None
        if adversary:
            with self.place.autocast(exact):
                loss = loss + adversary.generator_loss(target, output, told)
        rate = learning_rate(self.recipe, state.step, progress)
        self._update(loss, rate, stage.levels_only)
        if adversary:
            with self.place.autocast(exact):
                losses = adversary.losses(target, output, told)
            adversary.update(losses, rate / optimiser.rate, self.ranks.average)
        state.step += 1
        return loss.detach()

    def forward(self, stage: Stage) -> Forward:
        """The generator in float, or as the accelerator computes it; the formats are chosen when first needed."""
        if not stage.integers:
            return self.plain
        state = self.state
        if self.rounding is None:
            state.formats = state.formats or calibrated_formats(state.averaged())
            twin = QuantisedGenerator(state.generator, state.formats, state.bits)
            self.rounding = self._ready(twin.to(self.place.device))
        return self.rounding

    def close(self) -> None:
        """End the thread that draws ahead, if there is one."""
        if self.ahead:
            self.ahead.close()

    def _ready(self, module: nn.Module) -> Forward:
        made: Forward = torch.compile(module, dynamic=False) if self.compiled else module
        return made

    def _batch(self, stage: Stage) -> Batch:
        if self.ahead is None:
            return self.sampler.batch(self.state.step, stage)
        return moved(self.ahead.batch(self.state.step, stage), self.place.device)

    def _pinned_batch(self, step: int, stage: Stage) -> Batch:
        return pinned(self.sampler.batch(step, stage), self.place.device)

    def _update(self, loss: Tensor, rate: float, levels_only: bool) -> None:
        """Generator and its average, one step along the gradient of all processes."""
        state, optimiser = self.state, self.recipe.optimiser
        state.adam.zero_grad(set_to_none=True)
        loss.backward()
        if levels_only:
            keep_levels(state.generator)
        self.ranks.average(state.generator.parameters())
        torch.nn.utils.clip_grad_norm_(state.generator.parameters(), optimiser.clip)
        for group in state.adam.param_groups:
            group["lr"] = rate
        state.adam.step()
        with torch.no_grad():
            decay = min(optimiser.ema, (1 + state.step) / (10 + state.step))
            torch._foreach_lerp_(list(state.ema.parameters()), list(state.generator.parameters()), 1 - decay)

    def _loss(self, output: Tensor, batch: Batch, stage: Stage) -> Tensor:
        target = batch.target[:, batch.skip :]
        loss = stage.spectral * self.spectral[self.recipe.stages.index(stage)](output, target)
        if stage.waveform:
            loss = loss + stage.waveform * waveform_loss(output, target)
        if stage.power:
            loss = loss + stage.power * self.power(output, target)
        biases = self.state.generator.conditioning(batch.control[:, ::8])
        limit = BANK_LIMIT if self.recipe.architecture.bank else CONDITIONING_LIMIT
        return loss + 0.1 * torch.relu(biases.abs() - limit).square().mean()


def learning_rate(recipe: Recipe, step: int, progress: float) -> float:
    """Linear warm-up in steps, then a cosine over the whole schedule down to `final` of the rate."""
    optimiser = recipe.optimiser
    cosine = 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))
    return (
        optimiser.rate * min(1.0, (step + 1) / optimiser.warm_up) * (optimiser.final + (1 - optimiser.final) * cosine)
    )

"""Adversarial training: a generator learns from networks that learn to tell its crops from recorded ones.

A spectral loss asks for the mean of all plausible spectra; where noise, transients or unknown phase leave several, the
mean sounds dull. A discriminator asks only that a crop could have been recorded. Its price is a second network to run
and to train: more than the generator's own step on a CPU.

Each discriminator draws its first weights from its own seed and has its gradient clipped on its own. So adding one
changes nothing in the others, and whatever ran before changes nothing at all.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import l1_loss, relu

from training.adversarial.discriminators import Features
from training.adversarial.recipe import AdversarialRecipe

LEAST_FEATURE = 1e-3
"""A real feature map's mean magnitude counts as at least this, so that silence does not make its error infinite."""


def lsgan_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    """Least squares: (real - 1)^2 + fake^2 of scores (Mao et al. 2017); 0.5 where it cannot tell, 0 at best."""
    return (real - 1).square().mean() + fake.square().mean()


def lsgan_generator(fake: Tensor) -> Tensor:
    """Least squares: (fake - 1)^2."""
    return (fake - 1).square().mean()


def hinge_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    """Hinge: max(0, 1 - real) + max(0, 1 + fake) of scores (Lim and Ye 2017); 2 where it cannot tell, 0 at best."""
    return relu(1 - real).mean() + relu(1 + fake).mean()


def hinge_generator(fake: Tensor) -> Tensor:
    """Hinge: -fake; it has no lower bound, and falls as long as the generator wins."""
    return -fake.mean()


DISCRIMINATOR_LOSS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "lsgan": lsgan_discriminator,
    "hinge": hinge_discriminator,
}
GENERATOR_LOSS: dict[str, Callable[[Tensor], Tensor]] = {"lsgan": lsgan_generator, "hinge": hinge_generator}


def feature_matching(real: Features, fake: Features) -> Tensor:
    """Mean distance of feature maps, scores left out (Kumar et al. 2019, section 2.3).

    Each map's mean |real - fake| is divided by its mean |real|, so 0.1 means ten percent off at any depth and size.
    """
    terms = []
    for real_maps, fake_maps in zip(real, fake, strict=True):
        for r, f in zip(real_maps[:-1], fake_maps[:-1], strict=True):
            r = r.detach().float()
            terms.append(l1_loss(f.float(), r) / r.abs().mean().clamp_min(LEAST_FEATURE))
    return torch.stack(terms).mean()


class Adversary:
    """The discriminators and their optimiser.

    Args:
        recipe: which discriminators, and how they learn.
        controls: values per row of `control_input`, for conditioned ones.
        seed: decides the first weights.
    """

    def __init__(self, recipe: AdversarialRecipe, controls: int, seed: int) -> None:
        self.recipe = recipe
        networks = []
        for i, spec in enumerate(recipe.discriminators):
            with _seeded(seed, i):
                networks.append(spec.build(controls))
        self.discriminators = nn.ModuleList(networks)
        self.adam = self._optimiser()

    def to(self, device: torch.device | str) -> "Adversary":
        """Move weights and the optimiser's averages; returns itself."""
        state = self.adam.state_dict()
        self.discriminators.to(device)
        self.adam = self._optimiser()  # the weights may be other objects now
        self.adam.load_state_dict(state)
        return self

    def _optimiser(self) -> torch.optim.Adam:
        return torch.optim.Adam(self.discriminators.parameters(), self.recipe.rate, betas=self.recipe.betas)

    def losses(self, real: Tensor, fake: Tensor, control: Tensor | None = None) -> Tensor:
        """Loss of each discriminator; arguments as in `step`, and no gradient reaches `fake`."""
        if real.shape != fake.shape:
            raise ValueError(f"recorded crops {tuple(real.shape)}, generated ones {tuple(fake.shape)}: must be alike")
        crops = torch.cat([real, fake.detach()])
        both = None if control is None else torch.cat([control, control])
        judge = DISCRIMINATOR_LOSS[self.recipe.loss]
        losses = []
        for discriminator in self.discriminators:
            scores = [maps[-1].float().chunk(2) for maps in discriminator(crops, both)]
            losses.append(torch.stack([judge(of_real, of_fake) for of_real, of_fake in scores]).mean())
        return torch.stack(losses)

    def step(self, real: Tensor, fake: Tensor, control: Tensor | None = None, scale: float = 1.0) -> float:
        """One update of the discriminators; returns their mean loss before it.

        Args:
            real: recorded crops [B, T], full scale +-1.
            fake: generated crops [B, T]; no gradient goes back to the generator.
            control: what the synth was told at each sample, [B, T, controls]; see `control_samples`.
            scale: of the learning rate, for a schedule.
        """
        losses = self.losses(real, fake, control)
        self.update(losses, scale)
        return float(losses.detach().mean())

    def update(
        self,
        losses: Tensor,
        scale: float = 1.0,
        average: Callable[[Iterable[nn.Parameter]], None] | None = None,
    ) -> None:
        """One update of the discriminators.

        Args:
            losses: what `losses` returned.
            scale: of the learning rate, for a schedule.
            average: of the gradients, over processes that train together; None: there is one process.
        """
        self.adam.zero_grad(set_to_none=True)
        losses.sum().backward()
        if average is not None:
            average(self.discriminators.parameters())
        for discriminator in self.discriminators:
            nn.utils.clip_grad_norm_(discriminator.parameters(), self.recipe.clip)
        for group in self.adam.param_groups:
            group["lr"] = scale * self.recipe.rate
        self.adam.step()

    def generator_loss(self, real: Tensor, fake: Tensor, control: Tensor | None = None) -> Tensor:
        """Weighted adversarial loss + feature matching, mean over the discriminators, whose weights get no gradient.

        Arguments as in `step`.
        """
        recipe, losses = self.recipe, []
        deceive = GENERATOR_LOSS[recipe.loss]
        for spec, discriminator in zip(recipe.discriminators, self.discriminators, strict=True):
            with _frozen(discriminator):
                fake_maps = discriminator(fake, control)
            scores = torch.stack([deceive(maps[-1].float()) for maps in fake_maps])
            loss = recipe.weight * scores.mean()
            if recipe.feature_weight and spec.features:
                with torch.no_grad():
                    real_maps = discriminator(real, control)
                loss = loss + recipe.feature_weight * feature_matching(real_maps, fake_maps)
            losses.append(loss)
        return torch.stack(losses).mean()

    def state_dict(self) -> dict[str, Any]:
        """All that the next step depends on."""
        return {"discriminators": self.discriminators.state_dict(), "adam": self.adam.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state_dict`.

        Raises:
            KeyError, RuntimeError, ValueError: the state belongs to other discriminators.
        """
        self.discriminators.load_state_dict(state["discriminators"])
        self.adam.load_state_dict(state["adam"])


@contextmanager
def _seeded(seed: int, index: int) -> Iterator[None]:
    """Draws from a seed of its own; the global generator is afterwards as it was before."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(int(np.random.SeedSequence((seed, index)).generate_state(1)[0]))
        yield


@contextmanager
def _frozen(network: nn.Module) -> Iterator[None]:
    """Results computed inside send no gradient to the weights."""
    network.requires_grad_(False)
    try:
        yield
    finally:
        network.requires_grad_(True)

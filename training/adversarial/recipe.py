"""The `[adversarial]` part of a recipe: which discriminators, from when on, and how much they count."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from training.adversarial import limits
from training.adversarial.discriminator_specs import DiscriminatorSpec, specification_from

LOSSES = ("lsgan", "hinge")


@dataclass(frozen=True)
class AdversarialRecipe:
    """How discriminators take part in a training.

    Args:
        start: share of the schedule, 0..1, at which they join; the generator must make recognisable sound by then.
        discriminators: which ones; every one counts alike, whatever its number of sub-discriminators.
        loss: `lsgan` (squared distance of the scores from 1 and 0) or `hinge`.
        weight: of the generator's adversarial loss.
        feature_weight: of feature matching, with the discriminators that have `features`; 0 saves its cost.
        rate: Adam's learning rate for the discriminators.
        betas: Adam's averages; little momentum, because the opponent moves.
        clip: norm of each discriminator's gradient.
    """

    start: float
    discriminators: tuple[DiscriminatorSpec, ...]
    loss: str = "lsgan"
    weight: float = 1.0
    feature_weight: float = 2.0
    rate: float = 1e-3
    betas: tuple[float, float] = (0.5, 0.9)
    clip: float = 1.0

    def __post_init__(self) -> None:
        limits.number("adversarial.start", self.start, 0, 1)
        if not self.discriminators:
            raise ValueError("adversarial.discriminators is empty: must name one or more")
        limits.one_of("adversarial.loss", self.loss, LOSSES)
        limits.number("adversarial.weight", self.weight, 0, 1000)
        limits.number("adversarial.feature_weight", self.feature_weight, 0, 1000)
        if self.weight == 0 and not (self.feature_weight and any(spec.features for spec in self.discriminators)):
            raise ValueError("adversarial.weight = 0: must be above, unless features of a discriminator are matched")
        limits.number("adversarial.rate", self.rate, 1e-7, 0.1)
        if not isinstance(self.betas, tuple) or len(self.betas) != 2:
            raise ValueError(f"adversarial.betas = {self.betas!r}: must be two numbers")
        for beta in self.betas:
            limits.number("adversarial.betas", beta, 0, 0.99999)
        limits.number("adversarial.clip", self.clip, 1e-6, 1e6)

    @property
    def shortest(self) -> int:
        """Samples that a crop must have for all discriminators."""
        return max(spec.shortest for spec in self.discriminators)

    def active(self, progress: float) -> bool:
        """Whether they take part at `progress` (0..1) of the schedule."""
        return progress >= self.start


def adversarial_from(table: Mapping[str, Any]) -> AdversarialRecipe:
    """A recipe's `[adversarial]` table with its `[[adversarial.discriminators]]`.

    Raises:
        ValueError: a field is missing, unknown or not allowed; the text names it.
    """
    known = tuple(field.name for field in fields(AdversarialRecipe))
    limits.known("adversarial", tuple(table), known)
    for field in ("start", "discriminators"):
        if field not in table:
            raise ValueError(f"adversarial.{field} is missing")
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    specs = values.pop("discriminators")
    if not isinstance(specs, tuple) or not all(isinstance(spec, Mapping) for spec in specs):
        raise ValueError("adversarial.discriminators: must be tables, [[adversarial.discriminators]]")
    return AdversarialRecipe(**values, discriminators=tuple(specification_from(spec) for spec in specs))

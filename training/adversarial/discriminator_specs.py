"""Sizes of discriminators as a recipe gives them: checked when read, so that a run never stops over one hours later."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from training.adversarial import limits
from training.adversarial.discriminators import (
    Discriminator,
    PeriodDiscriminator,
    SpectralDiscriminator,
    WaveDiscriminator,
    wave_dilations,
)


@dataclass(frozen=True, kw_only=True)
class DiscriminatorSpec:
    """What all discriminators can be told.

    Args:
        name: which one; a key of `SPECS`.
        emphasis: pre-emphasis coefficient, 0 (none) to below 1; lifts the treble that waveforms hide under their bass.
        conditioned: whether it knows the control voltages, and so can hear a timbre that is wrong for its knobs.
        features: whether the generator is also to match its feature maps. Those of waveforms depend on phase: match
            them only where the excitation runs in phase with the target.
        leak: slope of the leaky ReLUs below zero.
    """

    name: str
    emphasis: float = 0.0
    conditioned: bool = False
    features: bool = False
    leak: float = 0.2

    def __post_init__(self) -> None:
        if SPECS.get(self.name) is not type(self):
            raise ValueError(f"discriminators.name = {self.name!r}: these are the sizes of another one")
        limits.number(self._field("emphasis"), self.emphasis, 0, 0.999)
        limits.flag(self._field("conditioned"), self.conditioned)
        limits.flag(self._field("features"), self.features)
        limits.number(self._field("leak"), self.leak, 0, 1)

    def build(self, controls: int = 0) -> Discriminator:
        """The network, its weights drawn from torch's global generator.

        Args:
            controls: values per row of `control_input`, for a conditioned one.

        Raises:
            ValueError: conditioned, but there is nothing to condition on.
        """
        if self.conditioned and controls < 1:
            raise ValueError(f"{self._field('conditioned')} is true, but there are no controls")
        return self._network(controls if self.conditioned else 0)

    @property
    def shortest(self) -> int:
        """Samples that a crop must have."""
        raise NotImplementedError

    def _network(self, controls: int) -> Discriminator:
        raise NotImplementedError

    def _field(self, name: str) -> str:
        return f"discriminators.{self.name}.{name}"


@dataclass(frozen=True, kw_only=True)
class WaveSpec(DiscriminatorSpec):
    """Sizes of `WaveDiscriminator`; the defaults are Parallel WaveGAN's.

    Args:
        channels: of every layer.
        layers: convolutions, the one that gives the score included.
        kernel: taps of every convolution, odd.
    """

    name: str = "wave"
    channels: int = 64
    layers: int = 10
    kernel: int = 3

    def __post_init__(self) -> None:
        super().__post_init__()
        limits.whole(self._field("channels"), self.channels, 1, 1024)
        limits.whole(self._field("layers"), self.layers, 3, 40)
        limits.whole(self._field("kernel"), self.kernel, 3, 31)
        if self.kernel % 2 == 0:
            raise ValueError(f"{self._field('kernel')} = {self.kernel}: must be odd")

    @property
    def shortest(self) -> int:
        """One receptive field."""
        return 1 + (self.kernel - 1) * sum(wave_dilations(self.layers)) + bool(self.emphasis)

    def _network(self, controls: int) -> Discriminator:
        return WaveDiscriminator(self.channels, self.layers, self.kernel, self.leak, self.emphasis, controls)


@dataclass(frozen=True, kw_only=True)
class SpectralSpec(DiscriminatorSpec):
    """Sizes of `SpectralDiscriminator`; the defaults are UnivNet's, as far as its windows can be ours.

    Args:
        sizes: FFT sizes.
        overlap: frames per window length.
        channels: of every layer.
        strided: layers that halve the number of bins.
        magnitude: `log` or `linear` (the paper's, in which a sound's loudest partials are nearly all there is).
        floor_db: where log magnitudes end, in dB below a full-scale sine.
    """

    name: str = "spectral"
    features: bool = True
    sizes: tuple[int, ...] = (512, 1024, 2048)
    overlap: int = 4
    channels: int = 32
    strided: int = 3
    magnitude: str = "log"
    floor_db: float = -80.0

    def __post_init__(self) -> None:
        super().__post_init__()
        limits.wholes(self._field("sizes"), self.sizes, 16, 16384)
        limits.whole(self._field("overlap"), self.overlap, 1, 16)
        limits.whole(self._field("channels"), self.channels, 1, 1024)
        limits.whole(self._field("strided"), self.strided, 0, 8)
        limits.one_of(self._field("magnitude"), self.magnitude, ("log", "linear"))
        limits.number(self._field("floor_db"), self.floor_db, -140, -20)

    @property
    def shortest(self) -> int:
        """The longest window."""
        return max(self.sizes) + bool(self.emphasis)

    def _network(self, controls: int) -> Discriminator:
        floor = self.floor_db if self.magnitude == "log" else None
        return SpectralDiscriminator(
            self.sizes, self.overlap, self.channels, self.strided, self.leak, floor, self.emphasis, controls
        )


@dataclass(frozen=True, kw_only=True)
class PeriodSpec(DiscriminatorSpec):
    """Sizes of `PeriodDiscriminator`; the defaults are HiFi-GAN's.

    Args:
        periods: samples per row.
        channels: one per layer before the score.
    """

    name: str = "period"
    leak: float = 0.1
    periods: tuple[int, ...] = (2, 3, 5, 7, 11)
    channels: tuple[int, ...] = (32, 128, 512, 1024, 1024)

    def __post_init__(self) -> None:
        super().__post_init__()
        limits.wholes(self._field("periods"), self.periods, 2, 512)
        limits.wholes(self._field("channels"), self.channels, 1, 4096, least=2)

    @property
    def shortest(self) -> int:
        """A score's worth of the longest rows."""
        return max(self.periods) * PeriodDiscriminator.STRIDE ** (len(self.channels) - 1) + bool(self.emphasis)

    def _network(self, controls: int) -> Discriminator:
        return PeriodDiscriminator(self.periods, self.channels, self.leak, self.emphasis, controls)


SPECS: dict[str, type[DiscriminatorSpec]] = {"wave": WaveSpec, "spectral": SpectralSpec, "period": PeriodSpec}


def specification(name: str, **sizes: Any) -> DiscriminatorSpec:
    """Checked sizes of discriminator `name`; lists may stand for tuples.

    Raises:
        ValueError: an unknown name or size, or a size that is not allowed; the text names it.
    """
    limits.one_of("discriminators.name", name, tuple(SPECS))
    kind = SPECS[name]
    limits.known(f"discriminators.{name}", tuple(sizes), tuple(f.name for f in fields(kind) if f.name != "name"))
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in sizes.items()}
    return kind(name=name, **values)


def specification_from(table: Mapping[str, Any]) -> DiscriminatorSpec:
    """The same from a TOML table with the key `name`."""
    if "name" not in table:
        raise ValueError(f"discriminators: each needs a name, one of {', '.join(SPECS)}")
    return specification(**table)


def build(name: str, controls: int = 0, **sizes: Any) -> Discriminator:
    """Discriminator `name` with these sizes, the paper's where none is given; see its `...Spec`."""
    return specification(name, **sizes).build(controls)

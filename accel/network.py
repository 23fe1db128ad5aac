"""The Parallel WaveGAN generator in float NumPy: the naive twin, with the paper's names for its layers.

Yamamoto, Song, Kim 2020, "Parallel WaveGAN", section 3.1: a first 1x1 convolution, dilated residual blocks with
a gated activation and local conditioning, skip sum, two last 1x1 convolutions. What we add in front: an
oscillator beside the noise, and a control network instead of an upsampled spectrogram. Whole-sequence and
unhurried; `systole profile` shows where its time goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from accel.formats import C4_HZ, FADE_TOP, FADE_WIDTH_BITS, HOP, LEAK_SHIFT, RATE, knob_counts
from accel.oscillator_spec import OscillatorSpec, channel_count, check_oscillators, check_tones
from accel.oscillators import gate_rises, start_phases
from accel.program import Knob
from accel.program_file import read_tensors

__all__ = ["Architecture", "Network", "check_tones", "load_network"]

Floats = NDArray[np.float64]
SCHEMA = "systole-float/1"


class Architecture(msgspec.Struct, frozen=True, kw_only=True):
    """Metadata of a float model; see docs/training.md.

    Excitation channels, in this order: sine and cosine of each of `harmonics`, the sine of each of `sines`, noise; with
    `oscillators`, those of each of them in turn, and noise.
    """

    schema: str
    name: str
    channels: int
    skip_channels: int
    kernel: int
    dilations: tuple[int, ...]
    harmonics: tuple[int, ...]
    sines: tuple[int, ...] = ()
    oscillators: tuple[OscillatorSpec, ...] = ()
    """A bank in place of the one oscillator at the pitch; `harmonics` and `sines` are then empty."""
    noise: bool = True
    knobs: tuple[Knob, ...] = ()
    title: str = ""
    description: str = ""
    licence: str = ""
    credit: str = ""
    rate: int = RATE
    hop: int = HOP
    pitched: bool = True
    look_ahead: bool = False
    """Whether each layer's odd kernel lies around its sample instead of before it."""
    residual_scale: float = 1.0
    skip_scale: float = 1.0
    metrics: dict[str, object] = {}
    seed: int = 0

    @property
    def excitation_channels(self) -> int:
        """Inputs of the first convolution."""
        return channel_count(self.harmonics, self.sines, self.oscillators) + int(self.noise)

    @property
    def bank(self) -> tuple[OscillatorSpec, ...]:
        """The oscillators, one at least."""
        return self.oscillators or (OscillatorSpec(self.harmonics, self.sines),)


def conv1d(x: Floats, weight: Floats, bias: Floats, dilation: int = 1, ahead: int = 0) -> Floats:
    """Dilated convolution, zeros around, [T, in] -> [T, out]; weight [out, in, K], tap K-1 is `ahead` samples ahead."""
    taps = weight.shape[2]
    out = np.zeros((len(x), len(weight))) + bias
    reach = (taps - 1) * dilation
    padded = np.concatenate([np.zeros((reach - ahead, x.shape[1])), x, np.zeros((ahead, x.shape[1]))])
    for tap in range(taps):
        out += padded[tap * dilation :][: len(x)] @ weight[:, :, tap].T
    return out


def gated_activation(h: Floats) -> Floats:
    """tanh of the first half of the channels times sigmoid of the second (section 3.1)."""
    half = h.shape[1] // 2
    return np.tanh(h[:, :half]) / (1 + np.exp(-h[:, half:]))


def leaky_relu(x: Floats) -> Floats:
    """Slope 1/8 below zero."""
    return np.where(x < 0, x / (1 << LEAK_SHIFT), x)


@dataclass(frozen=True)
class Network:
    """A float generator.

    Attributes:
        architecture: sizes and metadata.
        weights: name -> array, names of the kan-bayashi layout (`conv_layers.3.conv1x1_out.weight`), plus
            `control.{i}` for the control network.
    """

    architecture: Architecture
    weights: dict[str, Floats]

    def layer(self, name: str) -> tuple[Floats, Floats]:
        """(weight, bias) of a layer."""
        return self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]

    @property
    def control_layers(self) -> int:
        """Dense layers of the control network, conditioning included."""
        return sum(name.startswith("control.") and name.endswith(".weight") for name in self.weights)

    def control_streams(self, volts: Floats, knobs: Floats) -> list[Floats]:
        """Outputs of each control layer, [N, width] each; the last one is the conditioning [N, layers*2C]."""
        x = np.concatenate([volts[:, None] / 3, 2 * knobs - 1], axis=1)
        streams = []
        for index in range(self.control_layers):
            weight, bias = self.layer(f"control.{index}")
            x = x @ weight.T + bias
            if index < self.control_layers - 1:
                x = leaky_relu(x)
            streams.append(x)
        return streams

    def interpolate(self, rows: Floats) -> Floats:
        """Linear between rows of controls: [N, ...] -> [(N-1)*hop, ...]."""
        hop = self.architecture.hop
        ramp = (np.arange(hop) / hop).reshape((1, hop) + (1,) * (rows.ndim - 1))
        return (rows[:-1, None] * (1 - ramp) + rows[1:, None] * ramp).reshape((-1, *rows.shape[1:]))

    def excitation(self, volts: Floats, knobs: Floats, noise: Floats, phase: float = 0.0) -> Floats:
        """Channels as `Architecture` orders them.

        Args:
            volts: [N]; knobs: [N, knobs] in 0..1; noise: [(N-1)*hop] in [-1, 1).
            phase: of the first oscillator, in cycles; the integers' start phases of the others follow from it.

        Returns:
            [(N-1)*hop, E].
        """
        shape, channels = self.architecture, []
        starts = start_phases([each.compiled() for each in shape.bank], round(phase % 1 * 2.0**32))
        for index, (each, start) in enumerate(zip(shape.bank, starts, strict=True)):
            step = C4_HZ * np.exp2(self.interpolate(volts + each.octaves(knobs))) / shape.rate
            turns = self._turns(each, step, phase if index == 0 and each.free else start / 2.0**32, knobs)
            channels += _tones(each, turns, step)
        if shape.noise:
            channels.append(noise)
        return np.stack(channels, axis=1)

    def _turns(self, each: OscillatorSpec, step: Floats, start: float, knobs: Floats) -> Floats:
        """Phase in cycles of every sample: from `start`, and from its own start in frames whose gate rises."""
        turns = start + np.concatenate([[0.0], np.cumsum(step)[:-1]])
        for frame in np.flatnonzero(gate_rises(each.compiled(), knob_counts(knobs))):
            first = frame * self.architecture.hop
            turns[first:] += each.start - turns[first]
        return turns

    def walk(self, excitation: Floats, condition: Floats) -> Iterator[tuple[Floats, Floats, Floats]]:
        """Layer by layer: gate [T, C], residual stream behind it [T, C], skip sum [T, S] without `skip_scale`.

        The last layer's residual stream is dead: it comes as it went in. Arguments as `streams`.
        """
        shape = self.architecture
        width, last = 2 * shape.channels, len(shape.dilations) - 1
        x = conv1d(excitation, *self.layer("first_conv"))
        skip = np.zeros((len(x), shape.skip_channels))
        for index, dilation in enumerate(shape.dilations):
            name = f"conv_layers.{index}"
            ahead = (shape.kernel - 1) // 2 * dilation if shape.look_ahead else 0
            h = conv1d(x, *self.layer(f"{name}.conv"), dilation, ahead)
            h += condition[:, index * width : (index + 1) * width]
            z = gated_activation(h)
            skip = skip + conv1d(z, *self.layer(f"{name}.conv1x1_skip"))
            if index < last:
                x = (x + conv1d(z, *self.layer(f"{name}.conv1x1_out"))) * shape.residual_scale
            yield z, x, skip

    def streams(self, excitation: Floats, condition: Floats) -> dict[str, Floats]:
        """All streams that the compiler calibrates: residual, skip, head, output.

        Args:
            excitation: [T, E].
            condition: per-sample conditioning [T, layers*2C].
        """
        shape = self.architecture
        largest = np.abs(conv1d(excitation, *self.layer("first_conv"))).max()
        skip = np.zeros((len(excitation), shape.skip_channels))
        for _, x, total in self.walk(excitation, condition):
            skip = total
            largest = max(largest, np.abs(x).max())
        head = np.maximum(skip * shape.skip_scale, 0)
        hidden = np.maximum(conv1d(head, *self.layer("last_conv_layers.1")), 0)
        output = conv1d(hidden, *self.layer("last_conv_layers.3"))
        return {"residual": np.array(largest), "skip": skip, "head": head, "hidden": hidden, "output": output}

    def run(self, volts: Floats, knobs: Floats, noise: Floats, phase: float = 0.0) -> Floats:
        """Render a take: volts [N], knobs [N, knobs] in 0..1, noise [(N-1)*hop] -> [(N-1)*hop], full scale +-1."""
        condition = self.interpolate(self.control_streams(volts, knobs)[-1])
        return self.streams(self.excitation(volts, knobs, noise, phase), condition)["output"][:, 0]


def _tones(each: OscillatorSpec, turns: Floats, step: Floats) -> list[Floats]:
    """Channels of an oscillator from its phase and frequency in cycles."""

    def gain(k: int) -> Floats:
        return np.clip((FADE_TOP / 2.0**32 - k * step) * 2.0 ** (32 - FADE_WIDTH_BITS), 0, 1)

    channels = []
    for k in each.harmonics:
        faded = gain(k)
        channels += [faded * np.sin(2 * np.pi * k * turns), faded * np.cos(2 * np.pi * k * turns)]
    return channels + [gain(k) * np.sin(2 * np.pi * k * turns) for k in each.sines]


def expected_shapes(shape: Architecture) -> dict[str, tuple[int, ...]]:
    """Name and shape of every weight but the control network's hidden ones."""
    c, s, k = shape.channels, shape.skip_channels, shape.kernel
    found: dict[str, tuple[int, ...]] = {"first_conv": (c, shape.excitation_channels, 1)}
    for index in range(len(shape.dilations)):
        found[f"conv_layers.{index}.conv"] = (2 * c, c, k)
        if index < len(shape.dilations) - 1:
            found[f"conv_layers.{index}.conv1x1_out"] = (c, c, 1)
        found[f"conv_layers.{index}.conv1x1_skip"] = (s, c, 1)
    return found | {"last_conv_layers.1": (s, s, 1), "last_conv_layers.3": (1, s, 1)}


def load_network(path: str | Path) -> Network:
    """Read a float model as `training` writes it.

    Raises:
        SystoleError: one line that names the file, and the weight and its needed shape or the metadata's field.
    """
    tensors, text = read_tensors(path)
    try:
        shape = msgspec.json.decode(text, type=Architecture)
    except (msgspec.MsgspecError, ValueError) as error:
        raise SystoleError(f"{path}: metadata: {error}") from None
    if shape.schema != SCHEMA:
        raise SystoleError(f"{path}: schema is {shape.schema!r}, this version reads {SCHEMA!r}")
    try:
        check_tones(shape.harmonics, shape.sines)
        check_oscillators(shape.oscillators, shape.harmonics, shape.sines, len(shape.knobs))
    except ValueError as error:
        raise SystoleError(f"{path}: {error}") from None
    if not shape.excitation_channels:
        raise SystoleError(f"{path}: harmonics, sines and noise give no excitation channel; needed: one or more")
    weights: dict[str, Floats] = {}
    for name, wanted in expected_shapes(shape).items():
        for part, size in (("weight", wanted), ("bias", wanted[:1])):
            array = tensors.get(f"{name}.{part}")
            if array is None or array.size != int(np.prod(size)) or not np.isfinite(array).all():
                found = "missing" if array is None else f"of shape {array.shape} or not finite"
                raise SystoleError(f"{path}: {name}.{part} is {found}, needed: finite {size}")
            weights[f"{name}.{part}"] = array.astype(np.float64).reshape(size)
    for name, array in tensors.items():
        if name.startswith("control."):
            weights[name] = array.astype(np.float64)
    return Network(shape, weights)

"""An imported generator in float NumPy: the twin that equals `parallel_wavegan.models.ParallelWaveGANGenerator`.

It is the ordinary `Network` with the paper's two scales and, if not causal, with layers that look ahead; what differs
is where its conditioning comes from: mel frames through `Features` and each layer's 1x1, not knobs.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accel.features import Features
from accel.network import SCHEMA, Architecture, Network
from accel.program import Knob
from training.imports.config import Config, GeneratorConfig

__all__ = ["HOP", "NOISE_GAIN", "Vocoder", "make_vocoder"]

Floats = NDArray[np.float64]
HOP = 16
"""Samples between rows of conditioning: the finest that a program has."""
NOISE_GAIN = 3.0**0.5
"""Networks are trained on noise of variance 1; the LFSR's, even over +-1, has 1/3: the first convolution's gain."""


@dataclass(frozen=True)
class Vocoder:
    """A float generator with its features.

    Attributes:
        network: without control network; its first convolution takes noise / NOISE_GAIN.
        condition: [layers * 2C, bands], all layers' 1x1 of the features.
        features: from frames to bands; its `span` is provisional until calibration.
    """

    network: Network
    condition: Floats
    features: Features

    def run(self, frames: Floats, noise: Floats) -> Floats:
        """The generator itself: frames [N, bands] and noise [N * frame] of variance 1 -> [N * frame]."""
        return self.streams(self.features.upsampled(frames), noise)["output"][:, 0]

    def streams(self, bands: Floats, noise: Floats) -> dict[str, Floats]:
        """`Network.streams` of upsampled bands [T, bands] and noise [T] of variance 1."""
        return self.network.streams(noise[:, None] / NOISE_GAIN, bands @ self.condition.T)

    def programmed(self, span: Floats) -> Vocoder:
        """The same with a control network that reads knobs: positions 0 and 1 are bands of -span and span."""
        features = dataclasses.replace(self.features, span=span.astype(np.float32))
        silent = np.zeros((len(self.condition), 1))  # no pitch
        weights = {
            "control.0.weight": np.concatenate([silent, self.condition * features.span.astype(np.float64)], axis=1),
            "control.0.bias": np.zeros(len(self.condition)),
        }
        network = Network(self.network.architecture, self.network.weights | weights)
        return Vocoder(network, self.condition, features)


def make_vocoder(config: Config, weights: dict[str, Floats], stats: tuple[Floats, Floats] | None, name: str) -> Vocoder:
    """Assemble the twin.

    Args:
        config: what the generator is.
        weights: as `load_generator` returns them.
        stats: mean and scale [bands]; None: frames come normalised.
        name: the model's.
    """
    shape = config.generator_params
    network = Network(_architecture(config, name), _network_weights(shape, weights))
    condition = np.concatenate(
        [weights[f"conv_layers.{index}.conv1x1_aux.weight"][:, :, 0] for index in range(shape.layers)]
    )
    return Vocoder(network, condition, _features(shape, weights, stats))


def _architecture(config: Config, name: str) -> Architecture:
    shape = config.generator_params
    knobs = tuple(
        Knob(f"mel_{band:02d}", f"Mel band {band}", "upsampled feature, 0.5: the mean")
        for band in range(shape.aux_channels)
    )
    return Architecture(
        schema=SCHEMA,
        name=name,
        title="Imported Parallel WaveGAN",
        description=f"Vocoder of {shape.aux_channels} mel bands, a frame every {config.hop_size} samples.",
        channels=shape.residual_channels,
        skip_channels=shape.skip_channels,
        kernel=shape.kernel_size,
        dilations=shape.dilations,
        harmonics=(),
        knobs=knobs,
        rate=config.sampling_rate,
        hop=HOP,
        pitched=False,
        look_ahead=not shape.use_causal_conv and shape.kernel_size > 1,
        residual_scale=0.5**0.5,
        skip_scale=shape.layers**-0.5,
    )


def _network_weights(shape: GeneratorConfig, weights: dict[str, Floats]) -> dict[str, Floats]:
    """The part that `Network` runs; biases that the configuration leaves out are zeros."""
    last = f"conv_layers.{shape.layers - 1}.conv1x1_out."  # computed by the package, heard by nobody
    kept = {
        name: array
        for name, array in weights.items()
        if name.startswith(("first_conv.", "conv_layers.", "last_conv_layers.")) and "conv1x1_aux" not in name
    }
    kept = {name: array for name, array in kept.items() if not name.startswith(last)}
    for name in [name for name in kept if name.endswith(".weight")]:
        kept.setdefault(name.replace(".weight", ".bias"), np.zeros(len(kept[name])))
    kept["first_conv.weight"] = kept["first_conv.weight"] * NOISE_GAIN
    return kept


def _features(shape: GeneratorConfig, weights: dict[str, Floats], stats: tuple[Floats, Floats] | None) -> Features:
    bands = shape.aux_channels
    mean, scale = stats if stats is not None else (np.zeros(bands), np.ones(bands))
    first = weights.get("upsample_net.conv_in.weight", np.eye(bands)[:, :, None])
    stem = "upsample_net.upsample" if "upsample_net.conv_in.weight" in weights else "upsample_net"
    stages = range(len(shape.upsample_params.upsample_scales))
    filters = tuple(weights[f"{stem}.up_layers.{2 * index + 1}.weight"].ravel().astype(np.float32) for index in stages)
    moments = [part.astype(np.float32) for part in (mean, scale)]
    span = np.ones(bands, np.float32)
    return Features(moments[0], moments[1], first.astype(np.float32), filters, span, shape.use_causal_conv)

"""A checkpoint's `config.yml`: the part that says what the generator is, read by a safe loader and checked.

Only what a program can express passes: one noise channel in, one waveform out, a gate of twice the residual width, and
an upsampler without nonlinearity that treats all bands alike, so that it commutes with the conditioning.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from accel.errors import SystoleError
from accel.formats import LIMITS

__all__ = ["Config", "GeneratorConfig", "UpsampleConfig", "load_config"]

GENERATOR = "ParallelWaveGANGenerator"
MOST_LAYERS = 200


class UpsampleConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`upsample_params`, with the package's own defaults."""

    upsample_scales: tuple[int, ...] = (4, 4, 4, 4)
    nonlinear_activation: str | None = None
    nonlinear_activation_params: dict[str, Any] = {}
    interpolate_mode: str = "nearest"
    freq_axis_kernel_size: int = 1
    aux_channels: int | None = None
    aux_context_window: int | None = None
    use_causal_conv: bool | None = None


class GeneratorConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`generator_params`, with the package's own defaults (the paper's sizes)."""

    in_channels: int = 1
    out_channels: int = 1
    kernel_size: int = 3
    layers: int = 30
    stacks: int = 3
    residual_channels: int = 64
    gate_channels: int = 128
    skip_channels: int = 64
    aux_channels: int = 80
    aux_context_window: int = 2
    dropout: float = 0.0
    bias: bool = True
    use_weight_norm: bool = True
    use_causal_conv: bool = False
    upsample_conditional_features: bool = True
    upsample_net: str = "ConvInUpsampleNetwork"
    upsample_params: UpsampleConfig = UpsampleConfig()

    @property
    def dilations(self) -> tuple[int, ...]:
        """Dilation of each layer: powers of two, again from 1 in each stack."""
        return tuple(1 << layer % (self.layers // self.stacks) for layer in range(self.layers))


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """What of a whole configuration matters here."""

    sampling_rate: int
    hop_size: int
    num_mels: int | None = None
    generator_type: str = GENERATOR
    generator_params: GeneratorConfig = GeneratorConfig()


def load_config(path: Path) -> Config:
    """Read and check a `config.yml`.

    Raises:
        SystoleError: missing, no YAML, another architecture, or sizes that no program has; the line names the field.
    """
    import yaml

    class _Kind(msgspec.Struct):
        generator_type: str = GENERATOR

    try:
        text = path.read_bytes()
        kind = msgspec.yaml.decode(text, type=_Kind).generator_type
        if kind != GENERATOR:
            raise SystoleError(f"{path}: generator_type is {kind!r}, needed: {GENERATOR}")
        config = msgspec.yaml.decode(text, type=Config)
    except OSError as error:
        raise SystoleError(
            f"{path}: cannot be read: {error.strerror or error}; needed: the checkpoint's config.yml"
        ) from None
    except (msgspec.MsgspecError, yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise SystoleError(f"{path}: not a configuration of a Parallel WaveGAN: {reason}") from None
    _check(config, path)
    return config


def _check(config: Config, path: Path) -> None:
    """Refuse what no program can express."""
    shape = config.generator_params
    up = shape.upsample_params
    most = LIMITS["cols"][1]
    channels = f"1 to {most}"
    nets = ("ConvInUpsampleNetwork", "UpsampleNetwork")
    wanted = [
        ("sampling_rate", config.sampling_rate, 8000 <= config.sampling_rate <= 192_000, "8000 to 192000"),
        ("in_channels", shape.in_channels, shape.in_channels == 1, "1"),
        ("out_channels", shape.out_channels, shape.out_channels == 1, "1"),
        ("residual_channels", shape.residual_channels, 1 <= shape.residual_channels <= most, channels),
        ("skip_channels", shape.skip_channels, 1 <= shape.skip_channels <= most, channels),
        (
            "gate_channels",
            shape.gate_channels,
            shape.gate_channels == 2 * shape.residual_channels,
            f"{2 * shape.residual_channels}, twice residual_channels",
        ),
        ("aux_channels", shape.aux_channels, 1 <= shape.aux_channels <= 128, "1 to 128"),
        ("aux_context_window", shape.aux_context_window, 0 <= shape.aux_context_window <= 16, "0 to 16"),
        ("kernel_size", shape.kernel_size, 1 <= shape.kernel_size <= LIMITS["taps"][1], f"1 to {LIMITS['taps'][1]}"),
        ("stacks", shape.stacks, shape.stacks >= 1, "1 or more"),
        ("layers", shape.layers, 1 <= shape.layers <= MOST_LAYERS, f"1 to {MOST_LAYERS}"),
        (
            "upsample_conditional_features",
            shape.upsample_conditional_features,
            shape.upsample_conditional_features,
            "true",
        ),
        ("upsample_net", shape.upsample_net, shape.upsample_net in nets, " or ".join(nets)),
        ("nonlinear_activation", up.nonlinear_activation, up.nonlinear_activation is None, "null"),
        ("interpolate_mode", up.interpolate_mode, up.interpolate_mode == "nearest", "nearest"),
        ("freq_axis_kernel_size", up.freq_axis_kernel_size, up.freq_axis_kernel_size == 1, "1"),
        (
            "upsample_scales",
            list(up.upsample_scales),
            1 <= len(up.upsample_scales) <= 8 and all(1 <= scale <= 64 for scale in up.upsample_scales),
            "1 to 8 numbers from 1 to 64",
        ),
    ]
    for name, value, good, allowed in wanted:
        if not good:
            raise SystoleError(f"{path}: {name} is {value}, allowed: {allowed}")
    _check_together(config, path)


def _check_together(config: Config, path: Path) -> None:
    """Sizes that must agree with each other."""
    shape = config.generator_params
    scales = shape.upsample_params.upsample_scales
    frame = 1
    for scale in scales:
        frame *= scale
    longest, rows = LIMITS["dilation"][1], 2 * shape.layers * shape.residual_channels
    faults = (
        (shape.layers % shape.stacks, f"layers is {shape.layers}, needed: a multiple of stacks, {shape.stacks}"),
        (
            frame != config.hop_size,
            f"upsample_scales {list(scales)} make {frame} samples, hop_size is {config.hop_size}",
        ),
        (
            config.num_mels not in (None, shape.aux_channels),
            f"num_mels is {config.num_mels}, aux_channels is {shape.aux_channels}: they must agree",
        ),
        (
            not shape.use_causal_conv and shape.kernel_size % 2 == 0,
            f"kernel_size is {shape.kernel_size}, needed: an odd number, or use_causal_conv",
        ),
        (
            shape.upsample_net == "UpsampleNetwork" and shape.aux_context_window,
            f"aux_context_window is {shape.aux_context_window}, UpsampleNetwork needs 0",
        ),
    )
    for wrong, message in faults:
        if wrong:
            raise SystoleError(f"{path}: {message}")
    if max(shape.dilations) > longest:
        raise SystoleError(f"{path}: dilations up to {max(shape.dilations)}, allowed: up to {longest}")
    if rows > LIMITS["rows"][1]:
        raise SystoleError(f"{path}: {rows} rows of conditioning in all layers, allowed: {LIMITS['rows'][1]}")

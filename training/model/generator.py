"""The Parallel WaveGAN generator in torch, in the form that trains fastest on a CPU.

Channels last, every convolution a matrix product over its shifted inputs, all skip products in one. Parameter names are
those of the exported file, so `state_dict()` is the export. Histories start at zero: a crop taken from the middle of a
clip is right only after `context` samples, which the caller discards; at a clip's start nothing is discarded, and the
result is that of a voice that has just been started.
"""

import math
from dataclasses import asdict, dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, linear, pad

from accel.oscillator_spec import OscillatorSpec, channel_count, check_oscillators, check_tones
from training.model.excitation import HARMONICS, HOP
from training.model.harmonic_bank import start_as_bank

LEAK = 1 / 8
MOST_CONTROL_WIDTH, MOST_CONTROL_DEPTH = 512, 3
"""What a program can hold: 512 inputs of a layer, four control layers with the last one."""


@dataclass(frozen=True)
class Architecture:
    """Sizes of a generator; the default is A15 (14.4 k multiply-accumulates per sample).

    Attributes:
        harmonics: harmonics of the oscillator, 1..64, that come as sine and cosine.
        sines: further harmonics that come as a sine alone.
        control_width: neurons of each hidden layer of the control network, 1..512.
        control_depth: its hidden layers, 1..3.
        oscillators: a bank in place of the one oscillator; `harmonics` and `sines` are then empty.
        bank: whether the weights start as a bank of harmonics (training/model/harmonic_bank.py); no part of what is
            exported.
    """

    channels: int = 16
    skip_channels: int = 16
    kernel: int = 2
    dilations: tuple[int, ...] = (1, 2, 4, 8, 16, 32, 64, 128, 256)
    knobs: int = 4
    harmonics: tuple[int, ...] = HARMONICS
    sines: tuple[int, ...] = ()
    control_width: int = 32
    control_depth: int = 2
    bank: bool = False
    oscillators: tuple[OscillatorSpec, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no program could hold.

        Raises:
            ValueError: a field of the oscillator or the control network; the message names it and what is allowed.
        """
        for name in ("harmonics", "sines"):
            if not isinstance(getattr(self, name), tuple):
                raise ValueError(f"{name} is {getattr(self, name)!r}; allowed: a list of integers 1..64")
        check_tones(self.harmonics, self.sines)
        check_oscillators(self.oscillators, self.harmonics, self.sines, self.knobs)
        for name, most in (("control_width", MOST_CONTROL_WIDTH), ("control_depth", MOST_CONTROL_DEPTH)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
                raise ValueError(f"{name} is {value!r}; allowed: integers 1..{most}")
        if not isinstance(self.bank, bool):
            raise ValueError(f"bank is {self.bank!r}; allowed: true or false")
        if self.bank and not (self.harmonics or self.sines):
            raise ValueError("bank is true without any harmonics or sines; needed: a sine to begin with")
        if self.bank and self.skip_channels < 2:
            raise ValueError(f"bank is true with {self.skip_channels} skip_channels; needed: 2 or more")

    @property
    def sources(self) -> tuple[OscillatorSpec, ...]:
        """The oscillators, one at least."""
        return self.oscillators or (OscillatorSpec(self.harmonics, self.sines),)

    @property
    def layers(self) -> int:
        """Number of gated blocks."""
        return len(self.dilations)

    @property
    def context(self) -> int:
        """Samples of the past that reach the output, rounded up to whole control frames."""
        past = (self.kernel - 1) * sum(self.dilations)
        return -(-past // HOP) * HOP

    def as_dict(self) -> dict[str, object]:
        """Plain values, for checkpoints."""
        return asdict(self)


class _Taps(nn.Module):
    """Weight [2C, C, K] and bias [2C] of a dilated convolution; applied by the generator."""

    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__()
        bound = 1 / math.sqrt(channels * kernel)
        self.weight = nn.Parameter(torch.empty(2 * channels, channels, kernel).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(2 * channels))


class _Block(nn.Module):
    """Parameters of one gated residual block; the last block has no residual product (nothing would read it)."""

    def __init__(self, arch: Architecture, last: bool) -> None:
        super().__init__()
        self.conv = _Taps(arch.channels, arch.kernel)
        self.conv1x1_skip = nn.Linear(arch.channels, arch.skip_channels)
        self.conv1x1_out = None if last else nn.Linear(arch.channels, arch.channels)


class Generator(nn.Module):
    """Excitation and control voltages in, audio out (full scale +-1)."""

    def __init__(self, arch: Architecture) -> None:
        super().__init__()
        self.arch = arch
        self.first_conv = nn.Linear(channel_count(arch.harmonics, arch.sines, arch.oscillators) + 1, arch.channels)
        self.conv_layers = nn.ModuleList(_Block(arch, i == arch.layers - 1) for i in range(arch.layers))
        self.last_conv_layers = nn.ModuleDict(
            {"1": nn.Linear(arch.skip_channels, arch.skip_channels), "3": nn.Linear(arch.skip_channels, 1)}
        )
        widths = [1 + arch.knobs, *[arch.control_width] * arch.control_depth, arch.layers * 2 * arch.channels]
        self.control = nn.ModuleList(nn.Linear(*pair) for pair in pairwise(widths))
        with torch.no_grad():  # a sum of L blocks should start with the spread of one
            self.get_parameter(f"control.{arch.control_depth}.weight").mul_(0.5)
            for block in self._blocks():
                block.conv1x1_skip.weight.mul_(1.5 / math.sqrt(arch.layers))
                block.conv1x1_skip.bias.zero_()
                if block.conv1x1_out is not None:
                    block.conv1x1_out.weight.mul_(0.7)
        if arch.bank:
            start_as_bank(self)

    def _blocks(self) -> list[_Block]:
        return [block for block in self.conv_layers if isinstance(block, _Block)]

    def conditioning(self, control: Tensor) -> Tensor:
        """Gate biases at the control rate: rows [B, R, 1+knobs] of `control_input` -> [B, R, L*2C]."""
        h = control
        for i, layer in enumerate(self.control):
            h = layer(leaky_relu(h, LEAK) if i else h)
        return h

    def forward(self, excitation: Tensor, control: Tensor) -> Tensor:
        """Audio [B, T] from excitation [B, T, E] and control rows [B, T/HOP+1, 1+knobs]; row k belongs to sample HOP*k.

        With more rows the frames are shorter; T+1 rows condition every sample, with nothing interpolated.
        """
        arch, (batch, length, _) = self.arch, excitation.shape
        width = 2 * arch.channels
        p = self.conditioning(control)
        hop = length // (p.shape[1] - 1)
        ramp = torch.arange(hop, dtype=p.dtype, device=p.device)[:, None] / hop
        x = self.first_conv(excitation)
        gated: list[Tensor] = []
        skip_weights: list[Tensor] = []
        skip_bias = torch.zeros((), dtype=x.dtype, device=x.device)
        for i, (block, dilation) in enumerate(zip(self._blocks(), arch.dilations, strict=True)):
            taps = [_delay(x, (arch.kernel - 1 - j) * dilation) for j in range(arch.kernel)]
            weight = block.conv.weight.permute(0, 2, 1).reshape(width, -1)
            h = linear(torch.cat(taps, 2), weight)
            rows = p[..., i * width : (i + 1) * width] + block.conv.bias
            start, end = rows[:, :-1, None], rows[:, 1:, None]
            h = h + (start + (end - start) * ramp).reshape(batch, length, width)
            z = torch.tanh(h[..., : arch.channels]) * torch.sigmoid(h[..., arch.channels :])
            gated.append(z)
            skip_weights.append(block.conv1x1_skip.weight)
            skip_bias = skip_bias + block.conv1x1_skip.bias
            if block.conv1x1_out is not None:
                x = x + block.conv1x1_out(z)
        skip = linear(torch.cat(gated, 2), torch.cat(skip_weights, 1), skip_bias)
        y = self.last_conv_layers["1"](torch.relu(skip))
        return self.last_conv_layers["3"](torch.relu(y)).squeeze(2)


def _delay(x: Tensor, samples: int) -> Tensor:
    """x [B, T, C] later by `samples`, zeros before the start."""
    if samples == 0:
        return x
    return pad(x, (0, 0, samples, 0))[:, : x.shape[1]]


def control_input(volts: Tensor, knobs: Tensor) -> Tensor:
    """Control network input rows [B, R, 1+n], about +-1, from volts [B, R] and knobs [B, R, n] in 0..1."""
    return torch.cat([volts[..., None] / 3, 2 * knobs - 1], 2)

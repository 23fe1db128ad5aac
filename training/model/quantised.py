"""The generator as the accelerator computes it, for training: int8 rows, int16 streams, the gate's ROM.

A twin shares the float generator's parameters and has its signature, so it stands in for it in a training step. Weights
are rounded anew in every step, with the compiler's choice of each row's power of two. The formats of the streams are
frozen while training: a format is one of few powers of two with a quarter of headroom, the int8 grids do not depend on
it, and a loss whose streams change their step from one batch to the next has no minimum.

`snapped` gives the parameters on their grids. Exported so, the compiler rounds nothing: what was trained is what plays,
and float and integers differ only by the rounding of the streams.
"""

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, linear, pad

from accel.calibrate import calibrate
from accel.compiler import Formats, choose_formats, control_scale
from accel.formats import COUNTS_PER_VOLT, KNOB_COUNTS, LEAK_SHIFT, PITCH_FRACTION, UNITY, WEIGHT_BITS
from accel.network import SCHEMA, Network, expected_shapes
from accel.network import Architecture as NetworkArchitecture
from accel.program import Knob
from accel.quantise import FINEST_GATED, FINEST_WEIGHT
from training.model.fixed_point import Q15, Gate, Grid, add_streams, int8_rows, round_stream, tanh_table
from training.model.generator import Generator

__all__ = ["QuantisedGenerator", "as_network", "calibrated_formats"]

LEAK = 1 / (1 << LEAK_SHIFT)
Matrices = dict[str, tuple[Tensor, Tensor]]


class QuantisedGenerator(nn.Module):
    """The integer program of a generator's present weights, in real units; gradients reach the float weights.

    In float64 the output is the program's, bit for bit, if `formats` are those that the compiler chooses. In float32 a
    stream's value is off by one count where a sum lies within a float's rounding of half a count, and the skip sum is
    not rounded: its int32 has more bits than a float.

    Args:
        generator: its parameters are used, not copied.
        formats: fraction bits of the streams, as `calibrated_formats` finds them.
        bits: of a weight, 2..8: what fewer would do to the sound.
    """

    def __init__(self, generator: Generator, formats: Formats, bits: int = WEIGHT_BITS) -> None:
        super().__init__()
        self.generator, self.bits = generator, bits
        kind = generator.first_conv.weight.dtype
        self.register_buffer("table", tanh_table().to(kind), persistent=False)
        self.register_buffer("fold", torch.from_numpy(control_scale(1 + generator.arch.knobs)).to(kind), False)
        for name, scale in _scales(formats).items():
            self.register_buffer(f"{name}_scale", scale.to(kind))
            self.register_buffer(f"{name}_step", (1 / scale).to(kind))
        self.sources = _sources(generator)
        self.register_buffer("finest", _finest(generator, self.sources), persistent=False)

    @torch.no_grad()
    def adopt(self, formats: Formats) -> None:
        """Take other formats, in place: a compiled step stays compiled."""
        for name, scale in _scales(formats).items():
            self.get_buffer(f"{name}_scale").copy_(scale)
            self.get_buffer(f"{name}_step").copy_(1 / scale)

    def matrices(self) -> dict[str, tuple[Tensor, Tensor]]:
        """(weight, bias) of every layer on its grid; `control.0` reads CV counts as Q0.15, as in the program."""
        names = list(self.sources)
        weights: list[Tensor] = [self.generator.get_parameter(f"{name}.weight") for name in names]
        biases: list[Tensor] = [self.generator.get_parameter(f"{name}.bias") for name in names]
        first = names.index("control.0")
        biases[first] = biases[first] - weights[first][:, 1:].sum(1)
        weights[first] = weights[first] * self.get_buffer("fold")
        width = max(weight[0].numel() for weight in weights)  # all rows in one matrix: one pass instead of thirty
        rows = torch.cat([pad(weight.flatten(1), (0, width - weight[0].numel())) for weight in weights])
        rounded, scale = int8_rows(rows, self.get_buffer("finest"), self.bits)
        sources = zip(self.sources.values(), biases, strict=True)
        scale = scale * torch.cat([self.get_buffer(f"{source}_scale").expand(len(b)) for source, b in sources])
        bias = Grid(scale, 1 / scale).round(torch.cat(biases))
        counts = [len(each) for each in biases]
        parts = zip(names, weights, rounded.split(counts), bias.split(counts), strict=True)
        return {name: (part[:, : w[0].numel()].reshape(w.shape), b) for name, w, part, b in parts}

    @torch.no_grad()
    def snapped(self) -> dict[str, Tensor]:
        """The generator's state dict with every parameter on its grid, on which the compiler leaves it."""
        state = {}
        for name, (weight, bias) in self.matrices().items():
            if name == "control.0":
                weight = weight / self.get_buffer("fold")
                bias = bias + weight[:, 1:].sum(1)
            state[f"{name}.weight"], state[f"{name}.bias"] = weight, bias
        return {name: state[name].clone() for name in self.generator.state_dict()}

    def forward(self, excitation: Tensor, control: Tensor) -> Tensor:
        """Audio [B, T] on the int16 grid; arguments as `Generator.forward`."""
        matrices, p = self._at_control_rate(control)
        return self._at_sample_rate(excitation, matrices, p)

    @torch.compiler.disable  # small and many: compiling them takes longer than they ever will
    def _at_control_rate(self, control: Tensor) -> tuple[Matrices, Tensor]:
        """Matrices, and conditioning [B, R, L*2C] as int16 holds it, from control rows [B, R, 1+knobs]."""
        matrices, last = self.matrices(), len(self.generator.control) - 1
        x = _counts(control) / UNITY
        for i in range(last):
            grid = self._grid(f"control_{i}")
            x = round_stream(linear(x, *matrices[f"control.{i}"]), grid)
            x = grid.round(leaky_relu(x, LEAK) - 0.5 * grid.step)  # an arithmetic shift rounds down
        return matrices, round_stream(linear(x, *matrices[f"control.{last}"]), self._grid("condition"))

    def _at_sample_rate(self, excitation: Tensor, matrices: Matrices, p: Tensor) -> Tensor:
        arch, (batch, length, _) = self.generator.arch, excitation.shape
        width, hop = 2 * arch.channels, length // (p.shape[1] - 1)
        ramp = torch.arange(hop, dtype=p.dtype, device=p.device)[:, None] / hop
        residual, table = self._grid("residual"), self.get_buffer("table")
        x = round_stream(linear(round_stream(excitation, Q15), *matrices["first_conv"]), residual)
        gated: list[Tensor] = []
        for i, dilation in enumerate(arch.dilations):
            weight, bias = matrices[f"conv_layers.{i}.conv"]
            taps = [pad(x, (0, 0, (arch.kernel - 1 - j) * dilation, 0))[:, :length] for j in range(arch.kernel)]
            h = linear(torch.cat(taps, 2), weight.permute(0, 2, 1).reshape(width, -1))
            rows = p[..., i * width : (i + 1) * width] + bias
            start, end = rows[:, :-1, None], rows[:, 1:, None]
            z = Gate.apply(h + (start + (end - start) * ramp).reshape(batch, length, width), table)
            gated.append(z)
            if i < arch.layers - 1:
                change = linear(z, *matrices[f"conv_layers.{i}.conv1x1_out"])
                x = add_streams(x, round_stream(change, residual), residual)
        return self._head(self._skip(gated, matrices), matrices)

    def _skip(self, gated: list[Tensor], matrices: Matrices) -> Tensor:
        layers = [matrices[f"conv_layers.{i}.conv1x1_skip"] for i in range(len(gated))]
        if gated[0].dtype == torch.float64:
            grid = self._grid("skip")
            return torch.stack([grid.round(linear(z, *m)) for z, m in zip(gated, layers, strict=True)]).sum(0)
        bias = torch.stack([bias for _, bias in layers]).sum(0)
        return linear(torch.cat(gated, 2), torch.cat([weight for weight, _ in layers], 1), bias)

    def _head(self, skip: Tensor, matrices: Matrices) -> Tensor:
        head = torch.relu(round_stream(skip, self._grid("head")))
        hidden = torch.relu(round_stream(linear(head, *matrices["last_conv_layers.1"]), self._grid("hidden")))
        return round_stream(linear(hidden, *matrices["last_conv_layers.3"]), Q15).squeeze(2)

    def _grid(self, stream: str) -> Grid:
        return Grid(self.get_buffer(f"{stream}_scale"), self.get_buffer(f"{stream}_step"))


def as_network(generator: Generator) -> Network:
    """The generator as the compiler reads it; its knobs have no names."""
    arch = generator.arch
    shape = NetworkArchitecture(
        schema=SCHEMA,
        name="generator",
        channels=arch.channels,
        skip_channels=arch.skip_channels,
        kernel=arch.kernel,
        dilations=arch.dilations,
        harmonics=arch.harmonics,
        sines=arch.sines,
        oscillators=arch.oscillators,
        knobs=tuple(Knob(id=f"knob{i}", label=f"Knob {i}") for i in range(arch.knobs)),
    )
    weights = {name: tensor.detach().double().numpy() for name, tensor in generator.state_dict().items()}
    for name, size in expected_shapes(shape).items():
        weights[f"{name}.weight"] = weights[f"{name}.weight"].reshape(size)
    return Network(shape, weights)


def calibrated_formats(generator: Generator) -> Formats:
    """The formats that the compiler would choose for a generator's present weights; takes seconds."""
    network = as_network(generator)
    return choose_formats(network, calibrate(network))


def _counts(control: Tensor) -> Tensor:
    """Control rows [..., 1+knobs] (volts/3, then 2*knob-1) as CV counts: the pitch word's rounding, then int16's."""
    word = torch.floor(control[..., :1] * (3 * COUNTS_PER_VOLT << PITCH_FRACTION) + 0.5)
    pitch = torch.floor(word / (1 << PITCH_FRACTION) + 0.5)
    knobs = torch.floor((control[..., 1:] + 1) * (KNOB_COUNTS / 2) + 0.5)
    return torch.cat([pitch, knobs], -1)


def _scales(formats: Formats) -> dict[str, Tensor]:
    """Counts per unit of every stream; "q15" is that of excitation and gate."""
    bits = {f"control_{i}": f for i, f in enumerate(formats.control)} | {"q15": UNITY.bit_length() - 1}
    bits |= {"residual": formats.residual, "skip": formats.skip, "head": formats.head, "hidden": formats.hidden}
    found = {name: torch.tensor(2.0**f, dtype=torch.float64) for name, f in bits.items()}
    return found | {"condition": torch.from_numpy(np.exp2(formats.condition.ravel().astype(float)))}


def _finest(generator: Generator, layers: Iterable[str]) -> Tensor:
    """Fraction bits that the weights of every row do not exceed, layer after layer."""
    gated = {f"conv_layers.{i}.conv" for i in range(generator.arch.layers)}
    limits = [(FINEST_GATED if layer in gated else FINEST_WEIGHT, layer) for layer in layers]
    counts = [len(generator.get_parameter(f"{layer}.bias")) for _, layer in limits]
    return torch.tensor([most for most, _ in limits], dtype=torch.float64).repeat_interleave(torch.tensor(counts))


def _sources(generator: Generator) -> dict[str, str]:
    """Layer -> its input stream."""
    found = {f"control.{i}": f"control_{i - 1}" if i else "q15" for i in range(len(generator.control))}
    found["first_conv"] = "q15"
    for i in range(generator.arch.layers):
        found[f"conv_layers.{i}.conv"] = "residual"
        if i < generator.arch.layers - 1:
            found[f"conv_layers.{i}.conv1x1_out"] = "q15"
        found[f"conv_layers.{i}.conv1x1_skip"] = "q15"
    return found | {"last_conv_layers.1": "head", "last_conv_layers.3": "hidden"}

"""From a trained float network to a program: formats by calibration, int8 rows, the overflow proof.

Each row of a weight matrix gets its own power of two, so that a scale is a shift; each stream gets the finest
format that holds what calibration saw, with headroom. docs/numerics.md has the figures of what that costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from accel.calibrate import Ranges, calibrate
from accel.errors import SystoleError
from accel.formats import (
    ACTIVATION_BITS,
    BIAS_LIMIT,
    COUNTS_PER_VOLT,
    KNOB_COUNTS,
    SIGMOID_FRACTION,
    TANH_FRACTION,
    UNITY,
    Activation,
    Op,
    Source,
    channel_code,
    descriptor,
    exponent_offset,
    lag_of,
    max_ramp_shift,
)
from accel.network import Network
from accel.oscillators import Oscillator
from accel.program import Card, Program
from accel.program_check import check_program
from accel.proof import LIMIT, bounds
from accel.quantise import FINEST_GATED, HEADROOM, Floats, Ints, Row8, fraction_bits, quantise_rows, row_exponents

__all__ = ["Formats", "choose_formats", "compile_network", "control_scale"]

Q15 = ACTIVATION_BITS - 1
MOST_SKIP_FRACTION = 24


@dataclass
class _Images:
    """The growing images of a program."""

    name: str
    rows: list[list[int]] = field(default_factory=list)
    weights: list[NDArray] = field(default_factory=list)
    biases: list[NDArray] = field(default_factory=list)
    shifts: list[NDArray] = field(default_factory=list)

    def excite(self, codes: list[int], rate: int, bank: Sequence[Oscillator]) -> None:
        """Append the excitation; `bank`: the oscillators, if they have records."""
        split, offset = len(bank), exponent_offset(rate)
        self.rows.append(descriptor(op=Op.EXCITE, rows=len(codes), multiplier=offset, split=split))
        self.biases += [np.array(codes), *(each.words() for each in bank)]

    def add(self, op: Op, matrix: Row8, ramp_shift: Ints | None = None, **fields: int) -> None:
        """Append a pass; GATED brings its ramp shifts."""
        if np.abs(matrix.bias).max() > BIAS_LIMIT:
            raise SystoleError(f"{self.name}: {op.name}: a bias is too large for its row's weights; retrain or clip")
        rows, cols, taps = matrix.weight.shape
        at = [sum(len(part) for part in image) for image in (self.weights, self.biases, self.shifts)]
        where = dict(zip(("weight_at", "bias_at", "shift_at"), at, strict=True))
        self.rows.append(descriptor(op=op, rows=rows, cols=cols, taps=taps, **where, **fields))
        self.weights.append(matrix.weight.transpose(0, 2, 1).ravel())
        self.biases.append(matrix.bias)
        self.shifts += [matrix.shift] if ramp_shift is None else [matrix.shift, ramp_shift]


@dataclass(frozen=True)
class Formats:
    """Fraction bits of the streams; `condition` and `ramp_shift` per layer and gated row [layers, 2C]."""

    residual: int
    skip: int
    head: int
    hidden: int
    control: list[int]
    condition: Ints
    ramp_shift: Ints

    def named(self) -> dict[str, int]:
        """For the card."""
        streams = {"residual": self.residual, "skip": self.skip, "head": self.head, "hidden": self.hidden}
        return streams | {f"control.{index}": bits for index, bits in enumerate(self.control)}


def control_scale(inputs: int) -> Floats:
    """What turns the float network's weights of volts/3, then of 2*knob-1, into weights of CV counts as Q0.15."""
    scale = np.full(inputs, 2.0 * UNITY / KNOB_COUNTS)
    scale[0] = UNITY / COUNTS_PER_VOLT / 3
    return scale


def _counts_to_controls(layer: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Fold [volts/3, 2*knob-1] into weights that read CV counts as Q0.15."""
    weight, bias = layer
    return weight * control_scale(weight.shape[1]), bias - weight[:, 1:].sum(axis=1)


def _gated(network: Network, residual: int, layer: int) -> Row8:
    outward = np.repeat([TANH_FRACTION, SIGMOID_FRACTION], network.architecture.channels)
    name = f"conv_layers.{layer}.conv"
    return quantise_rows(network.layer(name), residual, outward, f"{network.architecture.name}: {name}", FINEST_GATED)


def _skip_layer(network: Network, layer: int) -> tuple[Floats, Floats]:
    """The skip 1x1 with the paper's sqrt(1/L) folded in."""
    weight, bias = network.layer(f"conv_layers.{layer}.conv1x1_skip")
    return weight * network.architecture.skip_scale, bias * network.architecture.skip_scale


def _condition_formats(network: Network, ranges: Ranges, residual: int, source: int) -> tuple[Ints, Ints]:
    """Per gated row the ramp shift, and the fraction bits of its conditioning: as fine as int16 allows.

    The conditioning times the hop has the accumulator's scale after a left shift, the ramp shift; each step
    of that shift makes the int16 conditioning coarser by a bit and its range wider.
    """
    shape = network.architecture
    hop_bits, most = shape.hop.bit_length() - 1, max_ramp_shift(shape.hop)
    acc = np.stack([residual + _gated(network, residual, index).exponent for index in range(len(shape.dilations))])
    control = network.layer(f"control.{network.control_layers - 1}")[0]
    finest = (source + row_exponents(control) - 1).reshape(acc.shape)
    largest = ranges.condition.reshape(acc.shape) * HEADROOM
    shift = np.zeros_like(acc)
    for _ in range(most):
        fraction = acc - hop_bits - shift
        shift += (largest * np.exp2(fraction) > UNITY - 1) | (fraction > finest)
    return shift, acc - hop_bits - shift


def _skip_fraction(network: Network, head: int) -> int:
    """Finest format of the int32 skip sum whose bound over all layers is proven, with a bit to spare."""
    layers = range(len(network.architecture.dilations))
    lowest = min(int(row_exponents(_skip_layer(network, layer)[0]).min()) for layer in layers)
    fraction = min(Q15 + lowest - 1, MOST_SKIP_FRACTION)
    reach = np.zeros(network.architecture.skip_channels)
    for layer in layers:
        weight, bias = _skip_layer(network, layer)
        reach += np.abs(weight).reshape(len(weight), -1).sum(axis=1) + np.abs(bias)
    while np.max(reach) * 2.0**fraction >= LIMIT / 2 and fraction > head + 1:
        fraction -= 1
    return fraction


def choose_formats(network: Network, ranges: Ranges) -> Formats:
    """The finest formats that hold what calibration saw, with headroom."""
    residual, head, hidden = (fraction_bits(largest) for largest in (ranges.residual, ranges.head, ranges.hidden))
    control = [fraction_bits(largest) for largest in ranges.control]
    ramp_shift, condition = _condition_formats(network, ranges, residual, [Q15, *control][-1])
    return Formats(residual, _skip_fraction(network, head), head, hidden, control, condition, ramp_shift)


def _centred(matrix: Row8, bias: Floats) -> Row8:
    """The first control layer with biases for its rounded weights: exact where all knobs stand in the middle.

    Many knobs at half their range would otherwise add up what rounding took from each weight.
    """
    middle = matrix.weight[:, 1:].sum(axis=(1, 2)) * (KNOB_COUNTS // 2)
    wanted = np.floor(bias * np.exp2(Q15 + matrix.exponent) + 0.5).astype(np.int64)
    return Row8(matrix.weight, wanted - middle, matrix.exponent, matrix.shift)


def _add_control(images: _Images, network: Network, formats: Formats, centred: bool) -> None:
    last = network.control_layers - 1
    source = Q15
    for index in range(last + 1):
        floats = network.layer(f"control.{index}")
        layer = _counts_to_controls(floats) if index == 0 else floats
        target = formats.condition.ravel() if index == last else formats.control[index]
        activation = Activation.NONE if index == last else Activation.LEAKY
        matrix = quantise_rows(layer, source, target, f"{images.name}: control.{index}")
        matrix = _centred(matrix, floats[1]) if centred and index == 0 else matrix
        images.add(Op.CONTROL, matrix, activation=activation)
        source = formats.control[index] if index < last else source


def _add_layer(images: _Images, network: Network, formats: Formats, layer: int) -> None:
    """Append a gated pass and its 1x1: residual rows (but not in the last layer, where they are dead), skip rows."""
    shape = network.architecture
    gated = _gated(network, formats.residual, layer)
    dilation = shape.dilations[layer]
    lag = lag_of(shape.kernel, dilation, shape.hop) if shape.look_ahead else 0
    images.add(Op.GATED, gated, formats.ramp_shift[layer], dilation=dilation, split=lag)
    name = f"{images.name}: conv_layers.{layer}"
    parts = [quantise_rows(_skip_layer(network, layer), Q15, formats.skip, f"{name}.conv1x1_skip")]
    split = 0
    if layer < len(shape.dilations) - 1:
        out = network.layer(f"conv_layers.{layer}.conv1x1_out")
        parts.insert(0, quantise_rows(out, Q15, formats.residual, f"{name}.conv1x1_out"))
        split = shape.channels
    joined = Row8(*(np.concatenate([getattr(part, key) for part in parts]) for key in Row8.__dataclass_fields__))
    images.add(Op.MIX, joined, split=split, multiplier=round(shape.residual_scale * UNITY))


def compile_network(network: Network, *, ranges: Ranges | None = None, centred: bool = False) -> Program:
    """Quantise a float network.

    Args:
        network: float weights and metadata.
        ranges: stream ranges; measured by `calibrate` if not given.
        centred: make the first control layer exact at the middle of all knobs instead of at its float bias.

    Raises:
        SystoleError: weights that no format can hold, or an accumulator whose bound exceeds int32.
    """
    shape = network.architecture
    formats = choose_formats(network, ranges or calibrate(network))
    images = _Images(shape.name)
    codes = []
    for at, each in enumerate(shape.bank):
        codes += [channel_code(source, k, at) for k in each.harmonics for source in (Source.SINE, Source.COSINE)]
        codes += [channel_code(Source.SINE, k, at) for k in each.sines]
    bank = [each.compiled() for each in shape.oscillators]
    images.excite(codes + [channel_code(Source.NOISE)] * shape.noise, shape.rate, bank)
    _add_control(images, network, formats, centred)
    images.add(Op.INPUT, quantise_rows(network.layer("first_conv"), Q15, formats.residual, f"{shape.name}: first_conv"))
    for layer in range(len(shape.dilations)):
        _add_layer(images, network, formats, layer)
    names = ("last_conv_layers.1", "last_conv_layers.3")
    head, output = (network.layer(name) for name in names)
    images.add(
        Op.HEAD,
        quantise_rows(head, formats.head, formats.hidden, f"{shape.name}: {names[0]}"),
        pre_shift=formats.skip - formats.head,
        activation=Activation.RELU,
    )
    images.add(Op.OUTPUT, quantise_rows(output, formats.hidden, Q15, f"{shape.name}: {names[1]}"))
    return _finish(images, network, formats)


def _finish(images: _Images, network: Network, formats: Formats) -> Program:
    """Card, checks and the overflow proof."""
    shape = network.architecture
    same = ("name", "title", "description", "licence", "credit", "rate", "hop", "pitched", "knobs")
    lags = (lag_of(shape.kernel, dilation, shape.hop) for dilation in shape.dilations)
    latency = sum(lags) if shape.look_ahead else 0
    named, metrics = formats.named(), dict(shape.metrics)
    card = Card(**{key: getattr(shape, key) for key in same}, latency=latency, formats=named, metrics=metrics)
    program = Program(
        card,
        np.array(images.rows, np.int32),
        np.concatenate(images.weights).astype(np.int8),
        np.concatenate(images.biases).astype(np.int32),
        np.concatenate(images.shifts).astype(np.uint8),
    )
    check_program(program, shape.name)
    for bound in bounds(program):
        if not bound.proven:
            raise SystoleError(f"{shape.name}: {bound.name}: accumulator may reach {bound.worst}, allowed: below 2**31")
    return program

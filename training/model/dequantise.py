"""From a shipped integer program back to a float network: the weights that its integers stand for.

What the program rounds on the way (activations, the tanh ROM) is not kept, so a dequantised network sounds like the
program to some 60 dB, not bit for bit; what was lost of the trained weights stays lost.
"""

import numpy as np
from numpy.typing import NDArray

from accel.compiler import control_scale
from accel.errors import SystoleError
from accel.formats import SIGMOID_FRACTION, TANH_FRACTION, UNITY, Op, Source, channel_parts
from accel.network import SCHEMA, Architecture, Network
from accel.oscillator_spec import OscillatorSpec
from accel.program import Pass, Program

__all__ = ["dequantise"]

Floats = NDArray[np.float64]
Layer = tuple[Floats, Floats]

Q15 = 15


def dequantise(program: Program) -> Network:
    """The float network whose weights are the program's.

    Raises:
        SystoleError: the program looks ahead, its card names no formats, or its excitation is not in the order of
            `accel.network.Architecture`.
    """
    if program.card.latency:
        raise SystoleError(f"{program.name} looks {program.card.latency} samples ahead, needed: a causal model")
    formats = program.card.formats
    needed = ["residual", "skip", "head", "hidden"]
    needed += [f"control.{index}" for index in range(len(program.of(Op.CONTROL)) - 1)]
    missing = [name for name in needed if name not in formats]
    if missing:
        raise SystoleError(f"{program.name}: formats of {', '.join(missing)} are missing from its card")
    architecture = _architecture(program)
    layers = _control(program) | _body(program, formats)
    weights = {}
    for name, (weight, bias) in layers.items():
        weights[f"{name}.weight"], weights[f"{name}.bias"] = weight, bias
    return Network(architecture, weights)


def _architecture(program: Program) -> Architecture:
    gated = program.of(Op.GATED)
    bank, noise = _excitation(program)
    card = program.card
    return Architecture(
        schema=SCHEMA,
        name=card.name,
        channels=program.channels,
        skip_channels=program.skip_channels,
        kernel=gated[0].taps,
        dilations=tuple(each.dilation for each in gated),
        harmonics=() if program.of(Op.EXCITE)[0].split else bank[0].harmonics,
        sines=() if program.of(Op.EXCITE)[0].split else bank[0].sines,
        oscillators=bank if program.of(Op.EXCITE)[0].split else (),
        noise=noise,
        knobs=card.knobs,
        title=card.title,
        description=card.description,
        licence=card.licence,
        credit=card.credit,
        rate=card.rate,
        hop=card.hop,
        pitched=card.pitched,
        residual_scale=program.of(Op.MIX)[0].multiplier / UNITY,
    )


def _excitation(program: Program) -> tuple[tuple[OscillatorSpec, ...], bool]:
    """The oscillators and whether there is noise, if the channels lie as `accel.network` has them."""
    codes = [channel_parts(int(code)) for code in program.of(Op.EXCITE)[0].bias]
    noise = bool(codes) and codes[-1][0] == Source.NOISE
    rest, bank = codes[: len(codes) - noise], []
    for index, each in enumerate(program.bank):
        tones = [(source, k) for source, oscillator, k in rest if oscillator == index]
        pairs = sum(source == Source.COSINE for source, _ in tones)
        harmonics = tuple(k for _, k in tones[: 2 * pairs : 2])
        bank.append(OscillatorSpec.of(each, harmonics, tuple(k for _, k in tones[2 * pairs :])))
    wanted = []
    for index, spec in enumerate(bank):
        wanted += [(source, index, k) for k in spec.harmonics for source in (Source.SINE, Source.COSINE)]
        wanted += [(Source.SINE, index, k) for k in spec.sines]
    if rest != wanted:
        needed = "of each oscillator sine and cosine of some harmonics, then sines of others; noise last"
        raise SystoleError(f"{program.name}: excitation channels {codes}; needed: {needed}")
    return tuple(bank), noise


def _layer(each: Pass, source: int, target: NDArray[np.int64] | int) -> Layer:
    """Weight [rows, cols, taps] and bias [rows] in real units, between streams of so many fraction bits."""
    exponent = each.shift.astype(np.int64) + target - source
    weight = each.weight.transpose(0, 2, 1) * np.exp2(-exponent.astype(float))[:, None, None]
    return weight, each.bias * np.exp2(-(source + exponent).astype(float))


def _control(program: Program) -> dict[str, Layer]:
    """The control network, in volts and knob positions again."""
    passes, formats = program.of(Op.CONTROL), program.card.formats
    found, source = {}, Q15
    for index, each in enumerate(passes):
        target: NDArray[np.int64] | int = formats.get(f"control.{index}", 0)
        if index == len(passes) - 1:
            target = _condition_fraction(program)
        weight, bias = _layer(each, source, target)
        if index == 0:
            weight = weight / control_scale(each.cols)[:, None]
            bias = bias + weight[:, 1:, 0].sum(1)
        found[f"control.{index}"] = (weight[:, :, 0], bias)
        source = formats.get(f"control.{index}", 0)
    return found


def _condition_fraction(program: Program) -> NDArray[np.int64]:
    """Fraction bits of every conditioning row: times hop and ramp shift it has its accumulator's scale."""
    hop_bits = program.hop.bit_length() - 1
    return np.concatenate([each.shift + _outward(each) - hop_bits - each.ramp_shift for each in program.of(Op.GATED)])


def _outward(gated: Pass) -> NDArray[np.int64]:
    """Fraction bits of the pre-activations: tanh rows, then sigmoid rows."""
    return np.repeat([TANH_FRACTION, SIGMOID_FRACTION], gated.rows // 2)


def _body(program: Program, formats: dict[str, int]) -> dict[str, Layer]:
    residual, skip = formats["residual"], formats["skip"]
    found = {"first_conv": _layer(program.of(Op.INPUT)[0], Q15, residual)}
    for index, (gated, mix) in enumerate(zip(program.of(Op.GATED), program.of(Op.MIX), strict=True)):
        name = f"conv_layers.{index}"
        found[f"{name}.conv"] = _layer(gated, residual, _outward(gated))
        target = np.where(np.arange(mix.rows) < mix.split, residual, skip)
        weight, bias = _layer(mix, Q15, target)
        if mix.split:
            found[f"{name}.conv1x1_out"] = (weight[: mix.split], bias[: mix.split])
        found[f"{name}.conv1x1_skip"] = (weight[mix.split :], bias[mix.split :])
    found["last_conv_layers.1"] = _layer(program.of(Op.HEAD)[0], formats["head"], formats["hidden"])
    found["last_conv_layers.3"] = _layer(program.of(Op.OUTPUT)[0], formats["hidden"], Q15)
    return found

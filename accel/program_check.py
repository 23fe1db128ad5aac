"""Validation of a program before anything runs: every width, offset and chain, one clear line when wrong."""

from __future__ import annotations

import itertools
import math
import re

import numpy as np

from accel.errors import SystoleError
from accel.formats import (
    BIAS_LIMIT,
    FIELD_AT,
    FIELDS,
    HOPS,
    LIMITS,
    MAX_SHIFT,
    MIN_SHIFT,
    MOST_HARMONIC,
    OSCILLATORS,
    UNITY,
    Activation,
    Op,
    Source,
    channel_parts,
    exponent_offset,
    max_ramp_shift,
)
from accel.program import SCHEMA, Card, Pass, Program

__all__ = ["check_card", "check_program"]

MAX_KNOBS = 128
"""Enough for the mel bands that condition a published Parallel WaveGAN (80)."""
MOST_HISTORY = 16 << 20
"""Bytes of past samples, skip sums and conditioning that a voice may need."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}\Z")
_KNOB_ID = re.compile(r"[a-z][a-z0-9_]{0,31}\Z")
_PATTERN = re.compile(r"EC{1,4}I(GM)+HO\Z")
_LETTER = dict(zip(Op, "ECIGMHO", strict=True))


def _need(condition: bool, where: str, what: str) -> None:
    if not condition:
        raise SystoleError(f"{where}: {what}")


def check_card(card: Card, where: str) -> None:
    """Check the metadata of a program.

    Raises:
        SystoleError: naming the field and what is allowed.
    """
    _need(card.schema == SCHEMA, where, f"schema is {card.schema!r}, this version reads {SCHEMA!r}")
    _need(bool(_NAME.match(card.name)), where, f"name is {card.name!r}, allowed: lower-case letters, digits, _ and -")
    for field in ("title", "description", "licence", "credit"):
        _need(getattr(card, field).isprintable(), where, f"{field} holds line breaks or control characters")
    _need(card.hop in HOPS, where, f"hop is {card.hop}, allowed: {HOPS}")
    _need(8000 <= card.rate <= 192_000, where, f"rate is {card.rate}, allowed: 8000..192000 Hz")
    _need(0 <= card.latency <= 65536, where, f"latency is {card.latency}, allowed: 0..65536 samples")
    _need(len(card.knobs) <= MAX_KNOBS, where, f"{len(card.knobs)} knobs, allowed: at most {MAX_KNOBS}")
    ids = [knob.id for knob in card.knobs]
    _need(len(set(ids)) == len(ids), where, f"knob ids are not distinct: {ids}")
    for knob in card.knobs:
        _need(bool(_KNOB_ID.match(knob.id)), where, f"knob id {knob.id!r}: lower-case letters, digits, _")
        _need((knob.label + knob.help).isprintable(), where, f"knob {knob.id}: label or help with control characters")
        good = math.isfinite(knob.default) and 0 <= knob.default <= 1
        _need(good, where, f"knob {knob.id}: default is {knob.default}, allowed: 0..1")


def check_program(program: Program, where: str) -> None:
    """Check card, descriptors and images of a program, and that its passes chain.

    Raises:
        SystoleError: naming the pass and field, and what is allowed.
    """
    check_card(program.card, where)
    table = program.descriptors
    shape_ok = table.ndim == 2 and table.shape[1] == len(FIELDS) and 7 <= len(table) <= 512
    _need(shape_ok, where, f"descriptors have shape {table.shape}, allowed: (7..512, {len(FIELDS)})")
    for index, row in enumerate(table):
        _check_row(program, row, f"{where}: pass {index}")
    letters = "".join(_LETTER[Op(int(op))] for op in table[:, FIELD_AT["op"]])
    order = "EXCITE, CONTROL (1-4), INPUT, (GATED, MIX) per layer, HEAD, OUTPUT"
    _need(bool(_PATTERN.match(letters)), where, f"passes are out of order, needed: {order}")
    _check_chain(program, where)
    if program.features is not None:
        bands, knobs = program.features.bands, len(program.knobs)
        _need(bands == knobs, where, f"features of {bands} bands, there are {knobs} knobs")


def _check_row(program: Program, row: np.ndarray, where: str) -> None:
    field = dict(zip(FIELDS, row.tolist(), strict=True))
    _need(field["op"] in set(Op), where, f"op is {field['op']}, allowed: 0..{max(Op)}")
    excite = field["op"] == Op.EXCITE
    for name, (low, high) in LIMITS.items():
        low = 0 if excite and name == "cols" else low
        _need(low <= field[name] <= high, where, f"{name} is {field[name]}, allowed: {low}..{high}")
    _need(field["activation"] in set(Activation), where, f"activation is {field['activation']}")
    rows = field["rows"]
    weights = 0 if excite else rows * field["taps"] * field["cols"]
    shifts = 0 if excite else rows * (2 if field["op"] == Op.GATED else 1)
    spans = (("weight_at", weights, program.weights), ("bias_at", rows, program.biases))
    for name, size, image in (*spans, ("shift_at", shifts, program.shifts)):
        inside = 0 <= field[name] and field[name] + size <= len(image)
        _need(inside, where, f"{name} {field[name]} + {size} is outside its image of {len(image)}")


def _check_chain(program: Program, where: str) -> None:
    """Widths from pass to pass, and what each kind of pass requires."""
    excite, control = program.of(Op.EXCITE)[0], program.of(Op.CONTROL)
    gated, mix = program.of(Op.GATED), program.of(Op.MIX)
    first, head, output = program.of(Op.INPUT)[0], program.of(Op.HEAD)[0], program.of(Op.OUTPUT)[0]
    channels, skip = first.rows, head.cols
    offset = exponent_offset(program.rate)
    _need(excite.multiplier == offset, where, f"exponent offset {excite.multiplier}, {program.rate} Hz needs {offset}")
    _check_bank(program, where)
    _widths(control[0], 1 + len(program.knobs), where, "inputs of the control network (pitch and knobs)")
    for before, after in itertools.pairwise(control):
        _widths(after, before.rows, where, "inputs of a control layer")
    wanted = len(gated) * 2 * channels
    _need(control[-1].rows == wanted, where, f"the control network has {control[-1].rows} outputs, needs {wanted}")
    _widths(first, excite.rows, where, "inputs of the first convolution")
    for index, (conv, one) in enumerate(zip(gated, mix, strict=True)):
        last = index == len(gated) - 1
        _widths(conv, channels, where, f"inputs of layer {index}")
        _need(conv.rows == 2 * channels, where, f"layer {index} has {conv.rows} rows, needs {2 * channels}")
        _widths(one, channels, where, f"inputs of the 1x1 of layer {index}")
        residual = 0 if last else channels
        _need(one.split == residual, where, f"layer {index} has {one.split} residual rows, needs {residual}")
        _need(one.rows - one.split == skip, where, f"layer {index} has {one.rows - one.split} skip rows, not {skip}")
        scale_ok = 1 <= one.multiplier <= UNITY
        _need(scale_ok, where, f"layer {index}: residual multiplier {one.multiplier}, allowed: 1..{UNITY}")
        ramp, most = int(conv.ramp_shift.max(initial=0)), max_ramp_shift(program.hop)
        _need(ramp <= most, where, f"layer {index}: conditioning shift {ramp}, at most {most}")
        _check_lag(conv, program.hop, where, index)
    _need(
        program.card.latency == program.delays[-1],
        where,
        f"latency {program.card.latency}, its layers' lags add up to {program.delays[-1]}",
    )
    history = sum(2 * channels * conv.reach + 4 * skip * conv.lag for conv in gated)
    history += 2 * control[-1].rows * program.delays[-1] // program.hop
    _need(history <= MOST_HISTORY, where, f"histories of {history} bytes a voice, at most {MOST_HISTORY}")
    _widths(output, head.rows, where, "inputs of the output layer")
    _need(output.rows == 1, where, f"the output layer has {output.rows} rows, needs 1")
    _need(head.pre_shift >= MIN_SHIFT, where, f"HEAD: pre_shift {head.pre_shift}, at least {MIN_SHIFT}")
    for each in program.passes:
        if each.op == Op.EXCITE:
            continue
        low, high = int(each.shift.min()), int(each.shift.max())
        allowed = f"allowed: {MIN_SHIFT}..{MAX_SHIFT}"
        _need(MIN_SHIFT <= low and high <= MAX_SHIFT, where, f"{each.op.name}: shifts {low}..{high}, {allowed}")
        most = int(np.abs(each.bias.astype(np.int64)).max())
        _need(most <= BIAS_LIMIT, where, f"{each.op.name}: bias {most}, allowed: +-{BIAS_LIMIT}")


def _check_bank(program: Program, where: str) -> None:
    """The oscillators' records, and that every excitation channel names one of them."""
    excite = program.of(Op.EXCITE)[0]
    _need(0 <= excite.split <= OSCILLATORS, where, f"{excite.split} oscillators, allowed: 0..{OSCILLATORS}")
    try:
        bank = program.bank
    except ValueError as error:
        raise SystoleError(f"{where}: {error}") from None
    for index, each in enumerate(bank):
        fault = each.fault(len(program.knobs))
        _need(not fault, where, f"oscillator {index}: {fault}")
    for code in excite.bias.tolist():
        source, oscillator, harmonic = channel_parts(code)
        good = source in set(Source) and oscillator < len(bank) and 1 <= harmonic <= MOST_HARMONIC
        allowed = f"source 0..2, oscillator 0..{len(bank) - 1}, harmonic 1..{MOST_HARMONIC}"
        _need(good, where, f"excitation code {code:#x}: {allowed}")


def _check_lag(conv: Pass, hop: int, where: str, index: int) -> None:
    """A layer that looks ahead: an odd kernel around its middle tap, late by whole frames of controls."""
    needs = (conv.taps - 1) // 2 * conv.dilation
    good = conv.lag == 0 or (conv.taps % 2 == 1 and conv.lag % hop == 0 and conv.lag >= needs)
    _need(
        good, where, f"layer {index}: lag {conv.lag}, allowed: 0, or with an odd kernel multiples of {hop} from {needs}"
    )


def _widths(each: Pass, wanted: int, where: str, what: str) -> None:
    _need(each.cols == wanted, where, f"{each.cols} {what}, needs {wanted}")
    if each.op != Op.GATED:
        _need(each.taps == 1, where, f"{each.op.name}: taps is {each.taps}, needs 1")

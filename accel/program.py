"""A program: what a trained network becomes and what the hardware's sequencer reads.

Descriptors say which passes run in which order; three flat images hold weights, biases and shifts.
One flat image per kind costs a few offsets, and lets every executor (and the RTL's memories) take it as it is.
"""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from accel.features import Features
from accel.formats import FIELD_AT, FIELDS, HOP, RATE, Op
from accel.oscillators import PLAIN, Oscillator, read_records

__all__ = ["SCHEMA", "Card", "Knob", "Pass", "Program"]

SCHEMA = "systole-program/1"


class Knob(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One control voltage of a model beside pitch: position 0..1 is 0..5 V."""

    id: str
    label: str
    help: str = ""
    default: float = 0.5


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a person wants to know of a model, and the figures that went with its making."""

    schema: str = SCHEMA
    name: str
    title: str = ""
    description: str = ""
    licence: str = ""
    credit: str = ""
    rate: int = RATE
    hop: int = HOP
    latency: int = 0
    """Samples from a control to its effect beyond the frame's ramp (look-ahead of the network); causal: 0."""
    pitched: bool = True
    knobs: tuple[Knob, ...] = ()
    formats: dict[str, int] = {}
    """Fraction bits of each stream, chosen by calibration."""
    metrics: dict[str, Any] = {}


@dataclass(frozen=True)
class Pass:
    """One descriptor with its slices of the images.

    Attributes:
        weight: int8 [rows, taps, cols]; tap `taps - 1` is the current sample.
        bias: int32 [rows] (EXCITE: channel codes).
        shift: uint8 [rows] right shift of each row's accumulator.
        ramp_shift: uint8 [rows] left shift of each row's conditioning (GATED only, else empty).
    """

    op: Op
    rows: int
    cols: int
    taps: int
    dilation: int
    activation: int
    split: int
    multiplier: int
    pre_shift: int
    weight: NDArray[np.int8]
    bias: NDArray[np.int32]
    shift: NDArray[np.uint8]
    ramp_shift: NDArray[np.uint8]

    @property
    def lag(self) -> int:
        """Samples that a gated pass's output is behind its input; 0: causal."""
        return self.split if self.op == Op.GATED else 0

    @property
    def newest(self) -> int:
        """Age in samples of the newest input that a gated pass reads: its middle tap is `lag` samples old."""
        return self.lag - (self.taps - 1) // 2 * self.dilation if self.lag else 0

    @property
    def reach(self) -> int:
        """Age in samples of the oldest input that a gated pass reads."""
        return self.newest + (self.taps - 1) * self.dilation

    @property
    def macs(self) -> int:
        """Multiply-accumulates of one evaluation."""
        return 0 if self.op == Op.EXCITE else self.rows * self.taps * self.cols


@dataclass(frozen=True, eq=False)
class Program:
    """Card, descriptors int32 [passes, fields] and the images weights int8, biases int32, shifts uint8.

    A vocoder also says how its knobs come from mel frames: `features`.
    """

    card: Card
    descriptors: NDArray[np.int32]
    weights: NDArray[np.int8]
    biases: NDArray[np.int32]
    shifts: NDArray[np.uint8]
    features: Features | None = None

    @property
    def name(self) -> str:
        """Identifier, as patches name the model."""
        return self.card.name

    @property
    def rate(self) -> int:
        """Sample rate in Hz."""
        return self.card.rate

    @property
    def hop(self) -> int:
        """Samples per control frame."""
        return self.card.hop

    @property
    def knobs(self) -> tuple[Knob, ...]:
        """Control voltages beside pitch, in the order of the control network's inputs."""
        return self.card.knobs

    @cached_property
    def passes(self) -> tuple[Pass, ...]:
        """All passes in order."""
        return tuple(self._pass(row) for row in self.descriptors)

    def of(self, op: Op) -> list[Pass]:
        """The passes of one kind, in order."""
        return [each for each in self.passes if each.op == op]

    def _pass(self, row: NDArray[np.int32]) -> Pass:
        field = {name: int(row[FIELD_AT[name]]) for name in FIELDS}
        rows, taps, cols = field["rows"], field["taps"], field["cols"]
        size = 0 if field["op"] == Op.EXCITE else rows * taps * cols
        weight = self.weights[field["weight_at"] : field["weight_at"] + size]
        at = field["shift_at"]
        gated = field["op"] == Op.GATED
        return Pass(
            op=Op(field["op"]),
            rows=rows,
            cols=cols,
            taps=taps,
            dilation=field["dilation"],
            activation=field["activation"],
            split=field["split"],
            multiplier=field["multiplier"],
            pre_shift=field["pre_shift"],
            weight=weight.reshape(rows, taps, cols) if size else weight.reshape(0, taps, max(cols, 1)),
            bias=self.biases[field["bias_at"] : field["bias_at"] + rows],
            shift=self.shifts[at : at + (0 if field["op"] == Op.EXCITE else rows)],
            ramp_shift=self.shifts[at + rows : at + 2 * rows] if gated else self.shifts[:0],
        )

    @cached_property
    def bank(self) -> tuple[Oscillator, ...]:
        """The oscillators, in the order in which channel codes number them; one at least."""
        excite = self.of(Op.EXCITE)[0]
        at = int(self.descriptors[0, FIELD_AT["bias_at"]]) + excite.rows
        return tuple(read_records(self.biases[at:], excite.split)) or (PLAIN,)

    # --- shape ----------------------------------------------------------------------------------------
    @property
    def channels(self) -> int:
        """Width of the residual stream (C)."""
        return self.of(Op.INPUT)[0].rows

    @property
    def skip_channels(self) -> int:
        """Width of the skip sum (S)."""
        return self.of(Op.HEAD)[0].cols

    @property
    def layers(self) -> int:
        """Number of gated layers (L)."""
        return len(self.of(Op.GATED))

    @cached_property
    def delays(self) -> tuple[int, ...]:
        """Samples that each layer's output is behind the excitation: its own lag and those of the layers before."""
        return tuple(itertools.accumulate(each.lag for each in self.of(Op.GATED)))

    @property
    def receptive_field(self) -> int:
        """Samples of excitation that one output sample depends on."""
        return 1 + sum((each.taps - 1) * each.dilation for each in self.of(Op.GATED))

    @property
    def macs_per_sample(self) -> float:
        """Multiply-accumulates per sample; the control network's share is spread over a frame."""
        control = sum(each.macs for each in self.of(Op.CONTROL))
        return sum(each.macs for each in self.passes if each.op != Op.CONTROL) + control / self.hop

    @property
    def image_bytes(self) -> int:
        """Bytes that a host loads into the accelerator."""
        return self.descriptors.nbytes + self.weights.nbytes + self.biases.nbytes + self.shifts.nbytes

    @cached_property
    def hash(self) -> str:
        """SHA-256 over the card, figures excepted, and everything that changes the sound."""
        card = msgspec.structs.replace(self.card, metrics={})
        digest = hashlib.sha256(msgspec.json.encode(card, order="sorted"))
        for array in (self.descriptors, self.weights, self.biases, self.shifts):
            digest.update(array.dtype.str.encode() + str(array.shape).encode() + array.tobytes())
        for name, array in self.features.tensors().items() if self.features else ():
            digest.update(name.encode() + array.dtype.str.encode() + str(array.shape).encode() + array.tobytes())
        return digest.hexdigest()

"""The one table of parameters: what can be set, in which unit and range, and what it means.

Patches, `--help`, the documentation, and later the window and MIDI all derive from `TABLE`; no range is written
twice. The knobs of a model are not here, because each model brings its own; `knob_parameter` describes them in
the same terms. Choices are stored as their index, so that the engine's block function sees only numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from accel.errors import SystoleError
from engine.text import plain

__all__ = ["GROUPS", "KNOB_CC", "TABLE", "Parameter", "Value", "knob_parameter", "parameter"]

Value = float | int | str
Kind = Literal["real", "integer", "choice"]
Curve = Literal["linear", "exponential"]


@dataclass(frozen=True)
class Parameter:
    """One thing that can be set.

    Attributes:
        id: `group.name`, unique; the name is the key in a patch file's table `[group]`.
        label: short name for a panel.
        unit: "s", "Hz", "dB", "cents", "semitones", or "" for a plain number.
        low, high, default: inclusive range and initial value (choices: indices).
        curve: how a dial travels from low to high; exponential for times and rates.
        cc: MIDI controller that sets it, 0..127 over the dial's travel, or None.
        help: one sentence.
        choices: the allowed words of a choice, in order.
    """

    id: str
    label: str
    unit: str
    low: float
    high: float
    default: float
    help: str
    curve: Curve = "linear"
    kind: Kind = "real"
    cc: int | None = None
    choices: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """Name of the table in a patch file."""
        return self.id.rpartition(".")[0]

    @property
    def name(self) -> str:
        """Key inside that table."""
        return self.id.rpartition(".")[2]

    @property
    def field(self) -> str:
        """Name as an identifier: the field in the engine's parameter record."""
        return self.id.replace(".", "_")

    @property
    def allowed(self) -> str:
        """What may be written, in words: `0.001 to 20 s`."""
        if self.kind == "choice":
            return "one of " + ", ".join(self.choices)
        whole = "whole number " if self.kind == "integer" else ""
        return f"{whole}{self.low:g} to {self.high:g}{' ' + self.unit if self.unit else ''}"

    def encode(self, value: Value) -> float:
        """The number that the engine stores for a value as people write it.

        Raises:
            SystoleError: wrong type, not finite, or out of range; the line says what is allowed.
        """
        if self.kind == "choice":
            if not isinstance(value, str) or value not in self.choices:
                raise SystoleError(f"{plain(self.id)}: {value!r} is not allowed; {self.allowed}")
            return float(self.choices.index(value))
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise SystoleError(f"{plain(self.id)}: {value!r} is not a number; allowed: {self.allowed}")
        fits = self.low <= value <= self.high  # false for NaN; exact for integers of any size
        if not fits or (self.kind == "integer" and value != int(value)):
            raise SystoleError(f"{plain(self.id)}: {value!r} is not allowed; {self.allowed}")
        return float(value)

    def decode(self, number: float) -> Value:
        """The value as people write it, from the number that the engine stores."""
        if self.kind == "choice":
            return self.choices[int(number)]
        return int(number) if self.kind == "integer" else float(number)

    def at(self, travel: float) -> float:
        """The stored number at a dial position 0..1; integers and choices are rounded."""
        travel = min(1.0, max(0.0, travel))
        if self.curve == "exponential":
            return self.low * math.pow(self.high / self.low, travel)
        number = self.low + (self.high - self.low) * travel
        return number if self.kind == "real" else float(round(number))

    def travel(self, number: float) -> float:
        """Dial position 0..1 of a stored number; inverse of `at`."""
        if self.high == self.low:
            return 0.0
        if self.curve == "exponential":
            return math.log(number / self.low) / math.log(self.high / self.low)
        return (number - self.low) / (self.high - self.low)


def _choice(id: str, label: str, choices: tuple[str, ...], default: str, help: str) -> Parameter:
    index = float(choices.index(default))
    return Parameter(id, label, "", 0.0, len(choices) - 1.0, index, help, kind="choice", choices=choices)


def _time(id: str, label: str, low: float, default: float, help: str) -> Parameter:
    return Parameter(id, label, "s", low, 20.0, default, help, curve="exponential")


def _envelope(group: str, what: str) -> tuple[Parameter, ...]:
    return (
        _time(f"{group}.attack", "Attack", 0.001, 0.005, f"Rise of the {what} to its peak."),
        _time(f"{group}.decay", "Decay", 0.005, 0.3, f"Fall of the {what}, as the time for a full-scale fall."),
        Parameter(f"{group}.sustain", "Sustain", "", 0, 1, 0.7, f"Height of the {what} while the key is held."),
        _time(f"{group}.release", "Release", 0.005, 0.2, "Fall after the key, as the time for a full-scale fall."),
    )


LFO_SHAPES = ("sine", "triangle", "saw", "square", "random")
LFO_SYNC = ("free", "4 bars", "2 bars", "1 bar", "1/2", "1/4", "1/4t", "1/8", "1/8t", "1/16", "1/16t", "1/32")
LFO_BEATS = (0.0, 16.0, 8.0, 4.0, 2.0, 1.0, 2 / 3, 0.5, 1 / 3, 0.25, 1 / 6, 0.125)
"""Length of one cycle in quarter notes (a bar is four of them), beside `LFO_SYNC`."""


def _lfo(group: str) -> tuple[Parameter, ...]:
    return (
        _choice(f"{group}.shape", "Shape", LFO_SHAPES, "sine", "Waveform; random is sample and hold."),
        Parameter(f"{group}.rate", "Rate", "Hz", 0.01, 200, 5, "Speed while not synced.", curve="exponential"),
        _choice(f"{group}.sync", "Sync", LFO_SYNC, "free", "Length of one cycle in note values at the tempo."),
        _choice(
            f"{group}.scope", "Scope", ("voice", "global"), "voice",
            "voice: starts with each note; global: one for all notes.",
        ),
        Parameter(f"{group}.phase", "Phase", "cycles", 0, 1, 0, "Where in its cycle it starts."),
        Parameter(f"{group}.depth", "Depth", "", 0, 1, 1, "Size of its swing; modulation adds to it."),
        Parameter(f"{group}.fade", "Fade-in", "s", 0, 10, 0, "Time after the key until it swings fully."),
    )  # fmt: skip


TABLE: tuple[Parameter, ...] = (
    _choice(
        "voice.mode", "Mode", ("poly", "mono", "legato"), "poly",
        "poly: many notes; mono: one, each key restarts it; legato: one, overlapping keys only change its pitch.",
    ),
    Parameter("voice.polyphony", "Polyphony", "voices", 1, 32, 12, "Notes at once in poly mode.", kind="integer"),
    Parameter("voice.unison", "Unison", "oscillators", 1, 8, 1, "Copies of the model per note.", kind="integer"),
    Parameter("voice.detune", "Detune", "cents", 0, 100, 12, "Distance of the outermost unison copies."),
    Parameter("voice.spread", "Spread", "", 0, 1, 0.3, "Stereo width of unison copies, or of notes without unison."),
    Parameter("voice.glide", "Glide", "s", 0, 5, 0, "Time of the slide from the last note's pitch."),
    _choice(
        "voice.glide_mode", "Glide mode", ("always", "legato"), "always",
        "always: every note slides; legato: only while another key is held.",
    ),
    Parameter("voice.transpose", "Transpose", "semitones", -48, 48, 0, "Shift of the keyboard.", kind="integer"),
    Parameter("voice.tune", "Fine tune", "cents", -100, 100, 0, "Fine shift of the pitch."),
    Parameter(
        "voice.bend_range", "Bend range", "semitones", 0, 48, 2, "Pitch wheel's travel until RPN 0 sets another.",
    ),
    _choice(
        "voice.phase", "Start phase", ("random", "reset"), "random",
        "random: every note starts elsewhere in the cycle; reset: always the same attack.",
    ),
    Parameter("voice.level", "Level", "dB", -36, 24, 0, "Loudness of the patch."),
    Parameter("voice.velocity", "Velocity", "", 0, 1, 0.6, "How much the key's velocity sets the loudness."),
    Parameter("voice.pan", "Pan", "", -1, 1, 0, "Place between left (-1) and right (1)."),
    *_envelope("amp", "loudness"),
    *_envelope("env2", "second envelope"),
    *_lfo("lfo1"),
    *_lfo("lfo2"),
)  # fmt: skip
"""Every parameter that a patch can set, except the knobs of its model."""

GROUPS: dict[str, str] = {
    "voice": "Voice",
    "amp": "Loudness envelope",
    "env2": "Second envelope",
    "lfo1": "LFO 1",
    "lfo2": "LFO 2",
}
"""Tables of a patch file and their titles, in order."""

KNOB_CC = tuple(range(20, 28))
"""Controllers that move a model's first eight knobs (undefined in the MIDI specification, so free to use)."""

_BY_ID = {entry.id: entry for entry in TABLE}


def parameter(id: str) -> Parameter:
    """The table's entry of that id.

    Raises:
        SystoleError: no such parameter; the line names those of its group.
    """
    if id not in _BY_ID:
        group = id.partition(".")[0]
        near = [entry.name for entry in TABLE if entry.group == group] or list(GROUPS)
        raise SystoleError(f"{plain(id)}: unknown parameter; allowed: {', '.join(near)}")
    return _BY_ID[id]


def knob_parameter(id: str, label: str, help: str, default: float, index: int) -> Parameter:
    """A model's knob in the table's terms: 0..1, linear, group `knobs`, one of `KNOB_CC` for the first eight."""
    cc = KNOB_CC[index] if index < len(KNOB_CC) else None
    return Parameter(f"knobs.{id}", label, "", 0.0, 1.0, float(default), help, cc=cc)

"""Names that patches, help texts and documents share: modulation sources and targets, MIDI controllers.

Apart from the kernels that give them their meaning, so that printing a help text compiles nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.parameters import KNOB_CC

__all__ = ["CONTROLLERS", "ROWS", "SOURCES", "TARGETS", "target_names"]

ROWS = 8
"""Rows of the matrix."""

SOURCES: dict[str, str] = {
    "none": "nothing, 0",
    "amp": "loudness envelope, 0..1",
    "env2": "second envelope, 0..1",
    "lfo1": "LFO 1 times its depth, -1..1",
    "lfo2": "LFO 2 times its depth, -1..1",
    "velocity": "key velocity, 0..1",
    "key": "key relative to C4 in units of five octaves, about -1..1",
    "wheel": "modulation wheel (CC 1), 0..1",
    "pressure": "channel or key pressure, whichever is larger, 0..1",
    "brightness": "CC 74, -1..1, 0 at 64",
    "expression": "expression pedal (CC 11), 0..1",
    "bend": "pitch wheel, -1..1",
    "random": "one draw per note, -1..1",
}
"""Names of the sources, what each gives, in the order of the block function's source values."""

TARGETS: dict[str, str] = {
    "voice.pitch": "amount 1 = one octave",
    "voice.level": "amount 1 = silence to twice the level",
    "voice.pan": "amount 1 = from the middle to one side",
    "lfo1.depth": "amount 1 = the whole depth",
    "lfo2.depth": "amount 1 = the whole depth",
}
"""Fixed targets and what amount 1 means; the model's knobs follow, by id, where amount 1 = the knob's whole range."""

CONTROLLERS: dict[int, str] = {
    0: "bank of the next program change: 120 and 127 drums, 121 melody, others the program's own sound (scores)",
    1: "modulation wheel (source `wheel`)",
    6: "data entry of the registered parameter",
    7: "volume",
    10: "pan",
    11: "expression",
    32: "bank, fine: taken without effect (variations of a sound play the sound itself)",
    38: "fine data entry: cents of the bend range, low bits of the fine tuning",
    64: "sustain pedal",
    66: "sostenuto pedal",
    74: "brightness (source `brightness`)",
    **{cc: f"knob {number} of the model" for number, cc in enumerate(KNOB_CC, 1)},
    98: "NRPN, low: closes data entry",
    99: "NRPN, high: closes data entry",
    100: "registered parameter, low",
    101: "registered parameter, high",
    120: "all sound off",
    121: "reset all controllers",
    123: "all notes off (124 to 127 too)",
}
"""The controllers that the engine answers to."""


def target_names(knobs: Sequence[str]) -> list[str]:
    """All targets of a model with these knob ids, in the order of their numbers."""
    return [*TARGETS, *knobs]

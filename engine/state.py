"""Everything that a part remembers between blocks: records and arrays, allocated once, changed only by the kernels.

Records (NumPy structured types) give the kernels names instead of column numbers, and the parameter record is
built from the parameter table itself, so a new parameter needs no second declaration.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Table
from engine.modulation import FIXED_TARGETS, SOURCE_COUNT
from engine.parameters import TABLE
from engine.vocabulary import ROWS

__all__ = ["BUS_CHUNK", "LANES", "MAX_SPARE", "PATCH_RANGE", "QUANTUM", "WARM_UP", "PartState", "allocate_part"]

QUANTUM = 16
"""Samples that the network of a voice computes at a time; so a block of 1 costs about what a block of 16 costs."""
WARM_UP = 512
"""Most samples that a network runs unheard before its note: the receptive field of our models."""
BUS_CHUNK = 256
"""Samples mixed at a time: the size of the bus buffer, whatever the block."""
LANES = 8
"""Most unison copies of a note."""
PATCH_RANGE = -1.0
"""A channel's bend range in semitones until RPN 0 sets one: that of the patch, as it stands."""
MAX_SPARE = 8
"""Voices beyond the polyphony, where stolen notes fade out."""

PARAMETERS = np.dtype([(entry.field, "<f8") for entry in TABLE])

COEFFICIENTS = np.dtype(
    [
        (name, "<f8")
        for name in (
            "amp_attack", "amp_decay", "amp_release",  # per sample
            "env2_attack", "env2_decay", "env2_release",  # per control frame
            "lfo1_step", "lfo2_step",  # cycles per sample
            "level", "fade",
        )
    ]
)  # fmt: skip
"""What parameters become before they are used: computed when a parameter or the tempo changes."""

VOICE = np.dtype(
    [
        ("stage", "<i8"),  # amplitude envelope, `envelope.Stage`
        ("env", "<f8"),
        ("env2_stage", "<i8"),
        ("env2", "<f8"),
        ("note", "<i8"),
        ("channel", "<i8"),
        ("down", "<i8"),  # key is down
        ("sostenuto", "<i8"),  # held by the sostenuto pedal
        ("order", "<i8"),  # serial number of its note-on
        ("velocity", "<f8"),  # 0..1
        ("gain", "<f8"),  # from velocity and level
        ("random", "<f8"),  # -1..1, drawn per note
        ("born", "<i8"),  # sample position of its note-on
        ("gate_time", "<i8"),  # sample position from which LFO fade-ins count
        ("glide_from", "<f8"),  # volts
        ("glide_start", "<i8"),
        ("frame", "<i8"),  # samples rendered of the control frame, hop = a new frame is due
        ("ready", "<i8"),  # samples of the quantum already mixed, QUANTUM = a new one is due
        ("lanes", "<i8"),  # unison copies of this note
        ("lfo1_cycles", "<f8"),
        ("lfo1_time", "<i8"),
        ("lfo2_cycles", "<f8"),
        ("lfo2_time", "<i8"),
        ("last_left", "<f8"),  # what it last gave to the bus
        ("last_right", "<f8"),
    ],
    align=True,
)

LANE = np.dtype([(name, "<f8") for name in ("left", "right", "left_to", "right_to", "detune", "place")])
"""Gains at the frame's start and end; detune in volts; place -1..1."""

CHANNEL = np.dtype(
    [(name, "<f8") for name in ("bend", "range_semitones", "range_cents", "coarse", "fine", "pressure", "brightness")]
    + [(name, "<i8") for name in ("rpn_high", "rpn_low", "parent")]
)
"""What a MIDI channel carries: bend -1..1, tuning in semitones, pressure 0..1, brightness -1..1; parent: the master
channel of its MPE zone, -1 = none."""

PART = np.dtype(
    [
        ("hop", "<i8"),
        ("polyphony", "<i8"),  # most notes at once; the slots beyond it are for fading
        ("asked", "<i8"),  # of those, as many as the patch asked for
        ("warm_frames", "<i8"),  # control frames that a network runs unheard before its note
        ("serial", "<i8"),  # notes so far
        ("seed", "<i8"),
        ("active", "<i8"),  # voices that are not idle
        ("starting", "<i8"),  # 1 + slot of the voice whose networks are still to be started, 0 = none
        ("notes_from", "<i8"),  # note-ons outside this window belong to another part of the channel
        ("notes_until", "<i8"),
        ("sustain", "<i8"),
        ("sostenuto", "<i8"),
        ("tempo", "<f8"),
        ("beat", "<f8"),  # position in the song in quarter notes, and the sample where it was that
        ("beat_time", "<i8"),
        ("volume", "<f8"),  # controllers 7, 11, 10 and 1, each 0..1 (pan -1..1)
        ("expression", "<f8"),
        ("pan", "<f8"),
        ("wheel", "<f8"),
        ("left", "<f8"),  # smoothed gains of the bus, and where they go
        ("right", "<f8"),
        ("left_to", "<f8"),
        ("right_to", "<f8"),
        ("cv_pitch", "<f8"),
        ("cv_level", "<f8"),
        ("last_volts", "<f8"),  # pitch of the last note, where a glide begins
        ("lfo1_cycles", "<f8"),
        ("lfo1_time", "<i8"),
        ("lfo2_cycles", "<f8"),
        ("lfo2_time", "<i8"),
        ("leak_left", "<f8"),  # remains of a voice cut hard, fading
        ("leak_right", "<f8"),
        ("in_left", "<f8"),  # DC blocker: last input and output
        ("in_right", "<f8"),
        ("out_left", "<f8"),
        ("out_right", "<f8"),
    ],
    align=True,
)

FLOAT, INT, SAMPLE = np.dtype(np.float64), np.dtype(np.int64), np.dtype(np.int16)
ROW = np.dtype([("source", "<i8"), ("target", "<i8"), ("amount", "<f8")])


class PartState(Table):
    """State of one part: a patch on a model with its voices.

    Attributes:
        part: PART [1].
        parameters: PARAMETERS [1], as `Parameter.encode` gives them.
        coefficients: COEFFICIENTS [1].
        voices: VOICE [slots]; lanes: LANE [slots, LANES].
        channels: CHANNEL [16].
        rows: ROW [8] of the modulation matrix.
        knobs: float64 [knobs], where the knobs stand, 0..1.
        tuning: float64 [128], volts of each note.
        held: int64 [128], serial number of the key's press, 0 when up; held_channel: int64 [128], where it was pressed.
        key_pressure: float64 [128], 0..1.
        samples: int16 [slots, LANES, QUANTUM], rendered and not yet mixed.
        counts: int16 [knobs], scratch: knob positions as control voltages.
        source: float64 [SOURCE_COUNT]; amounts: float64 [targets]; scratch of the matrix.
        envelope: float64 [QUANTUM], scratch.
        bus: float64 [BUS_CHUNK, 2], scratch.
    """

    FIELDS: ClassVar = {
        "part": (PART, 1),
        "parameters": (PARAMETERS, 1),
        "coefficients": (COEFFICIENTS, 1),
        "voices": (VOICE, 1),
        "lanes": (LANE, 2),
        "channels": (CHANNEL, 1),
        "rows": (ROW, 1),
        "knobs": (FLOAT, 1),
        "tuning": (FLOAT, 1),
        "held": (INT, 1),
        "held_channel": (INT, 1),
        "key_pressure": (FLOAT, 1),
        "samples": (SAMPLE, 3),
        "counts": (SAMPLE, 1),
        "source": (FLOAT, 1),
        "amounts": (FLOAT, 1),
        "envelope": (FLOAT, 1),
        "bus": (FLOAT, 2),
    }
    part: NDArray[Any]
    parameters: NDArray[Any]
    coefficients: NDArray[Any]
    voices: NDArray[Any]
    lanes: NDArray[Any]
    channels: NDArray[Any]
    rows: NDArray[Any]
    knobs: NDArray[np.float64]
    tuning: NDArray[np.float64]
    held: NDArray[np.int64]
    held_channel: NDArray[np.int64]
    key_pressure: NDArray[np.float64]
    samples: NDArray[np.int16]
    counts: NDArray[np.int16]
    source: NDArray[np.float64]
    amounts: NDArray[np.float64]
    envelope: NDArray[np.float64]
    bus: NDArray[np.float64]


def allocate_part(slots: int, lanes: int, knobs: int) -> PartState:
    """Zeroed state for `slots` voices of `lanes` unison copies and a model with `knobs` knobs."""
    return PartState(
        part=np.zeros(1, PART),
        parameters=np.zeros(1, PARAMETERS),
        coefficients=np.zeros(1, COEFFICIENTS),
        voices=np.zeros(slots, VOICE),
        lanes=np.zeros((slots, lanes), LANE),
        channels=np.zeros(16, CHANNEL),
        rows=np.zeros(ROWS, ROW),
        knobs=np.zeros(knobs),
        tuning=np.zeros(128),
        held=np.zeros(128, np.int64),
        held_channel=np.zeros(128, np.int64),
        key_pressure=np.zeros(128),
        samples=np.zeros((slots, lanes, QUANTUM), np.int16),
        counts=np.zeros(knobs, np.int16),
        source=np.zeros(SOURCE_COUNT),
        amounts=np.zeros(FIXED_TARGETS + knobs),
        envelope=np.zeros(QUANTUM),
        bus=np.zeros((BUS_CHUNK, 2)),
    )

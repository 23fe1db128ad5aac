"""Control voltages from the inputs of a DC-coupled interface, as events: the live counterpart of `cv`.

The module reads its voltages 750 times a second, so pitch, level and knobs are looked at every 64 samples, and give an
event where they have moved by one of its counts, 0.25 mV. A gate acts on its sample; it takes the other voltages with
it, so that a note starts at the pitch that belongs to it. Audio-rate modulation has no meaning for an input that the
network hears 750 times a second.

Where an input gives no number, the last value holds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from accel.emulator.entry import address_of
from accel.errors import SystoleError
from accel.formats import COUNTS_PER_VOLT, FULL_SCALE_VOLTS, HOP, RATE
from engine.arrays import Table, array_at
from engine.events import EVENT, Kind
from engine.jit import compiled, inlined
from engine.live.layout import METERS
from engine.live.protocol import CvChannel
from engine.realtime.rig import RING_AT
from engine.realtime.ring import push
from engine.text import plain

__all__ = ["CvInputs", "allocate_cv", "calibrate", "collect", "hand_over", "release_gates"]

PITCH, GATE, LEVEL, KNOB = range(4)
ROLES = {"pitch": PITCH, "gate": GATE, "level": LEVEL}
HIGH_VOLTS, LOW_VOLTS = 2.5, 1.5
"""A gate goes up above the one and down below the other."""
VOLTS_PER_UNIT = 10.0
"""Of an input that was not calibrated: most DC-coupled interfaces are near that."""
SPAN_VOLTS = 5.0
"""Of a knob, and of the level."""
NOTE, VELOCITY = 60, 100.0
"""0 V is C4; how loud it is, the level says."""
SHOWN, SHOWN_FIRST = 8, METERS.fields["cv0"][1]  # type: ignore[index]
CV = RING_AT["cv"]
# Typed: for each literal, Numba would compile a function once more.
ZERO: Any = np.int64(0)
NOTE_ON, NOTE_OFF, KEY = (np.int64(each) for each in (Kind.NOTE_ON, Kind.NOTE_OFF, NOTE))
CV_PITCH, CV_LEVEL, KNOB_KIND = (np.int64(each) for each in (Kind.CV_PITCH, Kind.CV_LEVEL, Kind.KNOB))

CHANNEL = np.dtype(
    [
        ("role", "<i8"),
        ("input", "<i8"),  # channel of the stream
        ("knob", "<i8"),
        ("scale", "<f8"),  # volts per unit of the input
        ("offset", "<f8"),
        ("volts", "<f8"),  # now, and when it last became an event
        ("sent", "<f8"),
        ("down", "<i8"),  # of a gate: whether it is high, and the position of the event that said so
        ("since", "<i8"),
    ],
    align=True,
)


class CvInputs(Table):
    """What the inputs mean, and where they stand: channels CHANNEL [n], event EVENT [1] (scratch)."""

    FIELDS: ClassVar = {"channels": (CHANNEL, 1), "event": (EVENT, 1)}
    channels: NDArray[Any]
    event: NDArray[Any]


_shown_at = array_at(np.dtype(np.float32))


def calibrate(low: tuple[float, float], high: tuple[float, float]) -> tuple[float, float]:
    """volts_per_unit and offset from two points (volts that were applied, what the input gave).

    Raises:
        SystoleError: the two points are one, or no numbers.
    """
    volts, given = high[0] - low[0], high[1] - low[1]
    if not (math.isfinite(volts) and math.isfinite(given)) or abs(given) < 1e-4 or volts == 0.0:
        raise SystoleError("calibration: the input gives the same at both voltages; needed: two that differ")
    scale = volts / given
    return scale, low[0] - low[1] * scale


def allocate_cv(wanted: Sequence[CvChannel], knobs: Sequence[str], inputs: int) -> CvInputs:
    """Inputs with these meanings for a model with these knob ids and a stream of so many input channels.

    Raises:
        SystoleError: a channel that the stream does not have, or a knob that the model does not have.
    """
    channels = np.zeros(len(wanted), CHANNEL)
    for index, each in enumerate(wanted):
        knob = each.role.partition("knob:")[2]
        if each.channel >= inputs:
            raise SystoleError(f"cv: input {each.channel + 1}: the device has {inputs}")
        if each.role not in ROLES and knob not in knobs:
            raise SystoleError(f"cv: {plain(each.role)}: the model has no such knob; allowed: {', '.join(knobs)}")
        channels[index]["role"] = ROLES.get(each.role, KNOB)
        channels[index]["knob"] = 0 if each.role in ROLES else list(knobs).index(knob)
        channels[index]["input"] = each.channel
        channels[index]["scale"] = VOLTS_PER_UNIT if each.volts_per_unit is None else each.volts_per_unit
        channels[index]["offset"] = each.offset or 0.0
    channels["sent"] = np.inf  # so that the first value counts as moved
    return CvInputs(channels=channels, event=np.zeros(1, EVENT))


@compiled
def _send(rig: Any, cv: Any, time: int, kind: Any, index: Any, value: float) -> bool:
    event = cv.event[0]
    event.time, event.kind, event.channel, event.index, event.value = time, kind, 0, index, value
    return push(rig.cv, rig.ring_heads, rig.ring_tails, CV, event)


@compiled
def _send_controls(rig: Any, cv: Any, time: int) -> None:
    """Events for all voltages but gates that have moved."""
    for index in range(cv.channels.shape[0]):
        channel = cv.channels[index]
        count = math.floor(channel.volts * COUNTS_PER_VOLT + 0.5)
        if channel.role == GATE or count == channel.sent:
            continue
        volts, is_sent = count / COUNTS_PER_VOLT, False
        if channel.role == PITCH:
            is_sent = _send(rig, cv, time, CV_PITCH, ZERO, min(max(volts, -FULL_SCALE_VOLTS), FULL_SCALE_VOLTS))
        elif channel.role == LEVEL:
            is_sent = _send(rig, cv, time, CV_LEVEL, ZERO, min(max(volts / SPAN_VOLTS, 0.0), 1.0))
        else:
            is_sent = _send(rig, cv, time, KNOB_KIND, channel.knob, min(max(volts / SPAN_VOLTS, 0.0), 1.0))
        if is_sent:  # else the ring is full, and it is tried again
            channel.sent = count


@inlined
def _gate(rig: Any, cv: Any, channel: Any, time: int) -> None:
    """A key goes down or up where the gate crosses its threshold."""
    if channel.down == 0 and channel.volts > HIGH_VOLTS:
        _send_controls(rig, cv, time)
        channel.down = 1 if _send(rig, cv, time, NOTE_ON, KEY, VELOCITY) else 0
        channel.since = time
    elif channel.down == 1 and channel.volts < LOW_VOLTS:
        channel.down = 0 if _send(rig, cv, time, NOTE_OFF, KEY, 0.0) else 1


@compiled
def collect(rig: Any, cv: Any, inputs: Any, channels: int, frames: int, time: int, rate: int) -> None:
    """Turn a block of inputs into events in the ring `cv`.

    Args:
        cv: `CvInputs`.
        inputs: float32 [frames * channels], interleaved.
        time: sample position at 48 kHz of the first frame's events; rate: of the inputs, in Hz.
    """
    due = time + -time % HOP
    for frame in range(frames):
        now = time + frame * RATE // rate
        for index in range(cv.channels.shape[0]):
            channel = cv.channels[index]
            value = float(inputs[frame * channels + channel.input]) * channel.scale + channel.offset
            if abs(value) < math.inf:  # false for what is not a number
                channel.volts = value
        for index in range(cv.channels.shape[0]):
            if cv.channels[index].role == GATE:
                _gate(rig, cv, cv.channels[index], now)
        if now >= due:
            _send_controls(rig, cv, due)
            due += HOP
    shown = _shown_at(address_of(rig.meters) + SHOWN_FIRST, SHOWN)
    for index in range(cv.channels.shape[0]):
        shown[cv.channels[index].input & (SHOWN - 1)] = cv.channels[index].volts


@compiled
def release_gates(rig: Any, cv: Any, time: int) -> None:
    """The inputs go away: no key stays down. To be called by whoever may call `collect`."""
    for index in range(cv.channels.shape[0]):
        channel = cv.channels[index]
        if channel.role == GATE and channel.down == 1:
            channel.down = 0 if _send(rig, cv, max(time, channel.since), NOTE_OFF, KEY, 0.0) else 1


@compiled
def hand_over(rig: Any, old: Any, new: Any, time: int) -> None:
    """Other meanings take over: a gate that is one in both stays as it is, keys of the others go up."""
    for index in range(old.channels.shape[0]):
        before = old.channels[index]
        for other in range(new.channels.shape[0]):
            after = new.channels[other]
            if before.role == GATE and after.role == GATE and before.input == after.input:
                after.volts, after.down, after.since, before.down = before.volts, before.down, before.since, 0
    release_gates(rig, old, time)

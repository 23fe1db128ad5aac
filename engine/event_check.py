"""What an event may hold: the one guard in front of the block function, which trusts its events.

Live events pass it before they are rendered, those of a journal before they are replayed. The rules are a table, so
that what is refused and what is said about it cannot differ.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from accel.formats import FULL_SCALE_VOLTS, RATE
from accel.program_check import MAX_KNOBS
from engine.events import ADDRESS_BITS, SLOTS, Kind
from engine.jit import compiled
from engine.modulation import FIXED_TARGETS, SOURCE_COUNT
from engine.parameters import TABLE
from engine.vocabulary import ROWS

__all__ = ["check_event", "explain_event", "first_refused"]

LONGEST_FADE = 10 * RATE


@dataclass(frozen=True)
class _Rule:
    """Inclusive ranges of index and value; whole: no fractions."""

    index: tuple[int, int]
    value: tuple[float, float]
    whole: bool = False


_NUMBER, _SEVEN_BIT = (0, 127), (0.0, 127.0)
_RULES = {
    Kind.NOTE_OFF: _Rule(_NUMBER, _SEVEN_BIT),
    Kind.NOTE_ON: _Rule(_NUMBER, _SEVEN_BIT),
    Kind.CONTROL: _Rule(_NUMBER, _SEVEN_BIT),
    Kind.BEND: _Rule(_NUMBER, (-1.0, 1.0)),
    Kind.PRESSURE: _Rule(_NUMBER, _SEVEN_BIT),
    Kind.KEY_PRESSURE: _Rule(_NUMBER, _SEVEN_BIT),
    Kind.PROGRAM: _Rule(_NUMBER, _SEVEN_BIT),
    Kind.TEMPO: _Rule(_NUMBER, (1.0, 1000.0)),
    Kind.PARAMETER: _Rule((0, len(TABLE) - 1), (-math.inf, math.inf)),  # and the parameter's own range
    Kind.KNOB: _Rule((0, MAX_KNOBS - 1), (0.0, 1.0)),
    Kind.CV_PITCH: _Rule(_NUMBER, (-FULL_SCALE_VOLTS, FULL_SCALE_VOLTS)),
    Kind.CV_LEVEL: _Rule(_NUMBER, (0.0, 1.0)),
    Kind.RELEASE_ALL: _Rule(_NUMBER, _SEVEN_BIT),
    Kind.ROW_SOURCE: _Rule((0, ROWS - 1), (0.0, SOURCE_COUNT - 1.0), whole=True),
    Kind.ROW_TARGET: _Rule((0, ROWS - 1), (0.0, FIXED_TARGETS + MAX_KNOBS - 1.0), whole=True),
    Kind.ROW_AMOUNT: _Rule((0, ROWS - 1), (-1.0, 1.0)),
    Kind.TUNE: _Rule(_NUMBER, (-FULL_SCALE_VOLTS, FULL_SCALE_VOLTS)),
    Kind.ZONE: _Rule(_NUMBER, (-1.0, 15.0), whole=True),
    Kind.BEAT: _Rule(_NUMBER, (0.0, 1e9)),
    Kind.OPEN: _Rule((0, SLOTS - 1), (-1.0, LONGEST_FADE), whole=True),
    Kind.CLOSE: _Rule((0, SLOTS - 1), (0.0, LONGEST_FADE), whole=True),
    Kind.GATE: _Rule((0, LONGEST_FADE), (0.0, 1.0)),
}

# The same for compiled code: one row for each number that a kind could be; no index fits where there is no such kind.
_KINDS = max(Kind) + 1
_INDEX = np.full((_KINDS, 2), [0, -1])
_VALUE = np.zeros((_KINDS, 2))
_WHOLE = np.zeros(_KINDS, np.bool_)
for _kind, _rule in _RULES.items():
    _INDEX[_kind], _VALUE[_kind], _WHOLE[_kind] = _rule.index, _rule.value, _rule.whole
_PARAMETER = np.array([(entry.low, entry.high) for entry in TABLE])
_PARAMETER_WHOLE = np.array([entry.kind != "real" for entry in TABLE])
PARAMETER, OPEN, CLOSE, GATE = int(Kind.PARAMETER), int(Kind.OPEN), int(Kind.CLOSE), int(Kind.GATE)
CHANNELS, ADDRESS = (1 << ADDRESS_BITS) - 1, ADDRESS_BITS


@compiled
def _fits(value: float, low: float, high: float, whole: bool) -> bool:
    """Inside the range (false for what is not a number), and whole where it must be."""
    return low <= value <= high and not (whole and value != math.floor(value))


@compiled
def check_event(event: Any) -> int:
    """0 if the event may be played, else a number: 1 its time, 2 kind, 3 channel, 4 index or 5 value is not allowed.

    Args:
        event: record of `events.EVENT`. How many knobs its model has is not looked at: those beyond do nothing.
    """
    kind, index, channel = event.kind, event.index, event.channel
    if event.time < 0:
        return 1
    if not 0 <= kind < _KINDS or _INDEX[kind, 1] < 0:
        return 2
    is_address = 0 <= channel >> ADDRESS <= SLOTS and channel & CHANNELS <= 15
    if channel < 0 or not (kind in (OPEN, CLOSE) or is_address):
        return 3
    if not _INDEX[kind, 0] <= index <= _INDEX[kind, 1]:
        return 4
    low, high, whole = _VALUE[kind, 0], _VALUE[kind, 1], _WHOLE[kind]
    if kind == PARAMETER:
        low, high, whole = _PARAMETER[index, 0], _PARAMETER[index, 1], _PARAMETER_WHOLE[index]
    return 0 if _fits(event.value, low, high, whole) else 5


@compiled
def first_refused(events: Any) -> int:
    """Index of the first event that `check_event` refuses, -1 if it allows all."""
    for index in range(events.shape[0]):
        if check_event(events[index]) != 0:
            return index
    return -1


def explain_event(event: Any) -> str:
    """What `check_event` has against an event, in words: field, value and what is allowed; empty if nothing."""
    reason = int(check_event(event))
    if reason == 0:
        return ""
    kind, index, value = int(event["kind"]), int(event["index"]), float(event["value"])
    if reason == 1:
        return f"time {int(event['time'])}: allowed: 0 or more"
    if reason == 2:
        return f"kind {kind}: allowed: {', '.join(str(int(each)) for each in _RULES)}"
    name = Kind(kind).name
    if reason == 3:
        return f"channel {int(event['channel'])} of {name}: allowed: 0 to 15, plus {1 << ADDRESS} * (1 to {SLOTS})"
    rule = _RULES[Kind(kind)]
    if reason == 4:
        return f"index {index} of {name}: allowed: {rule.index[0]} to {rule.index[1]}"
    if kind == PARAMETER:
        entry = TABLE[index]
        return f"value {value!r} of {name} {entry.id}: allowed: {_range(entry.low, entry.high, entry.kind != 'real')}"
    return f"value {value!r} of {name}: allowed: {_range(*rule.value, rule.whole)}"


def _range(low: float, high: float, whole: bool) -> str:
    return f"{'whole numbers ' if whole else ''}{low:g} to {high:g}"

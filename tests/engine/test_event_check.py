"""What may be played, by field; every rule at and beyond its edges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.event_check import check_event, explain_event
from engine.events import EVENT, Kind, addressed, event_array
from engine.parameters import TABLE

INDEX = {entry.id: place for place, entry in enumerate(TABLE)}
ANY = st.one_of(st.floats(), st.integers(-3, 200).map(float))


def why(time: int = 0, kind: int = Kind.KNOB, channel: int = 0, index: int = 0, value: float = 0.0) -> str:
    return explain_event(event_array([(time, kind, channel, index, value)])[0])


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_rule(kind: Kind) -> None:
    assert why(kind=kind, value=1.0 if kind == Kind.TEMPO else 0.0) == ""


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"time": -1}, "time -1: allowed: 0 or more"),
        ({"kind": 19}, "kind 19: allowed: 0, 1, 2"),
        ({"kind": -1}, "kind -1"),
        ({"kind": 1 << 30}, "kind"),
        ({"channel": 16}, "channel 16 of KNOB: allowed: 0 to 15, plus 256 * (1 to 4)"),
        ({"channel": -1}, "channel -1"),
        ({"channel": addressed(0, 4)}, "channel"),
        ({"index": 128}, "index 128 of KNOB: allowed: 0 to 127"),
        ({"index": -1}, "index -1"),
        ({"value": 1.01}, "value 1.01 of KNOB: allowed: 0 to 1"),
        ({"value": math.nan}, "value nan of KNOB"),
        ({"value": -math.inf}, "value -inf"),
        ({"kind": Kind.PARAMETER, "index": len(TABLE)}, "index"),
        (
            {"kind": Kind.PARAMETER, "index": INDEX["voice.polyphony"], "value": 2.5},
            "value 2.5 of PARAMETER voice.polyphony: allowed: whole numbers 1 to 32",
        ),
        (
            {"kind": Kind.PARAMETER, "index": INDEX["lfo1.sync"], "value": 12.0},
            "lfo1.sync: allowed: whole numbers 0 to 11",
        ),
        ({"kind": Kind.PARAMETER, "index": INDEX["amp.decay"], "value": math.nan}, "amp.decay"),
        ({"kind": Kind.OPEN, "index": 4}, "index 4 of OPEN: allowed: 0 to 3"),
        ({"kind": Kind.OPEN, "value": -2.0}, "value -2.0 of OPEN"),
        ({"kind": Kind.ROW_TARGET, "value": 0.5}, "value 0.5 of ROW_TARGET: allowed: whole numbers"),
        ({"kind": Kind.ZONE, "value": 16.0}, "ZONE: allowed: whole numbers -1 to 15"),
        ({"kind": Kind.TEMPO, "value": 0.0}, "TEMPO: allowed: 1 to 1000"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(fields, said: str) -> None:
    assert said in why(**fields)


def test_what_is_allowed() -> None:
    for channel in (0, 15, addressed(15, 3)):
        assert why(channel=channel) == ""
    assert why(kind=Kind.OPEN, channel=1_000_000, index=3, value=-1.0) == ""
    for entry in TABLE:
        for value in (entry.low, entry.high, entry.default):
            assert why(kind=Kind.PARAMETER, index=INDEX[entry.id], value=value) == ""
        assert why(kind=Kind.PARAMETER, index=INDEX[entry.id], value=np.nextafter(entry.high, math.inf)) != ""


@settings(max_examples=300, deadline=None)
@given(
    st.integers(-(1 << 63), (1 << 63) - 1),
    *[st.one_of(st.integers(-3, 130), st.integers(-(1 << 31), (1 << 31) - 1))] * 3,
    ANY,
)
def test_any_event_is_allowed_or_explained(time: int, kind: int, channel: int, index: int, value: float) -> None:
    record = np.array((time, kind, channel, index, value), EVENT)
    text = explain_event(record[()])
    assert (text == "") == (check_event(record[()]) == 0) and "\n" not in text
    if text == "":
        assert math.isfinite(value) and time >= 0

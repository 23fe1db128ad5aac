"""What is shown can be typed again, and what makes no sense is refused with what is allowed."""

from __future__ import annotations

import pytest

from accel.errors import SystoleError
from app.window.values import parse_value, value_text
from engine.parameters import TABLE, Parameter, knob_parameter, parameter

KNOB = knob_parameter("cutoff", "Cutoff", "", 0.5, 0)


@pytest.mark.parametrize(
    ("id", "number", "text"),
    [
        ("amp.attack", 0.005, "5.00 ms"),
        ("amp.attack", 0.25, "250 ms"),
        ("amp.attack", 1.5, "1.50 s"),
        ("lfo1.rate", 12.34, "12.3 Hz"),
        ("voice.level", 2.9, "+2.90 dB"),
        ("voice.level", -4.0, "-4.00 dB"),
        ("voice.polyphony", 12.0, "12"),
        ("voice.transpose", 12.0, "+12 st"),
        ("voice.detune", 12.0, "12.0 ct"),
        ("voice.mode", 1.0, "mono"),
    ],
)
def test_values_are_short_and_have_units(id: str, number: float, text: str) -> None:
    assert value_text(parameter(id), number) == text


@pytest.mark.parametrize("entry", [*TABLE, KNOB], ids=lambda entry: entry.id)
@pytest.mark.parametrize("travel", [0.0, 0.1, 0.5, 1.0])
def test_what_is_shown_can_be_typed(entry: Parameter, travel: float) -> None:
    number = entry.at(travel)
    again = parse_value(entry, value_text(entry, number))
    assert value_text(entry, again) == value_text(entry, number)


@pytest.mark.parametrize(
    ("id", "text", "number"),
    [
        ("amp.attack", "50ms", 0.05),
        ("amp.attack", " 0,5 ", 0.5),
        ("amp.attack", "1 S", 1.0),
        ("lfo1.rate", ".1k", 100.0),
        ("voice.spread", "30 %", 0.3),
        ("voice.transpose", "-7", -7.0),
        ("voice.mode", "leg", 2.0),
        ("lfo1.sync", "1/4", 5.0),
    ],
)
def test_people_type_as_they_like(id: str, text: str, number: float) -> None:
    assert parse_value(parameter(id), text) == pytest.approx(number)


@pytest.mark.parametrize(
    ("id", "text", "part"),
    [
        ("amp.attack", "long", "0.001 to 20 s"),
        ("amp.attack", "21", "0.001 to 20 s"),
        ("amp.attack", "5 Hz", "not understood"),
        ("voice.polyphony", "2.5", "whole number"),
        ("voice.mode", "", "poly, mono, legato"),
        ("lfo1.sync", "1/", "free"),
        ("amp.attack", "nan", "not understood"),
    ],
)
def test_nonsense_is_refused_in_a_line(id: str, text: str, part: str) -> None:
    with pytest.raises(SystoleError, match=part):
        parse_value(parameter(id), text)

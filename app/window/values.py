"""Values as people read and type them: `12 ms` for 0.012 s. One place, so a value looks the same everywhere."""

from __future__ import annotations

import re

from accel.errors import SystoleError
from app.window.words import TABLE_CONTEXT, translate
from engine.parameters import Parameter

__all__ = ["parse_value", "value_text"]

_SHORT = {"semitones": "st", "cents": "ct", "voices": "", "oscillators": "", "cycles": ""}
_FACTORS = {
    "s": {"ms": 1e-3, "s": 1.0},
    "Hz": {"khz": 1e3, "k": 1e3, "hz": 1.0},
    "": {"%": 1e-2},
    "cycles": {"%": 1e-2},
}
_FORM = re.compile(r"\s*([+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+))\s*([a-z%]*)\s*", re.IGNORECASE)


def _digits(number: float) -> str:
    """Three digits that matter, at most two after the point."""
    size = abs(number)
    return f"{number:.2f}" if size < 10 else f"{number:.1f}" if size < 100 else f"{number:.0f}"


def value_text(entry: Parameter, number: float) -> str:
    """A stored number for reading, with its unit."""
    if entry.kind == "choice":
        return translate(TABLE_CONTEXT, str(entry.decode(number)))
    unit = _SHORT.get(entry.unit, entry.unit)
    sign = "+" if entry.low < 0 < number else ""
    if entry.kind == "integer":
        text = f"{sign}{number:.0f}"
    elif entry.unit == "s" and 0 < number < 1:
        text, unit = _digits(1000 * number), "ms"
    elif entry.unit == "Hz" and number >= 1000:
        text, unit = _digits(number / 1000), "kHz"
    else:
        text = sign + _digits(number)
    return f"{text} {unit}".rstrip()


def parse_value(entry: Parameter, text: str) -> float:
    """The stored number that a text means: a number with or without its unit, or the beginning of a choice.

    Without a unit the text is in the unit of the table. A comma is a point.

    Raises:
        SystoleError: not understood, or out of range; the line says what is allowed.
    """
    if entry.kind == "choice":
        return _choice(entry, text.strip().lower())
    found = _FORM.fullmatch(text)
    unit = found[2].lower() if found else ""
    factor = _FACTORS.get(entry.unit, {}).get(unit, 1.0 if unit in _names(entry) else None)
    if found is None or factor is None:
        raise SystoleError(f"{entry.label}: {text.strip()!r} is not understood; allowed: {entry.allowed}")
    number = float(found[1].replace(",", ".")) * factor
    return entry.encode(int(number) if number == int(number) else number)


def _names(entry: Parameter) -> set[str]:
    return {"", entry.unit.lower(), _SHORT.get(entry.unit, entry.unit).lower()}


def _choice(entry: Parameter, text: str) -> float:
    exact = [index for index, word in enumerate(entry.choices) if word.lower() == text]
    begins = [index for index, word in enumerate(entry.choices) if text and word.lower().startswith(text)]
    if exact or len(begins) == 1:
        return float((exact or begins)[0])
    raise SystoleError(f"{entry.label}: {text!r} is not allowed; {entry.allowed}")

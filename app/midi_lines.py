"""MIDI messages in words and as JSON, for a person who wants to see what a device sends."""

from __future__ import annotations

from typing import Any

from engine.midi import decode
from engine.midi.decode import Message
from engine.text import plain
from engine.vocabulary import CONTROLLERS

__all__ = ["STEADY", "facts", "line"]

STEADY = (decode.CLOCK, decode.SENSING)
"""Status bytes that come all the time and hide the rest."""
_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_SYSTEM = {
    0xF1: "quarter frame",
    decode.POSITION: "song position",
    0xF3: "song select",
    0xF6: "tune request",
    decode.CLOCK: "clock",
    decode.START: "start",
    decode.CONTINUE: "continue",
    decode.STOP: "stop",
    decode.SENSING: "active sensing",
    decode.RESET: "system reset",
}
_SHOWN_BYTES = 16
_TYPE_WIDTH, _CHANNEL_WIDTH = 14, 5


def _note(number: int) -> str:
    """60 is C4, as everywhere here."""
    return f"{_NAMES[number % 12]}{number // 12 - 1} ({number})"


def _channel_facts(message: Message) -> dict[str, Any]:
    kind, first, second = message.status & 0xF0, message.first, message.second
    if kind in (0x80, 0x90):
        is_on = kind == 0x90 and second > 0
        return {"type": "note on" if is_on else "note off", "note": first, "velocity": second}
    if kind == 0xA0:
        return {"type": "key pressure", "note": first, "value": second}
    if kind == 0xB0:
        return {"type": "control", "control": first, "value": second}
    if kind == 0xC0:
        return {"type": "program", "program": first}
    if kind == 0xD0:
        return {"type": "pressure", "value": first}
    return {"type": "bend", "value": (second << 7 | first) - 8192}


def facts(message: Message) -> dict[str, Any]:
    """What a message says: `type`, then its own fields; channels 1..16 and all numbers as MIDI counts them."""
    if message.status < decode.SYSEX:
        found = _channel_facts(message)
        return {"type": found.pop("type"), "channel": (message.status & 0x0F) + 1, **found}
    if message.status == decode.SYSEX:
        return {"type": "system exclusive", "bytes": len(message.payload), "data": message.payload.hex(" ")}
    found = {"type": _SYSTEM[message.status]}
    if message.status == decode.POSITION:
        found["sixteenths"] = message.second << 7 | message.first
    elif message.status in (0xF1, 0xF3):
        found["value"] = message.first
    return found


def _words(found: dict[str, Any]) -> str:
    """The fields beside type and channel."""
    words = []
    for name, value in found.items():
        if name == "note":
            words.append(_note(value))
        elif name == "control":
            meaning = CONTROLLERS.get(value, "").partition(" (")[0].partition(":")[0]
            words.append(f"CC {value}" + (f" ({meaning})" if meaning else ""))
        elif name == "data":
            words.append(value if len(value) <= 3 * _SHOWN_BYTES else value[: 3 * _SHOWN_BYTES] + "...")
        elif name not in ("type", "channel"):
            words.append(f"{name} {value:+d}" if found["type"] == "bend" else f"{name} {value}")
    return "  ".join(words)


def line(seconds: float, port: str, message: Message) -> str:
    """One message as a line: time, port, channel, kind, and what it says."""
    found = facts(message)
    channel = f"ch {found['channel']}" if "channel" in found else ""
    kind = found["type"].ljust(_TYPE_WIDTH)
    return f"{seconds:9.3f}  {plain(port)}  {channel.ljust(_CHANNEL_WIDTH)}  {kind}  {_words(found)}".rstrip()

"""What the engine says: answers to requests, and notices that come unasked."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from engine.live.protocol.values import DeviceName, Serial

__all__ = [
    "Answer",
    "Done",
    "Learned",
    "Line",
    "PatchChanged",
    "ProgramWanted",
    "Ready",
    "RecordingStarted",
    "RecordingStopped",
    "Refused",
    "StreamChanged",
]


class _Answer(msgspec.Struct, forbid_unknown_fields=True, tag_field="is", tag=True):
    pass


class Done(_Answer):
    """Request `id` was carried out; `result` is JSON of whatever kind the request asks for."""

    id: int
    result: Any = None


class Refused(_Answer):
    """Request `id` was not carried out; `line` says why, for a person."""

    id: int
    line: str


class Ready(_Answer):
    """The engine plays; seconds since its start."""

    seconds: float


class StreamChanged(_Answer):
    """Where the sound goes now; device None: nowhere. Latency in samples; `line` for a person."""

    device: DeviceName | None
    rate: int
    block: int
    latency: int
    line: str


class PatchChanged(_Answer):
    """The patch that plays, as TOML, and the serial number by which `sound.patch` names it."""

    text: str
    serial: Serial


class ProgramWanted(_Answer):
    """A program change came: the patch of that name is being loaded."""

    name: str


class Learned(_Answer):
    """A controller was tied to a target."""

    target: str
    controller: str


class RecordingStarted(_Answer):
    """A WAV is being written, whoever asked for it; seconds of an engine before this one, which died, included."""

    path: str
    seconds: float = 0.0


class RecordingStopped(_Answer):
    """The WAV is finished; `line` says why, where nobody asked."""

    path: str
    seconds: float
    line: str | None = None


class Line(_Answer):
    """Something a person should know."""

    level: Literal["info", "warning", "error"]
    text: str


Answer = (
    Done | Refused | Ready | StreamChanged | PatchChanged | ProgramWanted | Learned | RecordingStarted
    | RecordingStopped | Line
)  # fmt: skip

"""What the owner asks of the engine process, and what that one answers: messages as JSON, each checked on arrival.

Requests carry an id and get exactly one answer, `Done` or `Refused`; notices come unasked. Notes and knobs do not go
this way but through the rings of `layout`. JSON and not pickle: a process that crashes half-way through a message, or
is of another version, can cause a refusal but nothing worse.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from accel.errors import SystoleError
from accel.formats import FULL_SCALE_VOLTS
from engine.text import plain

__all__ = [
    "Answer",
    "CalibrateCv",
    "CloseStream",
    "CvChannel",
    "DeviceName",
    "Done",
    "Forget",
    "Learn",
    "Learned",
    "Line",
    "ListDevices",
    "MidiPorts",
    "OpenStream",
    "Panic",
    "PatchChanged",
    "ProgramWanted",
    "Ready",
    "RecordingStopped",
    "Refused",
    "Request",
    "SaveJournal",
    "SetCv",
    "SetPatch",
    "SetSeed",
    "SetTuning",
    "StartRecording",
    "Stop",
    "StopRecording",
    "StreamChanged",
    "TestTone",
    "decode_answer",
    "decode_request",
    "encode",
    "request_id",
]

MAX_BYTES = 4 << 20

Rate = Annotated[int, Meta(ge=8000, le=768_000)]
Block = Annotated[int, Meta(ge=1, le=8192)]
Serial = Annotated[int, Meta(ge=0)]
Path = Annotated[str, Meta(min_length=1, max_length=4096)]
Volts = Annotated[float, Meta(ge=-10.0, le=10.0)]
KeyVolts = Annotated[float, Meta(ge=-FULL_SCALE_VOLTS, le=FULL_SCALE_VOLTS)]
"""What an event and a journal hold of a tuning, too."""
VoltsPerUnit = Annotated[float, Meta(ge=-100.0, le=100.0)]
Input = Annotated[int, Meta(ge=0, le=7)]


class DeviceName(msgspec.Struct, forbid_unknown_fields=True):
    """A device by what stays the same: the host API's name and its own."""

    host: str
    name: str


class CvChannel(msgspec.Struct, forbid_unknown_fields=True):
    """What one input channel (from 0) of a DC-coupled interface means: volts = input * volts_per_unit + offset.

    None: as it was calibrated on the device that plays (`CalibrateCv`), else 10 V per unit without an offset.
    """

    channel: Input
    role: Annotated[str, Meta(pattern=r"^(pitch|gate|level|knob:.+)$")]
    volts_per_unit: VoltsPerUnit | None = None
    offset: Volts | None = None


class _Request(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, tag_field="do", tag=True):
    id: int = 0


class SetPatch(_Request):
    """Play another patch, given as TOML.

    Attributes:
        how: "ring": sounding notes keep their sound; "replace": they fade, and keys that are down are struck anew.
    """

    text: Annotated[str, Meta(max_length=1 << 20)]
    how: Literal["ring", "replace"] = "ring"


class OpenStream(_Request):
    """Play to a device. None: what was remembered, or chosen by itself; ahead: blocks rendered ahead in safe mode."""

    device: DeviceName | None = None
    rate: Rate | None = None
    block: Block | None = None
    mode: Literal["direct", "safe"] = "direct"
    ahead: Annotated[int, Meta(ge=1, le=3)] = 2


class CloseStream(_Request):
    """Go on without a device, by the clock."""


class ListDevices(_Request):
    """Done.result: what there is to play to."""


class SetTuning(_Request):
    """Volts of the 128 keys."""

    volts: Annotated[list[KeyVolts], Meta(min_length=128, max_length=128)]


class StartRecording(_Request):
    """Write what is heard to a WAV.

    Attributes:
        resume: go on with what an engine that died was recording there: what it left is finished, and this goes into
            the next file, NAME-2.wav and so on. Done.result: that file.
    """

    path: Path
    format: Literal["pcm16", "pcm24", "float"] = "pcm24"
    resume: bool = False


class StopRecording(_Request):
    """Finish the WAV."""


class SaveJournal(_Request):
    """Write every event since the start, for `systole render`."""

    path: Path


class MidiPorts(_Request):
    """Listen to these ports, or to all; virtual: also offer one of our own."""

    names: list[str] | Literal["all"] = "all"
    virtual: bool = True


class Learn(_Request):
    """Tie the next controller that moves to a target (`amp.decay`, `knobs.timbre`); None: leave learning."""

    target: str | None = None


class Forget(_Request):
    """Untie a target."""

    target: str


class SetCv(_Request):
    """Listen to control voltages; an empty list: to none."""

    channels: Annotated[list[CvChannel], Meta(max_length=8)]


class CalibrateCv(_Request):
    """Measure an input that is listened to, to which a known voltage is applied.

    The second measurement, at another voltage, calibrates it: that is used at once, and remembered for the device.
    Done.result: {"given": what the input gives, "volts_per_unit", "offset": None after the first measurement}.
    """

    channel: Input
    volts: Volts


class SetSeed(_Request):
    """Seed of everything random, from the next patch on."""

    seed: Annotated[int, Meta(ge=0, le=0xFFFFFFFF)]


class Panic(_Request):
    """Silence at once, all controllers reset."""


class TestTone(_Request):
    """Play a note for a second."""


class Stop(_Request):
    """Fade out and end the process."""


Request = (
    SetPatch | OpenStream | CloseStream | ListDevices | SetTuning | StartRecording | StopRecording | SaveJournal
    | MidiPorts | Learn | Forget | SetCv | CalibrateCv | SetSeed | Panic | TestTone | Stop
)  # fmt: skip


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
    Done | Refused | Ready | StreamChanged | PatchChanged | ProgramWanted | Learned | RecordingStopped | Line
)  # fmt: skip


class _Id(msgspec.Struct):
    id: int = -1


_REQUESTS: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)
_ANSWERS: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)


def encode(message: Request | Answer) -> bytes:
    """The message as JSON, for `Connection.send_bytes`."""
    return msgspec.json.encode(message)


def _decode(decoder: msgspec.json.Decoder[Any], data: bytes, what: str) -> Any:
    if len(data) > MAX_BYTES:
        raise SystoleError(f"{what}: {len(data)} bytes; allowed: {MAX_BYTES}")
    try:
        return decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise SystoleError(f"{what}: {plain(error)}") from None


def decode_request(data: bytes) -> Request:
    """The request in a message.

    Raises:
        SystoleError: malformed, unknown, or out of range; the line names the field and what is allowed.
    """
    found: Request = _decode(_REQUESTS, data, "request")
    return found


def decode_answer(data: bytes) -> Answer:
    """The answer or notice in a message.

    Raises:
        SystoleError: malformed or unknown.
    """
    found: Answer = _decode(_ANSWERS, data, "answer")
    return found


def request_id(data: bytes) -> int:
    """The id in a message that is no valid request, -1 where not even that can be read: so it can be refused by id."""
    try:
        return msgspec.json.decode(data, type=_Id).id
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return -1

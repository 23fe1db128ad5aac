"""What the owner asks of the engine. Each request is answered once, by `answers.Done` or `answers.Refused`."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from engine.live.protocol.values import Ahead, Block, CvChannel, DeviceName, Input, KeyVolts, Mode, Path, Rate, Volts

__all__ = [
    "CalibrateCv",
    "CloseStream",
    "DescribeRecording",
    "DescribeStream",
    "Forget",
    "Learn",
    "ListCv",
    "ListDevices",
    "ListPorts",
    "MeasureLoudness",
    "MidiPorts",
    "OpenStream",
    "Panic",
    "Request",
    "SaveJournal",
    "SetCv",
    "SetPatch",
    "SetSeed",
    "SetTuning",
    "StartRecording",
    "Stop",
    "StopRecording",
    "TestTone",
]


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
    """Play to a device. None: as it is remembered for that device, else chosen by itself: direct, or 2 blocks ahead."""

    device: DeviceName | None = None
    rate: Rate | None = None
    block: Block | None = None
    mode: Mode | None = None
    ahead: Ahead | None = None


class CloseStream(_Request):
    """Go on without a device, by the clock."""


class ListDevices(_Request):
    """Done.result: what there is to play to."""


class DescribeStream(_Request):
    """Done.result: where the sound goes now, as `StreamChanged` told it last; None: nothing was told yet."""


class MeasureLoudness(_Request):
    """How loud a note of each patch (TOML) is; nothing of it is heard. Done.result: their LUFS; None: silent."""

    texts: Annotated[list[Annotated[str, Meta(max_length=1 << 20)]], Meta(min_length=1, max_length=4)]


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


class DescribeRecording(_Request):
    """Done.result: None while nothing is recorded, else {"path": the file that grows now, "seconds": in all so far}."""


class SaveJournal(_Request):
    """Write every event since the start, for `systole render`."""

    path: Path


class MidiPorts(_Request):
    """Listen to these ports, or to all; virtual: also offer one of our own."""

    names: list[str] | Literal["all"] = "all"
    virtual: bool = True


class ListPorts(_Request):
    """Which MIDI inputs there are; nothing is opened or closed.

    Done.result: {"ports": [{"system": "JACK", "ALSA" or what else RtMidi calls it, "name", "is_open": it is listened
    to}], "names", "virtual": as `MidiPorts` asked last, "problem": why there is no MIDI but JACK's; else empty}.
    """


class Learn(_Request):
    """Tie the next controller that moves to a target (`amp.decay`, `knobs.timbre`); None: leave learning."""

    target: str | None = None


class Forget(_Request):
    """Untie a target."""

    target: str


class SetCv(_Request):
    """Listen to control voltages; an empty list: to none."""

    channels: Annotated[list[CvChannel], Meta(max_length=8)]


class ListCv(_Request):
    """Which control voltages are listened to.

    Done.result: {"channels": as `SetCv` asked last, each with the volts_per_unit and offset that hold now, and
    "is_calibrated": they were measured on the device that plays, "inputs": that the stream has; 0 without one}.
    """


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
    SetPatch | OpenStream | CloseStream | ListDevices | DescribeStream | SetTuning | StartRecording | StopRecording
    | DescribeRecording | SaveJournal | MidiPorts | ListPorts | Learn | Forget | SetCv | ListCv | CalibrateCv | SetSeed
    | MeasureLoudness | Panic | TestTone | Stop
)  # fmt: skip

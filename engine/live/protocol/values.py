"""Values that requests, answers and the settings on disk have in common, each with what is allowed."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from accel.formats import FULL_SCALE_VOLTS

__all__ = [
    "Ahead",
    "Block",
    "CvChannel",
    "DeviceName",
    "Input",
    "KeyVolts",
    "Mode",
    "Path",
    "Rate",
    "Serial",
    "Volts",
    "VoltsPerUnit",
]

Rate = Annotated[int, Meta(ge=8000, le=768_000)]
Block = Annotated[int, Meta(ge=1, le=8192)]
Serial = Annotated[int, Meta(ge=0)]
Path = Annotated[str, Meta(min_length=1, max_length=4096)]
Volts = Annotated[float, Meta(ge=-10.0, le=10.0)]
KeyVolts = Annotated[float, Meta(ge=-FULL_SCALE_VOLTS, le=FULL_SCALE_VOLTS)]
"""What an event and a journal hold of a tuning, too."""
VoltsPerUnit = Annotated[float, Meta(ge=-100.0, le=100.0)]
Input = Annotated[int, Meta(ge=0, le=7)]
Mode = Literal["direct", "safe"]
"""The device's callback renders; or it copies what a thread has rendered ahead."""
Ahead = Annotated[int, Meta(ge=1, le=3)]
"""Blocks, in safe mode."""


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

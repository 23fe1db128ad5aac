"""What is remembered between two sessions of playing: the device, how it is opened, the MIDI ports.

A small JSON file in the user's folder. It is a convenience, so nothing about it may keep anybody from playing: a
broken one is put aside, one of a newer version is left alone, a folder that cannot be written to is one line.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import msgspec

from accel.atomic import atomic_path
from accel.errors import SystoleError
from engine.library import user_folder
from engine.live.protocol import Ahead, Block, DeviceName, Input, Mode, Rate, Volts, VoltsPerUnit
from engine.text import plain

__all__ = ["SCHEMA", "Calibration", "Settings", "load_settings", "save_settings", "settings_path", "update_settings"]

SCHEMA = 1
MAX_BYTES = 1 << 20
_turn = threading.Lock()
"""Of threads that change something: none may put back what another has just changed."""


class Calibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an input of a device gives: volts = input * volts_per_unit + offset; channels count from 0."""

    device: DeviceName
    channel: Input
    volts_per_unit: VoltsPerUnit
    offset: Volts


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered; None: nothing, so it is chosen anew.

    Attributes:
        device: by host API and name.
        rate: Hz; block: samples; mode, ahead: of that device; see `protocol.OpenStream`.
        calibrations: of inputs for control voltages.
        ports: names of MIDI ports, or all; virtual: one of our own is offered.
    """

    schema: int = SCHEMA
    device: DeviceName | None = None
    rate: Rate | None = None
    block: Block | None = None
    mode: Mode | None = None
    ahead: Ahead | None = None
    calibrations: list[Calibration] = []
    ports: list[str] | Literal["all"] = "all"
    virtual: bool = True

    def calibration(self, device: DeviceName, channel: int) -> Calibration | None:
        """How an input of a device was calibrated."""
        found = [each for each in self.calibrations if (each.device, each.channel) == (device, channel)]
        return found[-1] if found else None

    def calibrated(self, new: Calibration) -> Settings:
        """These, with another calibration."""
        kept = [each for each in self.calibrations if (each.device, each.channel) != (new.device, new.channel)]
        return msgspec.structs.replace(self, calibrations=[*kept, new])


class _Head(msgspec.Struct):
    schema: Any = None


def settings_path() -> Path:
    """Where they are kept."""
    return user_folder() / "live.json"


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES)
    except FileNotFoundError:
        return None


def load_settings() -> tuple[Settings, str | None]:
    """The settings, and a line for the person where they could not be read as they should."""
    path = settings_path()
    try:
        data = _read(path)
        if data is None:
            return Settings(), None
        schema = msgspec.json.decode(data, type=_Head).schema
        if type(schema) is int and schema > SCHEMA:
            return Settings(), f"{plain(path)}: schema is {schema}; allowed: {SCHEMA}: left as it is and not used"
        return msgspec.json.decode(data, type=Settings), None
    except OSError as error:
        return Settings(), f"{plain(path)}: cannot be read: {error.strerror or error}"
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        aside, line = path.with_suffix(".json.broken"), f"{path.name} is damaged: no device or port is remembered"
        try:
            path.replace(aside)
        except OSError as error:
            return Settings(), f"{line}; it cannot be put aside ({error.strerror or error})"
        return Settings(), f"{line}; the old file is kept as {plain(aside)}"


def save_settings(settings: Settings) -> None:
    """Write the settings (temporary file, then rename); those of a newer version are never overwritten.

    Raises:
        SystoleError: the folder cannot be written to, or newer settings are there.
    """
    path = settings_path()
    try:
        data = _read(path)
        with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            schema = None if data is None else msgspec.json.decode(data, type=_Head).schema
            if type(schema) is int and schema > SCHEMA:
                raise SystoleError(f"{plain(path)}: schema is {schema}; allowed: {SCHEMA}: nothing is remembered")
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as temporary:
            temporary.write_bytes(msgspec.json.format(msgspec.json.encode(settings)))
    except OSError as error:
        raise SystoleError(f"{plain(path)}: cannot be written: {error.strerror or error}") from None


def update_settings(change: Callable[[Settings], Settings]) -> None:
    """Change the settings as they are now; nothing is written where nothing changes. Any thread may call it.

    Raises:
        SystoleError: as `save_settings`.
    """
    with _turn:
        old, _ = load_settings()
        new = change(old)
        if new != old:
            save_settings(new)

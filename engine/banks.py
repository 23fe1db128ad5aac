"""Which factory patch plays a General MIDI program, so that any MIDI file sounds sensible without options."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

from accel.errors import SystoleError
from engine.text import plain

__all__ = ["Banks", "load_banks"]

DRUM_CHANNEL = 9
"""MIDI channel 10 counted from 0."""


@dataclass(frozen=True)
class Banks:
    """Patch names: one for each of the 128 programs, and one for the drum channel."""

    programs: tuple[str, ...]
    drums: str

    def patch_name(self, channel: int, program: int, bank: int = 0) -> str:
        """Name of the patch for a program (0..127) on a channel (0..15).

        `bank` is controller 0: 120 (GM 2) and 127 (XG) ask for drums anywhere, 121 for melody on channel 10; all
        other banks are variations, which fall back to the program's own sound.
        """
        drums = bank in (120, 127) or (channel == DRUM_CHANNEL and bank != 121)
        return self.drums if drums else self.programs[program]


@functools.cache
def load_banks(path: Path | None = None) -> Banks:
    """Read `presets/banks.toml`, or another file of that form.

    Raises:
        SystoleError: missing, not valid, or not every program covered.
    """
    from engine.patch import read_text

    if path is None:
        import importlib.resources

        path = Path(str(importlib.resources.files("presets") / "banks.toml"))
    try:
        document = tomllib.loads(read_text(path))
        programs: dict[int, str] = {}
        for row in document["range"]:
            programs |= {number: str(row["patch"]) for number in range(row["first"] - 1, row["last"])}
        return Banks(tuple(programs[number] for number in range(128)), str(document["drums"]))
    except tomllib.TOMLDecodeError as error:
        raise SystoleError(f"{plain(path)}: not valid TOML: {plain(error)}") from None
    except (KeyError, TypeError) as error:
        reason = f"{error} is missing or of the wrong type"
        raise SystoleError(f"{plain(path)}: {reason}; needed: drums, and [[range]] with first, last, patch") from None

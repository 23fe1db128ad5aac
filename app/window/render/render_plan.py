"""What is to be rendered, and the command that does it. No Qt here."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from accel.errors import SystoleError
from app.window.words import marked, translate

__all__ = ["FORMATS", "JOURNAL", "RATES", "SUFFIXES", "RenderPlan", "command_of", "leftovers", "read_progress"]

MIDI = (".mid", ".midi", ".kar", ".smf")
VOLTAGES = (".csv", ".npz")
JOURNAL = ".json"
SUFFIXES = (*MIDI, *VOLTAGES, JOURNAL)
RATES = (48_000, 44_100, 96_000)
FORMATS: tuple[tuple[str, Literal["pcm16", "pcm24", "float"]], ...] = (
    (marked("RenderDialog", "24-bit"), "pcm24"),
    (marked("RenderDialog", "16-bit"), "pcm16"),
    (marked("RenderDialog", "32-bit float"), "float"),
)
SYSTOLE = [sys.executable, "-c", "from app.cli import main; main()"]
_PROGRESS = re.compile(r"progress (\d+) (\d+)")


@dataclass(frozen=True)
class RenderPlan:
    """One rendering.

    Attributes:
        source: a MIDI file, control voltages, or a journal; target: the WAV.
        patch: TOML of the sound that plays it; None: the file's program changes choose.
        stems: also a file for each MIDI channel.
    """

    source: Path
    target: Path
    patch: str | None = None
    rate: int = 48_000
    format: Literal["pcm16", "pcm24", "float"] = "pcm24"
    stems: bool = False

    @property
    def is_midi(self) -> bool:
        """Of these there can be stems."""
        return self.source.suffix.lower() in MIDI

    @property
    def is_journal(self) -> bool:
        """It holds its own sounds."""
        return self.source.suffix.lower() == JOURNAL

    def check(self) -> None:
        """Refuse at once what cannot be done.

        Raises:
            SystoleError: the line says what is wrong with which file.
        """
        if not str(self.source) or not self.source.is_file():
            raise SystoleError(
                translate("Render", "{0}: there is no such file").format(
                    self.source.name or translate("Render", "the file to render")
                )
            )
        if self.source.suffix.lower() not in SUFFIXES:
            raise SystoleError(
                translate("Render", "{0}: cannot be rendered; allowed: {1}").format(
                    self.source.name, ", ".join(SUFFIXES)
                )
            )
        if not self.target.name or self.target.is_dir():
            raise SystoleError(translate("Render", "the file to write needs a name"))
        if not self.target.absolute().parent.is_dir():
            raise SystoleError(translate("Render", "{0}: the folder does not exist").format(self.target))
        if self.target.exists() and self.target.samefile(self.source):
            raise SystoleError(translate("Render", "{0}: is what is to be rendered").format(self.target.name))


def command_of(plan: RenderPlan, patch: Path | None) -> list[str]:
    """The command line; `patch`: the file into which the plan's sound was written."""
    words = [*SYSTOLE, "render", str(plan.source.absolute()), "-o", str(plan.target.absolute()), "--json"]
    words += ["--rate", str(plan.rate), "--format", plan.format]
    if patch is not None and not plan.is_journal:
        words += ["--patch", str(patch)]
    if plan.stems and plan.is_midi:
        words.append("--stems")
    return words


def read_progress(line: str) -> float | None:
    """The part 0..1 that is done, of a line that says so; None: another line."""
    found = _PROGRESS.fullmatch(line.strip())
    return None if found is None else min(1.0, int(found[1]) / max(1, int(found[2])))


def leftovers(target: Path, since: float) -> list[Path]:
    """Temporary files that a render leaves which was killed: hidden, beside its target, written since a time in s."""
    form = re.compile(rf"\.{re.escape(target.stem)}\.(?:.+\.)?[a-z0-9_]{{8}}{re.escape(target.suffix)}")
    try:
        found = [each for each in target.parent.iterdir() if form.fullmatch(each.name)]
        return [each for each in found if each.stat().st_mtime >= since]
    except OSError:
        return []

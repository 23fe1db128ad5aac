"""The phrases that `systole demo` plays, from `presets/demo/phrases.toml`: which one suits a patch, as a score.

Phrases are chosen by the tags of patches, so that a new patch, a user's own too, is heard in its kind of music without
being named anywhere.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accel.errors import SystoleError
from accel.formats import RATE
from engine.events import Kind, event_array
from engine.patch import read_text
from engine.score import Score
from engine.text import plain

__all__ = ["Phrase", "Phrases", "load_phrases"]

SCHEMA = 1
Row = tuple[int, int, int, int, float]
_KEYS, _VELOCITIES, _CONTROLLERS = range(128), range(1, 128), range(120)


@dataclass(frozen=True)
class Phrase:
    """A few beats of music, and the tags of the patches that it suits; without tags it suits any."""

    tags: tuple[str, ...]
    score: Score


@dataclass(frozen=True)
class Phrases:
    """The file's content.

    Attributes:
        phrases: in the order in which they are offered; the last suits any patch.
        tail: seconds that a phrase rings on.
        sweep_key: MIDI key on which knobs are swept.
        sweep_seconds: length of a sweep.
    """

    phrases: tuple[Phrase, ...]
    tail: float
    sweep_key: int
    sweep_seconds: float

    def suiting(self, tags: Sequence[str]) -> Phrase:
        """The first phrase that shares a tag with a patch of these `tags`, or suits any."""
        return next(each for each in self.phrases if not each.tags or set(each.tags) & set(tags))


class _Reader:
    """Checks the parsed file; every message begins with its name."""

    def __init__(self, document: Mapping[str, Any], where: str) -> None:
        self.document, self.where = document, where

    def fail(self, text: str) -> SystoleError:
        return SystoleError(f"{self.where}: {plain(text)}")

    def number(self, table: Any, field: str, low: float, high: float) -> float:
        value = table.get(field.rpartition(".")[2]) if isinstance(table, Mapping) else None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
            raise self.fail(f"{field} is {value!r}; allowed: {low:g} to {high:g}")
        return float(value)

    def read(self) -> Phrases:
        if self.document.get("schema") != SCHEMA:
            raise self.fail(f"schema is {self.document.get('schema')!r}; allowed: {SCHEMA}")
        tempo = self.number(self.document, "tempo", 20, 400)
        phrases = self.document.get("phrase")
        if not isinstance(phrases, list) or not phrases:
            raise self.fail("phrase must be a list of tables, the last without tags")
        found = tuple(self._phrase(each, f"phrase[{index}]", tempo) for index, each in enumerate(phrases, 1))
        if [index for index, each in enumerate(found) if not each.tags] != [len(found) - 1]:
            raise self.fail("the last phrase, and no other, must be without tags: it is for all other patches")
        sweep = self.document.get("sweep")
        return Phrases(
            found,
            tail=self.number(self.document, "tail", 0, 10),
            sweep_key=round(self.number(sweep, "sweep.key", 0, 127)),
            sweep_seconds=self.number(sweep, "sweep.seconds", 0.1, 60),
        )

    def _phrase(self, table: Any, name: str, tempo: float) -> Phrase:
        beats = self.number(table, f"{name}.beats", 0.25, 64)
        tags = table.get("tags")
        if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
            raise self.fail(f"{name}.tags must be a list of texts")
        unit = 60 * RATE / tempo
        rows: list[Row] = [(0, Kind.TEMPO, 0, 0, tempo)]
        for start, length, key, velocity in self._rows(table, name, "notes", beats, (_KEYS, _VELOCITIES)):
            rows.append((round(start * unit), Kind.NOTE_ON, 0, int(key), float(velocity)))
            rows.append((round((start + length) * unit), Kind.NOTE_OFF, 0, int(key), 0.0))
        for start, controller, value in self._rows(table, name, "controls", beats, (_CONTROLLERS, _KEYS)):
            rows.append((round(start * unit), Kind.CONTROL, 0, int(controller), float(value)))
        rows.sort(key=lambda row: (row[0], row[1] == Kind.NOTE_ON))  # a key goes up before it goes down again
        return Phrase(tuple(tags), Score(event_array(rows), round(beats * unit), (0,)))

    def _rows(self, table: Any, name: str, field: str, beats: float, allowed: tuple[range, range]) -> list[list[float]]:
        """Rows of times in beats, which end within the phrase, and two whole numbers of the allowed ranges."""
        rows, times = table.get(field, []), 2 if field == "notes" else 1
        if not isinstance(rows, list) or (field == "notes" and not rows):
            raise self.fail(f"{name}.{field} must be a list of rows")
        for index, row in enumerate(rows, 1):
            numbers = isinstance(row, list) and all(type(value) in (int, float) for value in row)
            fits = numbers and len(row) == times + 2 and min(row) >= 0 and sum(row[:times]) <= beats
            if not fits or any(value not in span for value, span in zip(row[times:], allowed, strict=True)):
                spans = ", ".join(f"{span[0]} to {span[-1]}" for span in allowed)
                needed = f"{'start, length' if times == 2 else 'start'} within {beats:g} beats, then {spans}"
                raise self.fail(f"{name}.{field}[{index}] is {row!r}; allowed: {needed}")
        return rows


def load_phrases(path: Path | None = None) -> Phrases:
    """Read `presets/demo/phrases.toml`, or another file of that form.

    Raises:
        SystoleError: missing, not valid; one line with file, field and what is allowed.
    """
    if path is None:
        import importlib.resources

        path = Path(str(importlib.resources.files("presets") / "demo" / "phrases.toml"))
    try:
        document = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise SystoleError(f"{plain(path)}: not valid TOML: {plain(error)}") from None
    return _Reader(document, plain(path)).read()

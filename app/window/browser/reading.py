"""Reads the folders of sounds and models into an index; an unchanged file is read once. No Qt in here.

It runs beside the music, so between files it lets others go first.
"""

from __future__ import annotations

import contextlib
import importlib.resources
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from accel.errors import SystoleError
from app.window.browser.entry import Entry, Kind, Origin
from app.window.browser.index import Index
from app.window.session.reading import newer
from engine.library import find_model, list_models, model_knobs, program_knobs, user_folder
from engine.parameters import Parameter
from engine.patch import Patch, read_patch, read_text
from engine.text import plain

__all__ = ["FOLDERS", "Reader", "taken_names", "without_folder"]

FOLDERS: dict[Kind, tuple[str, str]] = {"patch": ("patches", ".toml"), "model": ("models", ".safetensors")}
"""Kind -> the folder that such files lie in, and their suffix."""
_MODEL = re.compile(r'^model\s*=\s*"([^"\\]+)"', re.MULTILINE)
"""Nearly always the model of a patch, and then its text need be read only once."""
TELL_SECONDS = 0.5
State = tuple[Path, int, int]
Knobs = tuple[Parameter, ...]


def files(kind: Kind) -> Iterator[tuple[Path, Origin]]:
    """Every file of a kind; the user's first, factory files that they hide left out, as the library has it."""
    folder, suffix = FOLDERS[kind]
    seen: set[str] = set()
    factory = Path(str(importlib.resources.files("presets")))
    places: tuple[tuple[Path, Origin], ...] = ((user_folder(), "user"), (factory, "factory"))
    for root, origin in places:
        for path in sorted((root / folder).glob(f"*{suffix}")):
            if path.stem not in seen and not path.name.startswith("."):
                seen.add(path.stem)
                yield path, origin


def taken_names(kind: Kind) -> set[str]:
    """Names of all files of a kind, hidden ones too, without case: what a new file must not be called."""
    folder, suffix = FOLDERS[kind]
    roots = (user_folder(), Path(str(importlib.resources.files("presets"))))
    return {path.stem.casefold() for root in roots for path in (root / folder).glob(f"*{suffix}")}


def without_folder(error: object, path: Path) -> str:
    """A line of the library without the folder in front of the file's name: the list shows that by itself."""
    return str(error).removeprefix(f"{plain(path)}: ")


@dataclass(frozen=True)
class _Kept:
    """What a file held, and the state of the model that it was checked against (None: there was none)."""

    model: str
    model_state: State | None
    entry: Entry


class Reader:
    """Keeps what it has read; one thread at a time.

    Args:
        pause: seconds to rest after each patch that had to be read.

    Attributes:
        files_read: patches that were read from their files so far.
    """

    def __init__(self, pause: float = 0.0) -> None:
        self._pause = pause
        self._kept: dict[State, _Kept] = {}
        self._models: dict[State, Entry] = {}
        self._paths: dict[str, Path] = {}
        self._knobs: dict[State, Knobs] = {}
        self.files_read = 0

    def read(self, tell: Callable[[Index], None] | None = None) -> Index:
        """All patches and models as they are now. What vanishes meanwhile is left out, what is broken is listed.

        Args:
            tell: called with what has been read so far, every half second.
        """
        models, told = list(self._read_models()), time.monotonic()
        patches, kept = [], dict[State, _Kept]()
        for path, origin in files("patch"):
            state = _state(path)
            if state is None:
                continue
            found = self._kept.get(state)
            if found is None or found.model_state != self._model_state(found.model):
                found = self._patch(path, origin)
                self.files_read += 1
                time.sleep(self._pause)
            kept[state] = found
            patches.append(found.entry)
            if tell is not None and time.monotonic() - told > TELL_SECONDS:
                tell(Index([*patches, *models]))
                told = time.monotonic()
        self._kept = kept
        return Index([*patches, *models])

    def _read_models(self) -> Iterator[Entry]:
        found, self._paths = dict[State, Entry](), {}
        for each in list_models():
            self._paths[each.name] = each.path
            state = _state(each.path)
            if state is None:
                continue
            if state not in self._models:
                knobs: Knobs = () if each.program is None else tuple(program_knobs(each.program))
                about = ", ".join(knob.label for knob in knobs)
                error = None if each.error is None else without_folder(each.error, each.path)
                self._models[state] = Entry(
                    "model", each.name, each.path, each.origin, each.name, each.name, description=about, error=error
                )
                self._knobs[state] = knobs
            found[state] = self._models[state]
            yield found[state]
        self._models = found

    def _patch(self, path: Path, origin: Origin) -> _Kept:
        patch, state, error, text = None, None, None, ""
        try:
            text = read_text(path)
            patch, state = self._guessed(text, str(path))
            if patch is None:
                patch = read_patch(text, str(path))
                state = self._model_state(patch.model)
                patch = read_patch(text, str(path), self._knobs_of(patch.model, state))
        except SystoleError as reason:
            error = without_folder(newer(text, str(path)) or reason, path)
        if patch is None:
            return _Kept("", None, Entry("patch", path.stem, path, origin, path.stem, error=error))
        entry = Entry(
            "patch", path.stem, path, origin, patch.name, patch.model, patch.author, tuple(dict.fromkeys(patch.tags)),
            patch.description, patch if error is None else None, error,
        )  # fmt: skip
        return _Kept(patch.model, state, entry)

    def _guessed(self, text: str, where: str) -> tuple[Patch | None, State | None]:
        """The patch by one reading, with the knobs of the model that it seems to have; None: it must be read twice."""
        guess = _MODEL.search(text)
        state = self._model_state(guess[1]) if guess else None
        if guess is None or state is None or not self._knobs.get(state):
            return None, None
        with contextlib.suppress(SystoleError):
            patch = read_patch(text, where, self._knobs[state])
            if patch.model == guess[1]:
                return patch, state
        return None, None

    def _model_state(self, model: str) -> State | None:
        """The file behind a model's name; None: there is none, or it is not in the library."""
        path = self._paths.get(model)
        return None if path is None else _state(path)

    def _knobs_of(self, model: str, state: State | None) -> Knobs:
        known = self._knobs.get(state) if state is not None else None
        if known:
            return known
        try:
            return tuple(model_knobs(find_model(model)))
        except SystoleError as error:
            raise SystoleError(f"model: {error}") from None


def _state(path: Path) -> State | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return path, found.st_mtime_ns, found.st_size

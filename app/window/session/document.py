"""The session: the sound that is edited, the one it is compared with, and the way back. The only way to change a sound.

All of it is one history, loading and comparing too: nothing asks "save changes?", because nothing is ever lost. What
changes is told to listeners, which are the panels and the one that keeps the engine in step.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from app.window.session.change import Cause, Change, Desk, Side
from app.window.session.history import History
from app.window.session.sound import Sound, patch_texts, same_sound
from app.window.words import translate
from engine.patch import ModulationRow, Patch

__all__ = ["Cause", "Change", "Desk", "Document"]


class Document:
    """One for a window; one thread.

    Args:
        clock: as `History`.
    """

    def __init__(self, sound: Sound, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._history = History(Desk(sound, sound), clock=clock)
        self._files: dict[Path, Patch] = {} if sound.path is None else {sound.path: sound.patch}
        self._listeners: list[Callable[[Change], None]] = []

    @property
    def desk(self) -> Desk:
        """All of it, as autosaving wants it."""
        return self._history.state

    @property
    def sound(self) -> Sound:
        """The one that is heard and edited."""
        return self.desk.current

    @property
    def side(self) -> Side:
        """Which of the two that is."""
        return self.desk.side

    @property
    def is_dirty(self) -> bool:
        """It differs from its file, or has none."""
        saved = self.saved
        return saved is None or not same_sound(self.sound, replace(self.sound, patch=saved))

    @property
    def saved(self) -> Patch | None:
        """What the current sound's file holds, as far as this session knows; None: it has none."""
        return None if self.sound.path is None else self._files.get(self.sound.path)

    @property
    def undo_label(self) -> str | None:
        """What `undo` takes back."""
        return self._history.undo_label

    @property
    def redo_label(self) -> str | None:
        """What `redo` does again."""
        return self._history.redo_label

    def subscribe(self, listener: Callable[[Change], None]) -> None:
        """Call `listener` after every change, in the order of subscribing."""
        self._listeners.append(listener)

    def set_number(self, id: str, number: float) -> None:
        """Turn a knob or set a parameter, to a stored number.

        Raises:
            SystoleError: no such parameter, or out of its range.
        """
        if number != self.sound.number(id):
            label = self.sound.parameter(id).label
            self._push(replace(self.desk, current=self.sound.with_number(id, number)), "edit", label, id)

    def set_numbers(self, numbers: Mapping[str, float], label: str | None = None) -> None:
        """Set several at once, as a drag in two directions does: one step, and so is the whole gesture.

        Args:
            numbers: by the ids of their parameters.
            label: what undo calls it; otherwise the parameters' own labels.

        Raises:
            SystoleError: no such parameter, or out of its range; nothing is changed then.
        """
        sound = self.sound
        for each, number in numbers.items():
            if sound.number(each) != number:
                sound = sound.with_number(each, number)
        if sound is not self.sound:
            label = label or ", ".join(sound.parameter(each).label for each in numbers)
            self._push(replace(self.desk, current=sound), "edit", label, " ".join(sorted(numbers)))

    def set_row(self, index: int, row: ModulationRow) -> None:
        """Change one row of the matrix, 0..7."""
        if row != self.sound.rows[index]:
            changed = replace(self.desk, current=self.sound.with_row(index, row))
            self._push(changed, "edit", translate("Document", "Modulation {0}").format(index + 1), f"row {index}")

    def replace_patch(self, patch: Patch, label: str) -> None:
        """Change many things of the sound in one step (a name, a random variation); the model stays.

        Raises:
            ValueError: another model, whose knobs this sound does not have; see `load`.
        """
        if patch.model != self.sound.patch.model:
            raise ValueError("another model is another sound: it must be loaded")
        self._push(replace(self.desk, current=replace(self.sound, patch=patch)), "edit", label)

    def load(self, sound: Sound, label: str = "", *, plays_already: bool = False) -> None:
        """Put another sound in the place of the current one; as its file has it, if it has one.

        Args:
            plays_already: the engine went there by itself (a program change), so it need not be told.
        """
        if sound.path is not None:
            self._files[sound.path] = sound.patch
        cause: Cause = "follow" if plays_already else "load"
        self._push(
            replace(self.desk, current=sound),
            cause,
            label or translate("Document", "Load {0}").format(sound.patch.name),
        )

    def saved_as(self, path: Path, patch: Patch | None = None) -> None:
        """The current sound was just written to a file, which is its own from now on.

        Args:
            patch: what was written, where its texts (name, author, tags, description) are others; None: the sound as
                it is.
        """
        before = self.sound
        after = replace(before, patch=patch or before.patch, path=path)
        self._files[path] = after.patch
        if after != before:
            self._history.push(
                replace(self.desk, current=after),
                translate("Document", "Save as") if path != before.path else translate("Document", "Save"),
            )
        self._tell(Change("saved", before, self.sound))

    def belongs_to(self, path: Path, patch: Patch) -> None:
        """The current sound, which came without a path (a program change, a start by name), is that of this file."""
        found = self.sound
        if found.path is None:
            self._files[path] = patch
            owned = replace(found, path=path)
            self._revise(lambda sound: owned if sound is found else sound)

    def file_moved(self, old: Path, new: Path, patch: Patch) -> None:
        """A file has another place and name: all steps that belong to it go along, so that no undo leads to no file.

        Args:
            patch: what it holds there.
        """
        was = self._files.pop(old, None)
        self._files[new] = patch

        def moved(sound: Sound) -> Sound:
            if sound.path != old:
                return sound
            if was is None or patch_texts(sound.patch) != patch_texts(was):
                return replace(sound, path=new)
            named = replace(
                sound.patch, name=patch.name, author=patch.author, tags=patch.tags, description=patch.description
            )
            return replace(sound, path=new, patch=named)

        self._revise(moved)

    def file_holds(self, path: Path, patch: Patch | None) -> None:
        """What a file holds now; None: it is gone, so what belongs to it is not saved."""
        if patch is None:
            self._files.pop(path, None)
        else:
            self._files[path] = patch
        self._tell(Change("saved", self.sound, self.sound))

    def adopt(self, desk: Desk, label: str, *, plays_already: bool = False) -> None:
        """Take over two other sounds, as of another session, in one step.

        Args:
            plays_already: the engine plays the current one of them, so it need not be told.
        """
        self._push(desk, "follow" if plays_already else "load", label)

    def _revise(self, change: Callable[[Sound], Sound]) -> None:
        before = self.sound
        self._history.revise(lambda desk: replace(desk, current=change(desk.current), other=change(desk.other)))
        self._tell(Change("saved", before, self.sound))

    def follow(self, numbers: Mapping[str, float]) -> None:
        """Take over what the player turned elsewhere (a controller, OSC): it is part of the sound and can be undone."""
        sound, labels = self.sound, list[str]()
        for each, number in numbers.items():
            if sound.number(each) != number:
                sound = sound.with_number(each, number)
                labels.append(sound.parameter(each).label)
        if labels:
            key = "follow " + " ".join(sorted(numbers))
            self._push(
                replace(self.desk, current=sound),
                "follow",
                translate("Document", "{0} by controller").format(", ".join(labels)),
                key,
            )

    def flip(self) -> None:
        """Hear the other of A and B."""
        desk = self.desk
        other: Side = "B" if desk.side == "A" else "A"
        self._push(Desk(desk.other, desk.current, other), "compare", translate("Document", "Compare {0}").format(other))

    def copy_to_other(self) -> None:
        """Make the other one equal to the current one."""
        self._push(replace(self.desk, other=self.sound), "edit", translate("Document", "Copy to the other side"))

    @contextlib.contextmanager
    def gesture(self) -> Iterator[None]:
        """While a drag lasts: its edits of one thing are one step. See also `hold` and `release`."""
        self.hold()
        try:
            yield
        finally:
            self.release()

    def hold(self) -> None:
        """A drag begins."""
        self._history.hold()

    def release(self) -> None:
        """The drag is over."""
        self._history.release()

    def undo(self) -> None:
        """One step back, if there is one."""
        self._travel(self._history.undo)

    def redo(self) -> None:
        """One step forward again, if there is one."""
        self._travel(self._history.redo)

    def restore(self, desk: Desk, files: Sequence[tuple[Path, Patch]]) -> None:
        """Begin anew from a session that was kept; nothing before it can be undone to.

        Args:
            files: what the files of the two sounds hold, as far as they exist.
        """
        before = self.sound
        self._files = dict(files)
        self._history = History(desk, clock=self._history._clock)
        self._tell(Change("load", before, self.sound))

    def _travel(self, go: Callable[[], bool]) -> None:
        before = self.sound
        if go():
            self._tell(Change("back", before, self.sound))

    def _push(self, desk: Desk, cause: Cause, label: str, key: str | None = None) -> None:
        before = self.sound
        self._history.push(desk, label, key)
        self._tell(Change(cause, before, desk.current))

    def _tell(self, change: Change) -> None:
        for listener in [*self._listeners]:
            listener(change)

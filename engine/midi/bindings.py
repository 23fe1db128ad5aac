"""Which controllers a person has tied to what, and the file that remembers it: `midi.toml` in the user's folder.

One list for all ports. A file that cannot be understood is put aside under another name rather than overwritten.
Ties change in the thread that plays notes, which must not wait for a disk: whoever owns the list is told, and saves it
in a thread that may wait.
"""

from __future__ import annotations

import json
import threading
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from accel.atomic import atomic_path
from accel.errors import SystoleError
from engine.midi.targets import check_target
from engine.text import plain

__all__ = ["ANY", "CC", "NRPN", "RESERVED", "Bindings", "Control", "load_bindings"]

SCHEMA = 1
ANY = -1
"""In place of a channel."""
CC, NRPN = "cc", "nrpn"
RESERVED = frozenset({0, 6, 32, 38, 64, 66, *range(96, 102), *range(120, 128)})
"""Controllers that cannot be tied: banks, data entry, pedals, parameter numbers, mode messages."""
MOST = 1024
MAX_BYTES = 1 << 20
_TOP = {CC: 127, NRPN: 16_382}


class Control(NamedTuple):
    """Something that a person moves: kind `CC` or `NRPN`, its number, channel 0..15 or `ANY`."""

    kind: str
    number: int
    channel: int

    @property
    def text(self) -> str:
        """For a person: `CC 21, channel 1`."""
        where = "any channel" if self.channel == ANY else f"channel {self.channel + 1}"
        return f"{self.kind.upper()} {self.number}, {where}"


class Bindings:
    """Controls and their targets. Threads take turns by a lock; look-ups need none.

    Args:
        path: of the file; None = nothing is remembered.
        ties: what is tied at first.

    Attributes:
        changed: called after each change, in the thread that made it: is to see to it that `save` is called soon.
    """

    def __init__(self, path: Path | None = None, ties: dict[Control, str] | None = None) -> None:
        self._path, self._ties = path, dict(ties or {})
        self._turn, self._saving = threading.Lock(), threading.Lock()
        self.changed: Callable[[], None] = lambda: None
        self.wanted: str | None = None
        """Target to which the next control that moves is tied; None = not learning."""

    @property
    def ties(self) -> dict[Control, str]:
        """A copy of what is tied."""
        return dict(self._ties)

    def target(self, kind: str, number: int, channel: int) -> str | None:
        """What a control is tied to: by its channel, else by any."""
        ties = self._ties
        return ties.get(Control(kind, number, channel)) or ties.get(Control(kind, number, ANY))

    def learn(self, target: str | None) -> None:
        """Tie the next control that moves to a target; None: stop waiting for one.

        Raises:
            SystoleError: no such target.
        """
        self.wanted = None if target is None else check_target(target)

    def tie(self, control: Control, target: str) -> None:
        """Tie a control, in place of what it and what the target were tied to.

        Raises:
            SystoleError: the control is reserved, or there are too many.
        """
        check_control(control)
        with self._turn:
            kept = {each: to for each, to in self._ties.items() if each != control and to != target}
            if len(kept) >= MOST:
                raise SystoleError(f"{control.text}: {MOST} controllers are tied already; no more are allowed")
            self._ties = kept | {control: target}  # another dictionary: look-ups go on in the old one
        self.changed()

    def forget(self, target: str) -> bool:
        """Untie a target; whether it was tied."""
        with self._turn:
            kept = {each: to for each, to in self._ties.items() if to != target}
            was_tied = len(kept) < len(self._ties)
            self._ties = kept
        if was_tied:
            self.changed()
        return was_tied

    def save(self) -> None:
        """Write what is tied now to the file, if there is one. Takes as long as the disk does.

        Raises:
            SystoleError: the file cannot be written; the ties hold all the same.
        """
        if self._path is not None:
            with self._saving:
                self._write(self._path)

    def _write(self, path: Path) -> None:
        lines = [f"schema = {SCHEMA}"]
        for control, target in self._ties.items():
            channel = '"any"' if control.channel == ANY else str(control.channel + 1)
            lines += ["", "[[control]]", f"target = {json.dumps(target, ensure_ascii=False)}"]
            lines += [f"{control.kind} = {control.number}", f"channel = {channel}"]
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_path(path) as temporary:
                temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
        except OSError as error:
            raise SystoleError(f"{plain(path)}: cannot be written: {error.strerror or error}") from None


def check_control(control: Control) -> None:
    """Refuse what cannot be tied.

    Raises:
        SystoleError: a controller with a fixed meaning; the line says which are.
    """
    if control.kind == CC and control.number in RESERVED:
        fixed = "0, 6, 32, 38, 64, 66, 96 to 101, 120 to 127"
        raise SystoleError(f"CC {control.number}: has a fixed meaning in MIDI; allowed: all but {fixed}")


def _whole(entry: dict[str, Any], key: str, low: int, high: int, where: str) -> int:
    value = entry[key]
    if type(value) is not int or not low <= value <= high:
        raise SystoleError(f"{where}: {key} = {plain(repr(value))}; allowed: whole number {low} to {high}")
    return value


def _read_control(entry: Any, where: str) -> tuple[Control, str]:
    """One table of the file."""
    kinds = [kind for kind in (CC, NRPN) if isinstance(entry, dict) and kind in entry]
    if len(kinds) != 1 or set(entry) - {"target", "channel", *kinds}:
        raise SystoleError(f"{where}: needed: target, either cc or nrpn, and channel (1 to 16, or any)")
    number = _whole(entry, kinds[0], 0, _TOP[kinds[0]], where)
    channel = entry.get("channel", "any")
    place = ANY if channel == "any" else _whole({"channel": channel}, "channel", 1, 16, where) - 1
    control, target = Control(kinds[0], number, place), entry.get("target")
    try:
        check_control(control)
        return control, check_target(target if isinstance(target, str) else "")
    except SystoleError as error:
        raise SystoleError(f"{where}: {error}") from None


def read_bindings(text: str, where: str) -> dict[Control, str]:
    """What a file's text ties.

    Raises:
        SystoleError: not valid; the line begins with `where` and names the entry and what is allowed.
    """
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SystoleError(f"{where}: not valid TOML: {plain(error)}") from None
    if document.get("schema") != SCHEMA:
        raise SystoleError(f"{where}: schema = {plain(repr(document.get('schema')))}; allowed: {SCHEMA}")
    entries = document.get("control", [])
    if set(document) - {"schema", "control"} or not isinstance(entries, list) or len(entries) > MOST:
        raise SystoleError(f"{where}: allowed: schema, and up to {MOST} tables [[control]]")
    return dict(_read_control(entry, f"{where}: control {count}") for count, entry in enumerate(entries, 1))


def load_bindings(path: Path) -> tuple[Bindings, str | None]:
    """What was remembered, and a line for a person if the file was put aside as `NAME.broken`. Never raises."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise SystoleError(f"{plain(path)}: larger than {MAX_BYTES >> 20} MiB")
        return Bindings(path, read_bindings(data.decode(), plain(path))), None
    except FileNotFoundError:
        return Bindings(path), None
    except OSError as error:
        return Bindings(path), f"{plain(path)}: cannot be read: {error.strerror or error}; controllers are not tied"
    except UnicodeDecodeError:
        line = f"{plain(path)}: not UTF-8 text"
    except SystoleError as error:
        line = str(error)
    aside = path.with_name(path.name + ".broken")
    try:
        path.replace(aside)
    except OSError as error:
        return Bindings(), f"{line}; cannot be put aside: {error.strerror or error}; nothing will be remembered"
    return Bindings(path), f"{line}; put aside as {plain(aside.name)}"

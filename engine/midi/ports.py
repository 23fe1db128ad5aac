"""The system's MIDI ports through RtMidi: found, opened as they come, closed as they go. The one file that imports it.

ALSA, CoreMIDI and WinMM only: on JACK it would call Python from the sound server's thread and lose the place of events
in their cycle, so JACK has a client of its own (`jack_client`). mido's ports are no way either: they drop the time
stamps. Where there is no sequencer (containers), or no library, there is no MIDI, and a line says so, once.

RtMidi gathers a system exclusive message until it ends, however long that takes; nothing here plays them, so they are
left out before that, unless a monitor asks for them.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

from engine.live.quiet import quiet_stderr
from engine.midi.stamps import Anchor

__all__ = ["PortInfo", "Ports", "Push"]

Push = Callable[[str, bytes, int], None]
"""Called by a driver's thread with a port's name, the bytes of a message, and when it came, in ns of
`time.perf_counter_ns`."""

_NUMBERS = re.compile(r" \d+:\d+$")
"""How ALSA ends a port's name: its numbers, which differ from one plugging in to the next."""


class PortInfo(NamedTuple):
    """A port that is there now: its name, and whether we listen to it."""

    name: str
    is_open: bool


class _Open(NamedTuple):
    midi: Any
    name: str


def _library() -> Any:
    """RtMidi's module.

    Raises:
        ImportError: not installed; there are no wheels for every Python.
    """
    import rtmidi

    return rtmidi


def _label(full: str, taken: set[str]) -> str:
    """A name for a person that stays the same, and that no other port has."""
    name = _NUMBERS.sub("", full)
    count, label = 1, name
    while label in taken:
        count += 1
        label = f"{name} #{count}"
    return label


class Ports:
    """Ports and the wish which of them to listen to; one thread calls the methods.

    Args:
        library: in place of RtMidi, for tests.
        client: our own name, as other programs see it.
        sysex: pass system exclusive messages on too.

    Attributes:
        problem: why there is no MIDI, in words; empty while there is.
        errors: exceptions that `push` has raised, of which nothing else is ever seen.
    """

    def __init__(self, library: Any = None, *, client: str = "systole", sysex: bool = False) -> None:
        self._given, self._library, self._client, self._sysex = library, library, client, sysex
        self._scanner: Any = None
        self._open: dict[str, _Open] = {}  # by full name
        self._refusals: set[str] = set()  # lines of ports that are there but cannot be opened
        self._virtual: Any = None
        self._push: Push | None = None
        self._gone: Callable[[str], None] = lambda name: None
        self._wanted: Sequence[str] | Literal["all"] = ()
        self._turn = threading.Lock()
        self.problem = ""
        self.errors = 0

    def start(
        self,
        push: Push,
        wanted: Sequence[str] | Literal["all"] = "all",
        *,
        virtual: bool = True,
        gone: Callable[[str], None] = lambda name: None,
    ) -> list[str]:
        """Listen from now on; may be called again with another wish.

        Args:
            push: gets the messages.
            wanted: names of ports or parts of them, in any case, or "all".
            virtual: offer a port of our own that other programs can play to, where the system knows such a thing.
            gone: told the name of a port that was closed, after its last message.

        Returns:
            Lines for a person: what was opened and closed, or why there is no MIDI.
        """
        with self._turn:
            self._push, self._gone, self._wanted = push, gone, wanted
            lines = self._scan()
            if virtual and self._virtual is None:
                self._open_virtual()
            elif not virtual:
                self._close_virtual()
            return lines

    def rescan(self) -> list[str]:
        """Open what has come and close what has gone; to be called about once a second. Lines as in `start`."""
        with self._turn:
            return self._scan() if self._push is not None else []

    def listed(self) -> list[PortInfo]:
        """The ports that are there now, our own excepted."""
        with self._turn:
            names, taken, found = self._names(), {each.name for each in self._open.values()}, []
            for full in names:
                label = self._open[full].name if full in self._open else _label(full, taken)
                taken.add(label)
                found.append(PortInfo(label, full in self._open))
            return found

    def close(self) -> None:
        """Close everything; no message comes after it. May be called twice."""
        with self._turn:
            self._push = None
            for full in list(self._open):
                self._close(full)
            self._close_virtual()
            if self._scanner is not None:
                self._scanner.delete()
                self._scanner = None

    def _make(self) -> Any:
        """An input that is not connected yet. A way that this machine lacks raises."""
        if self._library is None:
            self._library = _library()
        other = (self._library.API_UNIX_JACK, self._library.API_RTMIDI_DUMMY)
        ways = [way for way in self._library.get_compiled_api() if way not in other]
        if not ways:
            raise OSError("this system has none that RtMidi knows")
        with quiet_stderr():
            return self._library.MidiIn(ways[0], name=self._client)

    def _names(self) -> list[str]:
        """Full names of all ports but our own; sets `problem`."""
        try:
            if self._scanner is None:
                self._scanner = self._make()
            found = [str(name) for name in self._scanner.get_ports()]
        except (OSError, ImportError, RuntimeError) as error:
            text = str(error).strip().rstrip(".") or type(error).__name__
            self.problem = text if isinstance(error, OSError) else f"python-rtmidi: {text}"
            return []
        self.problem = ""
        return [name for name in found if not name.startswith(f"{self._client}:")]

    def _is_wanted(self, label: str) -> bool:
        return self._wanted == "all" or any(name.lower() in label.lower() for name in self._wanted)

    def _scan(self) -> list[str]:
        before, names = self.problem, self._names()
        lines = [f"no MIDI: {self.problem}"] if self.problem not in ("", before) else []
        for full in [each for each in self._open if each not in names or not self._is_wanted(self._open[each].name)]:
            lines.append(f"MIDI: {self._open[full].name} is {'closed' if full in names else 'gone'}")
            self._close(full)
        taken = {each.name for each in self._open.values()}
        for full in names:
            if full in self._open:
                continue
            label = _label(full, taken)
            taken.add(label)
            if self._is_wanted(label) and (line := self._open_port(full, label)):
                lines.append(line)
        return lines

    def _open_port(self, full: str, label: str) -> str:
        """Open one; returns a line, empty if it has just gone again."""
        midi = None
        try:
            midi = self._make()
            self._listen(midi, label)
            index = midi.get_ports().index(full)
            midi.open_port(index, name="in")
        except (OSError, RuntimeError, ValueError) as error:
            if midi is not None:
                midi.delete()
            return "" if isinstance(error, ValueError) else self._refused(label, error)
        self._open[full] = _Open(midi, label)
        return f"MIDI: listening to {label}"

    def _refused(self, label: str, error: Exception) -> str:
        """A line once, and not at every look."""
        line = f"MIDI: {label} cannot be opened: {str(error).strip()}"
        is_news = line not in self._refusals
        self._refusals.add(line)
        return line if is_news else ""

    def _listen(self, midi: Any, label: str) -> None:
        """Let a driver's thread bring an input's messages."""
        anchor = Anchor()

        def receive(event: tuple[list[int], float], _: Any) -> None:
            arrival, push = time.perf_counter_ns(), self._push
            message, delta = event
            stamp = anchor.absolute(delta, arrival)
            if push is None:
                return
            try:
                push(label, bytes(message), stamp)
            except Exception:  # whatever it was, the driver's thread must go on
                self.errors += 1

        midi.ignore_types(sysex=not self._sysex, timing=False, active_sense=False)
        midi.set_callback(receive)

    def _open_virtual(self) -> None:
        midi = None
        try:
            midi = self._make()
            self._listen(midi, self._client)
            midi.open_virtual_port(self._client)
        except (OSError, ImportError, RuntimeError):  # NotImplementedError on Windows, which has none
            if midi is not None:
                midi.delete()
            return
        self._virtual = midi

    def _close_virtual(self) -> None:
        if self._virtual is not None:
            midi, self._virtual = self._virtual, None
            midi.close_port()
            midi.delete()
            self._gone(self._client)

    def _close(self, full: str) -> None:
        """Close one; rtmidi waits for its thread, so no message comes after it."""
        midi, name = self._open.pop(full)
        midi.close_port()
        midi.delete()
        self._gone(name)

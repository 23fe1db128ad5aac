"""The system's MIDI ports through RtMidi: found, opened as they come, closed as they go. The one file that imports it.

ALSA, CoreMIDI and WinMM only: on JACK it would call Python from the sound server's thread and lose the place of events
in their cycle, so JACK has a client of its own (`jack_client`). mido's ports are no way either: they drop the time
stamps. Where there is no sequencer (containers), or no library, there is no MIDI, and a line says so, once.

A thread of ours asks each port for its messages, a thousand times a second, and their times are the driver's. RtMidi
would also call us, from its own thread; but python-rtmidi holds the GIL while it closes a port and waits for that
thread, which waits for the GIL if a message has just come: then nothing of Python's ever runs again.

RtMidi gathers a system exclusive message until it ends, however long that takes; nothing here plays them, so they are
left out before that, unless a monitor asks for them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from engine.live.priority import MIDI, raise_thread
from engine.live.quiet import quiet_stderr
from engine.midi.port_names import ALL, PortInfo, Wanted, is_wanted, port_label
from engine.midi.stamps import Anchor
from engine.text import plain

__all__ = ["LATE_NS", "NO_MIDI", "PortInfo", "Ports", "Push"]

Push = Callable[[str, bytes, int], None]
"""Called by the thread that reads with a port's name, the bytes of a message, and when it came, in ns of
`time.perf_counter_ns`."""
NO_MIDI = "no MIDI:"
"""Begins the line that says why."""
POLL_SECONDS = 0.001
LATE_NS = 1_000_000
"""How long after its time a message may be handed on, if the machine has time for us."""
MANY_MESSAGES = 256
"""Of one port at a time, so that one that floods does not keep the others waiting."""
QUEUE = 8192
"""Messages of a port that wait while this process has no time: seconds of a fast controller."""


class _Open(NamedTuple):
    midi: Any
    name: str
    anchor: Anchor


def _library() -> Any:
    """RtMidi's module.

    Raises:
        ImportError: not installed; there are no wheels for every Python.
    """
    import rtmidi

    return rtmidi


class Ports:
    """Ports and the wish which of them to listen to. Its methods may be called from any thread, but not by `push`.

    Args:
        library: in place of RtMidi, for tests.
        client: our own name, as other programs see it.
        sysex: pass system exclusive messages on too.

    Attributes:
        problem: why there is no MIDI, in words; empty while there is.
        errors: exceptions that `push` has raised; the first is logged.
    """

    def __init__(self, library: Any = None, *, client: str = "systole", sysex: bool = False) -> None:
        self._given, self._library, self._client, self._sysex = library, library, client, sysex
        self._scanner: Any = None
        self._open: dict[str, _Open] = {}  # by full name
        self._refusals: set[str] = set()  # lines of ports that are there but cannot be opened
        self._virtual: _Open | None = None
        self._push: Push | None = None
        self._gone: Callable[[str], None] = lambda name: None
        self._wanted: Wanted = ()
        self._turn = threading.Lock()
        self._heard: tuple[_Open, ...] = ()  # what is read; exchanged as a whole
        self._reading = threading.Lock()  # held while messages are handed on
        self._has_some, self._is_over = threading.Event(), False
        self._thread: threading.Thread | None = None
        self.problem = ""
        self.errors = 0

    def start(
        self,
        push: Push,
        wanted: Wanted = ALL,
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
                label = self._open[full].name if full in self._open else port_label(full, taken)
                taken.add(label)
                found.append(PortInfo(label, full in self._open))
            return found

    @property
    def system(self) -> str:
        """Whose ports they are, as RtMidi calls it: "ALSA"; empty where there is no MIDI."""
        with self._turn:
            self._names()
            way = None if self._scanner is None else self._scanner.get_current_api()
        return "" if way is None else str(self._library.get_api_display_name(way))

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
            self._is_over = True
            self._has_some.set()
            if self._thread is not None:
                self._thread.join()
                self._thread = None

    def _make(self) -> Any:
        """An input that is not connected yet. A way that this machine lacks raises."""
        if self._library is None:
            self._library = _library()
        other = (self._library.API_UNIX_JACK, self._library.API_RTMIDI_DUMMY)
        ways = [way for way in self._library.get_compiled_api() if way not in other]
        if not ways:
            raise OSError("this system has none that RtMidi knows")
        with quiet_stderr():
            return self._library.MidiIn(ways[0], name=self._client, queue_size_limit=QUEUE)

    def _names(self) -> list[str]:
        """Full names of all ports but our own; sets `problem`."""
        try:
            if self._scanner is None:
                self._scanner = self._make()
            found = [str(name) for name in self._scanner.get_ports()]
        except (OSError, ImportError, RuntimeError) as error:
            text = plain(str(error).strip().rstrip(".")) or type(error).__name__
            self.problem = text if isinstance(error, OSError) else f"python-rtmidi: {text}"
            return []
        self.problem = ""
        return [name for name in found if not name.startswith(f"{self._client}:")]

    def _is_wanted(self, label: str) -> bool:
        return is_wanted(label, self._wanted)

    def _scan(self) -> list[str]:
        before, names = self.problem, self._names()
        lines = [f"{NO_MIDI} {self.problem}"] if self.problem not in ("", before) else []
        for full in [each for each in self._open if each not in names or not self._is_wanted(self._open[each].name)]:
            lines.append(f"MIDI: {self._open[full].name} is {'closed' if full in names else 'gone'}")
            self._close(full)
        taken = {each.name for each in self._open.values()}
        for full in names:
            if full in self._open:
                continue
            label = port_label(full, taken)
            taken.add(label)
            if self._is_wanted(label) and (line := self._open_port(full, label)):
                lines.append(line)
        return lines

    def _open_port(self, full: str, label: str) -> str:
        """Open one; returns a line, empty if it has just gone again."""
        midi = None
        try:
            midi = self._make()
            midi.ignore_types(sysex=not self._sysex, timing=False, active_sense=False)
            index = midi.get_ports().index(full)
            midi.open_port(index, name="in")
        except (OSError, RuntimeError, ValueError) as error:
            if midi is not None:
                midi.delete()
            return "" if isinstance(error, ValueError) else self._refused(label, error)
        self._open[full] = self._listen(midi, label)
        return f"MIDI: listening to {label}"

    def _refused(self, label: str, error: Exception) -> str:
        """A line once, and not at every look."""
        line = f"MIDI: {label} cannot be opened: {plain(str(error).strip())}"
        is_news = line not in self._refusals
        self._refusals.add(line)
        return line if is_news else ""

    def _listen(self, midi: Any, label: str) -> _Open:
        """Let the thread read an input that has been opened."""
        found = _Open(midi, label, Anchor())
        with self._reading:
            self._heard = (*self._heard, found)
        if self._thread is None:
            self._is_over = False
            self._thread = threading.Thread(target=self._run, name="systole-ports", daemon=True)
            self._thread.start()
        self._has_some.set()
        return found

    def _run(self) -> None:
        raise_thread(threading.get_native_id(), MIDI)
        while not self._is_over:
            self._has_some.wait()  # nothing is plugged in: no time is spent
            with self._reading:
                for each in self._heard:
                    self._read(each)
            time.sleep(POLL_SECONDS)

    def _read(self, each: _Open) -> None:
        """Hand on what has come; whatever goes wrong with a message, the others are read."""
        for _ in range(MANY_MESSAGES):
            try:
                event = each.midi.get_message()
                if event is None:
                    return
                message, delta = event
                stamp = each.anchor.absolute(delta, time.perf_counter_ns())
                if self._push is not None:
                    self._push(each.name, bytes(message), stamp)
            except Exception:
                if not self.errors:
                    logging.getLogger(__name__).exception("while MIDI came")
                self.errors += 1

    def _open_virtual(self) -> None:
        midi = None
        try:
            midi = self._make()
            midi.ignore_types(sysex=not self._sysex, timing=False, active_sense=False)
            midi.open_virtual_port(self._client)
        except (OSError, ImportError, RuntimeError):  # NotImplementedError on Windows, which has none
            if midi is not None:
                midi.delete()
            return
        self._virtual = self._listen(midi, self._client)

    def _close_virtual(self) -> None:
        if self._virtual is not None:
            each, self._virtual = self._virtual, None
            self._leave(each)

    def _close(self, full: str) -> None:
        self._leave(self._open.pop(full))

    def _leave(self, each: _Open) -> None:
        """Close one; no message comes after it."""
        with self._reading:
            self._read(each)
            self._heard = tuple(other for other in self._heard if other is not each)
            if not self._heard:
                self._has_some.clear()
        each.midi.close_port()
        each.midi.delete()
        self._gone(each.name)

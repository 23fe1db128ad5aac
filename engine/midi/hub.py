"""Where all ports meet: a translator for each, one way into the engine's ring, and what is above single messages.

Drivers' threads call `receive` directly, so a note is in the ring microseconds after it came; a lock keeps them in
order. No sound waits for that lock: the sound thread only reads the ring.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence

from engine.events import Kind
from engine.midi.bindings import Bindings
from engine.midi.learn import Learned
from engine.midi.outbox import Outbox
from engine.midi.rows import Row
from engine.midi.targets import Targets
from engine.midi.translate import Translator, panic_rows

__all__ = ["MidiHub"]

MOST_PORTS = 64


def _nothing(*_: object) -> None:
    pass


class MidiHub:
    """All MIDI input of an engine; its methods may be called from any thread.

    Args:
        push: appends rows to the engine's ring of MIDI, as many from the first on as fit, and returns how many.
        bindings, targets: what is learnt, and where the sound stands.
        program: told of a program change: channel 0..15, program 0..127, bank (controller 0) 0..127. A driver's thread
            calls it: it must only take a note of it.
        learned: told a target and the control that was just tied to it; likewise.
        report: told a line for a person; likewise.
    """

    def __init__(
        self,
        push: Callable[[Sequence[Row]], int],
        bindings: Bindings | None = None,
        targets: Targets | None = None,
        *,
        program: Callable[[int, int, int], None] = _nothing,
        learned: Learned = _nothing,
        report: Callable[[str], None] = _nothing,
    ) -> None:
        self._bindings, self._targets = bindings, targets
        self._program, self._learned, self._report = program, learned, report
        self._outbox = Outbox(push)
        self._ports: dict[str, Translator] = {}
        self._gone_messages = self._gone_bad = 0
        self._turn = threading.RLock()

    def receive(self, port: str, data: Iterable[int], time: int) -> None:
        """Bytes of a port, and the sample position where they belong (`stamps.Placement`; 0 = at once).

        A port that is new is opened; those beyond `MOST_PORTS` are not heard.
        """
        with self._turn:
            translator = self._ports.get(port)
            if translator is None:
                translator = self._open(port)
            if translator is not None:
                self._send(translator.feed(data, time))

    def send(self, rows: Sequence[Row]) -> None:
        """Rows of another source than a port, such as knobs by OSC."""
        with self._turn:
            self._send(list(rows))

    def _open(self, port: str) -> Translator | None:
        if len(self._ports) >= MOST_PORTS:
            return None
        translator = Translator(port, self._bindings, self._targets, learned=self._learned, report=self._report)
        self._ports[port] = translator
        return translator

    def close(self, port: str, time: int = 0) -> None:
        """A port is gone: its keys and pedals go up, its zones end."""
        with self._turn:
            translator = self._ports.pop(port, None)
            if translator is not None:
                self._gone_messages += translator.messages
                self._gone_bad += translator.decoder.bad
                self._send(translator.close(time))

    def release(self, port: str, time: int = 0, before: int | None = None) -> None:
        """Messages of a port were lost: what it holds is let go, since key-ups may have been among them.

        Args:
            before: sample position where they were lost, if that is known: later keys stay down.
        """
        with self._turn:
            if port in self._ports:
                self._send(self._ports[port].release_all(time, before))

    def idle(self, time: int) -> None:
        """To be called some times a second, with the position that a message would get that came now."""
        with self._turn:
            self._outbox.retry()
            for translator in self._ports.values():
                self._send(translator.idle(time))

    def panic(self, time: int = 0) -> None:
        """Silence, and everything back to its rest."""
        with self._turn:
            rows = panic_rows(time)
            for translator in self._ports.values():
                found = translator.panic(time)
                rows = max(rows, found, key=lambda each: each[0][0])  # after everything that was sent
            self._outbox.send(rows)

    def _send(self, rows: list[Row]) -> None:
        played = [row for row in rows if row[1] != Kind.PROGRAM]
        if played:
            self._outbox.send(played)
        for _, kind, channel, index, value in rows:
            if kind == Kind.PROGRAM:
                self._program(channel, index, int(value))

    @property
    def ports(self) -> list[str]:
        """Names of the ports that were heard and are not gone."""
        with self._turn:
            return list(self._ports)

    @property
    def messages(self) -> int:
        """Complete messages so far."""
        with self._turn:
            return self._gone_messages + sum(each.messages for each in self._ports.values())

    @property
    def bad(self) -> int:
        """Bytes and messages that made no sense so far."""
        with self._turn:
            return self._gone_bad + sum(each.decoder.bad for each in self._ports.values())

    @property
    def overflow(self) -> int:
        """Rows that were dropped because the ring was full."""
        return self._outbox.dropped

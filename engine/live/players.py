"""Where notes come from: the system's MIDI ports, JACK, and who ties controllers to what.

Looking for ports takes milliseconds and more, so a thread of its own does it once a second; messages come by the
threads that read (`engine.midi.ports`, `jack_player`) and go into the ring of MIDI events at once. What is tied is
saved by a third: none of these waits for a disk.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as LateError
from typing import Any

import msgspec

from accel.errors import SystoleError
from engine.library import user_folder
from engine.live.core import Core
from engine.live.jack_player import PORT as JACK
from engine.live.jack_player import JackPlayer, open_player
from engine.live.protocol import Answer, Learned, Line, MidiPorts
from engine.live.settings import Settings, update_settings
from engine.midi.bindings import load_bindings
from engine.midi.hub import MidiHub
from engine.midi.osc import OscServer
from engine.midi.ports import LATE_NS, NO_MIDI, Ports
from engine.midi.stamps import Placement
from engine.midi.targets import Targets
from engine.realtime.rig import WORD_AT
from engine.text import plain

__all__ = ["Players"]

SCAN_SECONDS, IDLE_SECONDS, CLOSE_SECONDS = 1.0, 0.1, 1.0
FAULT_LINE = "MIDI: internal error: some messages were not played; the log says why"


def _nothing(*_: object) -> None:
    pass


class Players:
    """All MIDI of an engine.

    Args:
        knobs: ids of the knobs of the model that plays.
        post: sends a notice.

    Attributes:
        programs: told of program changes: channel 0..15, program 0..127, bank.
        patches: told the name of a patch that OSC asks for.
    """

    def __init__(self, core: Core, *, knobs: Callable[[], Sequence[str]], post: Callable[[Answer], None]) -> None:
        self._core, self._post = core, post
        self.programs: Callable[[int, int, int], None] = _nothing
        self.patches: Callable[[str], None] = _nothing
        bindings, line = load_bindings(user_folder() / "midi.toml")
        if line:
            post(Line("warning", line))
        bindings.changed = self._save_soon
        self._bindings = bindings
        self._placement, targets = Placement(core.arrays), Targets(core.arrays, knobs)
        self._hub = MidiHub(
            core.midi.push,
            bindings,
            targets,
            program=lambda channel, program, bank: self.programs(channel, program, bank),
            learned=lambda target, control: post(Learned(target, control)),
            report=lambda text: post(Line("info", text)),
        )
        self._osc = OscServer(
            self._hub,
            targets,
            self._now,
            patch=lambda name: self.patches(name),
            report=lambda text: post(Line("info", text)),
        )
        self._ports = Ports()
        self._jack: JackPlayer | None = None
        self._wanted: MidiPorts | None = None
        self._worker = ThreadPoolExecutor(1, "systole-midi")
        self._files = ThreadPoolExecutor(1, "systole-ties")
        self._busy: Future[Any] | None = None
        self._said: set[str] = set()
        self._scanned = self._idled = 0.0

    def ports(self, request: MidiPorts) -> Future[Any]:
        """Listen to ports; the result lists those that are there, as [name, whether we listen]."""
        return self._worker.submit(self._open, request)

    def listed(self) -> Future[Any]:
        """See `protocol.ListPorts`."""
        return self._worker.submit(self._list)

    def listen(self, port: int) -> None:
        """Take Open Sound Control at a UDP port of this machine; a line says whether that is so."""
        try:
            self._osc.start(port)
        except SystoleError as error:
            self._post(Line("error", str(error)))
            return
        self._post(Line("info", f"OSC: listening at UDP port {port} of this machine"))

    def _now(self) -> int:
        """Sample position of what comes now."""
        return self._placement.at_time(time.perf_counter_ns())

    def learn(self, target: str | None) -> None:
        """Tie the next controller that moves to a target; None: wait for none.

        Raises:
            SystoleError: no such target.
        """
        self._bindings.learn(target)

    def forget(self, target: str) -> bool:
        """Untie a target; whether it was tied."""
        return self._bindings.forget(target)

    def _save_soon(self) -> None:
        """Ties have changed, by the thread that plays notes or the main one: neither may wait for a disk."""
        with contextlib.suppress(RuntimeError):  # the end has come
            self._files.submit(self._save)

    def _save(self) -> None:
        try:
            self._bindings.save()
        except SystoleError as error:
            self._post(Line("warning", str(error)))

    def panic(self) -> None:
        """Every key and pedal of every port up."""
        self._hub.panic()

    def tick(self) -> None:
        """Look after the ports. Returns at once."""
        now = time.monotonic()
        if now > self._idled + IDLE_SECONDS:
            self._idled = now
            self._hub.idle(self._now())
            self._count()
        if self._wanted is not None and now > self._scanned + SCAN_SECONDS:
            self._scanned = now
            if self._busy is None or self._busy.done():
                self._busy = self._worker.submit(self._look)

    def close(self) -> None:
        """Close all ports, finish what is being saved; a driver or a disk that hangs is left hanging. Twice is once."""
        self._wanted = None
        for worker, function in ((self._worker, self._close), (self._files, lambda: None)):
            with contextlib.suppress(LateError, RuntimeError):
                worker.submit(function).result(CLOSE_SECONDS)
            worker.shutdown(wait=False, cancel_futures=True)

    def _count(self) -> None:
        counters, hub = self._core.arrays["counters"], self._hub
        counters["midi_messages"], counters["midi_bad"] = hub.messages, hub.bad
        counters["midi_overflow"] = hub.overflow
        jack = self._jack
        if self._ports.errors or (jack is not None and jack.faults):
            self._warn(FAULT_LINE)

    def _receive(self, port: str, data: bytes, came: int) -> None:
        """The thread that reads the ports brings a message, and when it came, in ns."""
        self._hub.receive(port, data, self._placement.at_time(came + LATE_NS))  # as late as it may be brought

    def _receive_frame(self, port: str, data: bytes, frame: int) -> None:
        """JACK's thread brings one, and its frame."""
        self._hub.receive(port, data, self._place(frame))

    def _place(self, frame: int) -> int:
        """Sample position of a frame of JACK's, which says nothing while the sound goes elsewhere."""
        has_frames = self._core.rig.words[WORD_AT["jack_frames"]] != 0
        return self._placement.at_frame(frame) if has_frames else self._now()

    def _miss_frames(self, port: str, frame: int | None) -> None:
        """JACK's messages before a frame may be missing, or some, one does not know where."""
        place = None if frame is None else self._place(frame)
        self._hub.release(port, place or 0, place)

    # What follows runs in the worker.

    def _open(self, request: MidiPorts) -> list[tuple[str, bool]]:
        self._wanted = request
        lines = self._ports.start(self._receive, request.names, virtual=request.virtual, gone=self._hub.close)
        self._look_for_jack()
        if self._jack is not None:
            self._jack.want(request.names)
        self._say([self._beside_jack(line) for line in lines])
        self._scanned = time.monotonic()
        self._remember(request)
        return [(port.name, port.is_open) for port in self._ports.listed()]

    def _list(self) -> dict[str, Any]:
        self._look_for_jack()
        wanted, system = self._wanted or MidiPorts(names=[], virtual=False), self._ports.system
        found = [(system, port) for port in self._ports.listed()]
        found += [(JACK, port) for port in (self._jack.listed() if self._jack is not None else ())]
        return {
            "ports": [{"system": of, "name": port.name, "is_open": port.is_open} for of, port in found],
            "names": wanted.names,
            "virtual": wanted.virtual,
            "problem": self._ports.problem,
        }

    def _remember(self, request: MidiPorts) -> None:
        def change(old: Settings) -> Settings:
            return msgspec.structs.replace(old, ports=request.names, virtual=request.virtual)

        try:
            update_settings(change)
        except SystoleError as error:
            self._say([str(error)])

    def _look(self) -> None:
        """Nobody waits for this: what goes wrong with it is told, once."""
        try:
            self._scan()
        except Exception as error:
            line = f"MIDI: internal error: {type(error).__name__}: {plain(error)}"
            if line not in self._said:
                logging.getLogger(__name__).exception("while ports were looked for")
            self._warn(line)

    def _scan(self) -> None:
        self._say([self._beside_jack(line) for line in self._ports.rescan()])
        self._look_for_jack()

    def _look_for_jack(self) -> None:
        if self._jack is not None and not self._jack.is_alive:
            self._jack.close()
            self._jack = None
        if self._jack is None and self._wanted is not None:
            self._jack = open_player(self._receive_frame, self._miss_frames, self._hub.close)
            if self._jack is not None:
                self._jack.want(self._wanted.names)
                self._say(["MIDI: listening to JACK"])

    def _beside_jack(self, line: str) -> str:
        """A line of `Ports`, which knows nothing of JACK: there may be MIDI after all."""
        return line if self._jack is None else line.replace(NO_MIDI, "no MIDI but JACK's:", 1)

    def _warn(self, line: str) -> None:
        """Say it once."""
        if line not in self._said:
            self._said.add(line)
            self._post(Line("warning", line))

    def _say(self, lines: Sequence[str]) -> None:
        for line in lines:
            self._post(Line("info", line))

    def _close(self) -> None:
        self._osc.close()
        self._ports.close()
        if self._jack is not None:
            self._jack.close()

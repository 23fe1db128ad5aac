"""Playing by OSC: a UDP port, on this machine only unless asked otherwise, since nobody proves who they are.

- `/note NOTE VELOCITY`: key down (0 = up), 0..127 each
- `/off NOTE`: key up
- `/knob ID X`: a knob of the model, 0..1
- `/set ID X`: a parameter, as in a patch file
- `/patch NAME`: another patch
- `/panic`: silence, everything back to its rest
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable

from accel.errors import SystoleError
from engine.midi.hub import MidiHub
from engine.midi.osc_packet import Argument, OscMessage, read_packet
from engine.midi.targets import KNOBS, Targets
from engine.text import plain

__all__ = ["SOURCE", "OscServer"]

SOURCE = "OSC"
"""Its name among the ports of the hub."""
LOCAL = "127.0.0.1"
_LARGEST = 65_536
_LOOK_SECONDS = 0.25
_NOTE_ON, _NOTE_OFF = 0x90, 0x80


class OscServer:
    """Listens in a thread of its own from `start` to `close`.

    Args:
        hub: gets what is played.
        targets: of the sound, for knobs and parameters.
        place: gives the sample position of what comes now.
        patch: told the name of a wanted patch; must return soon.
        report: told a line for a person; the same line is not told twice in a row.

    Attributes:
        bad: packets and messages that were refused.
    """

    def __init__(
        self,
        hub: MidiHub,
        targets: Targets,
        place: Callable[[], int],
        *,
        patch: Callable[[str], None],
        report: Callable[[str], None],
    ) -> None:
        self._hub, self._targets, self._place, self._patch, self._report = hub, targets, place, patch, report
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._last_line = ""
        self.bad = 0
        self._commands: dict[str, tuple[int, Callable[..., None]]] = {
            "/note": (2, self._note),
            "/off": (1, lambda note: self._note(note, 0)),
            "/knob": (2, lambda knob, value: self._set(f"{KNOBS}{knob}", value)),
            "/set": (2, self._set),
            "/patch": (1, self._open_patch),
            "/panic": (0, lambda: self._hub.panic(self._place())),
        }

    def start(self, port: int, host: str = LOCAL) -> int:
        """Begin to listen; returns the port, which the system chooses if 0 is given.

        Raises:
            SystoleError: the port is taken, or not allowed.
        """
        listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            listener.bind((host, port))
        except (OSError, OverflowError) as error:
            listener.close()
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise SystoleError(f"OSC: {plain(host)}, UDP port {port}: {reason}") from None
        listener.settimeout(_LOOK_SECONDS)
        self._socket = listener
        self._thread = threading.Thread(target=self._listen, args=(listener,), name="systole-osc", daemon=True)
        self._thread.start()
        return int(listener.getsockname()[1])

    def close(self) -> None:
        """Stop listening, and let go of the keys that were held. May be called twice."""
        listener, self._socket = self._socket, None
        if listener is None:
            return
        if self._thread is not None:
            self._thread.join()
        listener.close()
        self._hub.close(SOURCE, self._place())

    def _listen(self, listener: socket.socket) -> None:
        while self._socket is listener:
            with contextlib.suppress(OSError):  # nothing came for a while
                self.receive(listener.recv(_LARGEST))

    def receive(self, data: bytes) -> None:
        """One packet; what is wrong with it is counted and reported."""
        try:
            messages = read_packet(data)
        except SystoleError as error:
            self._refuse(error)
            return
        for message in messages:
            try:
                self._carry_out(message)
            except SystoleError as error:
                self._refuse(error)

    def _carry_out(self, message: OscMessage) -> None:
        command = self._commands.get(message.address)
        if command is None:
            raise SystoleError(f"OSC: {plain(message.address)}; allowed: {', '.join(self._commands)}")
        count, function = command
        if len(message.arguments) != count:
            raise SystoleError(f"OSC: {message.address}: {len(message.arguments)} arguments; needed: {count}")
        function(*message.arguments)

    def _refuse(self, error: SystoleError) -> None:
        self.bad += 1
        line, self._last_line = self._last_line, str(error)
        if line != self._last_line:
            self._report(self._last_line)

    def _note(self, note: Argument, velocity: Argument) -> None:
        number, speed = _seven_bits("note", note), _seven_bits("velocity", velocity)
        self._hub.receive(SOURCE, [_NOTE_ON if speed else _NOTE_OFF, number, speed], self._place())

    def _set(self, target: Argument, value: Argument) -> None:
        if not isinstance(target, str) or value is None:
            raise SystoleError("OSC: /set and /knob: needed: an id and a value")
        with_type = round(value) if isinstance(value, float) and value.is_integer() else value
        self._hub.send([self._targets.assign(self._place(), target, with_type)])

    def _open_patch(self, name: Argument) -> None:
        if not isinstance(name, str) or not name:
            raise SystoleError("OSC: /patch: needed: a name")
        self._patch(name)


def _seven_bits(what: str, value: Argument) -> int:
    """A number 0..127 as whole number; a velocity above 0 stays above 0."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 127:
        raise SystoleError(f"OSC: {what} {plain(repr(value))}; allowed: 0 to 127")
    return max(round(value), 1) if value > 0 else 0

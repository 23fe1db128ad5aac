"""RtMidi without a system: ports that a test plugs in, out, and plays."""

from __future__ import annotations

import threading
import time
from collections import deque


class FakeRtMidi:
    """Stands for the module `rtmidi`. `ports`: full names that are there; `inputs`: every input that was ever made."""

    API_LINUX_ALSA, API_UNIX_JACK, API_RTMIDI_DUMMY = 2, 3, 5

    def __init__(self, *ports: str) -> None:
        self.ports = list(ports)
        self.inputs: list[FakeInput] = []
        self.problem: Exception | None = None
        self.busy: set[str] = set()
        self.has_virtual = True

    def get_compiled_api(self) -> list[int]:
        return [self.API_UNIX_JACK, self.API_LINUX_ALSA]

    def get_api_display_name(self, way: int) -> str:
        assert way == self.API_LINUX_ALSA
        return "ALSA"

    def MidiIn(self, way: int, name: str, queue_size_limit: int) -> FakeInput:  # noqa: N802 (RtMidi's name)
        assert way == self.API_LINUX_ALSA and queue_size_limit >= 1024
        if self.problem is not None:
            raise self.problem
        self.inputs.append(FakeInput(self, name))
        return self.inputs[-1]

    def play(self, port: str, *message: int, delta: float = 0.0) -> int:
        """Send a message through a port, and wait until it was handed on; returns to how many inputs it went."""
        heard = [each for each in self.inputs if each.port == port and not each.is_deleted]
        for each in heard:
            each.send(list(message), delta)
        return len(heard)

    @property
    def open_ports(self) -> list[str]:
        return [each.port for each in self.inputs if each.port and not each.is_deleted]

    @property
    def alive(self) -> int:
        return sum(not each.is_deleted for each in self.inputs)


class FakeInput:
    def __init__(self, module: FakeRtMidi, name: str) -> None:
        self.module, self.name, self.port, self.is_deleted = module, name, "", False
        self.ignored: dict[str, bool] = {}
        self.queue: deque[tuple[list[int], float]] = deque()
        self.taken = threading.Event()  # all that came was asked for, and then there was a look for more

    def get_ports(self) -> list[str]:
        assert not self.is_deleted
        if self.module.problem is not None:
            raise self.module.problem
        return list(self.module.ports)

    def get_current_api(self) -> int:
        return self.module.API_LINUX_ALSA

    def open_port(self, index: int, name: str) -> None:
        if self.module.ports[index] in self.module.busy:
            raise OSError("port is busy")
        self.port = self.module.ports[index]

    def open_virtual_port(self, name: str) -> None:
        if not self.module.has_virtual:
            raise NotImplementedError("no virtual ports")
        self.port = f"virtual {name}"

    def ignore_types(self, **ignored: bool) -> None:
        self.ignored = ignored

    def get_message(self) -> tuple[list[int], float] | None:
        assert not self.is_deleted and self.port, "read after its end"
        if self.queue:
            return self.queue.popleft()
        self.taken.set()
        return None

    def send(self, message: list[int], delta: float) -> None:
        self.taken.clear()
        self.queue.append((message, delta))
        while self.port and not self.taken.wait(0.01):
            time.sleep(0)

    def close_port(self) -> None:
        self.port = ""

    def delete(self) -> None:
        assert not self.is_deleted
        self.is_deleted, self.port = True, ""

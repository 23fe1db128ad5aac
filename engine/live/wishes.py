"""What an engine was asked for and that lasts: what the next one must be told, should this one die."""

from __future__ import annotations

import threading
from typing import Any

import msgspec

from engine.live import protocol
from engine.live.options import Options, encode_options
from engine.live.protocol import Answer, DeviceName, Request

__all__ = ["Wishes"]

_LASTING = (protocol.SetTuning, protocol.SetSeed)
"""Requests whose last one holds for the next engine too, beside those that `Options` hold."""


def _device(result: Any) -> DeviceName | None:
    """The device in the answer to `OpenStream`."""
    try:
        return msgspec.convert(result, protocol.StreamChanged).device
    except msgspec.ValidationError:
        return None


class Wishes:
    """Follows what is carried out and told; any thread.

    Attributes:
        options: what an engine is to begin with.
        recording: what is being recorded, as the next engine goes on with it.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._lasting: dict[type, Request] = {}
        self.options = Options()
        self.recording: protocol.StartRecording | None = None

    def carried_out(self, command: Request, result: Any) -> None:
        """A request was answered with `result`."""
        with self._turn:
            if isinstance(command, protocol.OpenStream):
                self._change(stream=msgspec.structs.replace(command, device=_device(result) or command.device))
            elif isinstance(command, protocol.CloseStream):
                self._change(stream=None)
            elif isinstance(command, protocol.MidiPorts):
                self._change(midi=command)
            elif isinstance(command, protocol.SetCv):
                self._change(cv=command.channels)
            elif isinstance(command, protocol.StartRecording):
                self.recording = msgspec.structs.replace(command, resume=True)
            elif isinstance(command, protocol.StopRecording):
                self.recording = None
            elif isinstance(command, _LASTING):
                self._lasting[type(command)] = command

    def noticed(self, notice: Answer) -> None:
        """The engine told something."""
        with self._turn:
            if isinstance(notice, protocol.RecordingStopped):
                self.recording = None
            elif isinstance(notice, protocol.PatchChanged):
                self._change(patch=notice.text)
            elif isinstance(notice, protocol.StreamChanged) and notice.device is not None:
                stream = self.options.stream
                if stream is not None:  # what played is come back to, and nothing else that happens to be there
                    self._change(stream=msgspec.structs.replace(stream, device=notice.device))

    def _change(self, **changes: Any) -> None:
        self.options = msgspec.structs.replace(self.options, **changes)

    def first_message(self) -> bytes:
        """What an engine is told before all else."""
        with self._turn:
            return encode_options(self.options)

    def rest(self) -> list[Request]:
        """What it is told once it plays."""
        with self._turn:
            return [*self._lasting.values(), *([] if self.recording is None else [self.recording])]

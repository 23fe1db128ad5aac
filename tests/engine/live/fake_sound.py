"""A sounddevice without a sound device: what `engine.live.devices` and `stream` use of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

HOSTS = ["ALSA", "JACK Audio Connection Kit", "Windows WASAPI", "ASIO"]
Row = tuple[str, str, int, int, int, tuple[int, ...]]
"""Host API, name, outputs, inputs, own rate, rates that it takes."""


class FakeStream:
    def __init__(self, library: FakeSound, kind: str, options: dict[str, Any]) -> None:
        self.kind, self.options, self.calls = kind, options, []
        self._library = library
        self.samplerate, self.active = float(options["samplerate"]), False
        self.latency = (0.004, 0.010) if kind == "duplex" else 0.010

    def start(self) -> None:
        self._library.maybe("start")
        self.active = True

    def abort(self) -> None:
        self._library.maybe("abort")
        self.calls.append("abort")
        self.active = False

    def close(self) -> None:
        self.calls.append("close")


class FakeSound:
    """`rows`: devices in PortAudio's order; `default`: name that its host prefers; `faults`: call -> what is done."""

    class PortAudioError(Exception):
        pass

    def __init__(self, rows: list[Row], default: str = "") -> None:
        self.rows, self.default, self.faults = rows, default, {}
        self.streams: list[FakeStream] = []
        self.log: list[str] = []
        self._ffi = SimpleNamespace(cast=lambda kind, value: (kind, value))

    def maybe(self, call: str) -> None:
        self.log.append(call)
        if call in self.faults:
            self.faults[call]()

    def query_hostapis(self) -> tuple[dict[str, Any], ...]:
        chosen = {row[0]: index for index, row in enumerate(self.rows) if row[1] == self.default}
        return tuple({"name": name, "default_output_device": chosen.get(name, -1)} for name in HOSTS)

    def query_devices(self) -> list[dict[str, Any]]:
        self.maybe("query")
        return [
            {
                "name": name,
                "index": index,
                "hostapi": HOSTS.index(host),
                "max_output_channels": outputs,
                "max_input_channels": inputs,
                "default_samplerate": float(rate),
                "default_low_output_latency": 0.0087,
            }
            for index, (host, name, outputs, inputs, rate, _) in enumerate(self.rows)
        ]

    def check_output_settings(self, device: int, samplerate: int, channels: int, dtype: str) -> None:
        assert 1 <= channels <= self.rows[device][2]
        if samplerate not in self.rows[device][5]:
            raise self.PortAudioError("Invalid sample rate [PaErrorCode -9997]")

    def WasapiSettings(self, auto_convert: bool) -> tuple[str, bool]:  # noqa: N802
        return ("wasapi", auto_convert)

    def _terminate(self) -> None:
        self.maybe("terminate")

    def _initialize(self) -> None:
        self.maybe("initialize")

    def _StreamBase(self, kind: str, **options: Any) -> FakeStream:  # noqa: N802
        self.maybe("open")
        self.streams.append(FakeStream(self, kind, options))
        return self.streams[-1]

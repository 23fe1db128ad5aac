"""A stream of PortAudio's that calls compiled code, so that no thread of Python's has a part in the sound.

First a plan, which says what the device will be opened with: the callback's arrays depend on its rate and channels.
Then the stream itself. PortAudio's calls are made under a time limit, since some drivers never come back when their
device has gone.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from accel.errors import SystoleError
from engine.live.deadline import StuckError
from engine.live.devices import JACK, NATIVE_RATE, Device, index_of, sound_library, sound_thread
from engine.live.protocol import DeviceName
from engine.live.quiet import quiet_stderr
from engine.midi.jack_watch import frame_clock, server_gone, server_period

__all__ = ["Callbacks", "Plan", "Stream", "plan_stream"]

WASAPI = "Windows WASAPI"
CHANNELS, MAX_INPUTS = 2, 8
DEFAULT_BLOCK = 128
OPEN_SECONDS, CLOSE_SECONDS, ASK_SECONDS = 10.0, 3.0, 1.0


class Callbacks(NamedTuple):
    """Addresses of compiled code, and of what it is given; all of it outlives the stream.

    Attributes:
        audio: a PaStreamCallback.
        finished: a PaStreamFinishedCallback.
        data: their userdata.
    """

    audio: int
    finished: int
    data: int


class Plan(NamedTuple):
    """What a device will be opened with.

    Attributes:
        rate: Hz.
        block: frames of each call; 0 = the server's period, whatever it is then.
        outputs: channels, 1 or 2; inputs: 0..8, of the same device.
        latency: seconds, as asked for.
        line: for a person, where it is not what was asked for.
    """

    device: DeviceName
    rate: int
    block: int
    outputs: int
    inputs: int
    latency: float
    line: str | None

    @property
    def title(self) -> str:
        """The device, and what is not as it was asked for."""
        title = f"{self.device.host}: {self.device.name}"
        return title if self.line is None else f"{title} ({self.line})"


def _rate(device: Device, wanted: int | None) -> tuple[int, str | None]:
    if device.host == WASAPI:
        return wanted or NATIVE_RATE, None  # converts by itself
    rates = device.rates or (device.rate,)
    if wanted is None or wanted in rates:
        return wanted or rates[0], None
    if device.host == JACK:
        return rates[0], f"JACK: its server runs at {rates[0]} Hz, not {wanted}"
    shown = ", ".join(str(rate) for rate in rates)
    raise SystoleError(f"rate {wanted}: {device.title} has {shown}")


def plan_stream(device: Device, rate: int | None = None, block: int | None = None, inputs: int = 0) -> Plan:
    """What to open a device with.

    Args:
        device: with its rates (`list_devices`); without them its own rate is taken.
        rate: Hz; None: 48 kHz if it can be had, else the next best.
        block: frames; None: 128. With JACK it is the server's.
        inputs: channels to read, 0..8.

    Raises:
        SystoleError: it has no such rate, or not so many inputs.
    """
    found, line = _rate(device, rate)
    if inputs > min(device.inputs, MAX_INPUTS):
        allowed = min(device.inputs, MAX_INPUTS)
        raise SystoleError(f"inputs: {inputs} asked for; {device.title} has {allowed} that can be used")
    size = block or DEFAULT_BLOCK
    if device.host == JACK:
        size = 0
        period = server_period()
        if line is None and None not in (block, period) and block != period:
            line = f"JACK: its server's block is {period}, not {block}"
    latency = max(device.latency, 2 * size / found)  # less than two blocks of buffer can only run dry
    return Plan(device.key, found, size, min(CHANNELS, device.outputs), inputs, latency, line)


class Stream:
    """An open stream.

    Args:
        plan: see `plan_stream`.
        callbacks: see there; they may be called as soon as `start` is.

    Attributes:
        plan: as given; rate: Hz, as the device says.
        latency: of the output, in frames.

    Raises:
        SystoleError: the device is not there any more, is busy, or refuses; the line says what PortAudio says.
        StuckError: PortAudio does not come back.
    """

    def __init__(self, plan: Plan, callbacks: Callbacks) -> None:
        library = self._library = sound_library()
        self.plan = plan
        self._title = f"{plan.device.host}: {plan.device.name}"
        self._check_jack()

        def create() -> Any:
            options = {**_options(library, plan), **_functions(library, callbacks)}
            with quiet_stderr():
                return library._StreamBase("duplex" if plan.inputs else "output", **options)

        self._stream: Any = self._ask(OPEN_SECONDS, create)
        self.rate = round(self._stream.samplerate)
        latency = self._stream.latency
        seconds = latency[1] if plan.inputs else latency
        self.latency = round(seconds * self.rate) if math.isfinite(seconds) else 0

    def _check_jack(self) -> None:
        if self.plan.device.host == JACK and server_gone():
            raise StuckError("JACK: its server has gone")

    def _ask(self, seconds: float, function: Any) -> Any:
        try:
            return sound_thread.call(seconds, function)
        except (self._library.PortAudioError, ValueError) as error:
            text = str(error.args[0]) if error.args else "refused"
            raise SystoleError(f"device {self._title}: {text}") from None

    @property
    def frame_clock(self) -> tuple[int, int]:
        """Addresses of JACK's jack_last_frame_time and of its argument, for the callback; zeros on other hosts."""
        return frame_clock() if self.plan.device.host == JACK else (0, 0)

    def start(self) -> None:
        """Let the device call.

        Raises:
            SystoleError: it refuses; the stream is to be closed.
        """
        self._ask(OPEN_SECONDS, self._stream.start)

    @property
    def is_alive(self) -> bool:
        """Whether the device still calls, as far as PortAudio knows: some that are unplugged go silent instead.

        Any thread may ask. While PortAudio is busy with something else, such as another device, the answer is yes.
        """
        stream = self._stream
        if stream is None or (self.plan.device.host == JACK and server_gone()):
            return False
        try:
            return bool(sound_thread.call_if_idle(ASK_SECONDS, lambda: stream.active, True))
        except (self._library.PortAudioError, StuckError):
            return False

    def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """End the stream; no callback runs from then on. May be called twice.

        Raises:
            StuckError: it could not be closed, and the callbacks and their data must go on to live.
        """
        stream, self._stream = self._stream, None
        if stream is None:
            return
        self._check_jack()  # PortAudio would wait for its server for ever

        def end() -> None:
            stream.abort()
            stream.close()

        sound_thread.call(seconds, end)


def _options(library: Any, plan: Plan) -> dict[str, Any]:
    index, extra = index_of(plan.device), None
    if plan.device.host == WASAPI:
        extra = library.WasapiSettings(auto_convert=True)
    both = bool(plan.inputs)
    return {
        "samplerate": plan.rate,
        "blocksize": plan.block,
        "device": (index, index) if both else index,
        "channels": (plan.inputs, plan.outputs) if both else plan.outputs,
        "dtype": "float32",
        "latency": plan.latency,
        "extra_settings": extra,
        "clip_off": True,  # never above 1, and a copy less
        "dither_off": True,
    }


def _functions(library: Any, callbacks: Callbacks) -> dict[str, Any]:
    cast = library._ffi.cast
    return {
        "callback": cast("PaStreamCallback*", callbacks.audio),
        "finished_callback": cast("PaStreamFinishedCallback*", callbacks.finished),
        "userdata": cast("void*", callbacks.data),
        "wrap_callback": None,
    }

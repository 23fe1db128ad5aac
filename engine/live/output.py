"""Where the sound goes: to a device's stream or, where there is none, to nobody by the clock; and the change between.

Every change is made behind a shut gate, so that it is heard as a short pause and not as a click; the clock plays in
between, and the count of samples runs on. All of it happens in a thread of its own, since sound libraries take their
time. One that does not come back leaves only one way: this process ends, and its owner starts another.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import msgspec

from accel.errors import SystoleError
from accel.formats import RATE
from engine.events import Kind
from engine.live.core import Core
from engine.live.deadline import StuckError
from engine.live.devices import Device, choose, find_device, list_devices, rescan
from engine.live.layout import State
from engine.live.loops import Loops
from engine.live.priority import AUDIO, raise_thread
from engine.live.protocol import Answer, CvChannel, DeviceName, Line, OpenStream, StreamChanged
from engine.live.settings import Settings, load_settings, save_settings
from engine.live.stream import Callbacks, Plan, Stream, plan_stream
from engine.midi.jack_watch import server_period
from engine.realtime.callback import audio_address, finished_address
from engine.realtime.convert import allocate_converter
from engine.realtime.cv_in import allocate_cv
from engine.realtime.link import Link
from engine.realtime.rig import DIRECT, RING_AT, SAFE, SILENT, WORD_AT

__all__ = ["Output"]

ALSA = "ALSA"
GATE_SAMPLES = 480
SILENT_BLOCK = 512
LOOK_SECONDS, RETRY_SECONDS, STILL_SECONDS = 0.25, 2.0, 0.5
STILL_BLOCKS = 8
GATE_SECONDS = 0.5
SERVER_BLOCK = 1024
"""Assumed of a server that tells its block only when it calls."""


class Output:
    """Plays a core: by the clock from `start` on, to a device from `open` on.

    Args:
        knobs: ids of the knobs of the model that plays, for control voltages.
        post: sends a notice.
        mark: remembers something for the journal (`JournalLog.mark`).
    """

    def __init__(
        self,
        core: Core,
        *,
        knobs: Callable[[], Sequence[str]],
        post: Callable[[Answer], None],
        mark: Callable[[int, str, float], None],
    ) -> None:
        self._core, self._rig, self._knobs, self._post, self._mark = core, core.rig, knobs, post, mark
        self._loops = Loops(core.rig)
        self._worker = ThreadPoolExecutor(1, "systole-output")
        self._stream: Stream | None = None
        self._link: Link | None = None
        self._kept: list[Link] = []  # of streams that could not be closed: their callbacks may still run
        self._wanted: OpenStream | None = None  # what to come back to when it can be had again
        self._cv: list[CvChannel] = []
        self._looked = self._moved = self._tried = 0.0
        self._calls, self._raised = -1, 0
        self._hints: set[str] = set()
        self._busy: Future[Any] | None = None
        self.is_stuck = False

    def prepare(self) -> None:
        """Compile what the sound needs, or load it; nothing plays before it, nor before `start`."""
        self._loops.prepare()

    def start(self) -> None:
        """Let the clock play."""
        self._loops.run("canary")
        self._to_clock()

    def open(self, request: OpenStream) -> Future[Any]:
        """See `protocol.OpenStream`; the result tells what was opened, as `StreamChanged` does."""
        return self._submit(self._open, request)

    def close_stream(self) -> Future[Any]:
        """Go on without a device."""
        return self._submit(self._close_stream)

    def devices(self) -> Future[Any]:
        """What there is to play to, each as a dictionary."""
        return self._submit(lambda: [msgspec.to_builtins(each) for each in list_devices()])

    def listen(self, channels: Sequence[CvChannel]) -> Future[Any]:
        """Take control voltages from the device's inputs."""
        return self._submit(self._listen, list(channels))

    def refresh(self) -> None:
        """Another model plays: its knobs have other numbers."""
        if self._cv:
            self._submit(self._listen_again)

    def _submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        return self._worker.submit(self._watched, function, *arguments)

    def _watched(self, function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return function(*arguments)
        except StuckError:
            self.is_stuck = True
            raise

    # What follows runs in the worker.

    def _open(self, request: OpenStream) -> dict[str, Any]:
        settings, line = load_settings()
        if line is not None:
            self._post(Line("warning", line))
        self._wanted = request
        device = self._find(request, settings)
        if device is None:
            self._to_nowhere()
            return self._tell(None, "no sound device: playing on without one, and looking for one")
        plan = self._plan(request, settings, device)
        self._gate(0.0)
        self._drop()
        try:
            self._play(plan, request)
        except SystoleError as error:
            self._tell(None, f"playing on without a device: {error}")
            raise
        finally:
            self._gate(1.0)
        self._remember(settings, plan, request)
        where = f"{plan.device.host}: {plan.device.name}"
        return self._tell(plan, where if plan.line is None else f"{where} ({plan.line})")

    def _find(self, request: OpenStream, settings: Settings) -> Device | None:
        devices = list_devices()
        if request.device is not None and not request.device.host:  # as a person types it: part of its title
            return find_device(request.device.name, devices)
        return choose(request.device, settings.device, devices)

    def _plan(self, request: OpenStream, settings: Settings, device: Device) -> Plan:
        rate, block = request.rate, request.block
        if device.key == settings.device:  # what was set for it last time
            rate = rate or (settings.rate if settings.rate in device.rates else None)
            block = block or settings.block
        inputs = max((each.channel + 1 for each in self._cv), default=0)
        return plan_stream(device, rate, block, inputs)

    def _play(self, plan: Plan, request: OpenStream) -> None:
        """Open a stream and let it play; the clock goes on if that fails."""
        converter = None if plan.rate == RATE else allocate_converter(plan.rate)
        link = Link(self._rig, rate=plan.rate, inputs=plan.inputs, outputs=plan.outputs, converter=converter)
        if self._cv:
            link.listen(allocate_cv(self._cv, self._knobs(), plan.inputs))
        stream = Stream(plan, Callbacks(audio_address(), finished_address(), link.address))
        self._kept.append(link)
        try:
            if stream.rate != plan.rate:
                raise SystoleError(f"device {plan.device.name}: opens at {stream.rate} Hz, not at {plan.rate}")
            stream.start()
        except SystoleError:
            stream.close()
            self._kept.remove(link)
            raise
        self._kept.remove(link)
        link.set_latency(round(stream.latency * RATE / plan.rate))
        self._set_mode(request, plan)
        words = self._rig.words
        words[WORD_AT["jack_frames"]], words[WORD_AT["jack_client"]] = stream.frame_clock
        link.take_over()
        self._loops.wait("silent")
        if request.mode == "safe":
            self._loops.run("ahead")
        self._stream, self._link = stream, link
        self._core.arrays["counters"]["stream_opens"] += 1
        self._core.arrays["header"]["state"] = State.PLAYING
        self._moved, self._calls = time.monotonic(), -1

    def _set_mode(self, request: OpenStream, plan: Plan) -> None:
        words = self._rig.words
        block = -(-(plan.block or server_period() or SERVER_BLOCK) * RATE // plan.rate)
        words[WORD_AT["block"]] = block
        words[WORD_AT["ahead"]] = (request.ahead + 1) * block
        self._rig.ring_tails[RING_AT["ahead"]] = self._rig.ring_heads[RING_AT["ahead"]]
        words[WORD_AT["mode"]] = SAFE if request.mode == "safe" else DIRECT

    def _to_clock(self) -> None:
        words = self._rig.words
        words[WORD_AT["owner"]] = 0
        words[WORD_AT["mode"]] = DIRECT
        words[WORD_AT["jack_frames"]] = 0
        self._loops.wait("ahead")
        words[WORD_AT["block"]] = SILENT_BLOCK
        words[WORD_AT["owner"]] = SILENT
        self._loops.run("silent")
        self._core.arrays["header"]["state"] = State.SILENT

    def _to_nowhere(self) -> None:
        """Fade out, close the stream if there is one, and let the clock play."""
        if self._stream is not None:
            self._gate(0.0)
            self._drop()
            self._gate(1.0)

    def _drop(self) -> None:
        """Close the stream at once, if there is one, and let the clock play."""
        stream, link, self._stream, self._link = self._stream, self._link, None, None
        if stream is not None and link is not None:
            self._to_clock()
            self._kept.append(link)
            stream.close()
            self._kept.remove(link)

    def _gate(self, gain: float) -> None:
        """Open or shut the output on a line of 10 ms, and wait until it is."""
        row = (0, Kind.GATE, 0, GATE_SAMPLES, gain)
        words = self._rig.words
        extra = int(words[WORD_AT["ahead"]]) if words[WORD_AT["mode"]] == SAFE else 0
        until = self._core.samples + GATE_SAMPLES + extra + 2 * int(words[WORD_AT["block"]])
        end = time.monotonic() + GATE_SECONDS
        self._core.control.push([row])
        while gain == 0.0 and self._core.samples < until and time.monotonic() < end:
            time.sleep(0.002)

    def _tell(self, plan: Plan | None, line: str) -> dict[str, Any]:
        clock = self._core.arrays["clock"][0]
        self._mark(
            self._core.samples, "stream" if plan is not None else "no stream", 0.0 if plan is None else plan.rate
        )
        device: DeviceName | None = None if plan is None else plan.device
        rate, block = (RATE, SILENT_BLOCK) if plan is None else (plan.rate, plan.block or int(clock["block"]))
        notice = StreamChanged(device, rate, block, 0 if plan is None else int(clock["latency"]), line)
        self._post(notice)
        found: dict[str, Any] = msgspec.to_builtins(notice)
        return found

    def _remember(self, settings: Settings, plan: Plan, request: OpenStream) -> None:
        block = plan.block or settings.block
        new = msgspec.structs.replace(settings, device=plan.device, rate=plan.rate, block=block, mode=request.mode)
        if new != settings:
            try:
                save_settings(new)
            except SystoleError as error:
                self._hint(str(error))

    def _close_stream(self) -> dict[str, Any]:
        self._wanted = None
        self._to_nowhere()
        return self._tell(None, "playing without a device")

    def _listen(self, channels: list[CvChannel]) -> None:
        before, self._cv = self._cv, channels
        inputs = max((each.channel + 1 for each in channels), default=0)
        try:
            if self._link is None or self._stream is None:
                return
            if inputs > self._stream.plan.inputs and self._wanted is not None:
                self._open(self._wanted)
            else:
                self._listen_again()
        except SystoleError:
            self._cv = before
            raise

    def _listen_again(self) -> None:
        if self._link is not None and self._stream is not None:
            inputs = self._stream.plan.inputs
            self._link.listen(allocate_cv(self._cv, self._knobs(), inputs) if self._cv else None)

    def _lost(self) -> None:
        """The device is gone: play on by the clock, and come back when it does."""
        if self._stream is None:
            return
        name = self._stream.plan.device.name
        self._tried = time.monotonic()
        self._tell(None, f"{name} is gone: playing on without a device until it is back")
        self._drop()

    def _retry(self) -> None:
        if self._stream is None and self._wanted is not None:
            rescan()
            if self._find(self._wanted, load_settings()[0]) is not None:
                self._open(self._wanted)

    def _hint(self, line: str | None) -> None:
        """Say something once."""
        if line is not None and line not in self._hints:
            self._hints.add(line)
            self._post(Line("info", line))

    # What follows runs in the main thread.

    def tick(self) -> None:
        """See that the stream still plays; look for one where there is none; raise threads. Returns at once."""
        now = time.monotonic()
        if now < self._looked + LOOK_SECONDS or (self._busy is not None and not self._busy.done()):
            return
        self._looked = now
        self._raise()
        if self._stream is not None:
            if not self._is_playing(now):
                self._busy = self._submit(self._lost)
        elif self._wanted is not None and now > self._tried + RETRY_SECONDS:
            self._tried = now
            self._busy = self._submit(self._retry)

    def _is_playing(self, now: float) -> bool:
        stream, link = self._stream, self._link
        if stream is None or link is None:
            return True
        counters, clock = self._core.arrays["counters"][0], self._core.arrays["clock"][0]
        calls = int(counters["callbacks"])
        if calls != self._calls:
            self._calls, self._moved = calls, now
        still = max(STILL_SECONDS, STILL_BLOCKS * int(clock["block"]) / stream.plan.rate)
        has_finished = int(self._rig.words[WORD_AT["finished"]]) == link.token
        return stream.is_alive and not has_finished and now - self._moved < still

    def _raise(self) -> None:
        self._hint(self._loops.raise_threads())
        thread = int(self._rig.words[WORD_AT["audio_thread"]])
        if self._stream is None or self._stream.plan.device.host != ALSA or thread in (0, self._raised):
            return  # the other hosts raise their threads themselves
        self._raised = thread
        self._hint(raise_thread(thread, AUDIO))

    def close(self, timeout: float) -> None:
        """Fade out and end; a sound library that hangs is left hanging."""
        self._wanted = None
        try:
            self._submit(self._end).result(timeout)
        except Exception:
            self.is_stuck = True
        self._worker.shutdown(wait=False, cancel_futures=True)
        self._loops.stop()

    def _end(self) -> None:
        self._gate(0.0)
        self._drop()

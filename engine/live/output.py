"""Where the sound goes: which device, what becomes of it when it is unplugged, and what is remembered of it.

All of it happens in a thread of its own, since sound libraries take their time. One that does not come back leaves
only one way: this process ends, and its owner starts another.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import msgspec

from accel.errors import SystoleError
from accel.formats import RATE
from engine.live.core import Core
from engine.live.deadline import StuckError
from engine.live.devices import Device, choose, find_device, list_devices, rescan
from engine.live.lateness import Lateness
from engine.live.protocol import Answer, CvChannel, Line, OpenStream, StreamChanged
from engine.live.remembered import blocks_ahead, filled, is_wish, remember
from engine.live.settings import Settings, load_settings
from engine.live.stream import Plan, plan_stream
from engine.live.switch import SILENT_BLOCK, Switch
from engine.live.voltages import Voltages
from engine.text import plain

__all__ = ["Output"]

LOOK_SECONDS, RETRY_SECONDS = 0.25, 2.0
NO_DEVICE = "no sound device: playing on without one, and looking for one"


class Output:
    """Plays a core: by the clock from `start` on, to a device from `open` on.

    Args:
        knobs: ids of the knobs of the model that plays, for control voltages.
        post: sends a notice.
        mark: remembers something for the journal (`JournalLog.mark`).

    Attributes:
        is_stuck: a sound library hangs.
    """

    def __init__(
        self,
        core: Core,
        *,
        knobs: Callable[[], Sequence[str]],
        post: Callable[[Answer], None],
        mark: Callable[[int, str, float], None],
    ) -> None:
        self._core, self._knobs, self._post, self._mark = core, knobs, post, mark
        self._switch = Switch(core)
        self._worker = ThreadPoolExecutor(1, "systole-output")
        self._wanted: OpenStream | None = None  # what to come back to when it can be had again
        self._cv = Voltages(self._switch, knobs, self._hint)
        self._looked = self._tried = 0.0
        self._lateness = Lateness(core.arrays["counters"][0])
        self._hints: set[str] = set()
        self._refusals: set[str] = set()  # of the device that is waited for, as far as they were told
        self._busy: Future[Any] | None = None
        self._told: dict[str, Any] = {}  # the last `StreamChanged`
        self.is_stuck = False

    def prepare(self) -> None:
        """Compile what the sound needs, or load it; nothing plays before it, nor before `start`."""
        self._switch.prepare()

    def start(self) -> None:
        """Let the clock play."""
        self._switch.start()

    def open(self, request: OpenStream, *, may_remember: bool = True) -> Future[Any]:
        """See `protocol.OpenStream`; the result tells what was opened, as `StreamChanged` does.

        may_remember: it is a person's wish, and not that of an engine that took over.
        """
        return self._submit(self._open, request, may_remember)

    def close_stream(self) -> Future[Any]:
        """Go on without a device."""
        return self._submit(self._close_stream)

    def devices(self) -> Future[Any]:
        """What there is to play to, each as a dictionary."""
        return self._submit(lambda: [msgspec.to_builtins(each) for each in list_devices()])

    def told(self) -> Future[Any]:
        """Where the sound goes, as it was told last."""
        return self._submit(lambda: self._told or None)

    def listen(self, channels: Sequence[CvChannel]) -> Future[Any]:
        """Take control voltages from the device's inputs."""
        return self._submit(self._listen, list(channels))

    def want(self, channels: Sequence[CvChannel]) -> Future[Any]:
        """Take them as soon as there is a device and a model that has a use for them."""
        return self._submit(self._cv.want, list(channels))

    def calibrate(self, channel: int, volts: float) -> Future[Any]:
        """See `protocol.CalibrateCv`."""
        return self._submit(self._cv.calibrate, channel, volts)

    def voltages(self) -> Future[Any]:
        """See `protocol.ListCv`."""
        return self._submit(self._cv.described)

    def refresh(self) -> None:
        """Another patch plays: its knobs may have other numbers."""
        if self._cv.wanted:
            self._submit(self._reported, self._cv.listen)

    def tick(self) -> None:
        """See that the stream still plays; look for one where there is none; raise threads. Returns at once."""
        now = time.monotonic()
        if now < self._looked + LOOK_SECONDS or (self._busy is not None and not self._busy.done()):
            return
        self._looked = now
        self._hint(self._switch.raise_threads())
        if self._switch.stream is not None:
            wanted = self._wanted  # the worker may forget it meanwhile
            for line in self._lateness.lines(now, is_direct=wanted is not None and wanted.mode == "direct"):
                self._hint(line)
            if not self._switch.is_playing(now):
                self._busy = self._submit(self._reported, self._lost)
        elif self._wanted is not None and now > self._tried + RETRY_SECONDS:
            self._tried = now
            self._busy = self._submit(self._reported, self._retry)

    def close(self, timeout: float) -> None:
        """Fade out and end; a sound library that hangs is left hanging."""
        self._wanted = None
        try:
            self._submit(self._end).result(timeout)
        except Exception:  # whatever it is, the process ends anyway
            self.is_stuck = True
        self._worker.shutdown(wait=False, cancel_futures=True)
        self._switch.stop()

    def _submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        return self._worker.submit(self._watched, function, *arguments)

    def _watched(self, function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return function(*arguments)
        except StuckError:
            self.is_stuck = True
            raise

    # What follows runs in the worker.

    def _reported(self, function: Callable[[], Any]) -> None:
        """Do what nobody waits for: what goes wrong with it is told."""
        try:
            function()
        except StuckError:
            raise
        except SystoleError as error:
            self._hint(str(error))
        except Exception as error:
            logging.getLogger(__name__).exception("while the output was looked after")
            self._hint(plain(f"sound device: internal error: {type(error).__name__}: {error}"))

    def _open(self, request: OpenStream, may_remember: bool) -> dict[str, Any]:
        settings, line = load_settings()
        self._hint(line)
        self._refusals.clear()
        self._wanted = self._wanted or request  # if this fails, what played before is what comes back
        plan = self._begin(request, settings)
        if plan is None:
            self._wanted = request
            self._to_nowhere()
            return self._tell(None, NO_DEVICE)
        if may_remember and is_wish(request, settings, plan):
            self._remember(plan)
        return self._tell(plan, plan.title)

    def _begin(self, request: OpenStream, settings: Settings) -> Plan | None:
        """Play to a device; None: there is none. Where one plays already, it is let go first: it may be the same."""
        device = self._find(request, settings)
        if device is None:
            return None
        try:
            opened = filled(request, settings, device)
            plan = self._plan(opened, device)
            if self._switch.stream is not None:
                self._switch.gate(0.0)
                self._switch.drop()
            self._switch.play(plan, blocks_ahead(opened), *self._cv.meant(plan))
        except SystoleError as error:
            line = f"playing on without a device: {error}"
            if self._switch.stream is None and line not in self._refusals:
                self._refusals.add(line)
                self._tell(None, line)
            raise
        finally:
            self._switch.gate(1.0)
        self._lateness.reset()
        # This one, should it go and come back.
        self._wanted = msgspec.structs.replace(request, device=plan.device, mode=opened.mode, ahead=opened.ahead)
        return plan

    def _find(self, request: OpenStream, settings: Settings) -> Device | None:
        devices = list_devices()
        if request.device is not None and not request.device.host:  # as a person types it: part of its title
            return find_device(request.device.name, devices)
        return choose(request.device, settings.device, devices)

    def _plan(self, opened: OpenStream, device: Device) -> Plan:
        inputs = self._cv.inputs_within(device.inputs)
        if inputs < self._cv.inputs:
            rest = "the others wait for a device that has them" if inputs else "playing without control voltages"
            self._hint(f"cv: {device.title} has {device.inputs} inputs: {rest}")
        return plan_stream(device, opened.rate, opened.block, inputs)

    def _to_nowhere(self) -> None:
        if self._switch.stream is not None:
            self._switch.gate(0.0)
            self._switch.drop()
            self._switch.gate(1.0)

    def _tell(self, plan: Plan | None, line: str) -> dict[str, Any]:
        stream = self._switch.stream
        notice = StreamChanged(None, RATE, SILENT_BLOCK, 0, plain(line))
        if plan is not None and stream is not None:
            latency = round(stream.latency * RATE / plan.rate)
            notice = StreamChanged(plan.device, plan.rate, self._switch.block, latency, plain(line))
        self._mark(self._core.samples, "no stream" if notice.device is None else "stream", float(notice.rate))
        self._post(notice)
        self._told = msgspec.to_builtins(notice)
        return self._told

    def _remember(self, plan: Plan) -> None:
        try:
            remember(plan, self._wanted or OpenStream())
        except SystoleError as error:
            self._hint(str(error))

    def _close_stream(self) -> dict[str, Any]:
        self._wanted = None
        self._to_nowhere()
        return self._tell(None, "playing without a device")

    def _listen(self, channels: list[CvChannel]) -> None:
        cv, stream = self._cv, self._switch.stream
        cv.check(channels)
        before, cv.wanted = cv.wanted, channels
        try:
            if stream is not None and self._wanted is not None and cv.inputs > stream.plan.inputs:
                device = next((each for each in list_devices() if each.key == stream.plan.device), None)
                if device is not None and cv.inputs > device.inputs:
                    raise SystoleError(f"cv: input {cv.inputs}: {device.title} has {device.inputs}")
                plan = self._begin(self._wanted, load_settings()[0])
                if plan is not None:
                    self._tell(plan, plan.title)
            else:
                cv.listen()
        except SystoleError:
            cv.wanted = before
            raise
        self._core.control.push(cv.rest_rows(before))

    def _lost(self) -> None:
        """The device is gone: play on by the clock, and come back when it does."""
        stream = self._switch.stream
        if stream is not None:
            self._tried = time.monotonic()
            self._tell(None, f"{stream.plan.device.name} is gone: playing on without a device until it is back")
            self._switch.drop()

    def _retry(self) -> None:
        """Nothing of it is heard or kept unless the device plays: it may be busy for hours."""
        wanted = self._wanted
        if self._switch.stream is not None or wanted is None:
            return
        rescan()
        try:
            plan = self._begin(wanted, load_settings()[0])
        except StuckError:
            raise
        except SystoleError:
            return  # not there yet, or not to be had: that was told where it is news
        if plan is not None:
            self._tell(plan, plan.title)

    def _hint(self, line: str | None) -> None:
        """Say something once."""
        if line is not None and line not in self._hints:
            self._hints.add(line)
            self._post(Line("info", line))

    def _end(self) -> None:
        self._switch.gate(0.0)
        self._switch.drop()

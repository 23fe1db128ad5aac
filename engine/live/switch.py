"""Who plays: the stream of a device, or the clock where there is none; and how one takes over from the other.

Every change is made behind a shut gate, so that it is heard as a short pause and not as a click; the clock plays in
between, and the count of samples runs on. A stream that is gone without a warning is replaced by the clock at once.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from accel.errors import SystoleError
from accel.formats import RATE
from engine.events import Kind
from engine.live.core import Core
from engine.live.layout import State
from engine.live.loops import Loops
from engine.live.priority import AUDIO, raise_thread
from engine.live.protocol import CvChannel
from engine.live.stream import Callbacks, Plan, Stream
from engine.midi.jack_watch import server_period
from engine.realtime.ahead_ring import set_direct, set_safe
from engine.realtime.callback import audio_address, finished_address
from engine.realtime.convert import allocate_converter
from engine.realtime.cv_in import allocate_cv
from engine.realtime.link import Link
from engine.realtime.rig import DIRECT, SAFE, SILENT, WORD_AT

__all__ = ["SILENT_BLOCK", "Switch"]

ALSA = "ALSA"
GATE_SAMPLES, GATE_SECONDS = 480, 0.5
"""Length of a gate's line; how much longer than expected it is waited for, where nothing plays."""
SILENT_BLOCK = 512
SERVER_BLOCK = 1024
"""Assumed of a server that tells its block only when it calls."""
STILL_SECONDS, STILL_BLOCKS = 0.5, 8
LISTEN_SECONDS = 0.5


class Switch:
    """Plays a core. One thread changes who plays; `is_playing` and `raise_threads` may be called from another.

    Attributes:
        stream: that plays; None: the clock does.
        block: frames that its device takes at a time.
    """

    def __init__(self, core: Core) -> None:
        self._core, self._rig, self._words = core, core.rig, core.rig.words
        self._loops = Loops(core.rig)
        self._link: Link | None = None
        self._kept: list[Link] = []  # of streams that are not closed yet, or cannot be: their callbacks may still run
        self._calls, self._moved, self._raised = -1, 0.0, 0
        self._gain = 1.0  # of the gate
        self.stream: Stream | None = None
        self.block = SILENT_BLOCK

    def prepare(self) -> None:
        """Compile what the sound needs, or load it; nothing plays before it, nor before `start`."""
        self._loops.prepare()

    def start(self) -> None:
        """Let the clock play."""
        self._loops.run("canary")
        self._to_clock()

    @property
    def soon(self) -> int:
        """A sample position behind all that has been placed so far, by MIDI's clock or an input's."""
        is_safe = self._words[WORD_AT["mode"]] == SAFE
        ahead = int(self._words[WORD_AT["ahead"]]) if is_safe else 0
        return self._core.samples + ahead + 2 * int(self._words[WORD_AT["block"]])

    def gate(self, gain: float) -> None:
        """Open (1) or shut (0) the output on a line of 10 ms, unless it is; shutting waits until it is shut."""
        if gain == self._gain:
            return
        until = self.soon + GATE_SAMPLES
        end = time.monotonic() + (until - self._core.samples) / RATE + GATE_SECONDS
        if self._core.control.push([(0, Kind.GATE, 0, GATE_SAMPLES, gain)]):
            self._gain = gain
        while gain == 0.0 and self._core.samples < until and time.monotonic() < end:
            time.sleep(0.002)

    def play(self, plan: Plan, ahead: int, cv: Sequence[CvChannel], knobs: Sequence[str]) -> None:
        """Open a stream, shut the gate and let it play; the clock, which must be playing, goes on if that fails.

        Args:
            ahead: blocks to render ahead in safe mode; 0: direct.

        Raises:
            SystoleError: the device refuses, or its block is too large; or a control voltage has no such input or knob.
        """
        block = plan.block or server_period() or SERVER_BLOCK
        samples = self._samples(plan, ahead, block)
        converter = None if plan.rate == RATE else allocate_converter(plan.rate)
        link = Link(self._rig, rate=plan.rate, inputs=plan.inputs, outputs=plan.outputs, converter=converter)
        link.listen(allocate_cv(cv, knobs, plan.inputs) if cv else None)
        stream = Stream(plan, Callbacks(audio_address(), finished_address(), link.address))
        self._kept.append(link)
        try:
            if stream.rate != plan.rate:
                raise SystoleError(f"device {plan.device.name}: opens at {stream.rate} Hz, not at {plan.rate}")
            stream.start()
        except SystoleError:
            self._close(stream, link)
            raise
        link.set_latency(round(stream.latency * RATE / plan.rate))
        self.gate(0.0)  # only now, when nothing can be refused any more; the stream gives silence up to here
        self._set_mode(ahead, samples)
        frames_at, client = stream.frame_clock
        self._words[WORD_AT["jack_client"]] = client  # first, since the function's address says that both are there
        self._words[WORD_AT["jack_frames"]] = frames_at
        link.take_over()
        self._loops.wait("silent")
        if ahead:
            self._loops.run("ahead")
        self._calls, self._moved = -1, time.monotonic()
        self.stream, self._link, self.block = stream, link, block
        self._core.arrays["counters"]["stream_opens"] += 1
        self._core.arrays["header"]["state"] = State.PLAYING

    def _samples(self, plan: Plan, ahead: int, block: int) -> int:
        """A block of the device in samples at 48 kHz.

        Raises:
            SystoleError: so many ahead have no room.
        """
        samples, room = -(-block * RATE // plan.rate), len(self._rig.ahead)
        if samples * ahead > room:
            most = room // ahead * plan.rate // RATE
            raise SystoleError(f"block {block}: {ahead} ahead; allowed at {plan.rate} Hz: up to {most}")
        return samples

    def _set_mode(self, ahead: int, samples: int) -> None:
        if ahead:
            set_safe(self._rig, samples, ahead)
        else:
            self._words[WORD_AT["block"]] = samples  # what `gate` waits for
            set_direct(self._rig)

    def drop(self) -> None:
        """Let the clock play at once, and close the stream, if there is one.

        Raises:
            StuckError: it does not let itself be closed.
        """
        stream, link, self.stream, self._link = self.stream, self._link, None, None
        if stream is not None and link is not None:
            self._to_clock()
            self._close(stream, link)

    def _close(self, stream: Stream, link: Link) -> None:
        stream.close()
        self._kept.remove(link)
        link.leave()

    def _to_clock(self) -> None:
        self._words[WORD_AT["owner"]] = 0
        self._words[WORD_AT["mode"]] = DIRECT
        self._words[WORD_AT["jack_frames"]] = 0
        self._loops.wait("ahead")
        self._words[WORD_AT["block"]] = SILENT_BLOCK
        self._words[WORD_AT["owner"]] = SILENT
        self._loops.run("silent")
        self._core.arrays["header"]["state"] = State.SILENT

    def listen(self, cv: Sequence[CvChannel], knobs: Sequence[str]) -> None:
        """Take control voltages from the stream that plays, if one does, and wait until it has begun.

        Raises:
            SystoleError: it has no such input, or the model no such knob.
        """
        if self.stream is not None and self._link is not None:
            self._link.listen(allocate_cv(cv, knobs, self.stream.plan.inputs) if cv else None)
            end = time.monotonic() + LISTEN_SECONDS
            while not self._link.has_listened and time.monotonic() < end:
                time.sleep(0.002)

    def input_value(self, channel: int) -> float:
        """What an input that is listened to gives now, -1..1.

        Raises:
            SystoleError: it is not listened to, or no stream plays.
        """
        value = None if self._link is None else self._link.input_value(channel)
        if value is None:
            raise SystoleError(f"input {channel + 1}: is not listened to")
        return value

    def is_playing(self, now: float) -> bool:
        """Whether the stream, if there is one, still calls; `now`: s of time.monotonic."""
        stream, link = self.stream, self._link
        if stream is None or link is None:
            return True
        calls = int(self._core.arrays["counters"]["callbacks"][0])
        if calls != self._calls:
            self._calls, self._moved = calls, now
        still = max(STILL_SECONDS, STILL_BLOCKS * int(self._core.arrays["clock"]["block"][0]) / stream.plan.rate)
        has_finished = int(self._words[WORD_AT["finished"]]) == link.token
        return stream.is_alive and not has_finished and now - self._moved < still

    def raise_threads(self) -> str | None:
        """Give the threads of the sound real-time priority; the line that says how to be allowed to."""
        line = self._loops.raise_threads()
        stream, thread = self.stream, int(self._words[WORD_AT["audio_thread"]])
        if stream is None or stream.plan.device.host != ALSA or thread in (0, self._raised):
            return line  # the other hosts raise their threads themselves
        self._raised = thread
        return raise_thread(thread, AUDIO) or line

    def stop(self) -> None:
        """End the loops: nothing plays any more."""
        self._loops.stop()

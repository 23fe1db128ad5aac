"""What the engine does when it is asked: each request of `protocol` to whoever carries it out, and its answer.

Nothing here waits. What takes time (files, devices, patches) is done by a thread of whoever does it, and answered when
it is done; so the main thread, whose heartbeat the owner watches, comes by a hundred times a second.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from accel.errors import SystoleError
from engine.banks import DRUM_CHANNEL, load_banks
from engine.events import Kind
from engine.live import protocol
from engine.live.core import Core
from engine.live.interfaces import Input, Output
from engine.live.journal_log import JournalLog
from engine.live.keys import Keys
from engine.live.layout import CANARY
from engine.live.loader import Loader
from engine.live.loudness import patch_loudness
from engine.live.newest import Newest
from engine.live.priority import lower_thread
from engine.live.protocol import (
    Answer,
    Done,
    Line,
    ProgramWanted,
    RecordingStarted,
    RecordingStopped,
    Refused,
    Request,
    SetPatch,
)
from engine.live.recorder import Recorder, Summary
from engine.midi.rows import Row, note_off, note_on
from engine.midi.translate import panic_rows
from engine.patch import load_patch, patch_text
from engine.text import plain
from engine.wav import SampleFormat

__all__ = ["Control"]

AT_ONCE = 0
TEST_NOTE, TEST_VELOCITY, TEST_SAMPLES = 69, 100.0, 48_000
CLOSE_SECONDS = 5.0


class Control:
    """Carries out requests; one thread, that of `process`.

    Args:
        post: sends an answer or a notice; never waits.
    """

    def __init__(
        self,
        core: Core,
        loader: Loader,
        output: Output,
        input: Input,
        journal: JournalLog,
        keys: Keys,
        post: Callable[[Answer], None],
    ) -> None:
        self._core, self._loader, self._output, self._input = core, loader, output, input
        self._journal, self._keys, self._post = journal, keys, post
        self._counters = core.arrays["counters"][0]
        self._recorder = Recorder(core.rig.tape, core.tape_head, lost=self._tape_lost, ended=self._recording_ended)
        self._files = ThreadPoolExecutor(1, "systole-files")
        self._choices = Newest(self._files)
        self._measuring = ThreadPoolExecutor(1, "systole-loudness")
        self._late: list[Row] = []
        self._journal_was_complete = True
        self.is_stopping = False
        self._handlers: dict[type, Callable[[Any], Any]] = {
            SetPatch: self._set_patch,
            protocol.OpenStream: output.open,
            protocol.CloseStream: lambda _: output.close_stream(),
            protocol.ListDevices: lambda _: output.devices(),
            protocol.DescribeStream: lambda _: output.told(),
            protocol.SetTuning: self._set_tuning,
            protocol.StartRecording: self._start_recording,
            protocol.StopRecording: lambda _: self._files.submit(self._stop_recording),
            protocol.DescribeRecording: lambda _: self._files.submit(self._describe_recording),
            protocol.SaveJournal: lambda request: self._files.submit(journal.save, request.path),
            protocol.MidiPorts: input.ports,
            protocol.ListPorts: lambda _: input.listed(),
            protocol.Learn: lambda request: input.learn(request.target),
            protocol.Forget: lambda request: input.forget(request.target),
            protocol.SetCv: lambda request: output.listen(request.channels),
            protocol.ListCv: lambda _: output.voltages(),
            protocol.CalibrateCv: lambda request: output.calibrate(request.channel, request.volts),
            protocol.SetSeed: self._set_seed,
            protocol.MeasureLoudness: lambda request: self._measuring.submit(_loudness, request.texts),
            protocol.Panic: lambda _: self._panic(),
            protocol.TestTone: lambda _: self._test_tone(),
            protocol.Stop: lambda _: self._stop(),
        }

    def handle(self, request: Request) -> None:
        """Carry out a request; its answer is posted now or when it is done."""
        try:
            result = self._handlers[type(request)](request)
        except Exception as error:
            self._post(Refused(request.id, _line(error)))
            return
        if isinstance(result, Future):
            result.add_done_callback(lambda done: self._answer(request.id, done))
        else:
            self._post(Done(request.id, result))

    def _answer(self, id: int, done: Future[Any]) -> None:
        if done.cancelled():
            self._post(Refused(id, "the engine is ending"))
            return
        error = done.exception()
        self._post(Refused(id, _line(error)) if error is not None else Done(id, done.result()))

    def tick(self) -> None:
        """What has to be done again and again: heartbeat, journal, whatever came or went."""
        header = self._core.arrays["header"]
        header["heartbeat"] = time.perf_counter_ns()
        if int(header["canary"][0]) != CANARY:
            raise RuntimeError("the shared block was written to astray")
        self._follow()
        self._output.tick()
        self._input.tick()

    def _follow(self) -> None:
        """Take what was played into the journal, and act on it."""
        end = self._core.samples
        events = self._core.take_journal()
        self._journal.add(events, end, int(self._counters["journal_lost"]))
        rows = self._late + self._keys.follow(events)
        self._late = rows[self._core.control.push(rows) :] if rows else []
        if self._journal_was_complete and self._journal.loss:
            self._journal_was_complete = False
            self._post(Line("warning", f"journal: {self._journal.loss}"))

    def _set_patch(self, request: SetPatch) -> Future[int | None]:
        return self._loader.submit(request)

    def program(self, channel: int, program: int, bank: int) -> None:
        """A program change came in: play the patch that the bank has for it, unless it is for drums.

        One sound plays on all channels, so a drum kit on channel 10 must not take the melody away.
        """
        if channel == DRUM_CHANNEL:
            return
        self._choices.submit(lambda: self._change_program(channel, program, bank))

    def named_patch(self, name: str) -> None:
        """Play a patch by its name or path, as OSC asks for it."""
        self._choices.submit(lambda: self._play_named(name))

    def _change_program(self, channel: int, program: int, bank: int) -> None:
        try:
            name = load_banks().patch_name(channel, program, bank)
        except SystoleError as error:
            self._post(Line("warning", f"program {program + 1}: {error}"))
            return
        self._play_named(name)

    def _play_named(self, name: str) -> None:
        try:
            text = patch_text(load_patch(name))
        except SystoleError as error:
            self._post(Line("warning", str(error)))
            return
        self._post(ProgramWanted(name))
        self._loader.submit(SetPatch(text=text)).add_done_callback(self._report)

    def _report(self, done: Future[Any]) -> None:
        error = None if done.cancelled() else done.exception()
        if error is not None:
            self._post(Line("warning", _line(error)))

    def _set_tuning(self, request: protocol.SetTuning) -> None:
        rows: list[Row] = [(AT_ONCE, Kind.TUNE, 0, key, volts) for key, volts in enumerate(request.volts)]
        if self._core.control.free < len(rows):
            raise SystoleError("tuning: the sound stands still")
        self._loader.set_tuning(request.volts)
        self._core.control.push(rows)

    def _set_seed(self, request: protocol.SetSeed) -> None:
        self._loader.seed = request.seed

    def _start_recording(self, request: protocol.StartRecording) -> Future[str]:
        return self._files.submit(self._record, request)

    def _record(self, request: protocol.StartRecording) -> str:
        sample_format = SampleFormat(request.format)
        if not request.resume:
            self._recorder.start(request.path, sample_format)
            self._tell_recording()
            return request.path
        try:
            path, before = self._recorder.resume(request.path, sample_format)
        except SystoleError as error:
            self._post(RecordingStopped(request.path, 0.0, f"recording ended with the engine: {error}"))
            raise
        rest = f"; what came before is in {plain(before)}" if before else ""
        self._post(Line("warning", f"recording goes on in {plain(path)}{rest}"))
        self._tell_recording()
        return path

    def _tell_recording(self) -> None:
        status = self._recorder.status
        if status is not None:  # else the disk was full at once, and that is told
            self._post(RecordingStarted(*status))

    def _describe_recording(self) -> dict[str, Any] | None:
        status = self._recorder.status
        return None if status is None else {"path": status[0], "seconds": status[1]}

    def _stop_recording(self) -> dict[str, Any]:
        summary = self._recorder.stop()
        return {"paths": list(summary.paths), "seconds": summary.seconds, "line": summary.line}

    def _recording_ended(self, summary: Summary) -> None:
        self._post(RecordingStopped(summary.paths[0] if summary.paths else "", summary.seconds, summary.line))

    def _tape_lost(self, samples: int) -> None:
        self._counters["tape_lost"] += samples
        self._post(Line("warning", f"recording: the disk was too slow: {samples} samples are silence"))

    def _panic(self) -> None:
        self._input.panic()
        rows = panic_rows(AT_ONCE)
        if self._core.control.push(rows) < len(rows):
            raise SystoleError("panic: the sound stands still")

    def _test_tone(self) -> None:
        end = self._core.samples + TEST_SAMPLES
        self._core.control.push([note_on(AT_ONCE, 0, TEST_NOTE, TEST_VELOCITY), note_off(end, 0, TEST_NOTE)])

    def _stop(self) -> None:
        self.is_stopping = True

    @property
    def is_stuck(self) -> bool:
        """A sound library hangs: only another process can go on."""
        return self._output.is_stuck

    def close(self) -> None:
        """Fade out, finish a recording, end everything; what is worth most first, since drivers may hang meanwhile."""
        self._loader.close()
        self._output.close(CLOSE_SECONDS)
        self._end_recording()
        self._input.close()
        for pool in (self._files, self._measuring):
            pool.shutdown(wait=False, cancel_futures=True)

    def _end_recording(self) -> None:
        if self._recorder.is_recording:
            try:
                summary = self._recorder.stop()
            except SystoleError as error:
                self._post(Line("error", str(error)))
            else:
                line = summary.line or "the engine has ended"
                if not self.is_stuck:  # else another engine goes on with it
                    self._post(RecordingStopped(summary.paths[0], summary.seconds, line))


def _loudness(texts: list[str]) -> list[float | None]:
    lower_thread(threading.get_native_id())
    return [patch_loudness(text) for text in texts]


def _line(error: BaseException) -> str:
    """One line for whatever went wrong."""
    if isinstance(error, SystoleError):
        return str(error)
    return plain(f"internal error: {type(error).__name__}: {error}")

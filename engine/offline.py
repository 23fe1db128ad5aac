"""Rendering to blocks: a score through parts, control voltages through a patch, or through the bare model.

All three yield blocks, so that memory does not grow with the length of the piece. The bytes do not depend on
the block size: blocks only cut what the block function computes sample by sample.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accel.emulator import Emulator
from accel.errors import SystoleError
from accel.formats import HOP, pitch_word
from accel.program import Program
from engine.cv import CvTake
from engine.events import Kind, event_array
from engine.library import find_model, open_model
from engine.limiter import limit, limiter_state
from engine.midi.rows import Row
from engine.parameters import Value
from engine.part import Part
from engine.patch import Patch
from engine.score import Score
from engine.strip import Strip
from engine.timeline import Timeline, check_block

__all__ = ["DEFAULT_SEED", "CvModelRenderer", "CvPatchRenderer", "RenderedBlock", "ScoreRenderer"]

DEFAULT_SEED = 1
_ONE_VOLT_PER_OCTAVE: dict[str, Value] = {
    "voice.mode": "mono",
    "voice.glide": 0.0,
    "voice.transpose": 0,
    "voice.tune": 0.0,
}


@dataclass(frozen=True)
class RenderedBlock:
    """One block: the limited mix, and each stem before the limiter; float32 [n, 2]."""

    mix: NDArray[np.float32]
    stems: dict[str, NDArray[np.float32]]


class ScoreRenderer:
    """Renders a score: one channel strip per MIDI channel with notes, mixed and limited.

    Args:
        score: what to play.
        patch: the sound of all channels (program changes are then ignored), or None: `presets/banks.toml` chooses a
            factory patch for each program and for the drum channel.
        block: samples per block; the sound does not depend on it.
        tail: seconds after the end; None: until silence, at most 30 s.
        seed: of everything random.
        tuning: volts of the 128 keys (`tuning.load_tuning`), equal temperament by default.

    Raises:
        SystoleError: a patch or its model is missing or broken; block or tail out of range.
    """

    def __init__(
        self,
        score: Score,
        patch: Patch | None,
        *,
        block: int = 4096,
        tail: float | None = None,
        seed: int = DEFAULT_SEED,
        tuning: NDArray[np.float64] | None = None,
    ) -> None:
        self._timeline = Timeline(score.end, block, tail)
        everyone = score.events["kind"] == Kind.TEMPO
        self._channels = []
        for number in score.channels:
            own = score.events[everyone | (score.events["channel"] == number)]
            last = event_array([(score.end, Kind.RELEASE_ALL, number, 0, 0.0)])
            own = own[own["time"] <= score.end]
            self._channels.append(Strip(number, np.concatenate([own, last]), patch, seed=seed, tuning=tuning))

    @property
    def stems(self) -> list[str]:
        """Names of the stems, one per channel: `channel-01` and so on."""
        return [f"channel-{channel.number + 1:02d}" for channel in self._channels]

    @property
    def total_samples(self) -> int:
        """Length in samples; an estimate while the tail is automatic."""
        return self._timeline.guess

    def blocks(self) -> Iterator[RenderedBlock]:
        """Render from the start to the end; can be used once."""
        now, limiter = 0, limiter_state()
        while (count := self._timeline.length(now)) > 0:
            stems = {name: np.empty((count, 2), np.float32) for name in self.stems}
            mix = np.zeros((count, 2), np.float32)
            for channel, stem in zip(self._channels, stems.values(), strict=True):
                channel.render(now, stem)
                mix += stem
            limit(limiter, mix, count)
            yield RenderedBlock(mix, stems)
            now += count
            if self._timeline.is_over(now, all(channel.is_idle for channel in self._channels)):
                return


class CvPatchRenderer:
    """Renders control voltages through a patch: one voice with envelopes, bus and limiter.

    Row k takes effect at sample 64 k, exactly as through the bare model, if the gate rises on row k or the voice
    sounds already. Without a gate column the gate is open throughout; `level` scales the loudness.

    The voltage alone is the note: mode, glide, transposition and fine tuning of the patch do not act. Modulation of
    the pitch (a vibrato) and unison detune, which lie around the note, do.

    Raises:
        SystoleError: an unknown column; a broken model; block or tail out of range.
    """

    def __init__(
        self,
        take: CvTake,
        patch: Patch,
        *,
        block: int = 4096,
        tail: float | None = None,
        seed: int = DEFAULT_SEED,
    ) -> None:
        program = open_model(find_model(patch.model))
        if program.hop != HOP:
            raise SystoleError(f"model {program.name}: {program.hop} samples per control row; patches need {HOP}")
        self._take = take
        self._ids = [knob.id for knob in program.knobs]
        take.check_knobs(self._ids)
        self._timeline = Timeline(take.samples, block, tail)
        # One voice whose key (note 60) is 0 V whatever the patch does to a keyboard.
        mono = {**patch.parameters, **_ONE_VOLT_PER_OCTAVE}
        patch = Patch(patch.name, patch.model, knobs=patch.knobs, parameters=mono, modulation=patch.modulation)
        self._part = Part(patch, program, seed=seed)
        gate = np.ones(take.rows, np.bool_) if take.gate is None else take.gate
        self._gate = np.concatenate([[False], gate])

    stems: list[str] = ["voice"]  # noqa: RUF012 (never changed)

    @property
    def total_samples(self) -> int:
        """Length in samples; an estimate while the tail is automatic."""
        return self._timeline.guess

    def _row(self, row: int, time: int) -> list[Row]:
        take = self._take
        events: list[Row] = [(time, Kind.CV_PITCH, 0, 0, float(take.volts[row]))]
        if take.level is not None:
            events.append((time, Kind.CV_LEVEL, 0, 0, float(take.level[row])))
        events += [
            (time, Kind.KNOB, 0, index, float(take.knobs[name][row]))
            for index, name in enumerate(self._ids)
            if name in take.knobs
        ]
        return events

    def _events(self, now: int, until: int) -> NDArray[Any]:
        """Events of sample positions [now, until)."""
        rows: list[Row] = []
        last = self._take.rows - 1
        for row in range(-(-now // HOP), min(-(-until // HOP), last + 1)):
            time = row * HOP
            gate, before = bool(self._gate[row + 1]), bool(self._gate[row])
            if row == last:
                rows.append((time, Kind.RELEASE_ALL, 0, 0, 0.0))
                break
            if gate and not before:
                rows += self._row(row, time)
                rows.append((time, Kind.NOTE_ON, 0, 60, 100.0))
            elif before and not gate:
                rows.append((time, Kind.NOTE_OFF, 0, 60, 0.0))
            rows += self._row(row + 1, time)  # a frame ends at the next row
        return event_array(rows)

    def blocks(self) -> Iterator[RenderedBlock]:
        """Render from the start to the end; can be used once."""
        now, limiter = 0, limiter_state()
        while (count := self._timeline.length(now)) > 0:
            stem = np.empty((count, 2), np.float32)
            self._part.render(self._events(now, now + count), 0, now, stem)
            mix = stem.copy()
            limit(limiter, mix, count)
            yield RenderedBlock(mix, {self.stems[0]: stem})
            now += count
            if self._timeline.is_over(now, self._part.is_idle):
                return


class CvModelRenderer:
    """Renders control voltages through the bare model: int16 mono, sample for sample what the module gives.

    N rows give hop * (N - 1) samples at the model's rate, with no latency: sample hop * k is at row k's controls.

    Raises:
        SystoleError: an unknown column; the take has a gate (a bare model has none); block out of range.
    """

    def __init__(self, take: CvTake, program: Program, *, block: int = 4096, seed: int = DEFAULT_SEED) -> None:
        check_block(block)
        ids = [knob.id for knob in program.knobs]
        defaults = [knob.default for knob in program.knobs]
        self._pitch = pitch_word(take.volts)
        self._knobs = take.knob_counts(ids, defaults)
        self._emulator = Emulator(program)
        self._block, self._seed = block, (seed & 0xFFFFFFFF) or 1
        self.total_samples = program.hop * (take.rows - 1)

    def blocks(self) -> Iterator[NDArray[np.int16]]:
        """Render from the start to the end, int16 [n] each; can be used once."""
        if self.total_samples == 0:
            return
        self._emulator.reset(0, int(self._pitch[0]), self._knobs[0], seed=self._seed)
        out = np.zeros(min(self._block, self.total_samples), np.int16)
        stream = self._emulator.stream(self._pitch, self._knobs, out)
        for now in range(0, self.total_samples, self._block):
            count = min(self._block, self.total_samples - now)
            stream.step(count)
            yield out[:count].copy()

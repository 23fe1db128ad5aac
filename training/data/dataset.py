"""Clips of audio with the control voltages that made them: the shared data format.

`NAME.flac` holds clips of `clip_samples` samples one after another (48 kHz, mono); `NAME.npz` holds, for each clip, its
control rows at 750 Hz (`ctl_delta`: first value, then differences modulo 65536; divided by `scale`), the `columns`'
names (`note` first, then knobs in 0..1), its `part`, and, where the oscillator's phase is known, either
`phase_before_warmup` (cycles, `WARMUP_S` before the clip, at the clip's first frequency) or Plaits' `warm_blocks`.

Targets are high-passed, because a synth's DC offset is neither heard nor learnable from a phase-free loss. The filter
runs forwards and backwards, so it turns no phase (a phase-true model would otherwise have to learn the filter's), and
its corner is low enough to leave 20 Hz within 0.5 dB and the lowest note (33 Hz) within 0.01 dB.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from accel.formats import C4_HZ, HOP, RATE
from training.data import plaits

WARMUP_S = 0.2
HIGH_PASS_HZ = 15.0

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Dataset:
    """Clips in memory: N clips of T samples, R = T/HOP + 1 control rows."""

    name: str
    knobs: tuple[str, ...]
    control: FloatArray
    """[N, R, 1+knobs]: note (MIDI semitones, 60 = C4), then knobs in 0..1."""
    audio: NDArray[np.float32]
    """[N, T], full scale +-1, high-passed unless loaded otherwise."""
    part: tuple[str, ...]
    """static, moving, val_static or val_moving, per clip."""
    index: NDArray[np.int64]
    """[N]: each clip's position in the file."""
    phase: FloatArray | None
    """[N, R]: oscillator phase in cycles (0..1) at the control rows, or None where it is unknown."""

    def __len__(self) -> int:
        return len(self.audio)

    def spread(self, share: float) -> "Dataset":
        """A share (0..1) of the clips of every part, evenly spread, one at least."""
        rows: list[int] = []
        for part in dict.fromkeys(self.part):
            of_part = [row for row, each in enumerate(self.part) if each == part]
            count = max(1, round(share * len(of_part)))
            rows += [of_part[i * len(of_part) // count] for i in range(count)]
        return self._rows(sorted(rows))

    def of_parts(self, *parts: str) -> "Dataset":
        """The clips of some parts; there may be none."""
        return self._rows([row for row, each in enumerate(self.part) if each in parts])

    def _rows(self, rows: list[int]) -> "Dataset":
        return replace(
            self,
            control=self.control[rows],
            audio=self.audio[rows],
            part=tuple(self.part[row] for row in rows),
            index=self.index[rows],
            phase=None if self.phase is None else self.phase[rows],
        )

    @property
    def volts(self) -> FloatArray:
        """V/oct rows [N, R]; 0 V = C4."""
        return (self.control[:, :, 0] - 60) / 12

    @property
    def start_phase(self) -> FloatArray:
        """[N]: phase of sample 0 in cycles; 0 where it is unknown."""
        return np.zeros(len(self)) if self.phase is None else self.phase[:, 0]


def pitch_phase(volts: FloatArray) -> FloatArray:
    """Cycles since sample 0 at every row [R] of an oscillator that follows V/oct rows [R] exactly."""
    ramp = np.arange(HOP) / HOP
    step = C4_HZ / RATE * np.exp2(volts[:-1, None] + np.diff(volts)[:, None] * ramp)
    return np.concatenate([[0.0], np.cumsum(step.sum(1))])


def decode_control(delta: NDArray[np.uint16], scale: FloatArray) -> FloatArray:
    """Control values [N, R, C] from first values and differences modulo 65536, each column divided by its scale."""
    return np.cumsum(delta, axis=1, dtype=np.uint16) / scale


def high_pass(audio: NDArray[np.float32], corner_hz: float = HIGH_PASS_HZ) -> NDArray[np.float32]:
    """Zero-phase high-pass [..., T]: a Butterworth filter of order 4 forwards and backwards."""
    from scipy import signal

    sos = signal.butter(4, corner_hz, "highpass", fs=RATE, output="sos")
    return signal.sosfiltfilt(sos, audio, axis=-1).astype(np.float32)


def load_dataset(stem: Path, parts: Iterable[str] | None = None, filtered: bool = True) -> Dataset:
    """Load the clips of `parts` (default: all) of `stem`.npz and `stem`.flac.

    Raises:
        SystoleError: a file is missing, unreadable, or its fields contradict one another.
    """
    fields = _read_fields(stem.with_name(stem.name + ".npz"))
    part = fields["part"].astype(str)
    chosen = np.arange(len(part)) if parts is None else np.flatnonzero(np.isin(part, list(parts)))
    audio = _read_clips(stem.with_name(stem.name + ".flac"), chosen, int(fields["clip_samples"]), len(part))
    control = decode_control(fields["ctl_delta"][chosen], fields["scale"])
    if (control.shape[1] - 1) * HOP != audio.shape[1]:
        raise SystoleError(f"{stem}.npz: ctl_delta has {control.shape[1]} rows; {audio.shape[1] // HOP + 1} are needed")
    return Dataset(
        name=stem.name,
        knobs=tuple(str(c) for c in fields["columns"][1:]),
        control=control,
        audio=high_pass(audio) if filtered else audio,
        part=tuple(part[chosen]),
        index=chosen.astype(np.int64),
        phase=_row_phases(fields, chosen, control[:, :, 0]),
    )


def load_repeats(stem: Path, clips: NDArray[np.int64]) -> dict[int, list[NDArray[np.float32]]]:
    """Further renders of the same controls at other start phases, by clip index, from `stem`_repeat; or {}."""
    path = stem.with_name(stem.name + "_repeat.npz")
    if not path.exists():
        return {}
    fields = _read_fields(path, required=("clip", "clip_samples", "rate"))
    clip = fields["clip"]
    chosen = np.flatnonzero(np.isin(clip, clips))
    audio = _read_clips(path.with_suffix(".flac"), chosen, int(fields["clip_samples"]), len(clip))
    found: dict[int, list[NDArray[np.float32]]] = {}
    for row, samples in zip(chosen, audio, strict=True):
        found.setdefault(int(clip[row]), []).append(samples)
    return found


def _row_phases(fields: dict[str, NDArray], chosen: NDArray[np.int64], note: FloatArray) -> FloatArray | None:
    if "phase_before_warmup" in fields:
        start = fields["phase_before_warmup"][chosen] + WARMUP_S * C4_HZ * np.exp2((note[:, 0] - 60) / 12)
        return np.stack([p + pitch_phase((n - 60) / 12) for p, n in zip(start, note, strict=True)]) % 1.0
    if "warm_blocks" in fields:
        warm = fields["warm_blocks"][chosen].astype(int)
        return np.stack([plaits.row_phase(n, int(w)) for n, w in zip(note, warm, strict=True)])
    return None


_FIELDS = ("ctl_delta", "columns", "scale", "part", "clip_samples", "rate")


def _read_fields(path: Path, required: tuple[str, ...] = _FIELDS) -> dict[str, NDArray]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            fields = {key: archive[key] for key in archive.files}
    except (OSError, ValueError) as error:
        raise SystoleError(f"{path}: not a readable dataset: {error}") from error
    for key in required:
        if key not in fields:
            raise SystoleError(f"{path}: field {key} is missing; needed are {', '.join(required)}")
    if int(fields["rate"]) != RATE:
        raise SystoleError(f"{path}: rate is {int(fields['rate'])}; it must be {RATE}")
    if "columns" in required and str(fields["columns"][0]) != "note":
        raise SystoleError(f"{path}: columns start with {fields['columns'][0]}; the first must be note")
    return fields


def _read_clips(path: Path, clips: NDArray[np.int64], length: int, total: int) -> NDArray[np.float32]:
    import soundfile

    audio = np.empty((len(clips), length), np.float32)
    try:
        with soundfile.SoundFile(path) as file:
            if (file.samplerate, file.channels, file.frames) != (RATE, 1, total * length):
                raise SystoleError(
                    f"{path}: {file.frames} samples of {file.channels} channels at {file.samplerate} Hz; "
                    f"needed are {total * length} of 1 at {RATE}"
                )
            for row, clip in enumerate(clips):
                file.seek(int(clip) * length)
                audio[row] = file.read(length, dtype="float32")
    except soundfile.LibsndfileError as error:
        raise SystoleError(f"{path}: not readable audio: {error}") from error
    return audio

"""Small data sets in the shared format, made of sums of harmonics or of noise, whole or with a fault in them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile

RATE, HOP, CLIP = 48000, 64, 6400
ROWS = CLIP // HOP + 1
NOTE_SCALE, KNOB_SCALE = 512.0, 65535.0

Sound = Callable[[np.ndarray, np.ndarray, np.random.Generator], np.ndarray]


def per_sample(rows: np.ndarray, delay: float = 0.0) -> np.ndarray:
    """Control rows [R, C] at every sample [CLIP, C], `delay` samples late, the ends held."""
    at = (np.arange(CLIP) - delay) / HOP
    return np.stack([np.interp(at, np.arange(len(rows)), column) for column in rows.T], 1)


def tones(delay: float = 0.0, semitones: float = 0.0) -> Sound:
    """Ten harmonics that the first knob brightens, at the note plus so many semitones, `delay` samples late."""

    def sound(rows: np.ndarray, parts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        values = per_sample(rows, delay)
        step = 440 * 2 ** ((values[:, 0] + semitones - 69) / 12) / RATE
        phase = rng.random() + np.cumsum(step) - step
        bright = 0.3 + 0.4 * values[:, 1]
        return 0.2 * sum(bright**k * np.sin(2 * np.pi * (k + 1) * phase) for k in range(10))

    return sound


def hiss(delay: float = 0.0) -> Sound:
    """Noise whose level the first knob sets, `delay` samples late."""

    def sound(rows: np.ndarray, parts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return 0.1 * 10 ** (per_sample(rows, delay)[:, 1] - 1) * rng.uniform(-1, 1, CLIP)

    return sound


@dataclass
class Clips:
    """A data set in memory; change what should be wrong, then `write` it."""

    fields: dict = field(default_factory=dict)
    audio: np.ndarray = field(default_factory=lambda: np.zeros((0, CLIP)))

    @property
    def words(self) -> np.ndarray:
        """The control words uint16 [N, R, C]."""
        return np.cumsum(self.fields["ctl_delta"], axis=1, dtype=np.uint16)

    @words.setter
    def words(self, words: np.ndarray) -> None:
        words = words.astype(np.uint16)
        self.fields["ctl_delta"] = np.diff(words, axis=1, prepend=np.zeros_like(words[:, :1]))

    def write(self, stem: Path, rate: int = RATE) -> Path:
        """Both files; audio that 16 bits cannot hold is stored as float."""
        np.savez(stem.with_suffix(".npz"), **self.fields)
        samples = self.audio.reshape(-1, *self.audio.shape[2:])
        whole = np.isfinite(samples).all()
        kind = {"format": "FLAC", "subtype": "PCM_16"} if whole else {"format": "WAV", "subtype": "FLOAT"}
        soundfile.write(stem.with_suffix(".flac"), samples, rate, **kind)
        return stem


def make_set(sound: Sound | None = None, knobs: tuple[str, ...] = ("bright", "other"), repeat: int = 1) -> Clips:
    """A set without fault: 48 clips to train on and 10 held out, notes 40 to 76, knobs from end to end."""
    rng = np.random.default_rng(11)
    sound = sound or tones()
    parts = ["static"] * 20 * repeat + ["moving"] * 28 * repeat + ["val_static"] * 5 + ["val_moving"] * 5
    time = np.linspace(0, 1, ROWS)
    words, audio = [], []
    for index, part in enumerate(parts):
        note = 40 + (index * 0.618 % 1) * 36
        places = [(index * share % 1) for share in (0.7549, 0.5698, 0.4302)[: len(knobs)]]
        rows = np.tile([note, *places], (ROWS, 1))
        if part.endswith("moving"):
            rows[:, 0] += 2 * np.sin(2 * np.pi * (time * rng.uniform(0.5, 1.5) + rng.random()))
            wave = 0.5 + 0.5 * np.sin(2 * np.pi * (time[:, None] * rng.uniform(0.5, 1.5, len(knobs)) + places))
            rows[:, 1:] = wave
        word = np.round(rows * [NOTE_SCALE, *[KNOB_SCALE] * len(knobs)]).astype(np.uint16)
        words.append(word)
        audio.append(sound(word / [NOTE_SCALE, *[KNOB_SCALE] * len(knobs)], np.array(part), rng))
    clips = Clips(
        {
            "columns": np.array(["note", *knobs]),
            "scale": np.array([NOTE_SCALE, *[KNOB_SCALE] * len(knobs)]),
            "part": np.array(parts),
            "clip_samples": CLIP,
            "hop": HOP,
            "rate": RATE,
        },
        np.array(audio),
    )
    clips.words = np.array(words)
    return clips

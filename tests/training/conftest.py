"""A tiny data set in the shared format: steady and gliding sawtooth-like tones whose brightness is the one knob."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

CLIP = 6400
ROWS = CLIP // 64 + 1
SCALE = np.array([512.0, 65535.0])
PARTS = ("static", "moving", "moving", "val_static", "val_moving")


def tone(note: np.ndarray, knob: np.ndarray, start: float) -> np.ndarray:
    """Six harmonics, the k-th at knob**k, from control rows; float [CLIP]."""
    at = np.arange(CLIP) / 64
    volts, bright = np.interp(at, np.arange(ROWS), (note - 60) / 12), np.interp(at, np.arange(ROWS), knob)
    step = 261.6255653 * np.exp2(volts) / 48000
    phase = start + np.cumsum(step) - step
    return 0.3 * sum((0.2 + 0.6 * bright) ** k * np.sin(2 * np.pi * k * phase) for k in range(1, 7))


@pytest.fixture(scope="session")
def tiny_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stem of a data set of five clips with known phase."""
    rng = np.random.default_rng(3)
    stem = tmp_path_factory.mktemp("data") / "tiny"
    words, audio, before = [], [], []
    for part in PARTS:
        moving = np.linspace(0, 1, ROWS)[:, None] if "moving" in part else np.zeros((ROWS, 1))
        values = np.array([rng.uniform(40, 70), rng.uniform(0.2, 0.5)]) + moving * np.array([3.0, 0.4])
        word = np.round(values * SCALE).astype(np.uint16)
        note, knob = (word / SCALE).T
        start = rng.random()
        before.append((start - 0.2 * 261.6255653 * 2 ** ((note[0] - 60) / 12)) % 1)
        words.append(word)
        audio.append(tone(note, knob, start))
    control = np.stack(words)
    delta = np.diff(control, axis=1, prepend=np.zeros_like(control[:, :1]))  # uint16: differences wrap
    np.savez(
        stem.with_suffix(".npz"),
        ctl_delta=delta,
        columns=np.array(["note", "bright"]),
        scale=SCALE,
        part=np.array(PARTS),
        clip_samples=CLIP,
        hop=64,
        rate=48000,
        phase_before_warmup=np.array(before),
    )
    soundfile.write(stem.with_suffix(".flac"), np.concatenate(audio), 48000, subtype="PCM_16")
    return stem


@pytest.fixture(scope="session")
def recipe_fields() -> dict:
    """Fields of a recipe for the tiny set: two stages, a network of a few hundred weights."""
    stage = {"batch": 2, "crop": 512, "cold": 0.3, "sizes": [64, 256], "convergence": 0.5, "level": 0.1}
    return {
        "name": "tiny",
        "title": "Tiny",
        "description": "A test.",
        "licence": "CC0-1.0",
        "credit": "Nobody.",
        "dataset": "tiny",
        "seed": 7,
        "steps": 12,
        "optimiser": {"rate": 4e-3, "warm_up": 3, "final": 0.01, "clip": 1.0, "ema": 0.9},
        "model": {"channels": 4, "skip_channels": 4, "dilations": [1, 2, 4]},
        "knobs": [{"id": "bright", "label": "Bright", "help": "Brightness", "default": 0.5}],
        "stages": [
            {**stage, "until": 0.5, "waveform": 1.0, "spectral": 0.3},
            {**stage, "until": 1.0, "waveform": 0.0, "spectral": 1.0},
        ],
    }

"""Level the factory patches: `python scripts/patch_levels.py [--write]`, and draw the sheet of their spectrograms.

Each patch plays the phrase that `systole demo` gives it, from silence to its tail; its loudness is that of ITU-R
BS.1770 (pyloudnorm). All shall be within 1.5 LU of the target. --write corrects `voice.level` in each file that is not
within half of that, and measures again; what the limiter holds cannot be made louder.
"""

from __future__ import annotations

import argparse
import re
import warnings
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pyloudnorm
from numpy.typing import NDArray
from PIL import Image

from accel.atomic import atomic_path
from accel.formats import RATE
from app.phrases import load_phrases
from engine.library import find_patch, list_patches
from engine.offline import ScoreRenderer
from engine.patch import Patch, load_patch

__all__ = ["TARGET", "TOLERANCE", "loudness", "play"]

SHEET = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "patches.png"
TARGET, TOLERANCE = -21.0, 1.5
"""LUFS, and LU that a patch may be away from it."""
COLUMNS = 8
_LEVEL = re.compile(r"^level = (-?[0-9.]+)$", re.MULTILINE)


def play(patch: Patch) -> NDArray[np.float32]:
    """The patch's phrase, float32 [n, 2], full scale 1."""
    phrases = load_phrases()
    renderer = ScoreRenderer(phrases.suiting(patch.tags).score, patch, block=1024, tail=phrases.tail)
    return np.concatenate([block.mix for block in renderer.blocks()])


def loudness(sound: NDArray[np.float32]) -> float:
    """Integrated loudness of a stereo sound, LUFS."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of sounds with gaps, which the gate leaves out
        return float(pyloudnorm.Meter(RATE).integrated_loudness(sound.astype(np.float64)))


def correct(path: Path, change: float) -> None:
    """Add `change` dB to the level in a patch file, to a tenth."""
    text = path.read_text()
    found = _LEVEL.search(text)
    if found is None:
        raise SystemExit(f"{path}: no line 'level = ...' below [voice]")
    level = np.clip(round(float(found[1]) + change, 1), -48.0, 12.0)
    with atomic_path(path) as temporary:
        temporary.write_text(f"{text[: found.start()]}level = {level:.1f}{text[found.end() :]}")


def draw(sounds: dict[str, NDArray[np.float32]]) -> None:
    """One spectrogram for each patch, 40 Hz to 16 kHz, as long as its phrase."""
    plt.style.use("dark_background")
    rows = -(-len(sounds) // COLUMNS)
    figure, axes = plt.subplots(rows, COLUMNS, figsize=(1.65 * COLUMNS, 1.2 * rows))
    for axis in axes.flat:
        axis.set_axis_off()
    for axis, (name, sound) in zip(axes.flat, sounds.items(), strict=False):
        mono = sound.mean(axis=1) + 1e-7 * np.random.default_rng(1).standard_normal(len(sound))  # no log of 0
        axis.specgram(mono, NFFT=2048, Fs=RATE, noverlap=1024, cmap="inferno", vmin=-120, vmax=-40)
        axis.set(ylim=(40, 16000), yscale="log")
        axis.set_title(name, fontsize=7, pad=2)
    figure.tight_layout(pad=0.4)
    with atomic_path(SHEET) as temporary:
        figure.savefig(temporary, dpi=90)
        with Image.open(temporary) as picture:
            small = picture.convert("RGB").quantize(64)
        small.save(temporary, format="PNG", optimize=True)


def main() -> int:
    """Show, correct if asked to, and draw; returns 1 if a patch is not within the tolerance."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="correct the files' levels")
    options = parser.parse_args()
    sounds, status = {}, 0
    for entry in list_patches():
        if entry.origin != "factory":
            continue
        path = find_patch(entry.name)
        sound = play(load_patch(entry.name))
        away = loudness(sound) - TARGET
        if options.write and abs(away) > TOLERANCE / 2:
            correct(path, -away)
            sound = play(load_patch(entry.name))
            away = loudness(sound) - TARGET
        sounds[entry.name] = sound
        status |= abs(away) > TOLERANCE
        peak = 20 * np.log10(np.abs(sound).max())
        print(f"{entry.name:16} {TARGET + away:6.1f} LUFS  {away:+5.1f}  peak {peak:5.1f} dBFS", flush=True)
    draw(sounds)
    return status


if __name__ == "__main__":
    raise SystemExit(main())

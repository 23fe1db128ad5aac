"""Draw the pictures of README and docs: `python scripts/pictures.py`. Made from the real thing, never by hand."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from accel.atomic import atomic_path
from accel.formats import RATE
from engine.offline import ScoreRenderer
from engine.score import load_midi

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "presets" / "demo" / "bach_bwv66_6.mid"
SECONDS = 12


def demo_audio() -> np.ndarray:
    """The first seconds of the demo piece, mono."""
    blocks, have = [], 0
    for block in ScoreRenderer(load_midi(DEMO), None, block=4096).blocks():
        blocks.append(block.mix.mean(axis=1))
        have += len(blocks[-1])
        if have >= SECONDS * RATE:
            break
    return np.concatenate(blocks)[: SECONDS * RATE]


def main() -> None:
    """Write docs/pictures/demo.png."""
    audio = demo_audio()
    plt.style.use("dark_background")
    figure, (wave, spectrum) = plt.subplots(2, 1, figsize=(11, 4.4), height_ratios=(1, 3), sharex=True)
    wave.plot(np.arange(len(audio)) / RATE, audio, linewidth=0.3, color="#ffb454")
    wave.set_ylim(-1, 1)
    wave.set_axis_off()
    spectrum.specgram(audio + 1e-9, NFFT=4096, Fs=RATE, noverlap=3072, cmap="inferno", vmin=-130, vmax=-40)
    spectrum.set(ylim=(40, 9000), yscale="log", xlabel="s", ylabel="Hz")
    spectrum.set_title("Bach, BWV 66.6, through the default keys: four voices of a 25 kB network", fontsize=9)
    figure.tight_layout()
    target = ROOT / "docs" / "pictures" / "demo.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(target) as temporary:
        figure.savefig(temporary, dpi=100)


if __name__ == "__main__":
    main()

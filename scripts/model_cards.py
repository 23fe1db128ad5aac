"""Write docs/models.md and its pictures: `python scripts/model_cards.py`. Every figure comes from a file that ships.

A card says what the model clones and how well, beside what a table of waves does with the same memory; its picture is
the sound of each knob as it goes through its range, rendered by the emulator. Which cards there are follows from
presets/models; training/baselines.json holds the figures of the baselines.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from accel.atomic import atomic_path
from accel.emulator import Emulator
from accel.formats import RATE, UNITY, knob_counts, pitch_word
from accel.program import Program
from app.budget import budget_facts, smallest_fit
from app.describe import model_facts
from engine.library import list_models

ROOT = Path(__file__).resolve().parents[1]
DOCS, BASELINES = ROOT / "docs", ROOT / "training" / "baselines.json"
NOTE, SECONDS, LEAD = 48, 1.5, 0.2
"""What a picture plays: C3, each knob in so many seconds, after a moment that is cut off."""
FIGURES = (
    ("Distance to the synth, dB", "lsd_db"),
    ("... steady, beyond the synth's own repeats, dB", "lsd_static_above_floor_db"),
    ("... moving, beyond the synth's own repeats, dB", "lsd_moving_above_floor_db"),
    ("Level error, dB", "level_error_db"),
    ("Pitch error, worst, cent", "pitch_error_worst_cents"),
    ("Integers against float, SNR, dB", "quantisation_snr_db"),
)
"""Of a card's metrics of the integers; docs/training.md has all and says what they mean."""


def knob_sweep(program: Program, knob: int) -> NDArray[np.float64]:
    """One knob from 0 to 1 at the picture's note, the others at their defaults; full scale 1."""
    rows = round((SECONDS + LEAD) * RATE / program.hop) + 1
    at = np.clip((np.arange(rows) * program.hop / RATE - LEAD) / SECONDS, 0.0, 1.0)
    positions = np.tile([each.default for each in program.knobs], (rows, 1))
    positions[:, knob] = at
    sound = Emulator(program).run(np.full(rows, pitch_word((NOTE - 60) / 12)), knob_counts(positions))
    return sound[round(LEAD * RATE) :] / UNITY


def draw(program: Program, path: Path) -> None:
    """The spectrogram of each knob's sweep, side by side."""
    plt.style.use("dark_background")
    figure, axes = plt.subplots(1, len(program.knobs), figsize=(2.75 * len(program.knobs), 2.4), sharey=True)
    for number, (axis, knob) in enumerate(zip(np.atleast_1d(axes), program.knobs, strict=True)):
        sound = knob_sweep(program, number)
        axis.specgram(sound + 1e-9, NFFT=2048, Fs=RATE, noverlap=1792, cmap="inferno", vmin=-130, vmax=-40)
        axis.set(ylim=(60, 16000), yscale="log", xticks=(0, len(sound) / RATE), xticklabels=("0", "1"))
        axis.set_title(knob.label, fontsize=9)
    np.atleast_1d(axes)[0].set_ylabel("Hz")
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as temporary:
        figure.savefig(temporary, dpi=80)
        with Image.open(temporary) as picture:
            small = picture.convert("RGB").quantize(64)
        small.save(temporary, format="PNG", optimize=True)  # a third of the bytes
    plt.close(figure)


def fpga_line(row: dict[str, Any]) -> str:
    """One FPGA: whether the model fits, and how fast it runs there."""
    if not row["fits"]:
        return f"{row['target']}: does not fit, {row['reason']}"
    return f"{row['target']}: {row['margin']:.1f} times real time, {row['voices']} voices"


def baseline_line(metrics: dict[str, Any], baselines: dict[str, Any]) -> str:
    """The card's distance beside those of the baselines of its data set."""
    found = baselines.get(str(metrics.get("dataset", "")).partition(",")[0], {})
    parts = [f"{name} {values['lsd_db']:.2f}" for name, values in found.items()]
    own = (metrics.get("synth_against_itself") or {}).get("lsd_db")
    parts += [f"the synth's own repeats {own:.2f}"] if own is not None else []
    return f"On the same clips, dB: {', '.join(parts)}." if parts else ""


def card(program: Program, path: Path, baselines: dict[str, Any]) -> list[str]:
    """A model's section."""
    facts = model_facts(program, path)
    measured = facts["metrics"].get("integers", {})
    rows = [(label, measured[key]) for label, key in FIGURES if key in measured]
    lines = [f"## {facts['name']}", "", f"{facts['title']}. {facts['description']}", ""]
    lines += [f"![Each knob from 0 to 1 at C3](pictures/model_{facts['name']}.png)", ""]
    lines += [f"- {knob['label']}: {knob['help']}" for knob in facts["knobs"]]
    lines += ["", f"{facts['licence']}. {facts['credit']}", ""]
    lines += ["| | |", "| --- | ---: |"]
    lines += [f"| {label} | {value:.3g} |" for label, value in rows]
    lines += [f"| MAC/sample | {facts['macs_per_sample']:.0f} |", f"| Weights, bytes | {facts['bytes']['weights']} |"]
    lines += [f"| Receptive field, samples | {facts['architecture']['receptive_field']} |", ""]
    lines += [line for line in (baseline_line(facts["metrics"], baselines),) if line]
    lines += ["", f"{'; '.join(fpga_line(row) for row in budget_facts(program))}.", ""]
    if (ROOT / "training" / "reports" / f"{facts['name']}.md").exists():
        lines += [f"[Report of its training](../training/reports/{facts['name']}.md), with pictures.", ""]
    return lines


def overview(entries: list[tuple[Program, Path]]) -> list[str]:
    """A line for each model."""
    lines = ["| Model | Distance, dB | The synth from itself | MAC/sample | Weights, bytes | FPGA |"]
    lines.append("| :-- | --: | --: | --: | --: | --: |")
    for program, path in entries:
        facts = model_facts(program, path)
        own = (facts["metrics"].get("synth_against_itself") or {}).get("lsd_db")
        distance = facts["metrics"].get("integers", {}).get("lsd_db", float("nan"))
        lines.append(
            f"| [{facts['name']}](#{facts['name']}) | {distance:.1f} | {'' if own is None else f'{own:.1f}'} | "
            f"{facts['macs_per_sample']:.0f} | {facts['bytes']['weights']} | {smallest_fit(budget_facts(program))} |"
        )
    return [*lines, ""]


def main() -> None:
    """Write the page and the pictures."""
    baselines = json.loads(BASELINES.read_text())
    lines = [
        "# Models",
        "",
        "What ships, written by `python scripts/model_cards.py`. `systole models` lists these and your own,",
        "`systole info NAME` shows every figure, `systole demo NAME` plays one. [Training](training.md) says what the",
        "figures mean and which bars are missed; the distances are log-spectral, on clips that were held out.",
        "",
    ]
    entries = [(each.program, each.path) for each in list_models() if each.origin == "factory" and each.program]
    lines += overview(entries)
    for program, path in entries:
        draw(program, DOCS / "pictures" / f"model_{path.stem}.png")
        lines += card(program, path, baselines)
    with atomic_path(DOCS / "models.md") as temporary:
        temporary.write_text("\n".join(lines).rstrip() + "\n")


if __name__ == "__main__":
    main()

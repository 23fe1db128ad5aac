"""From float weights to the shipped program: compile, measure the integers on held-out clips, save.

`python -m training.ship training/weights/va.safetensors --dataset DIR/va/va --out presets/models`. The program is a
pure function of the weights; the figures go into its card and do not change its hash.
"""

import argparse
import dataclasses
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from accel.calibrate import random_controls
from accel.compiler import compile_network
from accel.emulator import Emulator
from accel.errors import SystoleError
from accel.formats import C4_HZ, KNOB_COUNTS, UNITY, knob_counts, pitch_word
from accel.network import Network, load_network
from accel.program import Program
from accel.program_file import save_program
from accel.reference import DEFAULT_SEED, noise_words
from training.measure import metrics
from training.measure.evaluation import held_out, repeat_floor
from training.measure.quantisation_loss import PITCH_COUNTS_PER_VOLT, judge_pair, render_twin, render_twin_per_sample
from training.measure.summaries import summary
from training.model.playing import render_integers

__all__ = ["main", "quantisation_snr", "ship", "worst_pitch_error"]

SWEPT_NOTES = range(24, 97, 3)


def quantisation_snr(network: Network, program: Program, *, takes: int = 12, rows: int = 40) -> float:
    """Median over random takes of float signal over (float - integer), dB, with the same noise and phase.

    Beside the clips' own loss (training.measure.quantisation_loss): controls that move as no clip's do.
    """
    rng, emulator, found = np.random.default_rng(0), Emulator(program), []
    for _ in range(takes):
        volts, knobs = random_controls(rng, rows, len(program.knobs))
        words, counts = pitch_word(volts), knob_counts(knobs)
        out = emulator.run(words, counts) / UNITY
        noise = noise_words(len(out), DEFAULT_SEED) / UNITY
        wanted = network.run(words / PITCH_COUNTS_PER_VOLT, counts / KNOB_COUNTS, noise)
        found.append(metrics.signal_to_noise(out, wanted))
    return float(np.median(found))


def worst_pitch_error(program: Program, *, seconds: float = 1.0) -> float:
    """Largest pitch error in cents over MIDI 24..96 at the knobs' defaults."""
    render, rows = render_integers(program), round(seconds * program.rate / program.hop) + 1
    defaults = [knob.default for knob in program.knobs]
    errors = []
    for note in SWEPT_NOTES:
        audio = render(np.tile([float(note), *defaults], (rows, 1)), 0.0)
        errors.append(abs(metrics.pitch_error(metrics.high_pass(audio), C4_HZ * 2 ** ((note - 60) / 12))))
    return max(errors)


def ship(weights: Path, dataset: Path, out: Path) -> dict[str, Any]:
    """Compile, measure and save one model; returns the metrics of its card.

    Raises:
        SystoleError: weights or data are unreadable, or do not belong together.
    """
    network = load_network(weights)
    program = compile_network(network)
    data = held_out(dataset, [knob.id for knob in program.knobs], str(weights))
    pitched = program.card.pitched
    repeats = repeat_floor(dataset, data, pitched)
    integers, floats = judge_pair(
        render_integers(program),
        render_twin(network),
        data,
        repeats,
        exact=render_twin_per_sample(network),
        pitched=pitched,
    )
    made = {key: value for key, value in network.architecture.metrics.items() if key in ("steps", "minutes")}
    figures: dict[str, Any] = {
        "dataset": f"{dataset.parent.name}/{dataset.name}, {len(data)} held-out clips",
        "float": floats.summary | made,
        "integers": integers.summary,
        "synth_against_itself": summary(repeats) if repeats else None,
        "quantisation_snr_random_controls_db": round(quantisation_snr(network, program), 1),
    }
    if pitched:
        figures["pitch_error_range_cents"] = round(worst_pitch_error(program), 3)
    card = msgspec.structs.replace(program.card, metrics=figures)
    save_program(dataclasses.replace(program, card=card), out / f"{program.name}.safetensors")
    return figures


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training.ship", description="Compile and measure a model.")
    parser.add_argument("weights", type=Path, help="float weights, as training.report exports them")
    parser.add_argument("--dataset", type=Path, required=True, help="data set without suffix, as in DIR/va/va")
    parser.add_argument("--out", type=Path, required=True, help="folder for the program, as in presets/models")
    options = parser.parse_args(arguments)
    try:
        figures = ship(options.weights, options.dataset, options.out)
    except (SystoleError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(msgspec.json.format(msgspec.json.encode(figures), indent=2).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What integers and straight lines cost an imported network: signal to noise against the float twin, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accel import streams
from accel.formats import UNITY, knob_counts
from accel.program import Program
from accel.reference import noise_words
from training.imports.vocoder import NOISE_GAIN, Vocoder

__all__ = ["Fidelity", "measure_fidelity"]

Floats = NDArray[np.float64]
SEED = 9
MOST_DB = 200.0


@dataclass(frozen=True)
class Fidelity:
    """Signal to noise in dB, over one take, noise being whatever differs, clipping beyond full scale excepted.

    Attributes:
        output: integers against the float twin.
        ramp: the float twin with rows of conditioning joined by straight lines, against the twin itself.
        gate, residual, skip: of each layer, integers against the twin; the last residual stream is dead, so left out.
    """

    output: float
    ramp: float
    gate: tuple[float, ...]
    residual: tuple[float, ...]
    skip: tuple[float, ...]

    def metrics(self) -> dict[str, Any]:
        """For the model's card."""
        worst = {name: round(min(getattr(self, name), default=MOST_DB), 2) for name in ("gate", "residual", "skip")}
        layers = {f"{index:02d}": round(value, 2) for index, value in enumerate(self.skip)}
        return {
            "import_snr_db": {
                "output": round(self.output, 2),
                "straight_lines": round(self.ramp, 2),
                **{f"worst_{name}": value for name, value in worst.items()},
                "skip": layers,
            }
        }


def snr(wanted: Floats, found: Floats) -> float:
    """Power of `wanted` over that of the difference, dB, at most 200."""
    noise = float(np.sum(np.square(wanted - found)))
    signal = float(np.sum(np.square(wanted)))
    return float(np.clip(10 * np.log10(max(signal, 1e-300) / max(noise, 1e-300)), -MOST_DB, MOST_DB))


def measure_fidelity(vocoder: Vocoder, program: Program, frames: Floats) -> Fidelity:
    """Run twin and integers on the same frames [N, bands] and the LFSR's noise.

    Both go on for the model's latency, the last row held, so that neither hears the end of the take.
    """
    late, hop = program.card.latency, program.hop
    assert program.features is not None
    counts = knob_counts(program.features.positions(frames, hop, late))
    total = (len(counts) - 1) * hop
    samples = len(frames) * program.features.frame
    noise = noise_words(total, SEED) / UNITY * NOISE_GAIN
    bands = vocoder.features.upsampled(frames)
    bands = np.pad(bands, ((0, total - len(bands)), (0, 0)), mode="edge")
    wanted = vocoder.streams(bands, noise)["output"][:samples, 0]
    lines = vocoder.network.interpolate(np.pad(bands[::hop], ((0, 1), (0, 0)), mode="edge"))[:total]
    ramped = vocoder.streams(lines, noise)["output"][:samples, 0]
    walk = vocoder.network.walk(noise[:, None] / NOISE_GAIN, bands @ vocoder.condition.T)
    found: dict[str, list[float]] = {"gate": [], "residual": [], "skip": []}
    bits, scale = program.card.formats, vocoder.network.architecture.skip_scale
    pitch = np.zeros(len(counts), np.int32)
    last = None
    for (gate, residual, skip), layer in zip(walk, streams.layers(program, pitch, counts, seed=SEED), strict=True):
        heard = slice(layer.delay, layer.delay + samples)
        found["gate"].append(snr(gate[:samples], layer.gate[heard] / UNITY))
        found["residual"].append(snr(residual[:samples], np.ldexp(layer.residual[heard], -bits["residual"])))
        found["skip"].append(snr(skip[:samples] * scale, np.ldexp(layer.skip[heard], -bits["skip"])))
        last = layer
    assert last is not None
    output = streams.output(program, last.skip)[late : late + samples]
    gate_db, residual_db, skip_db = (tuple(found[name]) for name in ("gate", "residual", "skip"))
    return Fidelity(snr(np.clip(wanted, -1, 1), output), snr(wanted, ramped), gate_db, residual_db[:-1], skip_db)

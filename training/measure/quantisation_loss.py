"""What a model loses on its way from float to the accelerator's integers, on the clips that judge it.

Both are driven by the same words: pitch and knobs as the module's converters give them, the same noise, the same start
phase. So whatever differs is rounding of weights and streams. Plain NumPy, some three times slower than PyTorch, but
the network is then the one that the compiler reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from accel.formats import COUNTS_PER_VOLT, KNOB_COUNTS, PITCH_FRACTION, UNITY, knob_counts, midi_to_volts, pitch_word
from accel.network import Network
from accel.reference import DEFAULT_SEED, noise_words
from training.data.dataset import Dataset
from training.measure import metrics
from training.measure.clip_figures import ClipFigures
from training.measure.evaluation import Evaluation, judge
from training.model.playing import Render

__all__ = ["clip_losses", "judge_pair", "quantisation_loss", "render_twin", "render_twin_per_sample"]

PITCH_COUNTS_PER_VOLT = COUNTS_PER_VOLT << PITCH_FRACTION
Floats = NDArray[np.float64]


def render_twin(network: Network) -> Render:
    """`render(rows, phase)` (see training.model.playing) of the float network, driven as the accelerator is."""
    return _renderer(network, lambda volts, knobs: network.interpolate(network.control_streams(volts, knobs)[-1]))


def render_twin_per_sample(network: Network) -> Render:
    """The same, with the control network run at every sample: the reference that interpolation is judged by."""
    return _renderer(
        network,
        lambda volts, knobs: network.control_streams(network.interpolate(volts), network.interpolate(knobs))[-1],
    )


def _renderer(network: Network, condition: Callable[[Floats, Floats], Floats]) -> Render:
    noise = np.zeros(0)

    def render(rows: Floats, phase: float) -> NDArray[np.float32]:
        nonlocal noise
        volts = pitch_word(midi_to_volts(rows[:, 0])) / PITCH_COUNTS_PER_VOLT
        knobs = knob_counts(rows[:, 1:]) / KNOB_COUNTS
        length = (len(rows) - 1) * network.architecture.hop
        if length > len(noise):
            noise = noise_words(length, DEFAULT_SEED) / UNITY
        driven = network.excitation(volts, knobs, noise[:length], int(phase * 2.0**32) / 2.0**32)
        return network.streams(driven, condition(volts, knobs))["output"][:, 0].astype(np.float32)

    return render


def judge_pair(
    integers: Render,
    floats: Render,
    data: Dataset,
    repeats: list[ClipFigures],
    *,
    exact: Render | None = None,
    pitched: bool = True,
    other_phase: bool = True,
) -> tuple[Evaluation, Evaluation]:
    """Integers and their float twin, judged on the same clips; the integers' summary gets `quantisation_loss`.

    Args:
        exact, other_phase: of the twin, as in `judge`; the integers are always rendered from another phase too.
        repeats, pitched: as in `judge`.
    """
    shipped = judge(integers, data, repeats, pitched=pitched)
    twin = judge(floats, data, repeats, exact=exact, pitched=pitched, other_phase=other_phase)
    return replace(shipped, summary=shipped.summary | quantisation_loss(shipped, twin)), twin


def clip_losses(integers: Evaluation, floats: Evaluation) -> list[float]:
    """Of each clip, the float output's power over that of the integers' difference from it, dB."""
    pairs = zip(integers.outputs, floats.outputs, strict=True)
    return [metrics.signal_to_noise(metrics.high_pass(shipped), metrics.high_pass(twin)) for shipped, twin in pairs]


def quantisation_loss(integers: Evaluation, floats: Evaluation) -> dict[str, float]:
    """What rounding costs, from two evaluations on the same clips, noise and phases, in dB.

    `quantisation_snr_db` (median over clips) and its worst decile; `quantisation_lsd_db`: the integers' log-spectral
    distance to the target minus the float network's.
    """
    losses = clip_losses(integers, floats)
    distance = np.mean([clip.lsd for clip in integers.clips]) - np.mean([clip.lsd for clip in floats.clips])
    found = {
        "quantisation_snr_db": np.median(losses),
        "quantisation_snr_worst_decile_db": np.percentile(losses, 10),
        "quantisation_lsd_db": distance,
    }
    return {key: round(float(value), 4) for key, value in found.items()}

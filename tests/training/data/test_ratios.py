"""The ratio of a second oscillator, found again in sounds that were made with a known one."""

import tomllib
from collections.abc import Callable

import numpy as np
import pytest

from accel.errors import SystoleError
from accel.formats import C4_HZ, HOP, RATE
from accel.oscillator_spec import oscillators_from
from training import ratios as command
from training.data.dataset import Dataset
from training.data.ratio_table import left_over, measure_bank
from training.data.ratios import Lines, best_curve, off_comb, still_windows, votes, without_comb

SAMPLES = 384 * HOP
CLIPS = 64


def curve(knob: np.ndarray) -> np.ndarray:
    """An octave down to a fifth up, with a plateau in the middle."""
    return np.interp(knob, [0, 0.4, 0.6, 1], [-12, 0.1, 0.1, 7])


def saw(f0: float, phase: float) -> np.ndarray:
    """Harmonics below 12 kHz, falling 6 dB an octave."""
    n = np.arange(SAMPLES)
    return np.sum([np.sin(2 * np.pi * k * (f0 * n / RATE + phase)) / k for k in range(1, int(12_000 / f0) + 1)], axis=0)


def sounds(
    second: Callable[[float, float, np.ndarray], np.ndarray], tuning: float = 0.0, part: str = "static"
) -> Dataset:
    """Clips of two knobs that hold still; `second(f0, phase, knobs)` joins a saw."""
    rng = np.random.default_rng(5)
    notes, knobs = rng.uniform(40, 80, CLIPS), rng.uniform(0, 1, (CLIPS, 2))
    rows = np.concatenate([notes[:, None], knobs], axis=1)
    audio = []
    for note, position in zip(notes, knobs, strict=True):
        f0 = C4_HZ * 2 ** ((note + tuning - 60) / 12)
        audio.append(0.1 * (saw(f0, rng.uniform()) + second(f0, rng.uniform(), position)))
    control = np.repeat(rows[:, None], SAMPLES // HOP + 1, axis=1)
    return Dataset(
        "made", ("colour", "detune"), control, np.array(audio, np.float32), (part,) * CLIPS, np.arange(CLIPS), None
    )


@pytest.fixture(scope="module")
def detuned() -> Dataset:
    return sounds(lambda f0, phase, knobs: saw(f0 * 2 ** (float(curve(knobs[1])) / 12), phase), tuning=-0.04)


def test_knob_curve_and_tuning_are_found(detuned: Dataset) -> None:
    found = measure_bank(detuned, 2)
    first, second = found.bank
    assert second.knob == 2
    assert first.semitones[0] == pytest.approx(-0.04, abs=0.011)
    at = np.array([[0.0, position] for position in np.linspace(0.05, 0.95, 40)])
    stray = np.abs(second.octaves(at) * 12 - curve(at[:, 1]) + 0.04)
    assert np.median(stray) < 0.02
    assert stray.max() < 0.3
    assert found.left[0] > -10
    assert found.left[1] < -25
    assert left_over(detuned, found.bank) == pytest.approx(found.left, abs=1.0)
    assert found.shares[0][1] > found.shares[0][0]


def test_sidebands_are_found() -> None:
    def fm(f0: float, phase: float, knobs: np.ndarray) -> np.ndarray:
        n = np.arange(SAMPLES) * f0 / RATE
        ratio = 2 ** (float(3 + 5 * knobs[0]) / 12)
        return 2 * np.sin(2 * np.pi * n + 4 * np.sin(2 * np.pi * (ratio * n + phase)))

    found = measure_bank(sounds(fm), 2, lines=Lines((0, 1), 6), span=(-13, 13))
    assert found.bank[1].knob == 1
    positions = np.array([[position, 0.0] for position in (0.2, 0.5, 0.8)])
    np.testing.assert_allclose(found.bank[1].octaves(positions) * 12, 3 + 5 * positions[:, 0], atol=0.15)
    assert found.left[1] < found.left[0] - 10


def test_steps_stay_steps() -> None:
    def step(f0: float, phase: float, knobs: np.ndarray) -> np.ndarray:
        return saw(f0 * 2 ** ((7 if knobs[0] > 0.5 else 4) / 12), phase)

    spec = measure_bank(sounds(step), 2, stepped=True, knob=0).bank[1]
    assert spec.stepped
    found = spec.octaves(np.array([[0.2, 0.0], [0.4, 0.0], [0.7, 0.0], [0.9, 0.0]])) * 12
    np.testing.assert_allclose(found, [4, 4, 7, 7], atol=0.03)


def test_a_harmonic_sound_leaves_nothing_to_find() -> None:
    data = sounds(lambda f0, phase, knobs: np.zeros(SAMPLES))
    windows = still_windows(data)
    assert np.percentile(off_comb(windows, without_comb(windows)), 90) < -30


def test_what_moves_is_not_measured(detuned: Dataset) -> None:
    control = detuned.control.copy()
    control[:, :, 2] += np.linspace(0, 0.5, control.shape[1])
    moving = Dataset("moving", detuned.knobs, control, detuned.audio, detuned.part, detuned.index, None)
    assert len(still_windows(moving).pitch) == 0
    with pytest.raises(SystoleError, match="moving: 0 windows hold still, needed: 20 or more"):
        measure_bank(moving, 2)


def test_the_curve_is_the_cheapest_path() -> None:
    """Against every path of a small problem."""
    rng = np.random.default_rng(3)
    vote, places = rng.uniform(0, 1, (4, 3)), np.arange(4.0)
    paths = [(a, b, c, d) for a in range(3) for b in range(3) for c in range(3) for d in range(3)]
    best = max(paths, key=lambda p: vote[range(4), p].sum() - 0.3 * np.abs(np.diff(p)).sum())
    assert best_curve(vote, places, places, 0.3, 1.0).tolist() == list(best)


def test_dense_combs_get_no_votes_for_noise() -> None:
    rng = np.random.default_rng(4)
    data = sounds(lambda f0, phase, knobs: rng.normal(0, 2, SAMPLES))
    windows = still_windows(data)
    assert votes(without_comb(windows), np.arange(-24.0, 25.0), Lines()).mean() < 0.1


def test_what_is_printed_is_a_recipe_s_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], detuned: Dataset
) -> None:
    monkeypatch.setattr(command, "load_dataset", lambda path: detuned)
    assert command.main(["made", "--segment-bits", "8"]) == 0
    printed = capsys.readouterr().out
    assert max(map(len, printed.splitlines())) <= 130
    bank = oscillators_from(tomllib.loads(printed)["model"]["oscillators"])
    assert bank[1].knob == 2
    assert bank[1].compiled().fault(2) == ""
    assert "# static: median power off the lines of 1, 2, ... oscillators" in printed
    assert command.main(["made", "--knob", "nothing"]) == 1
    assert "no knob nothing; there are colour, detune" in capsys.readouterr().err

"""The limiter's promises: transparent below, never beyond, the same bytes in any cut."""

from __future__ import annotations

import numpy as np
import pytest

from engine.limiter import CEILING, THRESHOLD, limit, limiter_state


def run(signal: np.ndarray, block: int) -> np.ndarray:
    out, state = signal.astype(np.float32).copy(), limiter_state()
    for now in range(0, len(out), block):
        piece = out[now : now + block]
        limit(state, piece, len(piece))
    return out


def test_quiet_signals_pass_bit_for_bit() -> None:
    signal = np.random.default_rng(0).uniform(-1, 1, (5000, 2)).astype(np.float32) * np.float32(THRESHOLD * 0.999)
    assert np.array_equal(run(signal, 512), signal)


@pytest.mark.parametrize("gain", [1.0, 3.0, 100.0, 1e30])
def test_nothing_reaches_full_scale(gain: float) -> None:
    signal = np.random.default_rng(1).normal(0, 1, (5000, 2)).astype(np.float32) * np.float32(gain)
    out = run(signal, 512)
    assert np.abs(out).max() <= CEILING + 1e-6 and np.all(np.isfinite(out))


def test_not_a_number_becomes_silence() -> None:
    signal = np.full((10, 2), 0.5, np.float32)
    signal[3], signal[5, 0] = np.nan, np.inf
    out = run(signal, 10)
    assert not out[3].any() and not out[5].any() and np.allclose(out[[0, 9]], 0.5)


def test_cuts_do_not_matter_and_the_image_stands() -> None:
    signal = np.random.default_rng(2).normal(0, 1, (3000, 2)).astype(np.float32)
    signal[:, 1] = signal[:, 0] * np.float32(0.5)
    whole = run(signal, 3000)
    assert all(np.array_equal(run(signal, block), whole) for block in (1, 64, 333))
    assert np.allclose(whole[:, 1], whole[:, 0] / 2, atol=1e-6)


def test_gain_returns_after_a_peak() -> None:
    signal = np.full((48_000, 2), 0.5, np.float32)
    signal[100] = 4.0
    out = run(signal, 48_000)
    assert out[101, 0] < 0.2 and np.array_equal(out[-1], signal[-1])
    assert np.all(np.diff(out[102:, 0]) >= 0)

import numpy as np
import pytest

from training.measure import metrics

RATE = 48000


def tone(f0: float, harmonics: int = 8, length: int = 24000) -> np.ndarray:
    n = np.arange(length)
    return sum(np.sin(2 * np.pi * k * f0 * n / RATE + k) / k for k in range(1, harmonics + 1))


def test_the_same_signal_is_at_no_distance():
    x = metrics.high_pass(tone(200))
    assert metrics.log_spectral_distance(x, x) == 0
    assert metrics.mel_distance(x, x) == 0
    assert metrics.level_error(x, x) == 0


def test_a_gain_is_its_distance_in_noise():
    x = np.random.default_rng(1).standard_normal(24000)
    for measure in (metrics.log_spectral_distance, metrics.mel_distance):
        assert measure(2 * x, x) == pytest.approx(6.02, abs=0.1)
    assert metrics.level_error(2 * x, x) == pytest.approx(6.0206, abs=1e-3)


def test_silence_is_a_finite_distance():
    x = tone(200)
    for y, t in ((np.zeros(24000), x), (x, np.zeros(24000)), (np.zeros(24000), np.zeros(24000))):
        assert np.isfinite(metrics.log_spectral_distance(y, t))
        assert np.isfinite(metrics.mel_distance(y, t))


def test_signal_to_noise():
    x = tone(200)
    assert metrics.signal_to_noise(1.1 * x, x) == pytest.approx(20, abs=1e-6)


@pytest.mark.parametrize("note", [24, 48, 72, 96])
@pytest.mark.parametrize("cents", [0, 0.1, -5, 20])
def test_pitch_error(note, cents):
    f0 = 440 * 2 ** ((note - 69) / 12)
    assert metrics.pitch_error(tone(f0 * 2 ** (cents / 1200)), f0) == pytest.approx(cents, abs=0.02)


def test_harmonic_amplitudes_and_distance():
    f0 = 311.7
    assert metrics.harmonic_amplitudes(tone(f0), f0)[:8] == pytest.approx(1 / np.arange(1, 9), abs=1e-3)
    assert metrics.harmonic_distance(0.5 * tone(f0, 57), tone(f0, 57), f0) == pytest.approx(
        6.0, abs=0.3
    )  # the floor takes a little


@pytest.mark.parametrize("f0", [32.7, 261.6, 2093.0])
def test_inter_harmonic_floor(f0):
    x, rng = tone(f0), np.random.default_rng(2)
    assert metrics.inter_harmonic_floor(x, f0) < -110
    noise = 0.001 * np.sqrt(np.mean(x**2)) * rng.standard_normal(len(x))
    assert metrics.inter_harmonic_floor(x + noise, f0) == pytest.approx(-60, abs=1)


def test_centroid_follows_a_gliding_sine():
    n = np.arange(48000)
    hz = 500 * 2 ** (n / 24000)
    track = metrics.centroid_track(np.sin(2 * np.pi * np.cumsum(hz) / RATE))
    expected = np.log2(hz[1024::512][: len(track)])
    assert np.abs(track - expected).max() < 0.02
    assert metrics.correlation(track, expected) > 0.999


def test_correlation_of_a_constant_is_not_a_number():
    assert np.isnan(metrics.correlation(np.ones(5), np.arange(5.0)))


def test_high_pass_removes_dc_only():
    x = tone(200)
    assert np.abs(metrics.high_pass(x + 0.5) - x)[4800:-4800].max() < 0.01


def test_loudness_of_the_standard_s_tone():
    """ITU-R BS.1770-5, annex 1: a 997 Hz sine at full scale in one channel reads -3.01."""
    x = np.sin(2 * np.pi * 997 * np.arange(48000) / RATE)
    assert metrics.loudness(x) == pytest.approx(-3.01, abs=0.02)
    assert metrics.loudness(0.1 * x) == pytest.approx(-23.01, abs=0.02)
    low = np.sin(2 * np.pi * 40 * np.arange(48000) / RATE)
    assert metrics.loudness(low) < metrics.loudness(x) - 4


def moving_noise(seed: int = 3) -> np.ndarray:
    n, rng = np.arange(24000), np.random.default_rng(seed)
    return (1.2 + np.sin(2 * np.pi * 7 * n / RATE + seed)) * rng.standard_normal(24000)


@pytest.mark.parametrize("late", [0, 10, 64, -200])
def test_latency_of_a_delayed_copy(late):
    x = moving_noise()
    assert metrics.latency(np.roll(x, late), x) == pytest.approx(late, abs=1)


def test_latency_without_a_relation_is_not_a_number():
    assert np.isnan(metrics.latency(moving_noise(3), np.random.default_rng(4).standard_normal(24000)))
    assert np.isnan(metrics.latency(np.roll(moving_noise(), 3000), moving_noise()))
    assert np.isnan(metrics.latency(moving_noise()[:1500], moving_noise()[:1500]))


def test_peak_between_the_points_of_a_parabola():
    x = np.arange(9.0)
    assert metrics.peak_position(3 - (x - 4.3) ** 2) == pytest.approx(4.3)
    assert np.isnan(metrics.peak_position(x))
    assert np.isnan(metrics.peak_position(np.full(5, np.nan)))

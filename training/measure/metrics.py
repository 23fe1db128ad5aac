"""How far a rendered clip is from its target: the one implementation, for float models and shipped integers alike.

NumPy and SciPy only. Both signals are high-passed at 20 Hz by the same zero-phase filter before anything is measured:
the functions here take what `high_pass` gives. Steady-tone measures need a constant pitch.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from accel.formats import RATE

HIGH_PASS_HZ = 20.0
SIZES = (512, 1024, 2048)
FLOOR = 1e-3
TINY = 1e-12
SETTLE = 2048
"""Samples at a clip's start that steady-tone measures leave out: histories fill, filters settle."""
HIGHEST_HZ = 18000.0
K_WEIGHTING = np.array(
    [
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
        [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
    ]
)
"""ITU-R BS.1770-5, annex 1, tables 1 and 2: the head's shelf and the high-pass, second-order sections at 48 kHz."""
LEVEL_SIZE, LEVEL_HOP = 1024, 32
LEVEL_EDGES = np.unique(np.geomspace(2, LEVEL_SIZE // 2, 25).astype(int))
"""Window and hop in samples of `band_levels`, and its bands' first bins: 94 Hz to Nyquist."""

Array = NDArray[np.float64]


def high_pass(x: NDArray) -> Array:
    """Zero-phase high-pass [T] at 20 Hz: a Butterworth filter of order 2, forwards and backwards."""
    sos = signal.butter(2, HIGH_PASS_HZ, "highpass", fs=RATE, output="sos")
    return np.asarray(signal.sosfiltfilt(sos, np.asarray(x, np.float64)), np.float64)


def magnitudes(x: Array, size: int) -> Array:
    """Hann-windowed STFT magnitudes [frames, bins], hop a quarter, whole frames only."""
    frames = np.lib.stride_tricks.sliding_window_view(x, size)[:: size // 4]
    return np.abs(np.fft.rfft(frames * signal.get_window("hann", size)))


def log_spectral_distance(output: Array, target: Array) -> float:
    """Multi-resolution log-spectral distance in dB.

    20 log10((|Y|+e) / (|T|+e)) with e = 1e-3 of the target's peak magnitude; rms over bins, mean over frames and sizes.
    """
    distances = []
    for size in SIZES:
        y, t = magnitudes(output, size), magnitudes(target, size)
        e = max(FLOOR * t.max(), TINY)
        difference = 20 * np.log10((y + e) / (t + e))
        distances.append(np.sqrt(np.mean(difference**2, axis=1)).mean())
    return float(np.mean(distances))


def mel_distance(output: Array, target: Array, size: int = 4096, bands: int = 64) -> float:
    """Distance in dB of mel-band powers, floor 60 dB under the target's strongest; rms over bands, mean over frames."""
    filters = _mel_filters(size, bands)
    y, t = magnitudes(output, size) ** 2 @ filters, magnitudes(target, size) ** 2 @ filters
    e = max(FLOOR**2 * t.max(), TINY)
    difference = 10 * np.log10((y + e) / (t + e))
    return float(np.sqrt(np.mean(difference**2, axis=1)).mean())


def level_error(output: Array, target: Array) -> float:
    """Level of the output above that of the target, dB."""
    return float(10 * np.log10((np.mean(output**2) + TINY) / (np.mean(target**2) + TINY)))


def loudness(x: Array) -> float:
    """Loudness in LUFS of one channel as ITU-R BS.1770-5 has it, over the whole clip: half a second needs no gate."""
    weighted = signal.sosfilt(K_WEIGHTING, x)
    return float(-0.691 + 10 * np.log10(np.mean(weighted**2) + TINY))


def signal_to_noise(output: Array, target: Array) -> float:
    """Power of the target over that of the difference, dB; only where the oscillator's phase is known."""
    return float(10 * np.log10((np.mean(target**2) + TINY) / (np.mean((output - target) ** 2) + TINY)))


def centroid_track(x: Array, size: int = 2048) -> Array:
    """Log2 of the spectral centroid in Hz, per frame; magnitudes 60 dB under the clip's peak do not count."""
    m = magnitudes(x, size)
    m = np.maximum(m - FLOOR * m.max(), 0) + TINY
    hz = np.fft.rfftfreq(size, 1 / RATE)
    return np.asarray(np.log2(np.maximum((m @ hz) / m.sum(1), 1.0)))


def band_levels(x: Array, hop: int = LEVEL_HOP) -> Array:
    """Movement of the spectrum: levels in dB of 24 bands [frames, bands], each band's mean taken off, floor -50 dB."""
    frames = np.lib.stride_tricks.sliding_window_view(x, LEVEL_SIZE)[::hop]
    power = np.abs(np.fft.rfft(frames * signal.get_window("hann", LEVEL_SIZE))) ** 2
    bands = np.add.reduceat(power, LEVEL_EDGES[:-1], axis=1)
    levels = 10 * np.log10(bands + 1e-5 * bands.max() + TINY)
    return np.asarray(levels - levels.mean(0))


def latency(output: Array, target: Array, reach: int = 512) -> float:
    """Samples by which the output's spectrum moves later than the target's, to a fraction of one.

    The lag of the highest correlation between their `band_levels`. NaN where the two hardly correlate, or not within
    +-reach samples. One clip of a pitched sound strays by a period; the median over moving clips by some 3 samples.
    """
    y, t = band_levels(output), band_levels(target)
    steps = reach // LEVEL_HOP
    length = len(t) - 2 * steps
    if length < 2 * steps:
        return float("nan")
    middle = t[steps : steps + length]
    shifted = [y[lag : lag + length] for lag in range(2 * steps + 1)]
    curve = np.array([correlation((s - s.mean(0)).ravel(), (middle - middle.mean(0)).ravel()) for s in shifted])
    at = peak_position(curve)
    if not np.isfinite(at) or curve.max() < 0.3:
        return float("nan")
    return float((at - steps) * LEVEL_HOP)


def peak_position(curve: Array) -> float:
    """Where a sampled curve [n] peaks, between its points by a parabola; NaN at its ends or where it has no number."""
    if not np.isfinite(curve).all():
        return float("nan")
    top = int(np.argmax(curve))
    if not 0 < top < len(curve) - 1:
        return float("nan")
    before, here, after = curve[top - 1 : top + 2]
    bend = before - 2 * here + after
    return float(top + 0.5 * (before - after) / bend) if bend < 0 else float(top)


def correlation(a: Array, b: Array) -> float:
    """Pearson's correlation; NaN where either does not vary."""
    a, b = a - a.mean(), b - b.mean()
    scale = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / scale) if scale > 1e-9 * len(a) else float("nan")


def harmonic_amplitudes(x: Array, f0: float, settle: int = SETTLE) -> Array:
    """Amplitudes of the harmonics of a steady tone up to 18 kHz, by projection under a Hann window."""
    x = x[settle:]
    window = signal.get_window("hann", len(x))
    window *= 2 / window.sum()
    carrier = np.exp(-2j * np.pi * f0 / RATE * np.arange(len(x)))
    partial, amplitudes = window * x + 0j, []
    for _ in range(max(1, int(HIGHEST_HZ / f0))):
        partial = partial * carrier
        amplitudes.append(abs(partial.sum()))
    return np.array(amplitudes)


def harmonic_distance(output: Array, target: Array, f0: float) -> float:
    """Rms over harmonics, in dB, of their levels' difference; floor 60 dB under the target's strongest."""
    y, t = harmonic_amplitudes(output, f0), harmonic_amplitudes(target, f0)
    e = max(FLOOR * t.max(), TINY)
    return float(np.sqrt(np.mean((20 * np.log10((y + e) / (t + e))) ** 2)))


def inter_harmonic_floor(x: Array, f0: float) -> float:
    """Power between the harmonics of a steady tone over power in them, dB: aliases, noise, modulation.

    Scaled up for the share of the spectrum under the harmonics' main lobes, as if what lies between were everywhere.
    """
    x, beta = x[SETTLE:], 18.0  # side lobes below -130 dB, main lobe narrow enough for MIDI 24
    power = np.abs(np.fft.rfft(x * np.kaiser(len(x), beta))) ** 2
    hz = np.fft.rfftfreq(len(x), 1 / RATE)
    lobe = 1.1 * np.hypot(1, beta / np.pi) * RATE / len(x)
    audible = hz > max(HIGH_PASS_HZ, 0.5 * f0)
    harmonic = np.abs(hz - f0 * np.round(hz / f0)) < lobe
    between = audible & ~harmonic
    if not between.any():
        return float("nan")
    spread = audible.sum() / between.sum()
    return float(10 * np.log10((power[between].sum() * spread + TINY) / (power[audible & harmonic].sum() + TINY)))


def pitch_error(x: Array, f0: float) -> float:
    """Cents by which a steady tone is above f0, from the phase advance of its strongest harmonics below 6 kHz.

    Meant for small errors: unambiguous to +-50 cents, exact while a harmonic stays in its bin (some 10 Hz).
    """
    x = x[SETTLE:]
    size, hop = min(8192, len(x) // 2), 128
    frames = np.lib.stride_tricks.sliding_window_view(x, size)[::hop]
    starts = hop * np.arange(len(frames))
    window = signal.get_window("hann", size)
    strength = harmonic_amplitudes(x, f0, settle=0)[: max(1, int(6000 / f0))]
    errors, weights = [], []
    for k in 1 + np.argsort(strength)[::-1][:8]:
        carrier = np.exp(-2j * np.pi * k * f0 / RATE * np.arange(size))
        phase = np.angle(frames @ (window * carrier)) - 2 * np.pi * k * f0 / RATE * starts
        slope = np.polyfit(starts / RATE, np.unwrap(phase), 1)[0] / (2 * np.pi)
        errors.append(1200 * np.log2(max(1 + slope / (k * f0), 1e-3)))
        weights.append((strength[k - 1] * k) ** 2)  # the same slope is k times fewer cents
    return float(np.average(errors, weights=np.array(weights) + TINY))


def _mel_filters(size: int, bands: int) -> Array:
    """Triangular mel filters [size/2+1, bands], 30 Hz to 20 kHz."""
    low, high = (2595 * np.log10(1 + edge / 700) for edge in (30.0, 20000.0))
    hz = 700 * (10 ** (np.linspace(low, high, bands + 2) / 2595) - 1)
    bins = np.fft.rfftfreq(size, 1 / RATE)[:, None]
    rising, falling = (bins - hz[:-2]) / (hz[1:-1] - hz[:-2]), (hz[2:] - bins) / (hz[2:] - hz[1:-1])
    return np.maximum(np.minimum(rising, falling), 0)

"""Which knob moves a second oscillator, and to which ratio: measured from a synth's clips.

A comb of lines stands for an oscillator: multiples of its frequency, or for FM the carrier and its sidebands. What of a
clip's power lies off the first comb is searched for the ratio whose lines catch most of it, beyond what as many bins
would catch by chance. All clips together then vote on one curve of ratio against knob (Viterbi over its positions),
which one clip with two equal candidates, an octave apart, cannot lead astray. The trade-off: clips must hold still,
since a window resolves a moving pitch no better than its bins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accel.formats import C4_HZ, RATE
from training.data.dataset import Dataset

__all__ = [
    "Lines",
    "Windows",
    "best_curve",
    "off_comb",
    "smoothest_knob",
    "still_windows",
    "votes",
    "without_comb",
]

Floats = NDArray[np.float64]
TOP_HZ = 14_000.0
"""Above that a synth's own aliasing and fades mislead."""
HALF_WIDTH = 2.5
"""Bins on either side of a line that belong to it: the main lobe of a Hann window."""
LEAST_HZ = 55.0
"""Below that, the lines of two combs lie too close for a window."""
QUIET = 1e-7
"""Mean power below which a window tells nothing."""


@dataclass(frozen=True)
class Lines:
    """Where an oscillator of ratio r has lines, in multiples of the pitch: |carrier + n * r|, n up to `orders`."""

    carriers: tuple[int, ...] = (0,)
    orders: int = 256

    def at(self, ratio: Floats) -> Floats:
        """Lines of each ratio: [...] -> [..., L], above 0."""
        n = np.arange(-self.orders if any(self.carriers) else 1, self.orders + 1)
        offsets = np.array(self.carriers)
        return np.abs(offsets[:, None] + n * ratio[..., None, None]).reshape(*ratio.shape, -1)


@dataclass(frozen=True)
class Windows:
    """Power spectra of windows that hold still.

    Attributes:
        power: [W, bins], of a Hann window.
        pitch: [W] Hz; knobs: [W, knobs] in 0..1.
        width: Hz of a bin.
    """

    power: Floats
    pitch: Floats
    knobs: Floats
    width: float


def still_windows(data: Dataset, length: int = 16_384, drift: tuple[float, float] = (0.02, 0.004)) -> Windows:
    """Windows of `length` samples, half overlapping, whose note and knobs move no more than `drift`.

    Args:
        drift: semitones, and share of a knob's travel.
    """
    power, pitch, knobs, hann = [], [], [], np.hanning(length)
    hop = data.audio.shape[1] // (data.control.shape[1] - 1)
    for control, audio in zip(data.control, data.audio.astype(np.float64), strict=True):
        for start in range(0, len(audio) - length + 1, length // 2):
            rows = control[start // hop : (start + length) // hop + 1]
            span, middle = np.ptp(rows, axis=0), rows.mean(axis=0)
            f0 = C4_HZ * 2 ** ((middle[0] - 60) / 12)
            part = audio[start : start + length]
            if span[0] > drift[0] or span[1:].max(initial=0) > drift[1] or f0 < LEAST_HZ or np.mean(part**2) < QUIET:
                continue
            power.append(np.abs(np.fft.rfft(part * hann)) ** 2)
            pitch.append(f0)
            knobs.append(middle[1:])
    return Windows(np.array(power), np.array(pitch), np.array(knobs), RATE / length)


def _caught(power: Floats, lines: Floats, width: float) -> tuple[Floats, Floats]:
    """Power on lines [..., L] in Hz, each bin counted once, and the share of bins that they cover: [...]."""
    top = int(TOP_HZ / width)
    edges = np.concatenate([[0.0], np.cumsum(power[:top])])
    middle = np.sort(lines / width, axis=-1)
    low = np.clip(np.rint(middle - HALF_WIDTH), 0, top).astype(int)
    high = np.clip(np.rint(middle + HALF_WIDTH) + 1, 0, top).astype(int)
    low[..., 1:] = np.maximum(low[..., 1:], np.maximum.accumulate(high, axis=-1)[..., :-1])
    low = np.minimum(low, high)
    return (edges[high] - edges[low]).sum(axis=-1), (high - low).sum(axis=-1) / top


def without_comb(windows: Windows, first: Lines = Lines(), ratio: Floats | None = None) -> Windows:
    """The windows with the power on a comb set to zero; `ratio` [W], 1 if not given."""
    power = windows.power.copy()
    ratios = np.ones(len(power)) if ratio is None else ratio
    bins = np.arange(power.shape[1])
    for each, f0, r in zip(power, windows.pitch, ratios, strict=True):
        for line in first.at(np.array(r)) * f0 / windows.width:
            if line < len(bins):
                each[max(int(line - HALF_WIDTH), 0) : int(line + HALF_WIDTH) + 2] = 0
    return Windows(power, windows.pitch, windows.knobs, windows.width)


def off_comb(windows: Windows, rest: Windows) -> Floats:
    """Share of each window's power that is left in `rest`, dB."""
    top = int(TOP_HZ / windows.width)
    share = rest.power[:, 2:top].sum(axis=1) / windows.power[:, 2:top].sum(axis=1)
    return 10 * np.log10(share + 1e-12)


def votes(rest: Windows, semitones: Floats, lines: Lines) -> Floats:
    """How well each ratio explains what is left of each window, nats [W, ratios]; 0: no better than chance.

    Args:
        semitones: [ratios], or [W, ratios] where each window has its own.
    """
    own = np.broadcast_to(semitones, (len(rest.pitch), semitones.shape[-1]))
    found = np.zeros(own.shape)
    for index, (power, f0) in enumerate(zip(rest.power, rest.pitch, strict=True)):
        total = power[: int(TOP_HZ / rest.width)].sum()
        caught, chance = _caught(power, lines.at(2 ** (own[index] / 12)) * f0, rest.width)
        found[index] = _information(np.clip(caught / max(total, 1e-30), 0, 1), chance)
    return found


def _information(share: Floats, chance: Floats) -> Floats:
    """Nats of a share of power in bins that would hold `chance` of it (Kullback-Leibler); 0 where it is less.

    A plain difference would favour the lowest ratios, whose combs cover half of all bins and so catch most of anything.
    """
    p, q = np.clip(share, 1e-9, 1 - 1e-9), np.clip(chance, 1e-9, 1 - 1e-9)
    return np.where(p > q, p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q)), 0.0)


def best_curve(vote: Floats, position: Floats, places: Floats, stiffness: float, step: float) -> NDArray[np.int64]:
    """Index of the ratio at each of `places` (ascending knob positions): most votes less `stiffness` a semitone moved.

    Args:
        vote: [W, ratios]; position: [W] of the knob.
        step: semitones from a ratio to the next.
    """
    nearest = np.abs(position[:, None] - places).argmin(axis=1)
    gain = np.zeros((len(places), vote.shape[1]))
    np.add.at(gain, nearest, vote)
    best, came = gain[0], np.zeros(gain.shape, np.int64)
    for place in range(1, len(places)):
        moved, came[place] = _cheapest(best, stiffness * step)
        best = moved + gain[place]
    path = [int(best.argmax())]
    for place in range(len(places) - 1, 0, -1):
        path.append(int(came[place, path[-1]]))
    return np.array(path[::-1])


def _cheapest(best: Floats, cost: float) -> tuple[Floats, NDArray[np.int64]]:
    """max over j of best[j] - cost * |i - j| for every i, and that j: two sweeps."""
    value, source = best.copy(), np.arange(len(best))
    ramp = cost * np.arange(len(best))
    for flip in (False, True):
        one, of = (value[::-1], source[::-1]) if flip else (value, source)
        level = one + ramp
        at = np.maximum.accumulate(np.where(level >= np.maximum.accumulate(level), np.arange(len(level)), 0))
        one, of = level[at] - ramp, of[at]
        value, source = (one[::-1], of[::-1]) if flip else (one, of)
    return value, source


def smoothest_knob(vote: Floats, knobs: Floats, places: int, stiffness: float, step: float) -> tuple[int, list[float]]:
    """The knob along which one curve keeps most of the votes, and each knob's share of what every window would give."""
    grid = np.linspace(0, 1, places)
    shares = []
    for knob in range(knobs.shape[1]):
        path = best_curve(vote, knobs[:, knob], grid, stiffness, step)
        nearest = np.abs(knobs[:, knob][:, None] - grid).argmin(axis=1)
        shares.append(float(vote[np.arange(len(vote)), path[nearest]].sum() / vote.max(axis=1).sum()))
    return int(np.argmax(shares)), shares

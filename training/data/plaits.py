"""The oscillator phase of Plaits renders, which the data set implies: every render starts from power-on.

What was measured on the set (fundamental's phase in steady clips constant within 0.0012 cycles over half a second):
pitch moves once per block of 12 samples, as the mean of the last two blocks' notes, cut to 1/256 semitone by the
firmware's tables, and ramps within the block; 17 samples are lost at power-on. So the phase at a clip's start follows
from the number of blocks rendered before it.
"""

import numpy as np
from numpy.typing import NDArray

from accel.formats import C4_HZ, HOP, RATE

BLOCK = 12
LOST = 17


def row_phase(note: NDArray[np.float64], warm_blocks: int) -> NDArray[np.float64]:
    """Phase in cycles (0..1) at every control row of one clip.

    Args:
        note: MIDI semitones at the rows, [R]; row k belongs to sample HOP*k.
        warm_blocks: blocks rendered at the first note before the clip.
    """
    samples = HOP * (len(note) - 1)
    edges = BLOCK * np.arange(samples // BLOCK + 1)
    at_edge = np.interp(edges, HOP * np.arange(len(note)), note)
    used = np.concatenate([note[:1], (at_edge[1:] + at_edge[:-1]) / 2])
    step = C4_HZ / RATE * np.exp2((np.floor(used * 256) / 256 - 60) / 12)
    ramp = (BLOCK + 1) / 2  # sum of 1/12, 2/12 .. 12/12
    advance = BLOCK * step[:-1] + ramp * np.diff(step)
    start = (BLOCK * warm_blocks - LOST) * step[0]
    phase = start + np.concatenate([[0.0], np.cumsum(advance)])
    return np.interp(HOP * np.arange(len(note)), edges, phase) % 1.0

"""Is a recording of JACK's port, bit for bit, what a journal renders to? Apart from cycles that the machine left out.

Three programs meet in each cycle: the server, the engine, and the recorder, and on a busy machine each may miss one.
Missing blocks shift what follows by whole blocks, and the block beside a gap may be an old one or bear the number of
the next (to a client that runs late, JACK tells the frame of the cycle after its own). So each block is looked up in
the rendering: it must be there, where the block before it was, or later or earlier by whole blocks beside a gap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Comparison", "compare"]

QUIET = 1e-6
REACH = 64
"""Blocks beside the last place in which a block is looked for first."""


NEAR = 8
"""Blocks beside the last place from which the pieces of a torn block may come."""


@dataclass(frozen=True)
class Comparison:
    """Counts of blocks.

    Attributes:
        sounding: blocks that are not silent.
        equal: of these, those that are in the rendering where they belong.
        torn: those of which a part is the block of another cycle: the recorder ran while the engine still wrote.
        odd: those that are not, although no gap is near: first frame, and what is there where most of it would fit.
        offsets: sample position less frame, each as often as it changed.
    """

    sounding: int
    equal: int
    torn: int
    odd: list[str]
    offsets: list[int]


def _find(block: np.ndarray, rendered: np.ndarray, near: int, size: int) -> int | None:
    """Where the block is in the rendering: close to `near` by whole blocks, else anywhere."""
    reach = np.arange(-REACH, REACH + 1)
    for start in near + size * reach[np.argsort(np.abs(reach), kind="stable")]:
        if start >= 0 and np.array_equal(rendered[start : start + len(block)], block):
            return int(start)
    loud = int(np.argmax(np.abs(block[:, 0])))
    for at in np.flatnonzero(rendered[:, 0] == block[loud, 0]):
        if at >= loud and np.array_equal(rendered[at - loud : at - loud + len(block)], block):
            return int(at - loud)
    return None


def _is_torn(block: np.ndarray, rendered: np.ndarray, near: int, size: int) -> bool:
    """Whether each channel is the beginning of one block of the rendering and the end of another one, near by."""
    starts = [at for at in near + size * np.arange(-NEAR, NEAR + 1) if 0 <= at <= len(rendered) - len(block)]
    for channel in range(2):
        same = np.array([rendered[at : at + len(block), channel] == block[:, channel] for at in starts])
        if not len(same):
            return False
        ahead = np.logical_and.accumulate(same, axis=1).sum(axis=1).max()
        behind = np.logical_and.accumulate(same[:, ::-1], axis=1).sum(axis=1).max()
        if ahead + behind < len(block):
            return False
    return True


def _describe(block: np.ndarray, rendered: np.ndarray, near: int, size: int) -> str:
    """For a person: where the block fits best near by, and which samples differ there, and by how much."""
    starts = [at for at in near + size * np.arange(-REACH, REACH + 1) if 0 <= at <= len(rendered) - len(block)]
    if not starts:
        return "beyond the rendering"
    differ = [(rendered[at : at + len(block)] != block).any(axis=1) for at in starts]
    best = int(np.argmin([each.sum() for each in differ]))
    at, places = starts[best], np.flatnonzero(differ[best])
    shown = [(int(i), block[i].tolist(), rendered[at + i].tolist()) for i in places[:3]]
    return f"{len(places)} samples differ, {at - near} from where it should be: {shown}"


def compare(segments: list[tuple[int, np.ndarray]], rendered: np.ndarray, period: int) -> Comparison:
    """Look up every block of a recording.

    Args:
        segments: (first frame, float32 [n, 2]) as `Probe.segments` gives them.
        rendered: float32 [n, 2] from sample 0 on, at the recording's rate.
        period: frames per block.
    """
    sounding = equal = torn = 0
    offset: int | None = None
    offsets: list[int] = []
    missed: list[tuple[int, str]] = []  # (number of the block, what it is)
    gaps: list[int] = []
    number = 0
    for frame, sound in segments:
        gaps.append(number)
        for at in range(0, len(sound), period):
            block, number = sound[at : at + period], number + 1
            if np.abs(block).max() < QUIET:
                continue
            sounding += 1
            found = _find(block, rendered, frame + at + (offset or 0), period)
            if found is None and _is_torn(block, rendered, frame + at + (offset or 0), period):
                torn += 1
                continue
            if found is None:
                text = _describe(block, rendered, frame + at + (offset or 0), period)
                missed.append((number - 1, f"{frame + at}: {text}"))
                continue
            equal += 1
            if found - frame - at != offset:
                offset = found - frame - at
                offsets.append(offset)
                gaps.append(number - 1)
    gaps.append(number)
    near = np.array(gaps)
    odd = [text for at, text in missed if np.abs(near - at).min() > 2]
    return Comparison(sounding, equal, torn, odd, offsets)

"""A demo of a model, as one renderer: a phrase with each of its patches, then each knob swept on a held note.

Each section is a render of its own, as `systole render` would do it, cut after a short tail: nothing rings into the
next section, at the price of long releases that are not heard to their end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accel.formats import RATE, midi_to_volts
from app.phrases import Phrases
from app.rendering.job import Renderer
from engine.cv import CvTake
from engine.cv_files import ROW_RATE
from engine.library import model_knobs
from engine.offline import CvPatchRenderer, RenderedBlock, ScoreRenderer
from engine.patch import Patch

__all__ = ["DemoRenderer", "Section", "sections"]

FADE = RATE // 20
"""Samples over which a section fades out at its very end."""
BLOCK = 1024


@dataclass(frozen=True)
class Section:
    """One part of a demo.

    Attributes:
        title: the patch's or knob's name.
        samples: length.
        open: makes the renderer of exactly so many samples.
    """

    title: str
    samples: int
    open: Callable[[], Renderer]


def _phrase(title: str, patch: Patch, phrases: Phrases) -> Section:
    score = phrases.suiting(patch.tags).score
    samples = score.end + round(phrases.tail * RATE)
    return Section(title, samples, lambda: ScoreRenderer(score, patch, block=BLOCK, tail=phrases.tail))


def _sweep(model: Path, knob: str, phrases: Phrases) -> Section:
    """The knob from 0 to 1 with all others at their defaults, on an open gate."""
    rows = round(phrases.sweep_seconds * ROW_RATE) + 1
    travel = np.clip(np.linspace(-0.125, 1.125, rows), 0.0, 1.0)  # a tenth of the time at either end
    take = CvTake(np.full(rows, midi_to_volts(phrases.sweep_key)), {knob: travel}, None, None, knob)
    patch = Patch(name=knob, model=str(model))
    samples = take.samples + round(phrases.tail * RATE)
    return Section(knob, samples, lambda: CvPatchRenderer(take, patch, block=BLOCK, tail=phrases.tail))


def sections(model: Path, patches: Mapping[str, Patch], phrases: Phrases) -> list[Section]:
    """What the demo of a model file consists of, in order: a phrase with each of its patches, by title, then its knobs.

    Without patches it is one phrase, at the knobs' defaults.

    Raises:
        SystoleError: the model is broken.
    """
    played = patches or {model.stem: Patch(name=model.stem, model=str(model))}
    found = [_phrase(title, patch, phrases) for title, patch in played.items()]
    return found + [_sweep(model, knob.name, phrases) for knob in model_knobs(model)]


class DemoRenderer:
    """Plays sections one after another; each fades out at its end."""

    def __init__(self, parts: list[Section]) -> None:
        self._parts = parts
        self.total_samples = sum(part.samples for part in parts)

    def blocks(self) -> Iterator[RenderedBlock]:
        """Render from the start to the end, float32 [n, 2] in each block's mix; there are no stems."""
        for part in self._parts:
            left = part.samples
            for block in part.open().blocks():
                yield RenderedBlock(block.mix * _gain(left, len(block.mix)), {})
                left -= len(block.mix)


def _gain(left: int, count: int) -> NDArray[np.float32]:
    """Gain [count, 1] of samples that begin `left` samples before the end of their section."""
    distance = left - 1 - np.arange(count)
    return np.minimum(distance / FADE, 1.0).astype(np.float32)[:, None]

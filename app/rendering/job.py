"""One render from first block to last: the mix, its stems, and the figures that describe them.

The renderers live in `engine.offline`. They yield blocks and know nothing of files; this writes files and
knows nothing of sound.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

from app.rendering.destination import Destination, opened
from app.rendering.track import Track
from engine.wav import SampleFormat, WavWriter

__all__ = ["Plan", "Renderer", "Summary", "run"]


class Renderer(Protocol):
    """What `engine.offline` offers: stereo blocks with stems, or the mono int16 blocks of a raw model."""

    @property
    def total_samples(self) -> int:
        """Samples to come, as good an estimate as there is: for the progress bar."""

    def blocks(self) -> Iterable[Any]:
        """RenderedBlock(mix [n, 2], stems) or int16 [n], in order."""


@dataclass(frozen=True)
class Plan:
    """How to write a render.

    Attributes:
        mix: where the mix goes.
        stems: stem name -> where it goes.
        channels: 2, or 1 for a raw model.
        rate_in, rate_out: Hz.
        sample_format: how samples are stored.
    """

    mix: Destination
    stems: dict[str, Destination]
    channels: int
    rate_in: int
    rate_out: int
    sample_format: SampleFormat


@dataclass(frozen=True)
class Summary:
    """What came out. `realtime` is seconds of sound per second of work; `peak_dbfs` is None for silence."""

    output: str
    stems: dict[str, str]
    seconds: float
    frames: int
    rate: int
    channels: int
    format: str
    peak_dbfs: float | None
    elapsed_seconds: float
    realtime: float

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


def run(renderer: Renderer, plan: Plan, advance: Callable[[int], None]) -> Summary:
    """Render everything into the plan's files. All files appear at the end, or none.

    Args:
        advance: called with the samples rendered so far.

    Raises:
        SystoleError: a file cannot be written, or the engine refuses.
    """
    began = time.perf_counter()
    with contextlib.ExitStack() as stack:
        mix = _track(stack, plan.mix, plan)
        stems = {name: _track(stack, where, plan) for name, where in plan.stems.items()}
        done = 0
        for block in renderer.blocks():
            raw = isinstance(block, np.ndarray)
            samples = block if raw else block.mix
            mix.add(samples)
            for name, track in stems.items():
                track.add(block.stems[name])
            done += len(samples)
            advance(done)
        for track in (*stems.values(), mix):
            track.finish()
    elapsed = time.perf_counter() - began
    seconds = mix.frames / plan.rate_out
    return Summary(
        output=plan.mix.label,
        stems={name: where.label for name, where in plan.stems.items()},
        seconds=seconds,
        frames=mix.frames,
        rate=plan.rate_out,
        channels=plan.channels,
        format=plan.sample_format.value,
        peak_dbfs=round(20 * math.log10(mix.peak), 2) if mix.peak > 0 else None,
        elapsed_seconds=round(elapsed, 3),
        realtime=round(seconds / elapsed, 3) if elapsed > 0 else 0.0,
    )


def _track(stack: contextlib.ExitStack, where: Destination, plan: Plan) -> Track:
    """Open one output; `stack` closes and renames it."""
    sink = stack.enter_context(opened(where))
    writer = WavWriter(
        sink,
        rate=plan.rate_out,
        channels=plan.channels,
        sample_format=plan.sample_format,
        seekable=not where.is_stream,
    )
    dtype = np.int16 if plan.channels == 1 else np.float32
    return Track(writer, channels=plan.channels, rate_in=plan.rate_in, rate_out=plan.rate_out, dtype=dtype)

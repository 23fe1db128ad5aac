"""The rig: every array that the threads around the sound share, behind the one address that they are given.

All of it is allocated, and its pages touched, before sound starts, and nothing is ever moved: a callback of the sound
device gets the table's address and needs nothing else. The price is some 15 MiB that are always held.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Table
from engine.events import EVENT
from engine.live.layout import PARTS
from engine.realtime.native import NATIVE, native_words

__all__ = ["RING_AT", "WORD_AT", "Rig", "allocate_rig"]

WORDS = (
    *NATIVE, "mode", "owner", "deck", "jack_frames", "jack_client", "stop", "finished",
    "audio_thread", "ahead_thread", "silent_thread", "canary_thread",
)  # fmt: skip
WORD_AT = {name: at for at, name in enumerate(WORDS)}
"""Words of `Rig.words`: the system's functions (`native.NATIVE_AT`), then mode: direct or safe; owner: token of the
stream that may render; deck: address of the `deck.Deck`; jack_frames, jack_client: addresses of jack_last_frame_time
and of what it is asked for; stop: not 0 = loops end; finished: not 0 = the stream has ended by itself; *_thread: the
system's numbers of threads."""
LINE_WORDS = 8
RING_AT = {name: LINE_WORDS * at for at, name in enumerate(("midi", "control", "pending", "journal", "tape", "ahead"))}
"""Where in `ring_heads` and `ring_tails` the counters of each private ring are, on a line of their own."""

INT, FLOAT, REAL = np.dtype(np.int64), np.dtype(np.float32), np.dtype(np.float64)
PRIVATE: dict[str, tuple[np.dtype[Any], tuple[int, ...]]] = {
    "ring_heads": (INT, (LINE_WORDS * len(RING_AT),)),
    "ring_tails": (INT, (LINE_WORDS * len(RING_AT),)),
    "midi": (EVENT, (16_384,)),
    "control": (EVENT, (1024,)),
    "pending": (EVENT, (16_384,)),
    "block": (EVENT, (1024,)),
    "journal": (EVENT, (65_536,)),
    "tape": (FLOAT, (524_288, 2)),
    "ahead": (FLOAT, (32_768, 2)),
    "scratch": (FLOAT, (1024, 2)),
    "words": (INT, (64,)),
    "cost": (REAL, (4,)),
}
"""Name -> (type, shape) of what the owner does not see: rings from MIDI and from the engine's own threads, events
that wait for their time, those of the block being rendered, what goes to the journal, 10.9 s of sound for the
recorder, sound rendered ahead, scratch, words, running means of what things cost."""


class Rig(Table):
    """All parts of the shared block (`layout.PARTS`) by their names, and those of `PRIVATE`."""

    FIELDS: ClassVar = {
        **{name: (np.dtype(dtype), len(shape)) for name, (dtype, shape) in PARTS.items()},
        **{name: (dtype, len(shape)) for name, (dtype, shape) in PRIVATE.items()},
    }

    # The arrays, to type checkers; names and shapes are in PARTS and PRIVATE.
    def __getattr__(self, name: str) -> NDArray[Any]:
        raise AttributeError(name)


def allocate_rig(shared: Mapping[str, NDArray[Any]]) -> Rig:
    """A rig on the arrays of a shared block (`layout.carve`), the system's functions filled in, all else zero."""
    private = {}
    for name, (dtype, shape) in PRIVATE.items():
        private[name] = np.empty(shape, dtype)
        private[name].view(np.uint8).fill(0)  # and not np.zeros, whose pages come into being when first written
    rig = Rig(**shared, **private)
    for name, value in native_words().items():
        rig.words[WORD_AT[name]] = value
    return rig

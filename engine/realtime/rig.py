"""The rig: every array that the threads around the sound share, behind the one address that they are given.

All of it is allocated, and its pages touched, before sound starts, and nothing is ever moved: a callback of the sound
device gets the table's address and needs nothing else. The price is some 15 MiB that are always held.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from accel.program_check import MAX_KNOBS
from engine.arrays import Table
from engine.events import EVENT
from engine.live.layout import PARTS
from engine.realtime.native import NATIVE, native_words

__all__ = ["DIRECT", "RING_AT", "SAFE", "SILENT", "WORD_AT", "Rig", "allocate_rig"]

WORDS = (
    *NATIVE, "mode", "owner", "deck", "jack_frames", "jack_client", "stop", "finished",
    "audio_thread", "ahead_thread", "silent_thread", "canary_thread",
    "produce", "turn", "ahead", "block", "ahead_base",
)  # fmt: skip
WORD_AT = {name: at for at, name in enumerate(WORDS)}
"""Words of `Rig.words`: the system's functions (`native.NATIVE_AT`), then mode: DIRECT or SAFE; owner: token of who may
play (`SILENT`, or that of a stream's `link.Link`; 0 = nobody); deck: address of the `deck.Deck`; jack_frames,
jack_client: addresses of jack_last_frame_time and of what it is asked for; stop: not 0 = loops end; finished: token of
a stream that has ended by itself; *_thread: the system's numbers of threads; produce: address of
`produce.produce_address`; turn: not 0 = somebody renders; ahead, block: in the
mode SAFE, samples that are kept ahead, and that are rendered at a time; ahead_base: position of the next sample to be
rendered less the head of the ring `ahead`."""
DIRECT, SAFE = 0, 1
"""Modes: the sound device's callback renders; or it copies what a thread has rendered ahead."""
SILENT = 1
"""Owner's token of the loop that plays to the clock where there is no device; streams have tokens above it."""
LINE_WORDS = 8
RING_AT = {name: LINE_WORDS * at for at, name in enumerate(("midi", "control", "cv", "journal", "tape", "ahead"))}
"""Where in `ring_heads` and `ring_tails` the counters of each private ring are, on a line of their own. The counters
of `tape` are sample positions, and nobody waits for its reader; those of `ahead` count samples."""

INT, FLOAT, REAL = np.dtype(np.int64), np.dtype(np.float32), np.dtype(np.float64)
PLAY = np.dtype(
    [
        ("now", "<i8"),  # position of the next sample to be rendered
        ("size", "<i8"),  # samples of the block, and events in it
        ("count", "<i8"),
        ("pending", "<i8"),  # events that wait, and those of them that are the owner's
        ("owned", "<i8"),
        ("serial", "<i8"),  # of the next event that arrives
        ("started", "<i8"),  # note-ons let through in this block, and networks that they start
        ("starting", "<i8"),
        ("lanes", "<i8"),  # networks that run, these included
        ("budget", "<f8"),  # ns left for starting notes in this block
        ("pause", "<i8"),  # blocks, with this one, in which none may start
        ("polyphony", "<f8"),  # of the current part, as it stands
        ("wanted", "<f8"),  # and as it was asked for, where the governor holds it below; 0 = it does not
        ("governed_at", "<i8"),  # when it last changed
        ("moving", "<i8"),  # knobs on their way, and when they take their next step
        ("step_time", "<i8"),
        ("shown_at", "<i8"),  # when the sound's state was last published
        ("square_left", "<f8"),  # means of squares, for the meters
        ("square_right", "<f8"),
    ]
)
"""What `produce` remembers from block to block."""
TIMING = np.dtype(
    [
        ("ticks", "<i8"),  # callbacks that the estimate rests on, 0 = none yet
        ("start", "<f8"),  # ns, where the last callback belongs
        ("period", "<f8"),  # ns per frame of the device
        ("frames", "<i8"),  # of the last callback
        ("strays", "<i8"),  # callbacks in a row that were far from where they belong
    ]
)
"""What `stream_clock` remembers."""
PRIVATE: dict[str, tuple[np.dtype[Any], tuple[int, ...]]] = {
    "ring_heads": (INT, (LINE_WORDS * len(RING_AT),)),
    "ring_tails": (INT, (LINE_WORDS * len(RING_AT),)),
    "midi": (EVENT, (16_384,)),
    "control": (EVENT, (1024,)),
    "cv": (EVENT, (4096,)),
    "pending": (EVENT, (16_384,)),
    "pending_key": (INT, (16_384,)),
    "arrived": (EVENT, (1,)),
    "block": (EVENT, (1024,)),
    "journal": (EVENT, (65_536,)),
    "tape": (FLOAT, (524_288, 2)),
    "ahead": (FLOAT, (32_768, 2)),
    "scratch": (FLOAT, (1024, 2)),
    "converted": (FLOAT, (1024, 2)),
    "words": (INT, (64,)),
    "cost": (REAL, (8,)),
    "play": (PLAY, (1,)),
    "timing": (TIMING, (1,)),
    "call": (INT, (4,)),
    "knob_moves": (INT, (MAX_KNOBS,)),
    "knob_at": (REAL, (MAX_KNOBS,)),
    "knob_to": (REAL, (MAX_KNOBS,)),
    "faded": (FLOAT, (8,)),
}
"""Name -> (type, shape) of what the owner does not see: rings from MIDI, the engine's own threads and control voltages,
events that wait for their time with their keys (`event_heap`) and one that arrives, those of the block being rendered,
what goes to the journal, 10.9 s of sound for the recorder, sound rendered ahead, scratch of loops and of the callback,
words, what things cost (`governor`), `PLAY`, `TIMING`, words of a call of `produce`, knobs on their way (`smooth`), how
sound that was rendered ahead ended when there was no more (`ahead_ring`)."""


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
    rig.call[0] = rig.address
    return rig

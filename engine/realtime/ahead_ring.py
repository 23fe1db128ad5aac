"""Sound that was rendered ahead, between the thread that renders and the callback that plays it.

Where it runs dry, what there is goes to zero on a straight line, and it comes back on one: no click, and never an old
block again.
"""

from __future__ import annotations

from typing import Any

from accel.emulator.entry import address_of
from engine.jit import compiled, inlined
from engine.realtime.native import load_acquire, store_release
from engine.realtime.rig import DIRECT, RING_AT, SAFE, WORD_AT, Rig

__all__ = ["held_ahead", "set_direct", "set_safe", "take_ahead", "take_missing"]

AHEAD, WORD = RING_AT["ahead"], 8
LEFT, RIGHT, IS_DRY, HAS_BEGUN, MISSING = range(5)
"""In `Rig.faded`: the last sample that was given, whether it ran dry, whether there ever was enough, and samples that
were missing in this callback."""
FADE = 64
"""Samples of the line to zero where little is left, and back."""


@compiled
def held_ahead(rig: Any) -> int:
    """Samples that were rendered and not yet played."""
    head = load_acquire(address_of(rig.ring_heads) + WORD * AHEAD)
    return head - load_acquire(address_of(rig.ring_tails) + WORD * AHEAD)


@inlined
def _fade_out(rig: Any, out: Any, start: int, available: int, count: int) -> None:
    """Bring what is in out[start : start + available] to zero; where that is short, what follows its last sample."""
    faded = rig.faded
    left, right = float(faded[LEFT]), float(faded[RIGHT])
    if available >= FADE or faded[IS_DRY] == 1.0:
        left = right = 0.0
        for i in range(available):
            gain = (available - i) / (available + 1.0)
            out[start + i, 0], out[start + i, 1] = out[start + i, 0] * gain, out[start + i, 1] * gain
    elif available > 0:
        left, right = float(out[start + available - 1, 0]), float(out[start + available - 1, 1])
    length = min(FADE, count - available)
    for i in range(count - available):
        gain = max(1.0 - (i + 1.0) / length, 0.0)
        place = start + available + i
        out[place, 0], out[place, 1] = left * gain, right * gain


@compiled
def take_ahead(rig: Any, out: Any, start: int, count: int) -> None:
    """Play the next `count` samples to out[start:] (float32 [.., 2]), or what there is of them."""
    ring, faded = rig.ahead, rig.faded
    tail, mask = rig.ring_tails[AHEAD], rig.ahead.shape[0] - 1
    available = min(held_ahead(rig), count)
    was_dry = faded[IS_DRY] == 1.0
    for i in range(available):
        out[start + i, 0], out[start + i, 1] = ring[(tail + i) & mask, 0], ring[(tail + i) & mask, 1]
    store_release(address_of(rig.ring_tails) + WORD * AHEAD, tail + available)
    if was_dry:
        length = min(FADE, available)
        for i in range(length):
            gain = (i + 1.0) / (length + 1.0)
            out[start + i, 0], out[start + i, 1] = out[start + i, 0] * gain, out[start + i, 1] * gain
    if available < count:
        rig.counters[0].ahead_underruns += 1
        if faded[HAS_BEGUN] == 1.0:  # until then the gate is shut: nothing is missed
            rig.counters[0].ahead_missing += count - available
            faded[MISSING] += count - available
        _fade_out(rig, out, start, available, count)
    else:
        faded[HAS_BEGUN] = 1.0
    faded[IS_DRY] = 1.0 if available < count else 0.0
    faded[LEFT], faded[RIGHT] = out[start + count - 1, 0], out[start + count - 1, 1]


@compiled
def take_missing(rig: Any) -> int:
    """Samples that were missing since the last time."""
    found = int(rig.faded[MISSING])
    rig.faded[MISSING] = 0.0
    return found


def _clear(rig: Rig) -> None:
    """Forget what was rendered ahead and never played."""
    rig.counters["ahead_lost"] += int(rig.ring_heads[AHEAD] - rig.ring_tails[AHEAD])
    rig.ring_tails[AHEAD] = rig.ring_heads[AHEAD]
    rig.faded[:] = 0.0


def set_direct(rig: Rig) -> None:
    """The next stream's callback renders. To be called while no stream plays and `ahead.run_ahead` does not run."""
    rig.words[WORD_AT["mode"]] = DIRECT
    _clear(rig)


def set_safe(rig: Rig, block: int, blocks: int) -> None:
    """`ahead.run_ahead` keeps so many blocks of the next stream rendered. To be called as `set_direct` is.

    Args:
        block: samples at 48 kHz; blocks: 1 to 3, which `Rig.ahead` must have room for.
    """
    if not (block >= 1 and 1 <= blocks <= 3 and block * blocks <= len(rig.ahead)):
        raise ValueError(f"needed: 1 to 3 blocks of {len(rig.ahead)} samples at most together")
    _clear(rig)
    rig.words[WORD_AT["block"]], rig.words[WORD_AT["ahead"]] = block, block * blocks
    rig.words[WORD_AT["ahead_base"]] = int(rig.play["now"][0] - rig.ring_heads[AHEAD])
    rig.words[WORD_AT["mode"]] = SAFE

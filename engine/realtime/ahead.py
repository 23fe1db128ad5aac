"""Loops without the GIL: one renders ahead of the device, one plays to the clock where there is no device, one sleeps.

Each is called in a Python thread of its own and stays until it is told to end. They wait by sleeping, since nothing
that a callback could wake would be free of locks.
"""

from __future__ import annotations

from typing import Any

from accel.emulator.entry import address_of
from accel.formats import RATE
from engine.jit import compiled
from engine.realtime.ahead_ring import held_ahead
from engine.realtime.callback_log import log_ahead, log_callback
from engine.realtime.native import load_acquire, now_ns, sleep_us, store_release, thread_id, thread_ns
from engine.realtime.produce import produce
from engine.realtime.rig import RING_AT, SAFE, SILENT, WORD_AT
from engine.realtime.stream_clock import publish_clock, tick

__all__ = ["run_ahead", "run_canary", "run_silent"]

AHEAD_RING, WORD = RING_AT["ahead"], 8
MODE, OWNER, STOP, AHEAD, BLOCK = (WORD_AT[name] for name in ("mode", "owner", "stop", "ahead", "block"))
AHEAD_BASE = WORD_AT["ahead_base"]
AHEAD_THREAD, SILENT_THREAD, CANARY_THREAD = (WORD_AT[f"{name}_thread"] for name in ("ahead", "silent", "canary"))
NS = 1_000_000_000
LEAST_US, MOST_US = 100, 10_000
LOOKS = 8
"""In a block, of who renders ahead: one block ahead, all that it sleeps too long is missing for rendering."""
PIECE, SILENT_BLOCK = 1024, 512
BEHIND_NS = NS
"""So far behind the clock (the machine was asleep) means: go on from here, and do not catch up."""
CANARY_US, CANARY_LATE_NS = 1000, 1_000_000
CANARY_NOTED_NS = 250_000


@compiled
def _word(rig: Any, at: int) -> int:
    """A word that another thread may have changed."""
    return load_acquire(address_of(rig.words) + WORD * at)


@compiled
def _render_ahead(rig: Any, count: int, late: int) -> None:
    """The next `count` samples, at most PIECE, into the ring; `late`: ns that the thread slept too long before."""
    head, mask = rig.ring_heads[AHEAD_RING], rig.ahead.shape[0] - 1
    start, spent = now_ns(rig.words), thread_ns(rig.words)
    if not produce(rig, rig.scratch, 0, count):
        return
    for i in range(count):
        place = (head + i) & mask
        rig.ahead[place, 0], rig.ahead[place, 1] = rig.scratch[i, 0], rig.scratch[i, 1]
    log_ahead(rig, start, now_ns(rig.words) - start, thread_ns(rig.words) - spent, late, count)
    rig.words[AHEAD_BASE] = rig.play[0].now - (head + count)
    store_release(address_of(rig.ring_heads) + WORD * AHEAD_RING, head + count)


@compiled
def run_ahead(rig: Any) -> None:
    """Keep the word `ahead` of samples rendered, at most `block` at a time, while the mode is SAFE and a stream plays.

    Ends when the word `stop` is not 0 or the mode is another (`ahead_ring.set_safe` is called before).
    """
    rig.words[AHEAD_THREAD] = thread_id(rig.words)
    late: Any = 0
    while _word(rig, STOP) == 0 and _word(rig, MODE) == SAFE:
        block = min(max(_word(rig, BLOCK), 1), PIECE)
        wanted = min(max(_word(rig, AHEAD), block), rig.ahead.shape[0])
        missing = wanted - held_ahead(rig)
        if _word(rig, OWNER) > SILENT and missing > 0:
            _render_ahead(rig, min(block, missing), late)  # a device of another rate takes a sample more or less
            late = 0
        else:
            length, before = min(max(block * 1_000_000 // RATE // LOOKS, LEAST_US), MOST_US), now_ns(rig.words)
            sleep_us(rig.words, length)
            late = now_ns(rig.words) - before - 1000 * length


@compiled
def run_silent(rig: Any) -> None:
    """Play to the clock, 512 samples at a time, into nothing; recorder, scope and meters have it all the same.

    Ends when the word `stop` is not 0 or somebody else plays.
    """
    rig.words[SILENT_THREAD] = thread_id(rig.words)
    due = now_ns(rig.words)
    rig.timing[0].ticks = 0
    while _word(rig, STOP) == 0 and _word(rig, OWNER) == SILENT:
        start, spent = now_ns(rig.words), thread_ns(rig.words)
        if start < due:
            sleep_us(rig.words, min(max((due - start) // 1000, 1), MOST_US))
            continue
        if start - due > BEHIND_NS:
            due = start
            rig.timing[0].ticks = 0
        tick(rig.timing[0], due, SILENT_BLOCK, float(RATE), 0)
        publish_clock(rig, rig.play[0].now, SILENT_BLOCK, float(RATE), 0, 0, 0)
        produce(rig, rig.scratch, 0, SILENT_BLOCK)
        wall = now_ns(rig.words) - start
        log_callback(rig, start, wall, thread_ns(rig.words) - spent, float(start - due), SILENT_BLOCK, RATE)
        due += SILENT_BLOCK * NS // RATE


@compiled
def run_canary(rig: Any) -> None:
    """Sleep for a millisecond again and again, and note how late it wakes: whether the machine is busy, or we are.

    Ends when the word `stop` is not 0.
    """
    rig.words[CANARY_THREAD] = thread_id(rig.words)
    counters = rig.counters[0]
    while _word(rig, STOP) == 0:
        before = now_ns(rig.words)
        sleep_us(rig.words, CANARY_US)
        now = now_ns(rig.words)
        late = now - before - CANARY_US * 1000
        if late > CANARY_LATE_NS:
            counters.canary_late += 1
        counters.canary_worst_ns = max(counters.canary_worst_ns, late)
        if late > CANARY_NOTED_NS:
            head = rig.canary_head[0]
            entry = rig.canary[head & (rig.canary.shape[0] - 1)]
            entry.time, entry.late = now, late
            store_release(address_of(rig.canary_head), head + 1)

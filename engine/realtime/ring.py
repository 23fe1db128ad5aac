"""Rings of events between threads, for compiled code: one producer, one consumer, no lock.

A ring is an array of `events.EVENT` whose length is a power of two, with two counters that only grow: `heads[which]`,
records written, and `tails[which]`, records read. The producer fills a record before it raises the head, the consumer
copies it before it raises the tail. A full ring takes nothing, so that what was accepted is never lost.
`event_ring.EventRing` is the same ring for Python.
"""

from __future__ import annotations

from typing import Any

from accel.emulator.entry import address_of
from engine.jit import compiled
from engine.realtime.native import load_acquire, store_release

__all__ = ["push", "waiting"]

WORD = 8


@compiled
def waiting(heads: Any, tails: Any, which: int) -> int:
    """Records that the consumer may read now."""
    return load_acquire(address_of(heads) + WORD * which) - tails[which]


@compiled
def push(records: Any, heads: Any, tails: Any, which: int, record: Any) -> bool:
    """Append one record (producer's side); False if the ring is full.

    Args:
        records: EVENT [a power of two].
        heads, tails: int64; `which` is the index of this ring's counters in both.
        record: EVENT record, copied.
    """
    head = heads[which]
    if head - load_acquire(address_of(tails) + WORD * which) >= records.shape[0]:
        return False
    records[head & (records.shape[0] - 1)] = record
    store_release(address_of(heads) + WORD * which, head + 1)
    return True

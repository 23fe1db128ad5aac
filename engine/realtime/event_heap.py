"""Events that wait for their sample: a binary heap by time, those of equal times in the order in which they came.

Several rings feed it, none of them sorted. A heap of fixed size takes and gives any of 16384 events in some fifteen
steps, so a flood of events costs what its number says and not its square.
"""

from __future__ import annotations

from typing import Any

from engine.jit import compiled

__all__ = ["heap_pop", "heap_push"]


@compiled
def _earlier(record: Any, key: int, other: Any, other_key: int) -> bool:
    return record.time < other.time or (record.time == other.time and key < other_key)


@compiled
def heap_push(records: Any, keys: Any, count: int, record: Any, key: int) -> None:
    """Add a record to a heap of `count`, which has room.

    Args:
        records: EVENT [n]; keys: int64 [n], that decide between equal times: the smaller one goes first.
    """
    at: Any = count
    while at > 0:
        above = (at - 1) // 2
        if not _earlier(record, key, records[above], keys[above]):
            break
        records[at], keys[at] = records[above], keys[above]
        at = above
    records[at], keys[at] = record, key


@compiled
def heap_pop(records: Any, keys: Any, count: int) -> None:
    """Remove the first record, records[0], of a heap of `count` > 0."""
    last = count - 1
    at: Any = 0
    while True:
        below: Any = 2 * at + 1
        if below >= last:
            break
        if below + 1 < last and _earlier(records[below + 1], keys[below + 1], records[below], keys[below]):
            below += 1
        if not _earlier(records[below], keys[below], records[last], keys[last]):
            break
        records[at], keys[at] = records[below], keys[below]
        at = below
    records[at], keys[at] = records[last], keys[last]

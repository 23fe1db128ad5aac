"""Events come out by time, those of equal times as they came in."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.events import EVENT
from engine.realtime.event_heap import heap_pop, heap_push

SIZE = 64


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(0, 9)), max_size=400))
def test_as_sorting_gives_it(steps: list[int | None]) -> None:
    """A number is a time that comes in, None takes one out."""
    records, keys, model, taken, wanted = np.zeros(SIZE, EVENT), np.zeros(SIZE, np.int64), [], [], []
    for key, time in enumerate(steps):
        if time is not None and len(model) < SIZE:
            record = np.array([(time, key % 7, 3, key, -1.5)], EVENT)[0]
            heap_push(records, keys, len(model), record, key)
            model.append((time, key))
        elif time is None and model:
            first = min(model)
            model.remove(first)
            wanted.append(first)
            taken.append((int(records["time"][0]), int(keys[0])))
            assert records["index"][0] == keys[0] and records["kind"][0] == keys[0] % 7
            heap_pop(records, keys, len(model) + 1)
    assert taken == wanted

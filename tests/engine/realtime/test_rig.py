"""The rig: one address for all that the sound's threads share."""

from __future__ import annotations

import numba
import numpy as np

from engine.arrays import table_at
from engine.live.layout import BYTES, PARTS, carve
from engine.realtime.native import now_ns
from engine.realtime.rig import PRIVATE, RING_AT, WORD_AT, Rig, allocate_rig

rig_at = table_at(Rig)


@numba.njit
def _touch(address):
    rig = rig_at(address)
    rig.clock[0].sample = 7
    rig.counters[0].callbacks += 1
    rig.voices[39].note = 60
    rig.tape[524_287, 1] = 0.5
    rig.block[1023].value = 2.0
    return now_ns(rig.words)


def test_compiled_code_reaches_shared_and_private_arrays_by_one_address() -> None:
    memory = np.zeros(BYTES, np.uint8)
    shared = carve(memory)
    rig = allocate_rig(shared)
    assert _touch(rig.address) > 0
    assert shared["clock"]["sample"][0] == 7 and shared["counters"]["callbacks"][0] == 1
    assert shared["voices"]["note"][39] == 60
    assert rig.tape[-1, 1] == 0.5 and rig.block["value"][-1] == 2.0
    assert memory.any()


def test_rings_have_a_length_that_they_can_count_with() -> None:
    rings = [PRIVATE[name][1][0] for name in RING_AT] + [PARTS[name][1][0] for name in ("events", "scope", "log")]
    assert all(length & (length - 1) == 0 for length in rings)
    assert len(set(RING_AT.values())) == len(RING_AT) and max(RING_AT.values()) < PRIVATE["ring_heads"][1][0]
    assert len(WORD_AT) <= PRIVATE["words"][1][0]
    assert not set(PARTS) & set(PRIVATE)

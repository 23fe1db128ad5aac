"""What comes in while it is played becomes the events of a block: everything that no replay could repeat happens here.

Rings of the owner, of MIDI, of control voltages and of the engine's own threads are merged by time and checked;
note-ons are let through as the machine can bear; knobs are smoothed. What comes out sounds, and is what the journal
holds.

Promises: the order of events is kept, a key up is never lost, and nothing waits for ever: a note-on that found no time
within 100 ms is dropped. Events that find no place wait in their rings.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from accel.emulator.entry import address_of
from accel.formats import RATE
from engine.deck import INBOX, READY
from engine.event_check import check_event
from engine.events import ADDRESS_BITS, Kind
from engine.jit import compiled, inlined
from engine.parameters import KNOB_CC
from engine.realtime.event_heap import heap_pop, heap_push
from engine.realtime.governor import (
    POLYPHONY,
    begin_budget,
    deck_at,
    governed_value,
    lanes_beyond,
    lowered_polyphony,
    may_start,
    note_lanes,
    restored_polyphony,
    shed_lanes,
    state_of,
    take_seeds,
)
from engine.realtime.native import store_release
from engine.realtime.rig import RING_AT, WORD_AT
from engine.realtime.ring import waiting
from engine.realtime.smooth import aim_knob, emit, forget_knob, forget_knobs, pass_on, step_knobs

__all__ = ["intake"]

# Typed: for each literal, Numba would compile a function once more.
SET: Any = np.int64(Kind.PARAMETER)
POLYPHONY_AT: Any = np.int64(POLYPHONY)
OWN, VOLTS, MIDI, OWNER = range(4)
"""Where an event comes from: the engine's own threads, control voltages, MIDI, or the owner."""
SOURCES = 4
OLDEST = RATE // 10
HORIZON = 60 * RATE
"""No event waits longer than that; one that says so is mistaken, and acts at once."""
OWNED = 8192
"""Events of the owner that wait: half of the heap, since it alone may send some for a minute ahead."""
RESERVED = 1024
"""Room that only the engine's own threads may use: a panic must not wait behind what it is to end."""
MOST = 1024
"""Events that one ring gives at a time: taking them in must not take a block's time."""
DECK_ROOM, BLOCK_ROOM = 64, INBOX - 64
"""Events of the deck's own, and of all, that a block takes; some room is left for what an event brings with it."""
NOTE_ON, CONTROL, KNOB = int(Kind.NOTE_ON), int(Kind.CONTROL), int(Kind.KNOB)
OPEN = int(Kind.OPEN)
FIRST_KNOB_CC, LAST_KNOB_CC, SEVEN_BIT = KNOB_CC[0], KNOB_CC[-1], 127.0
CONTROL_RING, CV_RING, MIDI_RING, OWNER_RING = RING_AT["control"], RING_AT["cv"], RING_AT["midi"], 0
DECK, WORD, ADDRESS = WORD_AT["deck"], 8, ADDRESS_BITS


@inlined
def _deck_event(rig: Any, deck: Any, event: Any, now: int) -> bool:
    """An event of the deck's own kinds goes in front of the block; False if it has to wait for the next."""
    play = rig.play[0]
    if play.count >= DECK_ROOM:
        return False
    if event.kind == OPEN:
        for each in range(play.count):
            if rig.block[each].kind == OPEN:
                return False
        slot = event.index
        if state_of(deck, slot) != READY or deck.slots[slot].patch != event.channel:
            rig.counters[0].refused_events += 1
            return True
        take_seeds(rig)
        forget_knobs(rig)
        play.wanted = 0.0
    pass_on(rig, now, event, event.value)
    return True


@inlined
def _has_room(rig: Any, source: int) -> bool:
    """Whether an event from there may wait with the others."""
    play = rig.play[0]
    if source == OWNER and play.owned >= OWNED:
        return False
    return play.pending < rig.pending.shape[0] - (0 if source == OWN else RESERVED)


@inlined
def _accept(rig: Any, deck: Any, record: Any, source: int, now: int) -> bool:
    """Check an event and let it wait for its time; False if there is no room, so that it stays in its ring."""
    play, counters = rig.play[0], rig.counters[0]
    rig.arrived[0] = record  # checked is the copy: its ring belongs to somebody else
    event = rig.arrived[0]
    if check_event(event) != 0 or (event.kind >= OPEN and source != OWN):
        counters.refused_events += 1
        return True
    if event.kind >= OPEN:
        return _deck_event(rig, deck, event, now)
    if not _has_room(rig, source):
        return False
    if event.time < now or event.time > now + HORIZON:
        counters.late_events += 1 if event.time != 0 else 0
        event.time = now
    heap_push(rig.pending, rig.pending_key, play.pending, event, SOURCES * play.serial + source)
    play.serial += 1
    play.pending += 1
    play.owned += 1 if source == OWNER else 0
    return True


@inlined
def _drain(rig: Any, deck: Any, ring: Any, heads: Any, tails: Any, which: int, source: int, now: int) -> None:
    """Take what waits in a ring, as far as there is room."""
    tail, length = tails[which], ring.shape[0]
    count, done = min(waiting(heads, tails, which), length, MOST), 0
    while done < count and _accept(rig, deck, ring[(tail + done) & (length - 1)], source, now):
        done += 1
    if done > 0:
        store_release(address_of(tails) + WORD * which, tail + done)


@inlined
def _drain_source(rig: Any, deck: Any, source: int, now: int) -> None:
    """Take what has come from one source."""
    ring, heads, tails, which = rig.events, rig.heads, rig.tails, OWNER_RING
    if source != OWNER:
        heads, tails = rig.ring_heads, rig.ring_tails
        ring, which = rig.control, CONTROL_RING
        if source == VOLTS:
            ring, which = rig.cv, CV_RING
        elif source == MIDI:
            ring, which = rig.midi, MIDI_RING
    _drain(rig, deck, ring, heads, tails, which, source, now)


@inlined
def _opened(rig: Any) -> int:
    """Slot that is opened in this block, -1 if none is; the deck's own events stand in front."""
    for each in range(rig.play[0].count):
        if rig.block[each].kind == OPEN:
            return rig.block[each].index
    return -1


@inlined
def _start_note(rig: Any, deck: Any, event: Any, opened: int, now: int) -> bool:
    """Let a note-on through, or drop it; False if it has to wait for the next block."""
    counters, time = rig.counters[0], max(event.time, now)
    if now - event.time > OLDEST:
        counters.dropped_notes += 1
        return True
    lanes = note_lanes(deck, opened, event.channel)
    if lanes > 0:
        if not may_start(rig, lanes):
            return False
        fits = lowered_polyphony(rig, deck, lanes, now) if opened < 0 and event.channel >> ADDRESS == 0 else 0.0
        if fits > 0.0:
            emit(rig, time, SET, POLYPHONY_AT, fits)
    counters.notes += 1
    counters.deferred += 1 if event.time < now else 0
    pass_on(rig, time, event, event.value)
    return True


@inlined
def _turn_knob(rig: Any, deck: Any, event: Any, source: int, opened: int, time: int) -> bool:
    """Whether the event moves a knob that glides, and now does."""
    kind, index, value = event.kind, event.index, event.value
    if kind == CONTROL and FIRST_KNOB_CC <= index <= LAST_KNOB_CC:
        index, value = index - FIRST_KNOB_CC, value / SEVEN_BIT
    elif kind != KNOB:
        return False
    address = event.channel >> ADDRESS
    if source >= MIDI and address == 0 and opened < 0 and aim_knob(rig, deck, index, value, time):
        return True
    if address in (0, deck.deck[0].current + 1):
        forget_knob(rig, index)
    return False


@inlined
def _take(rig: Any, deck: Any, opened: int, now: int) -> bool:
    """Let the first of the events that wait through; False if it has to wait for the next block."""
    play, event = rig.play[0], rig.pending[0]
    source, time = rig.pending_key[0] % SOURCES, max(event.time, now)
    if event.kind == NOTE_ON and event.value > 0.0:
        if not _start_note(rig, deck, event, opened, now):
            return False
    elif not _turn_knob(rig, deck, event, source, opened, time):
        value = event.value
        if event.channel >> ADDRESS in (0, deck.deck[0].current + 1):
            value = governed_value(rig, event.kind, event.index, value)
        pass_on(rig, time, event, value)
    heap_pop(rig.pending, rig.pending_key, play.pending)
    play.pending -= 1
    play.owned -= 1 if source == OWNER else 0
    return True


@inlined
def _shed(rig: Any, deck: Any, now: int) -> None:
    """More runs than the machine can bear: fade voices, of parts that only ring first."""
    beyond, current = lanes_beyond(rig, deck), deck.deck[0].current
    if beyond <= 0:
        return
    for turn in range(2):
        for slot in range(deck.slots.shape[0]):
            if beyond > 0 and (slot == current) == (turn == 1):
                voices, less = shed_lanes(rig, deck, slot, beyond, now)
                if voices > 0.0:
                    emit(rig, now, SET, POLYPHONY_AT, voices)
                    rig.block[rig.play[0].count - 1].channel = (slot + 1) << ADDRESS
                    beyond -= less


@compiled
def intake(rig: Any, now: int, count: int) -> int:
    """Gather the events of the `count` samples from sample `now` on, at most 1024, in `rig.block`.

    They are in order and allowed, those of the deck's own kinds in front at `now`; all times are in the block.

    Returns:
        How many there are.
    """
    play, deck, until = rig.play[0], deck_at(rig.words[DECK]), now + count
    play.count = 0
    for source in range(SOURCES):
        _drain_source(rig, deck, source, now)
    opened = _opened(rig)
    begin_budget(rig, deck, count)
    wanted = restored_polyphony(rig, now)
    if wanted > 0.0:
        emit(rig, now, SET, POLYPHONY_AT, wanted)
    if opened < 0:
        _shed(rig, deck, now)
    while play.pending > 0 and play.count < BLOCK_ROOM:
        time = max(rig.pending[0].time, now)
        if time >= until:
            break
        if not step_knobs(rig, now, time, BLOCK_ROOM):
            play.step_time = until - 1  # knobs can wait for a block that is less full, notes cannot
        if play.count >= BLOCK_ROOM or not _take(rig, deck, opened, now):
            break
    step_knobs(rig, now, until, INBOX)
    rig.counters[0].events += play.count
    return play.count

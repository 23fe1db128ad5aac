"""The deck: up to four parts, of which one gets the notes, mixed, limited and gated; live and in the replay.

A patch or model cannot be exchanged inside a part, whose memory has its size. So another part is prepared in a free
slot, and an event, OPEN, makes it the current one at a sample. Its predecessor keeps the notes that it plays until
their keys are up, or fades. Everything here follows from the events and their samples alone: lines of fades and of
the gate are computed from the absolute sample, slots are added in their order, and so the result does not depend on
the block size and a journal of the events gives the same bytes again.

Parts are called by address (`entry`): the deck compiles nothing of them. A slot costs nothing while it is empty.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from accel.emulator.entry import address_of
from engine.adopt import adopt
from engine.arrays import Table, table_at
from engine.block import is_silent
from engine.entry import WORD_AT, WORDS
from engine.envelope import IDLE
from engine.events import ADDRESS_BITS, EVENT, SLOTS, Kind
from engine.jit import compiled
from engine.limiter import limit
from engine.realtime.native import call_words, store_release
from engine.state import PartState

__all__ = ["CHUNK", "FADES", "FREE", "INBOX", "PLAYS", "READY", "RINGS", "Deck", "allocate_deck", "deck_render"]

CHUNK = 1024
"""Samples rendered at a time, whatever the block."""
INBOX = 1024
"""Events that a part can be given at a time; so many may fall on one sample without delay."""
FREE, READY, PLAYS, RINGS, FADES = range(5)
"""States of a slot: empty; filled and not yet opened; the current one; only finishing its notes; fading out."""

SLOT = np.dtype(
    [
        ("entry", "<i8"),  # address of the block function
        ("table", "<i8"),  # address of the PartState
        ("patch", "<i8"),  # serial number of its patch
        ("lanes", "<i8"),  # networks that run
        ("fade_from", "<f8"),  # where the line of its fade begins; it ends at 0
        ("fade_time", "<i8"),
        ("fade_length", "<i8"),
    ]
)
DECK = np.dtype(
    [
        ("current", "<i8"),  # slot that gets the notes, -1 = none
        ("gate_from", "<f8"),  # the gate's line
        ("gate_to", "<f8"),
        ("gate_time", "<i8"),
        ("gate_length", "<i8"),
    ]
)


class Deck(Table):
    """Memory of a deck.

    Attributes:
        deck: DECK [1].
        slots: SLOT [SLOTS]; states: int64 [SLOTS], FREE to FADES.
        level: float64 [1], of the limiter (`limiter.limiter_state`).
        words: int64 [SLOTS, entry.WORDS], calls of the parts.
        inbox: EVENT [SLOTS, INBOX], what each part is given.
        stem, mix: float32 [CHUNK, 2], one part; all of them.
    """

    FIELDS: ClassVar = {
        "deck": (DECK, 1),
        "slots": (SLOT, 1),
        "states": (np.dtype(np.int64), 1),
        "level": (np.dtype(np.float64), 1),
        "words": (np.dtype(np.int64), 2),
        "inbox": (EVENT, 2),
        "stem": (np.dtype(np.float32), 2),
        "mix": (np.dtype(np.float32), 2),
    }
    deck: NDArray[Any]
    slots: NDArray[Any]
    states: NDArray[np.int64]
    level: NDArray[np.float64]
    words: NDArray[np.int64]
    inbox: NDArray[Any]
    stem: NDArray[np.float32]
    mix: NDArray[np.float32]


part_at = table_at(PartState)
EVENT_COUNT, FIRST, NOW, COUNT = (WORD_AT[name] for name in ("event_count", "first", "now", "count"))
NOTE_ON, PARAMETER, KNOB = int(Kind.NOTE_ON), int(Kind.PARAMETER), int(Kind.KNOB)
ROW_SOURCE, ROW_AMOUNT = int(Kind.ROW_SOURCE), int(Kind.ROW_AMOUNT)
OPEN, CLOSE, GATE = int(Kind.OPEN), int(Kind.CLOSE), int(Kind.GATE)
WORD = 8


def allocate_deck() -> Deck:
    """An empty deck with its gate open."""
    deck = np.zeros(1, DECK)
    deck["current"], deck["gate_from"], deck["gate_to"] = -1, 1.0, 1.0
    return Deck(
        deck=deck,
        slots=np.zeros(SLOTS, SLOT),
        states=np.full(SLOTS, FREE),
        level=np.zeros(1),
        words=np.zeros((SLOTS, len(WORDS)), np.int64),
        inbox=np.zeros((SLOTS, INBOX), EVENT),
        stem=np.zeros((CHUNK, 2), np.float32),
        mix=np.zeros((CHUNK, 2), np.float32),
    )


@compiled
def _line(start: float, end: float, time: int, length: int, now: int) -> float:
    """Where a straight line from `start` at sample `time` to `end`, `length` samples later, is at sample `now`."""
    if now >= time + length:
        return end
    return start + (end - start) * ((now - time) / length)


@compiled
def _start_fade(deck: Any, index: int, length: int, now: int) -> None:
    """Let a slot that sounds go to 0 from where it is."""
    slot = deck.slots[index]
    gain = 1.0
    if deck.states[index] == FADES:
        gain = _line(slot.fade_from, 0.0, slot.fade_time, slot.fade_length, now)
    slot.fade_from, slot.fade_time, slot.fade_length = gain, now, length
    deck.states[index] = FADES


@compiled
def _free(deck: Any, index: int) -> None:
    """Give a slot back; whoever sees this may drop the part."""
    deck.slots[index].lanes = 0
    store_release(address_of(deck.states) + WORD * index, FREE)


@compiled
def _open(deck: Any, index: int, length: int, now: int) -> None:
    """Make a ready slot the current one; its predecessor fades over `length` samples, or rings (-1)."""
    if deck.states[index] != READY:
        return
    old = deck.deck[0].current
    if old >= 0:
        adopt(part_at(deck.slots[index].table), part_at(deck.slots[old].table), now)
        if length < 0:
            deck.states[old] = RINGS
        else:
            _start_fade(deck, old, length, now)
    deck.states[index] = PLAYS
    deck.deck[0].current = index


@compiled
def _close(deck: Any, index: int, serial: int, length: int, now: int) -> None:
    """Fade a slot out over `length` samples; one that was never opened is given back at once.

    The slot may have rung out and been filled again since it was decided to close it: what it holds now is left alone.
    """
    if deck.slots[index].patch != serial:
        return
    if deck.states[index] == READY:
        _free(deck, index)
    elif deck.states[index] != FREE:
        _start_fade(deck, index, length, now)
        if deck.deck[0].current == index:
            deck.deck[0].current = -1


@compiled
def _change(deck: Any, event: Any, now: int) -> None:
    """Apply an event of the deck's own kinds at sample position `now`; slots that do not exist are left alone."""
    index, whole = event.index, int(event.value)
    if event.kind == GATE:
        state = deck.deck[0]
        state.gate_from = _line(state.gate_from, state.gate_to, state.gate_time, state.gate_length, now)
        state.gate_to, state.gate_time, state.gate_length = event.value, now, max(index, 0)
    elif 0 <= index < deck.slots.shape[0]:
        if event.kind == OPEN:
            _open(deck, index, whole, now)
        elif event.kind == CLOSE:
            _close(deck, index, event.channel, max(whole, 0), now)


@compiled
def _hears(deck: Any, index: int, event: Any) -> bool:
    """Whether the part in a slot gets an event.

    A part that is not current gets no notes, and without its address none of what is set on a panel, since knobs
    have other meanings there. Keys going up, pedals and controllers are for all.
    """
    kind, address = event.kind, event.channel >> ADDRESS_BITS
    if kind >= OPEN or (address != 0 and address != index + 1):
        return False
    if deck.deck[0].current == index:
        return True
    if kind == NOTE_ON:
        return event.value <= 0.0
    return address != 0 or not (kind in (PARAMETER, KNOB) or ROW_SOURCE <= kind <= ROW_AMOUNT)


@compiled
def _add_slot(deck: Any, index: int, events: Any, first: int, last: int, now: int, count: int) -> None:
    """Render `count` samples of a part, given the events [first, last), into `stem` and add them to `mix`."""
    words, heard = deck.words[index], 0
    for each in range(first, last):
        if _hears(deck, index, events[each]):
            deck.inbox[index, heard] = events[each]
            heard += 1
    words[EVENT_COUNT], words[FIRST], words[NOW], words[COUNT] = heard, 0, now, count
    call_words(deck.slots[index].entry, address_of(words))
    slot, stem, mix = deck.slots[index], deck.stem, deck.mix
    if deck.states[index] != FADES:
        for i in range(count):
            mix[i, 0] += stem[i, 0]
            mix[i, 1] += stem[i, 1]
        return
    for i in range(count):
        gain = _line(slot.fade_from, 0.0, slot.fade_time, slot.fade_length, now + i)
        mix[i, 0] += np.float32(stem[i, 0] * gain)
        mix[i, 1] += np.float32(stem[i, 1] * gain)


@compiled
def _look_after(deck: Any, index: int, now: int) -> None:
    """Count a slot's networks, and give it back once nothing can come from it any more; `now` is the next sample."""
    state, slot = part_at(deck.slots[index].table), deck.slots[index]
    lanes = 0
    for voice in range(state.voices.shape[0]):
        if state.voices[voice].stage != IDLE:
            lanes += state.voices[voice].lanes
    slot.lanes = lanes
    has_rung = deck.states[index] == RINGS and is_silent(state.part[0])
    has_faded = deck.states[index] == FADES and now >= slot.fade_time + slot.fade_length
    if has_rung or has_faded:
        _free(deck, index)


@compiled
def _finish(deck: Any, out: Any, start: int, now: int, count: int) -> None:
    """Limiter and gate: mix[:count] -> out[start:]."""
    limit(deck.level, deck.mix, count)
    state = deck.deck[0]
    for i in range(count):
        gain = _line(state.gate_from, state.gate_to, state.gate_time, state.gate_length, now + i)
        out[start + i, 0] = np.float32(deck.mix[i, 0] * gain)
        out[start + i, 1] = np.float32(deck.mix[i, 1] * gain)


@compiled
def _stretch(events: Any, first: int, event_count: int, now: int, most: int) -> tuple[int, int]:
    """Samples from `now`, at most `most`, that can be rendered at once, and the end of their events.

    A stretch ends where the deck's next own event is, and before it holds more events than an inbox.
    """
    last = first
    while last < event_count and events[last].time < now + most:
        if events[last].kind >= OPEN and events[last].time > now:
            most = events[last].time - now
            break
        if last - first == INBOX:
            most = max(1, events[last].time - now)
            break
        last += 1
    while last > first and events[last - 1].time >= now + most:
        last -= 1
    return most, last


@compiled
def deck_render(deck: Any, events: Any, event_count: int, now: int, out: Any, count: int) -> int:
    """Render `count` samples into out[:count] (float32 [.., 2], overwritten): all parts, limited and gated.

    Args:
        deck: `Deck`.
        events: records of `events.EVENT`, of which the first `event_count` count, in the order of time, each allowed
            by `event_check`. At one sample those of the deck's own kinds act first. What is before `now` acts at once.
        now: sample position of out[0].

    Returns:
        Index of the first event that was not applied: it lies beyond the block (or more than INBOX fell on one
        sample, whose rest must be handed in again, and acts a sample later).
    """
    done: Any = np.int64(0)
    first: Any = np.int64(0)
    while done < count:
        time = now + done
        each: Any = first
        while each < min(event_count, first + INBOX) and events[each].time <= time:
            if events[each].kind >= OPEN:
                _change(deck, events[each], time)
            each += 1
        length, last = _stretch(events, first, event_count, time, min(CHUNK, count - done))
        deck.mix[:length, :] = 0.0
        for index in range(deck.slots.shape[0]):
            if deck.states[index] >= PLAYS:
                _add_slot(deck, index, events, first, last, time, length)
                _look_after(deck, index, time + length)
        _finish(deck, out, done, time, length)
        first = last
        done += length
    return first

"""The next samples of what is played live: events in, journal, deck, and all that looks at the sound.

Whoever plays calls this, one at a time: the device's callback, the loop that renders ahead, or the one that follows the
clock. It is compiled once and called by address, since compiling the deck takes seconds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import cfunc, types

from accel.emulator.entry import address_of
from accel.emulator.memory import peek
from accel.jit import JIT
from accel.once import once
from engine.arrays import array_at, table_at
from engine.deck import CHUNK, Deck, deck_render
from engine.entry import WORD_AT as CALL_AT
from engine.jit import compiled, inlined
from engine.realtime.governor import deck_at, learn_costs, running_lanes
from engine.realtime.intake import intake
from engine.realtime.native import call_words, thread_ns
from engine.realtime.publish import SHOWN_EVERY, publish_meters, publish_sound, write_tape
from engine.realtime.rig import RING_AT, WORD_AT, Rig
from engine.realtime.ring import push
from engine.realtime.turn import give_turn, take_turn

__all__ = ["connect_deck", "produce", "produce_address", "rig_at"]

DECK, PRODUCE, TURN, WORD = WORD_AT["deck"], WORD_AT["produce"], WORD_AT["turn"], 8
JOURNAL = RING_AT["journal"]
VALUES, VALUE_COUNT = CALL_AT["values"], CALL_AT["value_count"]
CALL_RIG, CALL_OUT, CALL_COUNT = range(3)
FRAME = 8  # bytes

rig_at = table_at(Rig)
_stereo_at, _reals_at = array_at(np.dtype(np.float32), 2), array_at(np.dtype(np.float64))


@inlined
def _journal(rig: Any, count: int) -> None:
    """Hand the block's events to the journal; one that is lost makes it incomplete, and is counted."""
    for each in range(count):
        if not push(rig.journal, rig.ring_heads, rig.ring_tails, JOURNAL, rig.block[each]):
            rig.counters[0].journal_lost += 1


@inlined
def _publish(rig: Any, deck: Any, out: Any, count: int, is_changed: bool) -> None:
    """Show what was rendered; `Rig.play` is already at the next block."""
    play, current = rig.play[0], deck.deck[0].current
    write_tape(rig, out, play.now - count, count)
    publish_meters(rig, deck, out, count)
    if current >= 0 and (is_changed or play.now - play.shown_at >= SHOWN_EVERY):
        play.shown_at = play.now
        words = deck.words[current]
        publish_sound(rig, deck, _reals_at(words[VALUES], words[VALUE_COUNT]))


def _produce(call: Any) -> Any:
    """`int64 f(int64 address of Rig.call)`: render CALL_COUNT samples to CALL_OUT; returns how many events acted."""
    rig, count = rig_at(peek(call, CALL_RIG)), peek(call, CALL_COUNT)
    out, deck, play = _stereo_at(peek(call, CALL_OUT), count), deck_at(rig.words[DECK]), rig.play[0]
    began, lanes = thread_ns(rig.words), running_lanes(deck)
    events = intake(rig, play.now, count)
    _journal(rig, events)
    deck_render(deck, rig.block, events, play.now, out, count)
    play.now += count
    rig.counters[0].samples += count
    _publish(rig, deck, out, count, events > 0)
    learn_costs(rig, lanes, count, thread_ns(rig.words) - began)
    return events


@once
def _compiled() -> Any:
    return cfunc(types.int64(types.int64), **JIT)(_produce)


def produce_address() -> int:
    """Address of the function that `produce` calls, valid as long as this process lives. Compiles it, or loads it."""
    return int(_compiled().address)


def connect_deck(rig: Rig, deck: Deck) -> None:
    """Let the rig play a deck, from now to its end; both must outlive all use. To be called before anything plays."""
    rig.words[DECK], rig.words[PRODUCE] = deck.address, produce_address()


@compiled
def produce(rig: Any, out: Any, start: int, count: int) -> bool:
    """Render the next `count` samples into out[start:], float32 [.., 2].

    Returns:
        False where somebody else is at it, or there is no deck: then it is silence, and nothing has moved on.
    """
    turn = address_of(rig.words) + WORD * TURN
    has_turn = rig.words[PRODUCE] != 0 and take_turn(turn)
    if not has_turn:
        for i in range(start, start + count):
            out[i, 0] = out[i, 1] = 0.0
        return False
    done: Any = 0
    while done < count:
        part = min(count - done, CHUNK)
        rig.call[CALL_OUT] = address_of(out) + FRAME * (start + done)
        rig.call[CALL_COUNT] = part
        call_words(rig.words[PRODUCE], address_of(rig.call))
        done += part
    give_turn(turn)
    return True

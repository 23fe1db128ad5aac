"""Knobs glide: one that is turned takes a step every 64 samples towards where it stands now.

A controller of seven bits, or a mouse, jumps; the network would ramp each jump within one control frame, which is
heard as a zipper. One pole of 5 ms: a knob moves in the first block and has arrived, exactly, after some 40 ms. The
steps are events like all others, so the journal holds what was played and a replay needs no smoothing.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from accel.formats import HOP, RATE
from engine.deck import PLAYS
from engine.events import Kind
from engine.jit import compiled
from engine.realtime.governor import part_at, state_of

__all__ = ["STEP", "aim_knob", "emit", "forget_knob", "forget_knobs", "pass_on", "step_knobs"]

STEP = HOP
"""Samples between two steps of a knob."""
SHARE = 1.0 - math.exp(-STEP / (0.005 * RATE))
NEAR = 1.0 / 4096.0
KNOB: Any = np.int64(Kind.KNOB)  # typed: for a literal, Numba compiles a function once more


@compiled
def emit(rig: Any, time: int, kind: int, index: int, value: float) -> None:
    """Append an event for all that hear it to those of the block, which has room."""
    play = rig.play[0]
    record = rig.block[play.count]
    record.time, record.kind, record.channel, record.index, record.value = time, kind, 0, index, value
    play.count += 1


@compiled
def pass_on(rig: Any, time: int, event: Any, value: float) -> None:
    """Append an event as it came, but for its time and value; the block has room."""
    play = rig.play[0]
    record = rig.block[play.count]
    record.time, record.kind, record.channel, record.index = time, event.kind, event.channel, event.index
    record.value = value
    play.count += 1


@compiled
def forget_knob(rig: Any, index: int) -> None:
    """A knob was set by something that is not smoothed: it stays there."""
    if 0 <= index < rig.knob_moves.shape[0] and rig.knob_moves[index] != 0:
        rig.knob_moves[index] = 0
        rig.play[0].moving -= 1


@compiled
def forget_knobs(rig: Any) -> None:
    """Another part takes over, whose knobs are others."""
    if rig.play[0].moving > 0:
        for index in range(rig.knob_moves.shape[0]):
            rig.knob_moves[index] = 0
        rig.play[0].moving = 0


@compiled
def aim_knob(rig: Any, deck: Any, index: int, value: float, time: int) -> bool:
    """Let a knob of the current part glide to `value`, 0..1, from sample `time` on; False if there is no such knob."""
    current = deck.deck[0].current
    if current < 0 or state_of(deck, current) < PLAYS:
        return False
    knobs, play = part_at(deck.slots[current].table).knobs, rig.play[0]
    if not 0 <= index < min(knobs.shape[0], rig.knob_moves.shape[0]):
        return False
    if rig.knob_moves[index] == 0:
        if play.moving == 0:
            play.step_time = max(time, play.step_time)  # no second step within 64 samples of the last
        rig.knob_moves[index], rig.knob_at[index] = 1, knobs[index]
        play.moving += 1
    rig.knob_to[index] = value
    return True


@compiled
def step_knobs(rig: Any, now: int, until: int, room: int) -> bool:
    """Emit the steps that are due from sample `now` until before `until`, as long as the block holds at most `room`.

    Returns:
        Whether none is due any more: what is due and found no room must not be overtaken by later events.
    """
    play = rig.play[0]
    while play.moving > 0 and play.step_time < until and play.count + play.moving <= room:
        time = max(play.step_time, now)
        for index in range(rig.knob_moves.shape[0]):
            if rig.knob_moves[index] == 0:
                continue
            value, target = rig.knob_at[index], rig.knob_to[index]
            value += SHARE * (target - value)
            if abs(target - value) <= NEAR:
                value = target
                rig.knob_moves[index] = 0
                play.moving -= 1
            rig.knob_at[index] = value
            emit(rig, time, KNOB, index, value)
        play.step_time = time + STEP
    return play.moving == 0 or play.step_time >= until

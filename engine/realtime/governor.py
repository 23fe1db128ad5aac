"""What the machine can bear: how many notes may start in a block, and how many may sound.

Costs are running means of what blocks took on the processor, so they follow the model, the machine and its clock.
Starting a note is dear, since its network runs unheard first: notes beyond the budget of a block wait for the next.
Held notes cannot wait, so where they would not fit any more the polyphony is lowered by an event, which the journal
holds and the window shows, and set back when there is room again. That happens before a note that would be too much,
and in the midst of a held chord if it turns out to be (`shed_lanes`): a voice less is better than a gap in all.
"""

from __future__ import annotations

import math
from typing import Any

from accel.emulator.entry import address_of
from accel.formats import RATE
from engine.arrays import table_at
from engine.deck import FREE, PLAYS, RINGS, Deck
from engine.envelope import FADE, IDLE
from engine.events import ADDRESS_BITS, Kind
from engine.jit import compiled, inlined
from engine.parameters import TABLE
from engine.realtime.native import load_acquire
from engine.realtime.rig import WORD_AT
from engine.state import PartState

__all__ = [
    "LOAD_SHARE",
    "POLYPHONY",
    "START",
    "START_SEED",
    "START_SHARE",
    "SUSTAIN",
    "SUSTAIN_SEED",
    "UNLIMITED",
    "begin_budget",
    "deck_at",
    "governed_value",
    "lanes_beyond",
    "lanes_limit",
    "learn_costs",
    "lowered_polyphony",
    "may_start",
    "note_lanes",
    "part_at",
    "restored_polyphony",
    "running_lanes",
    "shed_lanes",
    "state_of",
    "take_seeds",
]

SUSTAIN, START, SUSTAIN_SEED, START_SEED, OVERHEAD, GOVERNED = range(6)
"""In `Rig.cost`: ns that a running network takes per sample, and that starting one takes; 0 = not known, then nothing
is held back. The loader writes what it has measured for a new patch to the seeds before its OPEN event. OVERHEAD: ns of
a block in which nothing sounds. GOVERNED: networks for which the polyphony was lowered last, 0 = not known."""
START_SHARE = 0.5
"""Of a block's time, what notes may take that run or start. A chord's first block takes up to half more than single
notes let expect, since nothing of it is in the cache yet."""
LOAD_SHARE = 0.7
"""Of the time, what running networks may take: where others use the cache, a block takes half more than the mean."""
FULL, RESERVE = 0.75, 0.4
"""Of the time, what networks that run and one note that starts may take together; of that, most that is kept for it."""
ROOMY = 0.7
"""Of that, below which the polyphony is set back."""
MEMORY, FAST = 4096.0, 1.0 / 8.0
"""Samples that a running mean remembers; share of a block in that of starts, which are rarer."""
NS_PER_SAMPLE = 1e9 / RATE
POLYPHONY = [entry.id for entry in TABLE].index("voice.polyphony")
POLY = 0
LONGEST_PAUSE = 3
"""Blocks without a start, after one that took longer than its block."""
ADDRESS, DECK, WORD = ADDRESS_BITS, WORD_AT["deck"], 8
PARAMETER, OPEN = int(Kind.PARAMETER), int(Kind.OPEN)
UNLIMITED = 1 << 30

deck_at, part_at = table_at(Deck), table_at(PartState)


@compiled
def state_of(deck: Any, slot: int) -> int:
    """A slot's state; where it is not FREE, what Python put into the slot is visible."""
    return load_acquire(address_of(deck.states) + WORD * slot)


@compiled
def running_lanes(deck: Any) -> int:
    """Networks that run in all parts."""
    lanes = 0
    for slot in range(deck.slots.shape[0]):
        lanes += deck.slots[slot].lanes
    return lanes


@compiled
def lanes_limit(rig: Any) -> int:
    """Networks that can run at once in the time there is, at least 1."""
    cost, size = rig.cost[SUSTAIN], max(rig.play[0].size, 1)
    if cost <= 0.0:
        return UNLIMITED
    return max(int((LOAD_SHARE * NS_PER_SAMPLE - rig.cost[OVERHEAD] / size) / cost), 1)


@compiled
def _lanes_beside_start(rig: Any, lanes: int) -> int:
    """Networks that can run while a note of so many starts, as each does at a full polyphony; at least that many.

    Where starting it takes most of a block, it cannot be helped: then it is late, and not everything else gone.
    """
    cost, size = rig.cost[SUSTAIN], max(rig.play[0].size, 1)
    limit = lanes_limit(rig)
    if limit >= UNLIMITED:
        return limit
    block = size * NS_PER_SAMPLE
    start = min(lanes * rig.cost[START], RESERVE * block)
    return max(min(limit, int((FULL * block - rig.cost[OVERHEAD] - start) / (cost * size))), lanes)


@compiled
def learn_costs(rig: Any, lanes: int, count: int, took: int) -> None:
    """Follow what `count` samples took in ns, during which `lanes` networks ran at the start."""
    starting, cost, share = rig.play[0].starting, rig.cost, min(count / MEMORY, FAST)
    if starting > 0:
        rate = max(took - cost[OVERHEAD] - lanes * count * cost[SUSTAIN], 0.0) / starting
        cost[START] += (rate - cost[START]) * (FAST if cost[START] > 0.0 else 1.0)
    elif lanes > 0:
        rate = max(took - cost[OVERHEAD], 0.0) / (lanes * count)
        cost[SUSTAIN] += (rate - cost[SUSTAIN]) * (share if cost[SUSTAIN] > 0.0 else 1.0)
    else:
        cost[OVERHEAD] += (took - cost[OVERHEAD]) * (FAST if cost[OVERHEAD] > 0.0 else 1.0)


@compiled
def take_seeds(rig: Any) -> None:
    """A new part takes over: what the loader has measured for it counts from here on."""
    for which in range(SUSTAIN_SEED):
        seed = rig.cost[SUSTAIN_SEED + which]
        if seed > 0.0:
            rig.cost[which], rig.cost[SUSTAIN_SEED + which] = seed, 0.0


@compiled
def begin_budget(rig: Any, deck: Any, count: int) -> None:
    """Forget the last block: nothing has started yet in this one of `count` samples."""
    play, current = rig.play[0], deck.deck[0].current
    play.started = play.starting = 0
    play.lanes, play.size = running_lanes(deck), count
    play.budget = START_SHARE * count * NS_PER_SAMPLE - rig.cost[OVERHEAD] - play.lanes * count * rig.cost[SUSTAIN]
    play.pause = max(play.pause - 1, 0)
    play.polyphony = 0.0
    if current >= 0:
        play.polyphony = part_at(deck.slots[current].table).parameters[0].voice_polyphony


@inlined
def _lanes_of_note(deck: Any, slot: int) -> int:
    """Networks that a note starts in a slot's part."""
    if slot < 0 or slot >= deck.slots.shape[0] or state_of(deck, slot) < PLAYS:
        return 0
    state = part_at(deck.slots[slot].table)
    if int(state.parameters[0].voice_mode) != POLY and state.part[0].active > 0:
        return 0  # it goes on with the voice that sounds
    return min(max(int(state.parameters[0].voice_unison), 1), state.lanes.shape[1])


@compiled
def note_lanes(deck: Any, opened: int, channel: int) -> int:
    """Networks that a note-on with this channel field starts; `opened`: slot that is opened in this block, or -1."""
    address = channel >> ADDRESS
    slot = deck.deck[0].current if address == 0 else address - 1
    if opened >= 0 and address in (0, opened + 1) and state_of(deck, opened) != FREE:
        state = part_at(deck.slots[opened].table)
        return min(max(int(state.parameters[0].voice_unison), 1), state.lanes.shape[1])
    return _lanes_of_note(deck, slot)


@compiled
def may_start(rig: Any, lanes: int) -> bool:
    """Whether the block's budget allows one more note, and if so, take it from there.

    The first one of a block always may, since no note waits for ever; one that takes longer than the block is followed
    by a pause, so that what it delayed is caught up with.
    """
    play = rig.play[0]
    price = lanes * rig.cost[START]
    if play.pause > 0 or (play.started > 0 and price > play.budget):
        return False
    block = play.size * NS_PER_SAMPLE
    beyond = price - play.budget - (1.0 - START_SHARE) * block
    if beyond > 0.0:
        play.pause = 1 + min(math.ceil(beyond / ((1.0 - LOAD_SHARE) * block)), LONGEST_PAUSE)
    play.started += 1
    play.starting += lanes
    play.lanes += lanes
    play.budget -= price
    return True


@compiled
def lasting_lanes(deck: Any, slot: int) -> int:
    """Networks of a slot that run until a key goes up or longer: not those that fade, alone or with their part."""
    lanes, is_lasting = 0, state_of(deck, slot) in (PLAYS, RINGS)
    if is_lasting:
        voices = part_at(deck.slots[slot].table).voices
        for each in range(voices.shape[0]):
            if voices[each].stage not in (IDLE, FADE):
                lanes += voices[each].lanes
    return lanes


@compiled
def lanes_beyond(rig: Any, deck: Any) -> int:
    """Networks that run, and will go on to, beyond what the machine can bear; 0 or less = none."""
    lanes = 0
    for slot in range(deck.slots.shape[0]):
        lanes += lasting_lanes(deck, slot)
    return lanes - lanes_limit(rig)


@compiled
def shed_lanes(rig: Any, deck: Any, slot: int, beyond: int, now: int) -> tuple[float, int]:
    """Polyphony that a slot's part must be brought down to so that so many networks less run, and how many do then.

    0 = it cannot be, since a part keeps one voice.
    """
    play, lanes = rig.play[0], lasting_lanes(deck, slot)
    if lanes == 0:
        return 0.0, 0
    voices, sounding = part_at(deck.slots[slot].table).voices, 0
    for each in range(voices.shape[0]):
        if voices[each].stage not in (IDLE, FADE):
            sounding += 1
    keep = max(sounding - (beyond * sounding + lanes - 1) // lanes, 1)
    if keep == sounding:
        return 0.0, 0
    if slot == deck.deck[0].current:
        if play.wanted == 0.0:
            play.wanted = play.polyphony
        play.polyphony, play.governed_at = float(keep), now
    return float(keep), lanes * (sounding - keep) // sounding


@compiled
def lowered_polyphony(rig: Any, deck: Any, lanes: int, now: int) -> float:
    """Polyphony to be set before a note of so many networks, which `may_start`, does in the current part; 0 = none."""
    play, limit, current = rig.play[0], _lanes_beside_start(rig, lanes), deck.deck[0].current
    if current < 0 or lanes == 0 or play.lanes <= limit:
        return 0.0
    rig.cost[GOVERNED] = limit
    elsewhere = running_lanes(deck) - deck.slots[current].lanes
    fits = float(max((limit - elsewhere) // lanes, 1))
    if fits >= play.polyphony:
        return 0.0
    if play.wanted == 0.0:
        play.wanted = play.polyphony
    play.polyphony, play.governed_at = fits, now
    return fits


@compiled
def restored_polyphony(rig: Any, now: int) -> float:
    """Polyphony to be set at the start of a block, since there is room again; 0 = none."""
    play = rig.play[0]
    limit = float(lanes_limit(rig))
    if rig.cost[GOVERNED] > 0.0:
        limit = min(limit, rig.cost[GOVERNED])
    if play.wanted == 0.0 or now - play.governed_at < RATE or play.lanes > ROOMY * limit:
        return 0.0
    wanted: float = play.wanted
    play.polyphony, play.wanted, play.governed_at = wanted, 0.0, now
    return wanted


@compiled
def governed_value(rig: Any, kind: int, index: int, value: float) -> float:
    """The value of a parameter event for the current part: a polyphony that is asked for waits until there is room."""
    play = rig.play[0]
    if kind != PARAMETER or index != POLYPHONY:
        return value
    if play.wanted > 0.0 and value > play.polyphony:
        play.wanted = value
        held: float = play.polyphony
        return held
    play.wanted, play.polyphony = 0.0, math.floor(value)
    return value

"""The arrays, the deck and the rings that everything in the engine process plays on, made once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from engine.deck_keeper import DeckKeeper
from engine.realtime.event_ring import EventRing
from engine.realtime.produce import connect_deck
from engine.realtime.rig import RING_AT, Rig, allocate_rig

__all__ = ["Core", "make_core"]


@dataclass(frozen=True)
class Core:
    """What the parts of the engine share.

    Attributes:
        arrays: of the shared block.
        rig: these and the private ones.
        keeper: of the deck that plays.
        control, midi: rings of events to it, from the engine's own threads and from MIDI.
        played: ring of the events that it was given.
    """

    arrays: Mapping[str, NDArray[Any]]
    rig: Rig
    keeper: DeckKeeper
    control: EventRing
    midi: EventRing
    played: EventRing

    @property
    def samples(self) -> int:
        """Samples that have been rendered so far, which is the position of the next one."""
        return int(self.rig.play["now"][0])

    def tape_head(self) -> int:
        """The same, as far as the tape holds them."""
        return int(self.rig.ring_heads[RING_AT["tape"]])

    def take_journal(self) -> NDArray[Any]:
        """Events that were played and not yet taken, EVENT [n]."""
        return self.played.pop()


def make_core(arrays: Mapping[str, NDArray[Any]]) -> Core:
    """Allocate all of it for a shared block, with an empty deck. Compiles what renders, or loads it."""
    rig, keeper = allocate_rig(arrays), DeckKeeper()
    connect_deck(rig, keeper.deck)
    heads, tails = rig.ring_heads, rig.ring_tails
    rings = {
        name: EventRing(records, heads, tails, RING_AT[ring])
        for name, ring, records in (
            ("control", "control", rig.control),
            ("midi", "midi", rig.midi),
            ("played", "journal", rig.journal),
        )
    }
    return Core(arrays, rig, keeper, **rings)

"""Python's side of a deck: puts parts into slots, and keeps them alive until the deck has done with them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.deck import FREE, READY, Deck, allocate_deck
from engine.entry import WORD_AT, part_words, render_address
from engine.part import Part

__all__ = ["DeckKeeper"]


class DeckKeeper:
    """A deck and its parts. One thread fills and collects; the deck may be rendered by another meanwhile.

    Attributes:
        deck: for `deck.deck_render`; the keeper must outlive its use.
    """

    def __init__(self) -> None:
        self.deck: Deck = allocate_deck()
        self._parts: dict[int, Part] = {}

    def free_slots(self) -> list[int]:
        """Slots that can be filled."""
        return np.flatnonzero(self.deck.states == FREE).tolist()

    def parts(self) -> dict[int, Part]:
        """The part in each slot that is not free."""
        return {slot: part for slot, part in self._parts.items() if self.deck.states[slot] != FREE}

    def fill(self, slot: int, part: Part, patch_serial: int) -> None:
        """Put a part into a free slot, ready for an OPEN event; nothing is heard of it before.

        Args:
            patch_serial: number by which events, journal and window name its patch.

        Raises:
            ValueError: the slot is not free.
            SystoleError: the part's model runs in the exact form only.
        """
        if self.deck.states[slot] != FREE:
            raise ValueError(f"slot {slot} is taken")
        words: NDArray[Any] = self.deck.words[slot]
        for name, value in part_words(part).items():
            words[WORD_AT[name]] = value
        words[WORD_AT["events"]] = self.deck.inbox[slot].ctypes.data
        words[WORD_AT["out"]] = self.deck.stem.ctypes.data
        record = self.deck.slots[slot]
        record["entry"], record["table"] = render_address(), part.state.address
        record["patch"], record["lanes"] = patch_serial, 0
        self._parts[slot] = part
        self.deck.states[slot] = READY

    def withdraw(self, slot: int) -> None:
        """Take back a part that was filled in and for which no OPEN event was sent; otherwise nothing happens."""
        if self.deck.states[slot] == READY:
            self.deck.states[slot] = FREE

    def collect(self) -> None:
        """Drop the parts of slots that the deck has given back."""
        self._parts = self.parts()

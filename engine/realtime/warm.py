"""Everything compiled that live playing calls, so that the first stream does not wait for it."""

from __future__ import annotations

import numpy as np

from engine.deck import Deck
from engine.live.layout import BYTES, carve
from engine.realtime.ahead import run_ahead, run_canary, run_silent
from engine.realtime.callback import audio_address, finished_address
from engine.realtime.jack_process import process_address
from engine.realtime.produce import connect_deck, produce
from engine.realtime.rig import WORD_AT, allocate_rig

__all__ = ["warm_realtime"]


def warm_realtime(deck: Deck) -> None:
    """Compile, or load, all entries: play a moment of a deck with nothing in it, and let every loop end at once."""
    rig = allocate_rig(carve(np.zeros(BYTES, np.uint8)))
    connect_deck(rig, deck)
    produce(rig, np.zeros((64, 2), np.float32), 0, 64)
    rig.words[WORD_AT["stop"]] = 1
    for loop in (run_ahead, run_silent, run_canary):
        loop(rig)
    for address in (audio_address, finished_address, process_address):
        address()

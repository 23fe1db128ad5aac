"""The first start: compiling takes up to a minute, so it is announced, and shown where somebody looks."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

__all__ = ["announce_if_cold", "warm_up"]

COLD_NOTE = "systole: compiling for this processor, once: up to a minute"


def announce_if_cold(say: Callable[[str], None]) -> bool:
    """Say that compiling lies ahead if this version's machine code is not on disk yet."""
    from accel.jit import is_cold

    cold = is_cold()
    if cold:
        say(COLD_NOTE)
    return cold


def warm_up(say: Callable[[str], None] | None) -> tuple[float, Path]:
    """Compile, or load, every kernel by playing a moment, offline and live; (seconds, folder of the machine code)."""
    from accel.jit import cache_folder

    began = time.monotonic()
    if say is not None:
        announce_if_cold(say)
    import numpy as np

    from engine.banks import load_banks
    from engine.deck import deck_render
    from engine.deck_keeper import DeckKeeper
    from engine.events import Kind, event_array
    from engine.library import find_model, open_model
    from engine.part import Part
    from engine.patch import load_patch
    from engine.realtime.warm import warm_realtime

    patch = load_patch(load_banks().patch_name(0, 0))
    keeper, out = DeckKeeper(), np.zeros((256, 2), np.float32)
    keeper.fill(0, Part(patch, open_model(find_model(patch.model)), seed=1), 0)
    events = event_array([(0, Kind.OPEN, 0, 0, 0.0), (0, Kind.NOTE_ON, 0, 60, 100.0)])
    deck_render(keeper.deck, events, len(events), 0, out, len(out))
    warm_realtime(DeckKeeper().deck)
    return time.monotonic() - began, cache_folder()

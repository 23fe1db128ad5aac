"""A part that takes over from another while music goes on: it finds the player's controllers as they are.

What belongs to the channels and to the player moves over: wheels, pedals, volume, tuning, tempo and the position in
the song. What belongs to the sound (parameters, knobs, matrix) does not, nor do the notes.
"""

from __future__ import annotations

from typing import Any

from engine.controllers import aim_bus, derive, follow_beat
from engine.jit import compiled

__all__ = ["adopt"]


@compiled
def adopt(state: Any, old: Any, now: int) -> None:
    """Copy to the part `state`, which plays no note yet, what the player has set on `old`, at sample position `now`."""
    part, other = state.part[0], old.part[0]
    # Loops and not slices, which Numba takes three seconds to compile.
    for channel in range(state.channels.shape[0]):
        state.channels[channel] = old.channels[channel]
    for key in range(state.tuning.shape[0]):
        state.tuning[key], state.key_pressure[key] = old.tuning[key], old.key_pressure[key]
    part.volume, part.expression, part.pan, part.wheel = other.volume, other.expression, other.pan, other.wheel
    part.sustain, part.sostenuto = other.sustain, other.sostenuto
    part.cv_pitch, part.cv_level = other.cv_pitch, other.cv_level
    part.tempo, part.beat, part.beat_time = other.tempo, other.beat, other.beat_time
    aim_bus(part)
    derive(state, now)
    follow_beat(state, now)

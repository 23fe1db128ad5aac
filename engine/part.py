"""A part: one patch on one model with its voices; the Python side of the block function."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accel.emulator import PackedProgram, allocate, pack
from accel.errors import SystoleError
from accel.formats import RATE
from accel.program import Program
from engine.apply import apply_until
from engine.block import is_silent, render_block
from engine.controllers import reset_part
from engine.entry import Call, can_enter
from engine.modulation import source_index, target_index
from engine.parameters import TABLE
from engine.patch import Patch
from engine.state import LANES, MAX_SPARE, WARM_UP, allocate_part
from engine.tuning import equal_temperament

__all__ = ["FOREVER", "Part"]

FOREVER = 1 << 62


@functools.lru_cache(maxsize=16)
def _packed(program: Program) -> PackedProgram:
    """The program laid out for the kernels, which never change it: all parts of a model share it."""
    return pack(program)


def _needed(patch: Patch) -> tuple[int, int]:
    """Polyphony and unison that a patch asks for."""
    mono = patch.value("voice.mode") != "poly"
    return 1 if mono else int(patch.number("voice.polyphony")), int(patch.number("voice.unison"))


class Part:
    """Voices that play a patch. All memory is allocated here; rendering allocates nothing.

    Every parameter may change while it plays, but `voice.polyphony` and `voice.unison` never beyond the room.

    Args:
        patch: the sound.
        program: its model, at 48 kHz.
        seed: of noise, start phases and random modulation; equal seeds give equal bytes.
        notes: sample positions [from, until) of the note-ons that this part plays. It follows all other
            events, so that a part that takes over a channel finds its controllers as they are.
        tuning: volts of the 128 keys, equal temperament by default.
        room: polyphony and unison to allocate for; by default the patch's. More room changes no bit of the sound.

    Raises:
        SystoleError: the model runs at another rate.
    """

    def __init__(
        self,
        patch: Patch,
        program: Program,
        *,
        seed: int,
        notes: tuple[int, int] = (0, FOREVER),
        tuning: NDArray[np.float64] | None = None,
        room: tuple[int, int] | None = None,
    ) -> None:
        if program.rate != RATE:
            raise SystoleError(f"model {program.name}: runs at {program.rate} Hz; patches need {RATE} Hz")
        self.patch, self.program, self.notes_until = patch, program, notes[1]
        asked = _needed(patch)
        polyphony, unison = asked if room is None else room
        slots, lanes = polyphony + min(polyphony, MAX_SPARE), min(unison, LANES)
        self.packed = _packed(program)
        self.states = allocate(self.packed, slots * lanes)
        self.state = allocate_part(slots, lanes, len(program.knobs))
        self.values = self.state.parameters.view(np.float64)
        self.state.part["polyphony"], self.state.part["asked"] = polyphony, min(asked[0], polyphony)
        self._set_up(seed, notes, equal_temperament() if tuning is None else tuning)
        self._call = Call(self) if can_enter(self) else None

    def _set_up(self, seed: int, notes: tuple[int, int], tuning: NDArray[np.float64]) -> None:
        patch, state = self.patch, self.state
        ids = [knob.id for knob in self.program.knobs]
        state.part["seed"] = seed & 0xFFFFFFFF
        state.part["hop"] = hop = self.program.hop
        state.part["warm_frames"] = -(-min(self.program.receptive_field - 1, WARM_UP) // hop)
        state.part["notes_from"], state.part["notes_until"] = notes
        for index, entry in enumerate(TABLE):
            self.values[index] = patch.number(entry.id)
        state.knobs[:] = [patch.knobs.get(knob.id, knob.default) for knob in self.program.knobs]
        for index, row in enumerate(patch.modulation):
            state.rows[index] = (source_index(row.source), target_index(row.target, ids), row.amount)
        state.tuning[:] = tuning
        reset_part(state)

    @property
    def is_idle(self) -> bool:
        """No voice sounds; the DC blocker may still be settling, inaudibly."""
        return int(self.state.part["active"][0]) == 0

    @property
    def is_silent(self) -> bool:
        """Nothing is left: until the next note, rendering gives exact zeros."""
        return bool(is_silent(self.state.part[0]))

    def skip(self, events: NDArray[Any], until: int) -> None:
        """Apply the events before sample position `until` without rendering; they must hold no note to play."""
        apply_until(self.state, self.values, events, until)

    def render(self, events: NDArray[Any], first: int, now: int, out: NDArray[np.float32]) -> int:
        """Fill `out` (float32 [n, 2], C order) from sample position `now`; returns the next event's index."""
        if self._call is not None:
            return self._call.render(events, first, now, out)
        return render_block(self.packed, self.states, self.state, self.values, events, first, now, out, len(out))

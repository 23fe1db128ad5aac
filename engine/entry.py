"""The block function by address: one machine code for live playing and for rendering, for every part of every model.

A part is put into words once, addresses of its arrays; a call fills in what changes. So a sound device's callback, a
deck of parts and Python all call the same code, which no caller compiles again (compiling it takes seconds), and the
arguments cost nothing to hand over. It neither allocates nor takes the GIL.

Only programs for the vector kernels can be called so, since their networks go by address themselves; programs whose
sums are not proven (`accel.proof`) take the exact form, which is too slow to play anyway.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import cfunc, types
from numpy.typing import NDArray

from accel.emulator.fast_pack import FastProgram
from accel.emulator.fast_state import FastStates
from accel.emulator.memory import peek
from accel.errors import SystoleError
from accel.jit import JIT
from accel.once import once
from engine.arrays import array_at, table_at
from engine.block import render_block
from engine.events import EVENT
from engine.state import PartState

if TYPE_CHECKING:
    from engine.part import Part

__all__ = ["WORD_AT", "Call", "can_enter", "part_words", "render_address"]

WORDS = ("handle", "table", "values", "value_count", "events", "event_count", "first", "now", "out", "count")
WORD_AT = {name: at for at, name in enumerate(WORDS)}
"""handle: address of FastStates.handle; table: of PartState; values: of its parameters as float64, value_count of
them; the others are arguments of `block.render_block`, arrays by the addresses of their first elements."""
HANDLE, PART, VALUES, VALUE_COUNT = (WORD_AT[name] for name in WORDS[:4])
EVENTS, EVENT_COUNT, FIRST, NOW, OUT, COUNT = (WORD_AT[name] for name in WORDS[4:])

_words_at, _bytes_at = array_at(np.dtype(np.int64)), array_at(np.dtype(np.uint8))
_rows_at = array_at(np.dtype(np.int64), 1)
_reals_at, _events_at = array_at(np.dtype(np.float64)), array_at(EVENT)
_stereo_at, _part_at = array_at(np.dtype(np.float32), 2), table_at(PartState)


def _enter(words: Any) -> Any:
    """render_block with the arguments that the words at this address say; returns what it returns."""
    # The kernels take everything from the handle; the other fields are only there to make up the types.
    handle, nothing = _words_at(peek(words, HANDLE), 1), _bytes_at(peek(words, HANDLE), 0)
    packed = FastProgram(handle, nothing)
    states = FastStates(handle, _rows_at(peek(words, HANDLE), 0), nothing, nothing)
    values = _reals_at(peek(words, VALUES), peek(words, VALUE_COUNT))
    events = _events_at(peek(words, EVENTS), peek(words, EVENT_COUNT))
    count = peek(words, COUNT)
    out = _stereo_at(peek(words, OUT), count)
    return render_block(
        packed, states, _part_at(peek(words, PART)), values, events, peek(words, FIRST), peek(words, NOW), out, count
    )


@once
def _compiled() -> Any:
    """Compile the entry, or load it; it stays, since its address is handed around."""
    return cfunc(types.int64(types.int64), **JIT)(_enter)


def render_address() -> int:
    """Address of the entry, `int64 f(int64 words)`, valid as long as this process lives. Compiles it, or loads it."""
    return int(_compiled().address)


@once
def _callable() -> Any:
    return ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(render_address())


def can_enter(part: Part) -> bool:
    """Whether the part's model can be called by address."""
    return isinstance(part.packed, FastProgram)


def part_words(part: Part) -> dict[str, int]:
    """The words of a part that stay as they are; valid as long as the part lives.

    Raises:
        SystoleError: its model runs in the exact form only.
    """
    if not isinstance(part.states, FastStates):
        raise SystoleError(f"model {part.program.name}: runs in the exact form only, which is too slow to be played")
    return {
        "handle": part.states.handle.ctypes.data,
        "table": part.state.address,
        "values": part.values.ctypes.data,
        "value_count": len(part.values),
    }


class Call:
    """Calls of the block function for one part from Python; the GIL is free meanwhile.

    Raises:
        SystoleError: see `part_words`.
    """

    def __init__(self, part: Part) -> None:
        self._words = np.zeros(len(WORDS), np.int64)
        for name, value in part_words(part).items():
            self._words[WORD_AT[name]] = value
        self._function, self._address = _callable(), self._words.ctypes.data

    def render(self, events: NDArray[Any], first: int, now: int, out: NDArray[np.float32]) -> int:
        """See `Part.render`.

        Raises:
            ValueError: an array is of another type or not in one piece: compiled code would read or write astray.
        """
        good = events.dtype == EVENT and events.ndim == 1 and events.flags.c_contiguous and 0 <= first
        if not (good and out.dtype == np.float32 and out.shape[1:] == (2,) and out.flags.carray):
            raise ValueError("needed: events [n] of EVENT and out float32 [n, 2], both C-ordered, out writable")
        call = (events.ctypes.data, len(events), first, now, out.ctypes.data, len(out))
        self._words[EVENTS:] = call
        return int(self._function(self._address))

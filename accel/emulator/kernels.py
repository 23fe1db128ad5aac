"""The kernels' one door: reset, control and render of a voice, whatever the form of its program.

All vector forms are one type to Numba, called by the address that the voices' state holds; the exact form is another.
"""

from __future__ import annotations

from typing import Any

from numba import njit, types
from numba.core import errors
from numba.extending import overload

from accel.emulator import exact
from accel.emulator.entry import address_of, call_entry
from accel.emulator.fast import CONTROL, RENDER, RESET
from accel.emulator.fast_pack import FastProgram
from accel.emulator.fast_state import STATE_AT
from accel.emulator.memory import peek
from accel.jit import JIT

__all__ = ["voice_control", "voice_render", "voice_reset"]

ENTRY = STATE_AT["entry"]


def _is_fast(packed: Any) -> bool:
    """Whether a Numba type is that of a program for the vector kernels."""
    return isinstance(packed, types.BaseTuple) and getattr(packed, "instance_class", None) is FastProgram


def _check_address(name: str, values: Any) -> None:
    """The fast kernels go by address: anything but contiguous int16 would be read or written wrongly."""
    good = isinstance(values, types.Array) and values.dtype == types.int16 and values.ndim == 1 and values.layout == "C"
    if not good:
        raise errors.TypingError(f"{name} is {values}, needed: a contiguous one-dimensional int16 array")


# Numba hangs its overloads on plain functions; these three are its hooks and are never run as Python.
def _reset(packed, states, voice, seed, phase):
    raise NotImplementedError("compiled code only")


def _control(packed, states, voice, pitch, knobs):
    raise NotImplementedError("compiled code only")


def _render(packed, states, voice, count, out, start):
    raise NotImplementedError("compiled code only")


def _reset_by_address(packed, states, voice, seed, phase):
    handle = address_of(states.handle)
    call_entry(peek(handle, ENTRY), RESET, handle, voice, seed, phase)


def _control_by_address(packed, states, voice, pitch, knobs):
    handle = address_of(states.handle)
    call_entry(peek(handle, ENTRY), CONTROL, handle, voice, pitch, address_of(knobs))


def _render_by_address(packed, states, voice, count, out, start):
    handle = address_of(states.handle)
    call_entry(peek(handle, ENTRY), RENDER, handle, voice, count, address_of(out) + 2 * start)


@overload(_reset)
def _choose_reset(packed, states, voice, seed, phase):
    if _is_fast(packed):
        return _reset_by_address
    return lambda packed, states, voice, seed, phase: exact.reset(packed, states, voice, seed, phase)


@overload(_control)
def _choose_control(packed, states, voice, pitch, knobs):
    _check_address("knobs", knobs)
    if _is_fast(packed):
        return _control_by_address
    return lambda packed, states, voice, pitch, knobs: exact.control(packed, states, voice, pitch, knobs)


@overload(_render)
def _choose_render(packed, states, voice, count, out, start):
    _check_address("out", out)
    if _is_fast(packed):
        return _render_by_address
    return lambda packed, states, voice, count, out, start: exact.render(packed, states, voice, count, out, start)


@njit(**JIT)
def voice_reset(packed, states, voice, seed, phase):
    """Zero a voice's histories; set its LFSR (seed, not 0) and NCO phase (2**32 is a cycle)."""
    _reset(packed, states, voice, seed, phase)


@njit(**JIT)
def voice_control(packed, states, voice, pitch, knobs):
    """Start a control frame that ramps from the previous controls to these over its `hop` samples.

    To be called at a frame boundary. The first call after a reset sets previous and current alike, and a
    second one may follow at once: together they give row 0 and row 1 of a take.

    Args:
        pitch: pitch word (formats.pitch_word).
        knobs: int16 [knobs] CV counts.
    """
    _control(packed, states, voice, pitch, knobs)


@njit(**JIT)
def voice_render(packed, states, voice, count, out, start):
    """Render `count` samples (1 .. what is left of the frame) into out[start : start + count], int16."""
    _render(packed, states, voice, count, out, start)

"""The kernels' one door: reset, control and render of a voice, whatever the form of its program.

Which code runs is decided by the type of the packed program when Numba compiles the call, so a choice costs nothing
when playing, and the cache on disk keeps every form apart.
"""

from __future__ import annotations

from typing import Any

from numba import njit, types
from numba.extending import overload

from accel.emulator import exact, fast
from accel.emulator.fast_pack import FastProgram
from accel.jit import JIT

__all__ = ["voice_control", "voice_render", "voice_reset"]


def _form_of(packed: Any) -> Any:
    """The module whose kernels run a program of this Numba type."""
    is_fast = isinstance(packed, types.NamedTuple) and issubclass(packed.instance_class, FastProgram)
    return fast if is_fast else exact


def _reset(packed, states, voice, seed, phase):
    raise NotImplementedError("compiled code only")


def _control(packed, states, voice, pitch, knobs):
    raise NotImplementedError("compiled code only")


def _render(packed, states, voice, count, out, start):
    raise NotImplementedError("compiled code only")


@overload(_reset, inline="never")
def _choose_reset(packed, states, voice, seed, phase):
    function = _form_of(packed).reset
    return lambda packed, states, voice, seed, phase: function(packed, states, voice, seed, phase)


@overload(_control, inline="never")
def _choose_control(packed, states, voice, pitch, knobs):
    function = _form_of(packed).control
    return lambda packed, states, voice, pitch, knobs: function(packed, states, voice, pitch, knobs)


@overload(_render, inline="never")
def _choose_render(packed, states, voice, count, out, start):
    function = _form_of(packed).render
    return lambda packed, states, voice, count, out, start: function(packed, states, voice, count, out, start)


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

"""The kernels' one door: reset, control and render of a voice, whatever the form of its program.

Which code runs is decided by the type of the packed program when Numba compiles the call, so a choice costs nothing
when playing, and the cache on disk keeps every form apart.
"""

from __future__ import annotations

from typing import Any

from numba import njit, types
from numba.core import errors
from numba.extending import overload

from accel.emulator import exact, fast
from accel.emulator.fast_pack import FastProgram
from accel.jit import JIT

__all__ = ["voice_control", "voice_render", "voice_reset"]


def _is_fast(packed: Any) -> bool:
    """Whether a Numba type is that of a program for the vector kernels."""
    return isinstance(packed, types.BaseTuple) and getattr(packed, "instance_class", None) is FastProgram


# Numba hangs its overloads on plain functions; these three are its hooks and are never run as Python.
def _reset(packed, states, voice, seed, phase):
    raise NotImplementedError("compiled code only")


def _control(packed, states, voice, pitch, knobs):
    raise NotImplementedError("compiled code only")


def _render(packed, states, voice, count, out, start):
    raise NotImplementedError("compiled code only")


@overload(_reset)
def _choose_reset(packed, states, voice, seed, phase):
    if _is_fast(packed):
        return lambda packed, states, voice, seed, phase: fast.reset(
            packed.form, states.handle.ctypes.data, voice, seed, phase
        )
    return lambda packed, states, voice, seed, phase: exact.reset(packed, states, voice, seed, phase)


@overload(_control)
def _choose_control(packed, states, voice, pitch, knobs):
    if _is_fast(packed):
        return lambda packed, states, voice, pitch, knobs: fast.control(
            packed.form, states.handle.ctypes.data, voice, pitch, knobs
        )
    return lambda packed, states, voice, pitch, knobs: exact.control(packed, states, voice, pitch, knobs)


def _check_output(out: Any) -> None:
    """The fast kernels write by address: anything but contiguous int16 would corrupt memory."""
    good = isinstance(out, types.Array) and out.dtype == types.int16 and out.ndim == 1 and out.layout == "C"
    if not good:
        raise errors.TypingError(f"out is {out}, needed: a contiguous one-dimensional int16 array")


@overload(_render)
def _choose_render(packed, states, voice, count, out, start):
    _check_output(out)
    if _is_fast(packed):
        return lambda packed, states, voice, count, out, start: fast.render(
            packed.form, states.handle.ctypes.data, voice, count, out.ctypes.data + 2 * start
        )
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

"""One compiled function per form: reset, control and render of a voice, called by its address.

Numba compiles all that a function calls again together with that function. Calls by address end that: the block
function is compiled once for all forms and without a single vector kernel in it, which halves a first start.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import cfunc, types
from numba.extending import intrinsic

from accel.emulator import fast
from accel.emulator.fast_pack import TOKENS
from accel.emulator.forms import FORMS
from accel.jit import JIT
from accel.once import once

__all__ = ["address_of", "call_entry", "entry_address"]

VNNI, AVX512, AVX2, SSE4, PORTABLE = (
    TOKENS[name](FORMS[name].lanes) for name in ("vnni", "avx512", "avx2", "sse4", "portable")
)


def _vnni(what, handle, voice, first, second):
    fast.enter(VNNI, what, handle, voice, first, second)


def _avx512(what, handle, voice, first, second):
    fast.enter(AVX512, what, handle, voice, first, second)


def _avx2(what, handle, voice, first, second):
    fast.enter(AVX2, what, handle, voice, first, second)


def _sse4(what, handle, voice, first, second):
    fast.enter(SSE4, what, handle, voice, first, second)


def _portable(what, handle, voice, first, second):
    fast.enter(PORTABLE, what, handle, voice, first, second)


_FUNCTIONS: dict[str, Callable[..., None]] = {
    "vnni": _vnni,
    "avx512": _avx512,
    "avx2": _avx2,
    "sse4": _sse4,
    "portable": _portable,
}


@once
def _compiled(form: str) -> Any:
    """Compile a form's entry, or load it; it stays, since addresses of it are handed around."""
    return cfunc(types.void(*[types.int64] * 5), **JIT)(_FUNCTIONS[form])


def entry_address(form: str) -> int:
    """Address of a form's entry, valid as long as this process lives."""
    return int(_compiled(form).address)


@intrinsic
def call_entry(typing, address, what, handle, voice, first, second):
    """fast.enter of the form whose `entry_address` this is."""

    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(ir.VoidType(), [ir.IntType(64)] * 5)
        builder.call(builder.inttoptr(arguments[0], kind.as_pointer()), arguments[1:])
        return context.get_dummy_value()

    return types.void(*[types.int64] * 6), code


@intrinsic
def address_of(typing, array):
    """Address of an array's first element."""

    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        return builder.ptrtoint(data, ir.IntType(64))

    return types.int64(array), code

"""Raw words by address: how kernels reach a program's images and a voice's state through one integer each.

An array costs seven words in every call; an address costs one. Addresses are int64, offsets count elements.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

__all__ = ["clear_bytes", "copy_bytes", "peek", "peek16", "peek32", "poke", "poke16", "poke32"]


def _place(builder: ir.IRBuilder, address: Any, index: Any, bits: int) -> Any:
    size = ir.Constant(ir.IntType(64), bits // 8)
    where = builder.add(address, builder.mul(index, size))
    return builder.inttoptr(where, ir.IntType(bits).as_pointer())


def _peek(bits: int) -> Callable[..., Any]:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        value = builder.load(_place(builder, arguments[0], arguments[1], bits))
        return value if bits == 64 else builder.sext(value, ir.IntType(64))

    @intrinsic
    def read(typing, address, index):
        return types.int64(types.int64, types.int64), code

    return read


def _poke(bits: int) -> Callable[..., Any]:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        address, index, value = arguments
        narrow = value if bits == 64 else builder.trunc(value, ir.IntType(bits))
        builder.store(narrow, _place(builder, address, index, bits))
        return context.get_dummy_value()

    @intrinsic
    def write(typing, address, index, value):
        return types.void(types.int64, types.int64, types.int64), code

    return write


peek, peek32, peek16 = _peek(64), _peek(32), _peek(16)
"""(address, index) -> the signed word of 64, 32 or 16 bits there."""
poke, poke32, poke16 = _poke(64), _poke(32), _poke(16)
"""(address, index, value): store the low bits of a value."""


@intrinsic
def copy_bytes(typing, target, source, count):
    """memcpy: the two ranges do not overlap."""

    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        pointer = ir.IntType(8).as_pointer()
        to, of = (builder.inttoptr(each, pointer) for each in arguments[:2])
        cgutils.raw_memcpy(builder, to, of, arguments[2], 1)
        return context.get_dummy_value()

    return types.void(*[types.int64] * 3), code


@intrinsic
def clear_bytes(typing, target, count):
    """Memset to zero."""

    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        to = builder.inttoptr(arguments[0], ir.IntType(8).as_pointer())
        cgutils.memset(builder, to, arguments[1], 0)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), code

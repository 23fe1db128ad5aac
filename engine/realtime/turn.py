"""A turn that one thread at a time can have, and a sequence lock: what is shared without ever waiting.

Who plays is handed from a stream to the clock and back. The new one may begin while the old one is still inside its
last block; then it gives silence for a block (the output's gate is shut at such moments) instead of waiting.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from engine.jit import compiled
from engine.realtime.native import store_release

__all__ = ["begin_write", "end_write", "give_turn", "take_turn"]

I64 = ir.IntType(64)


@intrinsic
def _exchange(typing: Any, address: Any, old: Any, new: Any) -> Any:
    """Put `new` where `old` is, as one step; whether it was there."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = builder.inttoptr(arguments[0], I64.as_pointer())
        return builder.extract_value(builder.cmpxchg(place, arguments[1], arguments[2], "acq_rel", "acquire"), 1)

    return types.boolean(types.int64, types.int64, types.int64), code


@intrinsic
def _fence(typing: Any) -> Any:
    """No store that follows is seen before one that precedes."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.fence("release")
        return context.get_dummy_value()

    return types.void(), code


@compiled
def take_turn(address: int) -> bool:
    """Take the turn whose int64 word is at an address; False, at once, if somebody has it."""
    return _exchange(address, 0, 1)


@compiled
def give_turn(address: int) -> None:
    """Give the turn back; everything written meanwhile is visible to whoever takes it next."""
    store_release(address, 0)


@compiled
def begin_write(address: int, number: int) -> None:
    """Open a sequence lock for writing: its int64 `seq` at an address, which is `number` now, becomes odd.

    Should two threads ever write at once, as where one takes over from another, the next write sets it right.
    """
    store_release(address, number | 1)
    _fence()


@compiled
def end_write(address: int, number: int) -> None:
    """Close it again; `number` as given to `begin_write`."""
    store_release(address, (number | 1) + 1)

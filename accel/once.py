"""Values that a process makes once, whichever thread asks first, and keeps to its end.

For compiled code whose address is handed around: `functools.cache` lets two threads that ask at once both compile, and
drops one result; Numba frees its machine code then, under whoever holds the address. Here the second one waits.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Hashable
from typing import TypeVar

__all__ = ["once"]

Value = TypeVar("Value")
_MISSING = object()


def once(function: Callable[..., Value]) -> Callable[..., Value]:
    """Decorator: `function` runs once for each tuple of (hashable) arguments, under a lock; an error is not kept.

    The function may ask for other such values, and for itself with other arguments.
    """
    made: dict[tuple[Hashable, ...], Value] = {}
    turn = threading.RLock()

    @functools.wraps(function)
    def ask(*arguments: Hashable) -> Value:
        found = made.get(arguments, _MISSING)
        if found is _MISSING:
            with turn:
                found = made.get(arguments, _MISSING)
                if found is _MISSING:
                    found = made[arguments] = function(*arguments)
        return found  # type: ignore[return-value]

    return ask

"""How the engine compiles: two decorators, so that every kernel is nopython, nogil and cached alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

from accel.jit import JIT

__all__ = ["compiled", "inlined"]

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile `function` with Numba: nopython, nogil, cached on disk, IEEE arithmetic.

    Constants in calls are best typed as variables: Numba compiles anew for each literal.
    """
    decorated: Function = numba.njit(**JIT)(function)
    return decorated


def inlined(function: Function) -> Function:
    """As `compiled`, but merged into its callers before they are compiled.

    For the few functions between the block function and the networks: Numba optimises everything below a
    function again with that function, so that each level there would cost seconds of compilation.
    """
    decorated: Function = numba.njit(inline="always", **JIT)(function)
    return decorated

"""Many arrays in one block of memory, each on its own cache line, known by address."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["ALIGNMENT", "Block", "padded_bytes"]

ALIGNMENT = 64


def padded_bytes(count: int) -> int:
    """The next multiple of a cache line."""
    return -(-count // ALIGNMENT) * ALIGNMENT


class Block:
    """Collects arrays, then lays them out."""

    def __init__(self) -> None:
        self._parts: dict[str, NDArray] = {}

    def put(self, name: str, values: NDArray) -> None:
        """Add an array; its values are copied when the block is built."""
        self._parts[name] = np.ascontiguousarray(values)

    def build(self) -> tuple[NDArray[np.uint8], dict[str, int]]:
        """(the block, the address of each array in it); the addresses live as long as the block."""
        total = sum(padded_bytes(part.nbytes) for part in self._parts.values())
        raw = np.zeros(total + ALIGNMENT, np.uint8)
        start = int(-raw.ctypes.data % ALIGNMENT)
        memory = raw[start : start + total]
        addresses, at = {}, 0
        for name, part in self._parts.items():
            memory[at : at + part.nbytes] = part.reshape(-1).view(np.uint8)
            addresses[name] = memory.ctypes.data + at
            at += padded_bytes(part.nbytes)
        return memory, addresses

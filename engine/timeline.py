"""Block boundaries of a piece: up to its end, then a tail of fixed length or until silence."""

from __future__ import annotations

from accel.errors import SystoleError
from accel.formats import RATE

__all__ = ["Timeline", "check_block"]

MAX_TAIL = 30.0
"""Seconds after the end at which an automatic tail is cut."""
_TAIL_GRID = 4800
"""Silence is looked for at these distances after the end, so that the length does not depend on the block size."""
_TAIL_GUESS = 2.0


def check_block(block: int) -> None:
    """Raise SystoleError unless `block` is a possible number of samples."""
    if block < 1:
        raise SystoleError(f"block: {block} samples; allowed: 1 or more")


class Timeline:
    """Walks a piece block by block.

    Args:
        end: sample position at which the piece ends.
        block: samples per block, at most.
        tail: seconds after the end, 0 to 3600; None: until silence, at most 30 s.

    Raises:
        SystoleError: block or tail out of range.
    """

    def __init__(self, end: int, block: int, tail: float | None) -> None:
        check_block(block)
        if tail is not None and not 0 <= tail <= 3600:
            raise SystoleError(f"tail: {tail} s; allowed: 0 to 3600 s, or automatic")
        self.end, self.block, self.is_automatic = end, block, tail is None
        self.last = end + round((MAX_TAIL if tail is None else tail) * RATE)
        self.guess = end + round((_TAIL_GUESS if tail is None else tail) * RATE)
        self.was_idle = False

    def length(self, now: int) -> int:
        """Samples of the block that begins at `now`; 0 at the end."""
        if not self.is_automatic or now < self.end:
            return min(self.block, (self.end if now < self.end else self.last) - now)
        to_grid = _TAIL_GRID - (now - self.end) % _TAIL_GRID
        return min(self.block, to_grid, self.last - now)

    def is_over(self, now: int, idle: bool) -> bool:
        """Whether to stop at `now`: idle over a whole step of the grid (what the bus still held has faded too)."""
        if not self.is_automatic or now < self.end or (now - self.end) % _TAIL_GRID:
            return False
        over = idle and self.was_idle
        self.was_idle = idle
        return over

"""What the window needs of the engine: `engine.live.client.Engine` has it, and so has the fake that tests use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

from engine.live.protocol import Answer, Done, Request
from engine.live.snapshot import Snapshot
from engine.midi.rows import Row

__all__ = ["EnginePort"]


class EnginePort(Protocol):
    """See `engine.live.client.Engine`, whose methods these are; all may be called from any thread."""

    @property
    def is_failed(self) -> bool:
        """It could not be started."""

    @property
    def is_over(self) -> bool:
        """None runs and none will be started again."""

    def wait_ready(self, timeout: float) -> float:
        """Wait until it plays; raises SystoleError."""

    def restart(self) -> None:
        """Start again after all has ended; raises SystoleError while one runs. Returns at once."""

    def on_notice(self, listener: Callable[[Answer], None]) -> None:
        """Call `listener` with every notice, in a foreign thread."""

    def send(self, rows: Sequence[Row] | NDArray[Any]) -> int:
        """Play events; how many fitted."""

    def request(self, command: Request, timeout: float = 10.0) -> Done:
        """Ask and wait; raises SystoleError."""

    def snapshot(self) -> Snapshot:
        """What it is doing now."""

    def scope(self, frames: int) -> NDArray[Any]:
        """What was last played, float32 [frames, 2]."""

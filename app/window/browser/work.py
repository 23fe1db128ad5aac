"""Slow work beside the window: done one after the other in a thread, told in the window's own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject

from accel.errors import SystoleError
from app.window.handover import Handover

__all__ = ["Work"]

Then = Callable[[Any], None]


class Work(QObject):
    """One thread of its own, for as long as its parent lives."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        pool = self._pool = ThreadPoolExecutor(1, "systole-browser")
        self._handover = Handover(self)
        self.destroyed.connect(lambda: pool.shutdown(wait=False, cancel_futures=True))

    def run(self, call: Callable[[], Any], then: Then, otherwise: Callable[[str], None]) -> None:
        """Do `call` in the thread, then `then` with its result; or `otherwise` with a line that says why not."""
        self._pool.submit(self._run, call, then, otherwise)

    def tell(self, call: Then, value: Any) -> None:
        """From within the thread: `call` with a value, in the window's own."""
        self._handover.hand(call, value)

    def _run(self, call: Callable[[], Any], then: Then, otherwise: Callable[[str], None]) -> None:
        answer, value = then, None
        try:
            value = call()
        except SystoleError as error:
            answer, value = otherwise, str(error)
        except Exception as error:  # in a thread nobody else would hear of it
            logging.getLogger(__name__).exception("browser")
            answer, value = otherwise, f"{type(error).__name__}: {error}"
        self.tell(answer, value)

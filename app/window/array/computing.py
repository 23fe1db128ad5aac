"""Schedules are computed in a thread, and kept: a window never waits for one."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from accel.cycles import TARGETS
from accel.errors import SystoleError
from app.window.array.occupation import Occupation
from app.window.handover import Handover
from engine.library import find_model, open_model

__all__ = ["Answer", "Schedules"]

KEPT = 12


@dataclass(frozen=True)
class Answer:
    """What was asked for, and either what the array does with it or the line that says why not."""

    model: str
    target: str
    occupation: Occupation | None
    reason: str = ""


class Schedules(QObject):
    """Computes what an array does with a model; one at a time, and of those that wait only the newest.

    Signals:
        done: an Answer, in the thread of this object.
    """

    done = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, "systole-array")
        self._kept: OrderedDict[tuple[str, str], Answer] = OrderedDict()
        self._newest, self._number = (0, "", ""), 0
        self._handover = Handover(self)
        pool = self._pool
        self.destroyed.connect(lambda: pool.shutdown(wait=False, cancel_futures=True))

    def ask(self, model: str, target: str) -> None:
        """Ask for a model (name or path) on a target (a key of `accel.cycles.TARGETS`); returns at once."""
        self._number += 1
        self._newest = (self._number, model, target)
        with contextlib.suppress(RuntimeError):  # Python is going down
            self._pool.submit(self._work, *self._newest)

    def _work(self, number: int, model: str, target: str) -> None:
        """In the thread."""
        if number != self._newest[0]:
            return
        self._handover.hand(self._tell, self._answer(model, target))

    def _tell(self, answer: Answer) -> None:
        self.done.emit(answer)

    def _answer(self, model: str, target: str) -> Answer:
        try:
            program = open_model(find_model(model))
            key = (program.hash, target)
            if key not in self._kept:
                self._keep(key, Answer(model, target, Occupation(program, TARGETS[target].geometry)))
            self._kept.move_to_end(key)
            kept = self._kept[key]
            return Answer(model, target, kept.occupation, kept.reason)
        except SystoleError as error:
            return Answer(model, target, None, str(error))

    def _keep(self, key: tuple[str, str], answer: Answer) -> None:
        self._kept[key] = answer
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

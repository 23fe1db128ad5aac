"""The real engine process as tests play it: started, asked, and what it said."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from engine.live.client import Engine, Notice
from engine.live.options import Options

__all__ = ["READY", "Player", "eventually", "patch"]


READY = 300.0
"""Seconds: the first start may compile everything."""


def patch(name: str = "Tiny", model: str = "tiny", **parameters: float) -> str:
    lines = [f'schema = 1\nname = "{name}"\nmodel = "{model}"\n[amp]\nrelease = 0.01']
    return "\n".join([*lines, *(f"{key} = {value}" for key, value in parameters.items())]) + "\n"


def eventually(is_so: Callable[[], Any], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


class Player:
    """An engine, and what it said."""

    def __init__(self, **options: Any) -> None:
        self.notices: list[Notice] = []
        self.engine = Engine()
        self.engine.on_notice(self.notices.append)
        self.engine.start(Options(**{"patch": patch(), "stream": None, "midi": None, **options}))
        try:
            self.engine.wait_ready(READY)
        except BaseException:
            self.engine.stop()
            raise

    @property
    def pid(self) -> int:
        return int(self.engine._arrays["header"]["engine"][0])

    def ask(self, request: Any) -> Any:
        return self.engine.request(request, 30).result

    def peak(self) -> float:
        return float(np.abs(self.engine.scope(4800)).max())

    def count(self, name: str) -> int:
        return int(self.engine.snapshot().counters[name])

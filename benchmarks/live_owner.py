"""The process that owns the instrument while it is measured: a window under load, and either engine or callback.

Started by `benchmarks.live_run`, which tells it by JSON what to do and reads JSON from it: a line when it sounds, and
one at the end; end of its input is the wish to end. Its record of the callbacks goes into a file.
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.live_load import run_heavy, run_idle
from benchmarks.live_music import PATCHES

__all__ = ["Task", "main"]

READY_SECONDS = 300.0
SOUND_SECONDS = 30.0
LEAST = 1e-4


@dataclass(frozen=True)
class Task:
    """What the owner has to do.

    Attributes:
        mode: direct, safe, or python: a callback in Python in this process, as the engine's peer.
        ahead: blocks rendered ahead in safe mode.
        is_heavy: under a window's load.
        change_seconds: how often to change the patch; 0: never.
        record: file for the record of callbacks (.npz).
        journal: file for the journal at the end; "": none.
        display: X display on which the real window is shown instead of the load; "": none.
    """

    mode: str
    ahead: int
    is_heavy: bool
    change_seconds: float
    record: str
    journal: str = ""
    display: str = ""

    def as_json(self) -> str:
        """For the command line."""
        return json.dumps(asdict(self))


def _say(**values: Any) -> None:
    print(json.dumps(values), flush=True)


class _Ring:
    """Follows a ring of the shared block."""

    def __init__(self, records: np.ndarray, head: np.ndarray) -> None:
        self._records, self._head, self._at = records, head, int(head[0])
        self._parts: list[np.ndarray] = []
        self.missed = 0

    def drain(self) -> None:
        """Copy what is new; what was overwritten meanwhile is counted."""
        head, length = int(self._head[0]), len(self._records)
        if head - self._at > length // 2:  # the other half may change while it is copied
            self.missed += head - self._at - length // 2
            self._at = head - length // 2
        self._parts.append(self._records[np.arange(self._at, head) & (length - 1)])
        self._at = head

    @property
    def all(self) -> np.ndarray:
        """Everything so far."""
        return np.concatenate(self._parts) if self._parts else self._records[:0]


class _Changes:
    """Another patch every few seconds, asked for by a thread."""

    def __init__(self, engine: Any, seconds: float) -> None:
        self._engine, self._seconds, self._stop = engine, seconds, threading.Event()
        self.count = 0
        self.refused: list[str] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        from accel.errors import SystoleError
        from engine.live.protocol import SetPatch

        while self._seconds and not self._stop.wait(self._seconds):
            self.count += 1
            text, how = PATCHES[self.count % len(PATCHES)], ("replace", "ring")[self.count // 2 % 2]
            try:
                self._engine.request(SetPatch(text=text, how=how), READY_SECONDS)  # type: ignore[arg-type]
            except SystoleError as error:
                self.refused.append(str(error))

    def stop(self) -> None:
        """Ask for no more."""
        self._stop.set()
        self._thread.join(READY_SECONDS)


def _ending() -> threading.Event:
    """An event that is set when our input ends."""
    over = threading.Event()

    def read() -> None:
        sys.stdin.read()
        over.set()

    threading.Thread(target=read, daemon=True).start()
    return over


def _first_sound(engine: Any) -> None:
    """Play a note until it sounds."""
    from engine.midi.rows import note_off, note_on

    engine.send([note_on(0, 0, 60, 100.0)])
    until = time.monotonic() + SOUND_SECONDS
    while np.abs(engine.scope(4800)).max() < LEAST:
        assert time.monotonic() < until, "no sound"
        time.sleep(0.002)
    engine.send([note_off(0, 0, 60)])


def _window(engine: Any) -> Any:
    """The real one; before the engine is started, so that it hears all that the engine says."""
    from benchmarks.live_window import LoadWindow

    return LoadWindow(engine, PATCHES[0])


def _own_engine(task: Task) -> None:
    from engine.live.client import Engine
    from engine.live.options import Options
    from engine.live.protocol import MidiPorts, OpenStream, SaveJournal

    mode: Any = task.mode
    stream = OpenStream(mode=mode, ahead=max(1, task.ahead))
    lines: list[str] = []
    with Engine() as engine:
        engine.on_notice(lambda notice: lines.append(str(notice)))
        window = _window(engine) if task.display else None
        began = time.perf_counter()
        engine.start(Options(patch=PATCHES[0], stream=stream, midi=MidiPorts(virtual=False)))
        ready = engine.wait_ready(READY_SECONDS)
        _first_sound(engine)
        sounding = time.perf_counter() - began
        log = _Ring(engine._arrays["log"], engine._arrays["log_head"])
        ahead = _Ring(engine._arrays["ahead_log"], engine._arrays["ahead_log_head"])
        canary = _Ring(engine._arrays["canary"], engine._arrays["canary_head"])
        first = engine.snapshot().counters
        over, changes = _ending(), _Changes(engine, task.change_seconds)
        _say(ready=ready, first_sound=sounding, engine=int(engine._arrays["header"]["engine"][0]))

        def tick() -> bool:
            log.drain()
            canary.drain()
            ahead.drain()
            return not over.is_set()

        load = run_heavy if task.is_heavy else run_idle
        painted = window.run(tick) if window is not None else load(engine.scope, tick)
        snapshot = engine.snapshot()
        tick()
        changes.stop()
        if task.journal:
            engine.request(SaveJournal(path=task.journal), READY_SECONDS)
        np.savez(task.record, log=log.all, canary=canary.all, ahead=ahead.all)
        _say(
            counters={name: value - first[name] for name, value in snapshot.counters.items()},
            restarts=snapshot.restarts,
            missed=log.missed + ahead.missed,
            painted=painted,
            changes=changes.count,
            refused=changes.refused,
            lines=lines[-50:],
        )


def _own_callback(task: Task) -> None:
    from benchmarks.live_peer import PythonCallback
    from engine.live.layout import LOG, SLEEP

    with PythonCallback() as peer:
        over = _ending()
        _say(ready=peer.started, first_sound=peer.started, engine=0)
        peer.reset()
        painted = (run_heavy if task.is_heavy else run_idle)(peer.scope, lambda: not over.is_set())
        played, due = peer.figures()
    np.savez(task.record, log=peer.log, canary=np.zeros(0, SLEEP), ahead=np.zeros(0, LOG))
    _say(
        counters={"samples": played, "due": due}, restarts=0, missed=0, painted=painted, changes=0, refused=[], lines=[]
    )


def main(arguments: list[str]) -> int:
    """Do the task in the first argument."""
    task = Task(**json.loads(arguments[0]))
    Path(task.record).parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(KeyboardInterrupt):
        (_own_callback if task.mode == "python" else _own_engine)(task)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

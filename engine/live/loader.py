"""Patches while music goes on: read, checked and made into parts in a thread of their own, then opened by an event.

Everything slow happens here: files, packing of weights, memory, which is touched so that no page of it first comes
into being in the sound's thread. What reaches the sound is one event, OPEN, when all is ready (`engine.deck`).
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accel.emulator.fast_state import FastStates
from accel.errors import SystoleError
from accel.program import Program
from engine.banks import load_banks
from engine.deck import FREE, INBOX, READY
from engine.events import Kind
from engine.journal import JournalPatch, part_seed
from engine.library import find_model, open_model, program_knobs
from engine.live.changes import patch_events
from engine.live.core import Core
from engine.live.cost import dry_run
from engine.live.journal_log import JournalLog
from engine.live.keys import Keys
from engine.live.protocol import PatchChanged, SetPatch
from engine.midi.rows import Row
from engine.part import Part
from engine.patch import Patch, load_patch, patch_text, read_patch
from engine.realtime.governor import START_SEED, SUSTAIN_SEED

__all__ = ["COLD", "ROOM", "Loader", "first_patch"]

ROOM = (32, 8)
"""Polyphony and unison that every part is made for: all that the parameters can ask for."""
RINGS = -1.0
FADE, SHORT_FADE, CLOSE_FADE = 1024.0, 256.0, 480.0
BUSY = 0.6
"""Load above which a fade, during which two parts are rendered, is made short."""
COLD = 2.0
"""How many times longer notes take to start in a part that has not played yet, whose memory is in nobody's cache."""
WAIT_SECONDS, POLL_SECONDS = 3.0, 0.005
AT_ONCE = 0
PAGE = 4096


@dataclass(frozen=True)
class _Opened:
    """The patch that plays, as it was opened or edited last."""

    serial: int
    patch: Patch
    program: Program


def first_patch() -> str:
    """TOML of what the bank gives a channel before any program change.

    Raises:
        SystoleError: the bank or its patch is broken.
    """
    return patch_text(load_patch(load_banks().patch_name(0, 0)))


def read_sound(text: str) -> tuple[Patch, Program]:
    """A patch, checked against its model, and the model.

    Raises:
        SystoleError: not valid, its model is missing, or does not have its knobs.
    """
    where = "patch"
    name = read_patch(text, where).model
    try:
        program = open_model(find_model(name))
    except SystoleError as error:
        raise SystoleError(f"{where}: model: {error}") from None
    return read_patch(text, where, program_knobs(program)), program


def touch(part: Part) -> None:
    """Write to every page of a part's memory, leaving what is there."""
    for name in part.state.FIELDS:
        _touch(getattr(part.state, name))
    if isinstance(part.states, FastStates):
        _touch(part.states.memory)


def _touch(array: NDArray[Any]) -> None:
    flat = array.reshape(-1).view(np.uint8)
    flat[::PAGE] |= 0


def _volts(tuning: NDArray[np.float64] | None) -> list[float] | None:
    return None if tuning is None else tuning.tolist()


class Loader:
    """Opens patches on a deck, one at a time, in a thread of its own.

    Args:
        core: whose deck plays; nobody else may fill or collect it.
        journal, keys: are told of each patch before it is opened.
        load: share of a block's time that rendering takes, now.
        changed: called with each patch that takes over.
    """

    def __init__(
        self,
        core: Core,
        journal: JournalLog,
        keys: Keys,
        *,
        seed: int,
        load: Callable[[], float],
        changed: Callable[[PatchChanged], None],
    ) -> None:
        self._core, self._keeper, self._control = core, core.keeper, core.control
        self._journal, self._keys = journal, keys
        self._load, self._changed = load, changed
        self.seed = seed
        self.tuning: NDArray[np.float64] | None = None
        self._parts = 0
        self._order: list[int] = []  # slots, as they were opened
        self._opened: _Opened | None = None
        self._worker = ThreadPoolExecutor(1, "systole-loader")
        self._lock = threading.Lock()
        self._newest = 0

    @property
    def knobs(self) -> list[str]:
        """Ids of the knobs of the model that plays."""
        opened = self._opened
        return [] if opened is None else [knob.id for knob in opened.program.knobs]

    def submit(self, request: SetPatch) -> Future[int | None]:
        """Play a patch soon; its serial number, or None if another was asked for before this one's turn came.

        The future's exception is a SystoleError where the patch cannot be played; what played goes on.
        """
        with self._lock:
            self._newest += 1
            number = self._newest
        return self._worker.submit(self._run, request, number)

    def set_tuning(self, volts: list[float]) -> None:
        """Volts of the 128 keys for the patches to come."""
        self.tuning = np.array(volts)

    def close(self) -> None:
        """Take nothing more; what is being loaded is finished."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _run(self, request: SetPatch, number: int) -> int | None:
        if number != self._newest:
            return None
        patch, program = read_sound(request.text)
        old = self._opened
        if request.how == "replace" and old is not None and old.program.hash == program.hash:
            serial = self._edit(old, patch, program)
        else:
            serial = self._open(request, patch, program)
        self._opened = _Opened(serial, patch, program)
        self._changed(PatchChanged(request.text, serial))
        return serial

    def _edit(self, old: _Opened, patch: Patch, program: Program) -> int:
        """Bring the part that plays to another patch of its model."""
        rows = patch_events(old.patch, patch, program_knobs(program))
        if rows is None:  # another name for the same model
            rows = patch_events(patch, patch, program_knobs(program)) or []
        self._push(rows)
        return old.serial

    def _open(self, request: SetPatch, patch: Patch, program: Program) -> int:
        """Make a part, and let it take over."""
        serial, seed, tuning = self._parts, part_seed(self.seed, self._parts), self.tuning
        part = Part(patch, program, seed=seed, tuning=tuning, room=ROOM)
        touch(part)
        costs, cost = dry_run(program), self._core.rig.cost
        if self._opened is None or self._opened.program.hash != program.hash:
            cost[SUSTAIN_SEED] = costs.sustain
        cost[START_SEED] = COLD * costs.start
        slot = self._free_slot()
        self._keeper.fill(slot, part, serial)
        try:
            self._send_open(request, JournalPatch(serial, request.text, program.hash, seed, _volts(tuning)), slot)
        except BaseException:
            self._keeper.withdraw(slot)
            raise
        self._order = [each for each in self._order if each != slot] + [slot]
        self._see_opened(slot)
        return serial

    def _send_open(self, request: SetPatch, entry: JournalPatch, slot: int) -> None:
        """Tell the journal and the deck; raises before the deck was told anything."""
        self._parts += 1
        self._journal.add_patch(entry)
        fade = RINGS
        if request.how == "replace":
            fade = FADE if self._load() < BUSY else SHORT_FADE
            self._keys.replace(entry.serial)
        self._push([(AT_ONCE, Kind.OPEN, entry.serial, slot, fade)])

    def _see_opened(self, slot: int) -> None:
        """Wait until the deck has read the event; a sound that stands still reads it when it goes on."""
        if self._opened is None:  # the first patch is there before the sound is
            return
        with contextlib.suppress(SystoleError):
            self._wait(lambda: bool(self._keeper.deck.states[slot] != READY), "it is not opened")
        if self._keeper.deck.states[slot] == FREE:
            raise SystoleError("patch: the sound did not take it")

    def _free_slot(self) -> int:
        """A slot of the deck that can be filled; where none is, the one that was opened first has to end."""
        self._keeper.collect()
        if not self._keeper.free_slots():
            oldest = next(slot for slot in self._order if slot != self._order[-1])
            serial = int(
                self._keeper.deck.slots["patch"][oldest]
            )  # it may ring out, and be filled, before this is read
            self._push([(AT_ONCE, Kind.CLOSE, serial, oldest, CLOSE_FADE)])
        self._wait(lambda: bool(self._keeper.free_slots()), "no place for another patch")
        self._keeper.collect()
        return self._keeper.free_slots()[0]

    def _push(self, rows: list[Row]) -> None:
        """Send rows to the deck, all or none: they belong together."""
        assert len(rows) < INBOX
        self._wait(lambda: self._control.free >= len(rows), "no room for its events")
        self._control.push(rows)

    def _wait(self, is_so: Callable[[], bool], otherwise: str) -> None:
        until = time.monotonic() + WAIT_SECONDS
        while not is_so():
            if time.monotonic() > until:
                raise SystoleError(f"patch: {otherwise}: the sound stands still")
            time.sleep(POLL_SECONDS)

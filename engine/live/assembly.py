"""The engine put together: everything that plays, in the order in which it has to come into being."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from typing import Any

from numpy.typing import NDArray

from accel.emulator.forms import choose_form
from accel.errors import SystoleError
from engine.live.control import Control
from engine.live.core import make_core
from engine.live.devices import sound_library
from engine.live.journal_log import JournalLog
from engine.live.keys import Keys
from engine.live.loader import ROOM, Loader, first_patch
from engine.live.options import Options
from engine.live.output import Output
from engine.live.players import Players
from engine.live.priority import lock_memory
from engine.live.protocol import Answer, Line, OpenStream, PatchChanged, SetPatch
from engine.realtime.callback import audio_address, finished_address
from engine.realtime.jack_process import silent_address

__all__ = ["assemble"]

DEVICE_SECONDS = 30.0
"""To wait for a device before all else goes on without it; it may still come."""


def assemble(
    arrays: Mapping[str, NDArray[Any]], options: Options, post: Callable[[Answer], None]
) -> tuple[Control, Callable[[], None]]:
    """Make an engine on the arrays of a shared block.

    Returns:
        What its requests go to, and a function that begins: the first patch, the device, the ports.

    Raises:
        SystoleError: there is no patch to begin with; from the function also: the device that was named is not there.
    """
    finding = threading.Thread(target=_find_sound, name="systole-find-sound", daemon=True)
    if options.stream is not None:  # sound libraries look for devices while all else is loaded
        finding.start()
    is_first = int(arrays["header"]["restarts"][0]) == 0
    core, keys = make_core(arrays), Keys()
    journal = JournalLog(options.seed, ROOM, choose_form().name)
    if not is_first:
        journal.miss("the engine was started again: what was played before is not in it")
    meters = arrays["meters"]

    def changed(notice: PatchChanged) -> None:
        output.refresh()
        post(notice)

    loader = Loader(core, journal, keys, seed=options.seed, load=lambda: float(meters["load"][0]), changed=changed)
    output = Output(core, knobs=lambda: loader.knobs, post=post, mark=journal.mark)
    players = Players(core, knobs=lambda: loader.knobs, post=post)
    control = Control(core, loader, output, players, journal, keys, post)
    players.programs, players.patches = control.program, control.named_patch

    def play() -> None:
        output.prepare()
        loader.submit(SetPatch(text=options.patch or first_patch())).result()
        output.start()
        if options.cv:
            (output.listen if is_first else output.want)(options.cv).result()
        if options.stream is not None:
            finding.join()
            _open(output, options.stream, is_first, post)
        if options.midi is not None:
            players.ports(options.midi)
        if options.osc is not None:
            players.listen(options.osc)
        lock_memory()

    return control, play


def _find_sound() -> None:
    silent_address()  # which JACK is given: compiling waits for other compiling, and PortAudio's time is limited
    audio_address(), finished_address()  # and so is what `_open` has: on a busy machine they alone take longer
    with contextlib.suppress(SystoleError):  # whoever opens a device will meet it again
        sound_library()


def _open(output: Output, request: OpenStream, is_first: bool, post: Callable[[Answer], None]) -> None:
    """Open the stream; only a person who has just named a device is better served by an end than by silence."""
    try:
        output.open(request, may_remember=is_first).result(DEVICE_SECONDS)
    except TimeoutError:
        post(Line("warning", f"sound device: not open within {DEVICE_SECONDS:g} s: playing on without it until it is"))
    except SystoleError as error:
        if is_first and request.device is not None and not output.is_stuck:
            raise
        post(Line("warning", str(error)))

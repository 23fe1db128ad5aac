"""A second window's session that a crash left is offered, and taken over in one step."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QLockFile

from app.window.browser.recovery import offer_leftovers
from app.window.session.autosave import kept_session
from app.window.session.document import Desk
from app.window.session.reading import sound_from_file
from app.window.store import write_kept
from tests.app.window.browser.conftest import Bench


def left(folder: Path, *, is_crashed: bool = True) -> Path:
    """A session of a window whose process is gone, with its lock or without."""
    sound = sound_from_file("plain").with_number("knobs.knob0", 0.875)
    named = replace(sound, patch=replace(sound.patch, name="Unsaved"))
    path = folder / "session-2.json"
    write_kept(path, kept_session(Desk(named, sound, "B")))
    if is_crashed:
        dead = os.fork()
        if dead == 0:
            os._exit(0)
        os.waitpid(dead, 0)
        (folder / "session-2.json.lock").write_text(f"{dead}\npython\n{socket.gethostname()}\n")
    return path


def test_what_a_crash_left_is_offered(make_bench: Callable[..., Bench], user_folder: Path) -> None:
    path = left(user_folder)
    bench = make_bench()
    before = bench.document.desk
    offer_leftovers(bench.services)
    assert "Unsaved" in bench.lines[-1]
    assert not QLockFile(f"{path}.lock").tryLock(0)  # no other window offers it too
    bench.press()
    assert (bench.document.sound.patch.name, bench.document.side) == ("Unsaved", "B")
    assert bench.document.sound.number("knobs.knob0") == 0.875
    assert not path.exists()
    assert (user_folder / "trash" / "session-2.json").exists()
    bench.document.undo()
    assert bench.document.desk is before


def test_what_was_closed_is_not(make_bench: Callable[..., Bench], user_folder: Path) -> None:
    left(user_folder, is_crashed=False)
    bench = make_bench()
    offer_leftovers(bench.services)
    assert not any("Unsaved" in line for line in bench.lines)


def test_a_window_that_lives_keeps_its_own(make_bench: Callable[..., Bench], user_folder: Path) -> None:
    first, second = make_bench(), make_bench()
    second.document.set_number("knobs.knob1", 0.75)
    second.opened.autosave.flush()
    offer_leftovers(first.services)
    assert not any("kept:" in line for line in first.lines)

"""The session is on disk a moment after a change, comes back as it was, and a full disk is one line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from accel.errors import SystoleError
from app.window.session.autosave import Autosave, KeptSession, kept_session, revived
from app.window.session.document import Document
from app.window.session.sound import Sound
from app.window.store import read_kept
from engine.patch import read_patch
from tests.app.window.session.sounds import KNOBS, OTHER_KNOBS, Clock, other_model, sound

GONE = replace(sound(), patch=replace(sound().patch, model="gone"))


def read(text: str) -> Sound:
    knobs = {"va": KNOBS, "waveshaping": OTHER_KNOBS}
    model = read_patch(text, "kept").model
    if model not in knobs:
        raise SystoleError(f"{model}: no such model")
    return Sound(read_patch(text, "kept", knobs[model]), knobs[model])


class Bench:
    def __init__(self, path: Path) -> None:
        self.path, self.clock, self.lines = path, Clock(), list[str]()
        self.document = Document(replace(sound(), path=Path("one.toml")), clock=self.clock)
        self.autosave = Autosave(self.document, path, self.lines.append, clock=self.clock)

    def pass_time(self, seconds: float) -> None:
        self.clock.now += seconds
        self.autosave.tick()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "session.json")


def test_it_comes_back_as_it_was(bench: Bench) -> None:
    bench.document.load(other_model())
    bench.document.set_number("knobs.timbre", 0.75)
    bench.document.flip()
    bench.autosave.flush()
    kept, line = read_kept(bench.path, KeptSession)
    assert kept is not None
    assert line is None
    assert revived(kept, read) == bench.document.desk


def test_it_is_written_when_hands_rest(bench: Bench) -> None:
    bench.pass_time(10)
    assert not bench.path.exists()
    bench.document.set_number("knobs.cut", 0.75)
    bench.pass_time(0.5)
    assert not bench.path.exists()
    bench.pass_time(0.6)
    assert "0.75" in bench.path.read_text()


def test_hands_that_never_rest_do_not_prevent_it(bench: Bench) -> None:
    for step in range(14):
        bench.document.set_number("knobs.cut", step / 100)
        bench.pass_time(0.4)
    assert bench.path.exists()


def test_a_vanished_model_of_the_other_sound_costs_only_that(bench: Bench) -> None:
    kept = kept_session(replace(bench.document.desk, other=GONE))
    desk = revived(kept, read)
    assert desk.other == desk.current == bench.document.sound


def test_a_vanished_model_is_told(bench: Bench) -> None:
    kept = kept_session(replace(bench.document.desk, current=GONE))
    with pytest.raises(SystoleError, match="no such model"):
        revived(kept, read)


def test_a_folder_that_cannot_be_written_is_told_once() -> None:
    bench = Bench(Path("/proc/none/session.json"))
    for number in (0.1, 0.2):
        bench.document.set_number("knobs.cut", number)
        bench.pass_time(2)
    assert len(bench.lines) == 1
    assert "not kept" in bench.lines[0]

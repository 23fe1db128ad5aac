"""Learning, and soft take-over."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.event_check import first_refused
from engine.events import Kind, event_array
from engine.midi.bindings import CC, MOST, NRPN, Bindings, Control, load_bindings
from engine.midi.learn import LAG, Learn
from engine.midi.rows import control, note_on
from engine.parameters import TABLE
from tests.engine.midi.sound import INDEX, Sound


class Bench:
    """A sound, one port's stage, and what was said."""

    def __init__(self, path: Path | None = None) -> None:
        self.sound, self.bindings = Sound(), Bindings(path)
        self.learned: list[tuple[str, str]] = []
        self.lines: list[str] = []
        self.stage = Learn(self.bindings, self.sound.targets, lambda *tie: self.learned.append(tie), self.lines.append)
        self.time = 0

    def turn(self, *values: float, number: int = 21, channel: int = 0, **options: bool) -> list[list]:
        found = []
        for value in values:
            self.time += 480
            found.append(self.stage.feed(control(self.time, channel, number, value), **options))
            self.sound.take(found[-1])
        return found


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_the_next_control_that_moves_is_tied_and_whoever_saves_is_told(tmp_path: Path) -> None:
    bench, changes = Bench(tmp_path / "midi.toml"), []
    bench.bindings.changed = lambda: changes.append(len(bench.bindings.ties))
    bench.bindings.learn("knobs.timbre")
    bench.turn(64)
    assert bench.learned == [("knobs.timbre", "CC 21, channel 1")] and bench.bindings.wanted is None
    assert changes == [1] and not list(tmp_path.iterdir()), "the thread that plays does not write"
    bench.bindings.save()
    assert load_bindings(tmp_path / "midi.toml")[0].ties == {Control(CC, 21, 0): "knobs.timbre"}
    bench.turn(5, number=22)
    assert len(bench.learned) == 1


def test_what_is_not_tied_passes_as_it_is(bench: Bench) -> None:
    bench.bindings.tie(Control(CC, 21, 0), "knobs.timbre")
    for row in (control(0, 0, 22, 5), control(0, 1, 21, 5), note_on(0, 0, 21, 5), control(0, 0, 64, 127)):
        assert bench.stage.feed(row) == [row]


@pytest.mark.parametrize("number", [0, 6, 32, 38, 64, 66, *range(96, 102), *range(120, 128)])
def test_reserved_controllers_are_not_learnt(bench: Bench, number: int) -> None:
    bench.bindings.learn("knobs.timbre")
    assert bench.turn(100, 0, number=number) == [[control(480, 0, number, 100)], [control(960, 0, number, 0)]]
    assert bench.learned == [] and bench.bindings.wanted == "knobs.timbre"
    assert len(bench.lines) == (number not in {6, 38, *range(96, 102)})  # said once; those frame an NRPN


def test_a_control_moves_nothing_until_it_reaches_the_sounds_value(bench: Bench) -> None:
    bench.bindings.tie(Control(CC, 21, 0), "knobs.timbre")
    assert bench.turn(0, 20, 40, 60) == [[], [], [], []] and bench.sound.knob(0) == 0.5
    assert bench.turn(62) == [[(bench.time, Kind.KNOB, 0, 0, 62 / 127)]]  # within 2 %
    bench.turn(100)
    assert bench.sound.knob(0) == pytest.approx(100 / 127)


@pytest.mark.parametrize(("before", "after"), [(10, 90), (90, 10)])
def test_or_until_it_crosses_it(bench: Bench, before: int, after: int) -> None:
    bench.bindings.tie(Control(CC, 21, 0), "knobs.shape")
    assert bench.turn(before) == [[]] and bench.turn(after) == [[(bench.time, Kind.KNOB, 0, 1, after / 127)]]


def test_another_patch_lets_go(bench: Bench) -> None:
    bench.bindings.tie(Control(CC, 21, 0), "knobs.timbre")
    bench.turn(64, 100)
    bench.sound.open()
    bench.sound.shared["knobs"][0] = 0.1
    assert bench.turn(101) == [[]] and bench.sound.knob(0) == 0.1
    assert bench.turn(5) != [[]]


def test_a_sound_that_follows_late_does_not_let_go_but_one_that_was_moved_does(bench: Bench) -> None:
    bench.bindings.tie(Control(CC, 21, 0), "knobs.timbre")
    bench.turn(64)
    bench.sound.shared["knobs"][0] = 0.2  # smoothing: not there yet
    assert bench.turn(70) != [[]]
    bench.sound.shared["knobs"][0] = 0.9  # a hand on the screen
    bench.time += LAG + 1
    assert bench.turn(71) == [[]] and bench.sound.knob(0) == 0.9
    assert bench.turn(127) != [[]]


def test_every_parameter_can_be_tied_over_its_whole_range(bench: Bench) -> None:
    for entry in TABLE:
        bench.bindings.tie(Control(CC, 21, 0), entry.id)
        rows = [row for found in bench.turn(*range(128), *range(127, -1, -1)) for row in found]
        assert first_refused(event_array(rows)) == -1
        values = [row[4] for row in rows]
        assert {row[1:4] for row in rows} == {(Kind.PARAMETER, 0, INDEX[entry.id])}
        assert min(values) == pytest.approx(entry.low) and max(values) == pytest.approx(entry.high)


def test_a_knob_that_the_model_lacks_is_left_alone_and_found_again_by_its_name(bench: Bench) -> None:
    bench.bindings.tie(Control(CC, 21, 0), "knobs.drive")
    assert bench.turn(0, 127) == [[], []]
    bench.sound.knob_ids = ["timbre", "drive"]
    bench.sound.open()
    assert bench.turn(64) == [[(bench.time, Kind.KNOB, 0, 1, 64 / 127)]]


def test_nrpn(bench: Bench) -> None:
    bench.bindings.learn("knobs.timbre")
    for number, value in ((99, 7), (98, 104), (6, 64)):
        found = bench.turn(value, number=number)
    assert bench.learned == [("knobs.timbre", "NRPN 1000, channel 1")] and bench.lines == []
    assert found[0][-1] == (bench.time, Kind.KNOB, 0, 0, 64 / 127)
    assert bench.turn(127, number=38)[0][-1][4] == pytest.approx((64 * 128 + 127) / 16383)
    assert bench.turn(65, number=6)[0][-1][4] == pytest.approx(65 * 128 / 16383)  # its fine half is known now
    assert bench.bindings.target(NRPN, 1000, 0) == "knobs.timbre"


def test_fingers_are_not_learnt_but_play_what_is_tied(bench: Bench) -> None:
    bench.bindings.learn("knobs.timbre")
    assert bench.turn(64, number=74, channel=3, is_member=True) == [[control(480, 3, 74, 64)]]
    assert bench.learned == []


def test_a_control_that_cannot_be_tied_any_more_is_a_line(bench: Bench) -> None:
    for number in range(MOST):
        bench.bindings.tie(Control(NRPN, number, 0), f"knobs.k{number}")
    bench.bindings.learn("knobs.timbre")
    bench.turn(64)
    assert len(bench.lines) == 1 and "no more are allowed" in bench.lines[0] and bench.learned == []

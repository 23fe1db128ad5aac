"""The real engine process, without a device: it plays, answers, and survives nonsense."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from accel.errors import SystoleError
from engine.events import Kind
from engine.journal import part_seed, read_journal
from engine.live import protocol
from engine.live.layout import State
from engine.midi.rows import note_off, note_on
from engine.replay import JournalRenderer
from tests.engine.live.engine_player import Player, eventually, patch

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def player(folder: Path) -> Iterator[Player]:
    found = Player()
    yield found
    found.engine.stop()


@pytest.fixture(autouse=True)
def quiet(request: pytest.FixtureRequest) -> None:
    if "player" in request.fixturenames:
        request.getfixturevalue("player").ask(protocol.Panic())


def test_a_key_sounds_until_it_goes_up(player: Player) -> None:
    assert player.engine.snapshot().state == State.SILENT
    player.engine.send([note_on(0, 0, 60, 100.0)])
    eventually(lambda: player.peak() > 1e-3)
    player.engine.send([note_off(0, 0, 60)])
    eventually(lambda: player.peak() == 0.0)


def test_what_is_recorded_is_what_the_journal_gives_again(player: Player, tmp_path: Path) -> None:
    player.ask(protocol.StartRecording(path=str(tmp_path / "a.wav"), format="float"))
    for turn in range(6):
        player.engine.send([note_on(0, 0, 50 + turn, 90.0), (0, Kind.KNOB, 0, turn % 2, turn / 6)])
        time.sleep(0.05)
        player.engine.send([note_off(0, 0, 50 + turn)])
        if turn == 2:
            player.ask(protocol.SetPatch(text=patch("Other", sustain=0.3), how="ring"))
        if turn == 4:
            player.ask(protocol.SetPatch(text=patch("Third", sustain=0.9), how="replace"))
    summary = player.ask(protocol.StopRecording())
    assert summary["paths"] == [str(tmp_path / "a.wav")] and summary["line"] is None
    heard, _ = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert len(heard) == round(summary["seconds"] * 48_000) and np.abs(heard).max() > 1e-3
    assert player.ask(protocol.SaveJournal(path=str(tmp_path / "j.json"))) > 10
    journal = read_journal(tmp_path / "j.json")
    again = np.concatenate([block.mix for block in JournalRenderer(journal).blocks()])
    starts = np.flatnonzero((again == heard[np.abs(heard).any(axis=1).argmax()]).all(axis=1))
    first = int(np.abs(heard).any(axis=1).argmax())
    assert any(np.array_equal(again[at - first : at - first + len(heard)], heard) for at in starts)


def test_a_patch_of_the_same_model_is_edited_in_place_and_another_is_opened(player: Player) -> None:
    first = player.ask(protocol.SetPatch(text=patch("A"), how="ring"))
    assert player.ask(protocol.SetPatch(text=patch("B", sustain=0.25), how="replace")) == first
    second = player.ask(protocol.SetPatch(text=patch("C"), how="ring"))
    assert second == first + 1
    eventually(lambda: player.engine._arrays["sound"]["patch"][0] == second)
    assert player.notices[-1] == protocol.PatchChanged(patch("C"), second)


def test_a_model_under_another_name_is_no_other(player: Player) -> None:
    first = player.ask(protocol.SetPatch(text=patch("A"), how="ring"))
    assert player.ask(protocol.SetPatch(text=patch("B", model="twin"), how="replace")) == first


def test_held_keys_go_on_with_the_model_that_replaces_and_end_with_their_key(player: Player) -> None:
    first = player.ask(protocol.SetPatch(text=patch("A"), how="ring"))
    player.engine.send([note_on(0, 0, 60, 100.0), note_on(0, 3, 64, 100.0)])
    eventually(lambda: player.engine.snapshot().meters["voices"] == 2)
    assert player.ask(protocol.SetPatch(text=patch("B", model="second"), how="replace")) == first + 1
    eventually(lambda: player.engine.snapshot().sound["sound"]["patch"][0] == first + 1)
    eventually(lambda: set(np.flatnonzero(player.engine.snapshot().sound["held"])) == {60, 64})
    eventually(lambda: player.engine.snapshot().meters["voices"] == 2)
    player.engine.send([note_off(0, 0, 60), note_off(0, 3, 64)])
    eventually(lambda: player.peak() == 0.0)


def test_a_key_that_goes_up_while_the_model_is_replaced_does_not_hang(player: Player) -> None:
    for turn in range(8):
        model = ("tiny", "second")[turn % 2]
        player.engine.send([note_on(0, 0, 60 + turn, 100.0)])
        threading.Timer(0.002 * turn, player.engine.send, ([note_off(0, 0, 60 + turn)],)).start()
        player.ask(protocol.SetPatch(text=patch(f"{turn}", model=model), how="replace"))
    eventually(lambda: player.peak() == 0.0)


def test_a_patch_that_cannot_be_played_changes_nothing(player: Player) -> None:
    before = player.ask(protocol.SetPatch(text=patch("A"), how="ring"))
    for text, line in (
        ("schema = 1", "patch: name is missing"),
        (patch(model="none"), "patch: model: none: no such model"),
        (patch(attack=99.0), r"patch: amp\.attack"),
    ):
        with pytest.raises(SystoleError, match=line):
            player.ask(protocol.SetPatch(text=text))
    player.engine.send([note_on(0, 0, 60, 100.0)])
    eventually(lambda: player.peak() > 1e-3)
    assert player.ask(protocol.SetPatch(text=patch("B"), how="replace")) == before


def test_more_patches_than_slots(player: Player) -> None:
    for turn in range(9):
        player.engine.send([note_on(0, 0, 40 + turn, 100.0)])  # so that none of them ends by itself
        time.sleep(0.05)
        assert player.ask(protocol.SetPatch(text=patch(f"{turn}"), how="ring")) is not None
    assert player.count("journal_lost") == 0


def test_only_the_last_of_many_wishes_is_opened(player: Player) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(player.ask, [protocol.SetPatch(text=patch(f"{n}")) for n in range(20)]))
    opened = [serial for serial in found if serial is not None]
    assert 1 <= len(opened) < 20
    assert len(set(opened)) == len(opened)


def test_tuning_test_tone_and_seed(player: Player, tmp_path: Path) -> None:
    volts = [(key - 60) / 24 for key in range(128)]
    player.ask(protocol.SetTuning(volts=volts))
    player.ask(protocol.SetSeed(seed=5))
    serial = player.ask(protocol.SetPatch(text=patch("Seeded")))
    time.sleep(0.1)
    player.ask(protocol.SaveJournal(path=str(tmp_path / "j.json")))
    journal = read_journal(tmp_path / "j.json")
    tuned = journal.events[journal.events["kind"] == Kind.TUNE][-128:]
    assert tuned["value"].tolist() == volts and tuned["index"].tolist() == list(range(128))
    assert (journal.patches[-1].seed, list(journal.patches[-1].tuning or [])) == (part_seed(5, serial), volts)
    notes = player.count("notes")
    player.ask(protocol.TestTone())
    eventually(lambda: player.count("notes") == notes + 1 and player.peak() > 1e-3)
    eventually(lambda: player.peak() == 0.0)


def test_how_things_are_can_be_asked(player: Player, tmp_path: Path) -> None:
    assert player.ask(protocol.DescribeStream()) is None  # no device was ever asked for
    assert player.ask(protocol.ListCv()) == {"channels": [], "inputs": 0}
    ports = player.ask(protocol.ListPorts())
    assert (ports["names"], ports["virtual"]) == ([], False)
    assert all(set(port) == {"system", "name", "is_open"} for port in ports["ports"])
    assert player.ask(protocol.DescribeRecording()) is None
    path = str(tmp_path / "a.wav")
    player.ask(protocol.StartRecording(path=path))
    eventually(lambda: player.ask(protocol.DescribeRecording())["seconds"] > 0.1)
    assert protocol.RecordingStarted(path, 0.0) in player.notices
    player.ask(protocol.StopRecording())
    assert player.ask(protocol.DescribeRecording()) is None


def test_loudness_is_measured_unheard(player: Player) -> None:
    notes = player.count("notes")
    one, same = player.ask(protocol.MeasureLoudness(texts=[patch("One"), patch("One")]))
    assert one == same and -70 < one < 0
    assert player.count("notes") == notes and player.peak() == 0.0
    with pytest.raises(SystoleError, match="no such model"):
        player.ask(protocol.MeasureLoudness(texts=[patch("One").replace('"tiny"', '"nothing"')]))


def test_bytes_that_are_no_request_are_refused_and_all_goes_on(player: Player) -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        player.engine._supervisor.send(rng.bytes(int(rng.integers(1, 200))))
    player.engine._supervisor.send(b'{"do": "Nothing", "id": 3}')
    assert player.ask(protocol.Panic()) is None
    assert player.count("journal_lost") == 0


def test_events_that_are_no_events_are_refused_and_all_goes_on(player: Player) -> None:
    before = player.count("refused_events")
    player.engine.send([(0, 99, 0, 0, 0.0), (0, Kind.NOTE_ON, 0, 200, 1.0), (0, Kind.KNOB, 0, 0, float("nan"))])
    eventually(lambda: player.count("refused_events") == before + 3)


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        (protocol.StopRecording(), "nothing is being recorded"),
        (protocol.StartRecording(path="/no/such/a.wav"), "cannot be written"),
        (protocol.SaveJournal(path="/no/such/j.json"), "cannot be written"),
        (protocol.Learn(target="amp.nothing"), "unknown parameter"),
    ],
)
def test_what_cannot_be_done_is_one_line(player: Player, request_: Any, line: str) -> None:
    with pytest.raises(SystoleError, match=line):
        player.ask(request_)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_warm_start_takes_a_second_or_two_of_computing(player: Player) -> None:
    """Measured: 1.1 s of processor time, whatever else the machine does; the limit to the first sound is 4 s."""
    warm = Player(stream=protocol.OpenStream())
    try:
        fields = Path(f"/proc/{warm.pid}/stat").read_text().rsplit(")", 1)[1].split()
        assert (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") < 3.0
        assert "/scipy/" not in Path(f"/proc/{warm.pid}/maps").read_text()
    finally:
        warm.engine.stop()


def test_the_engine_has_no_window() -> None:
    code = "import sys, engine.live.assembly; print(*({'PySide6', 'pyqtgraph', 'torch', 'app'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_it_is_not_started_by_hand() -> None:
    done = subprocess.run([sys.executable, "-m", "engine.live"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "engine.live: started by the systole command, not by hand: see systole play --help\n"

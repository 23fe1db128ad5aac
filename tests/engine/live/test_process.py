"""The real engine process, without a device: it plays, answers, survives nonsense and its own death, and goes."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from accel.errors import SystoleError
from accel.program import Program
from accel.program_file import save_program
from accel.random_program import random_program
from engine.events import Kind
from engine.journal import part_seed, read_journal
from engine.live import protocol
from engine.live.client import Engine, Notice
from engine.live.layout import State
from engine.live.options import Options
from engine.midi.rows import note_off, note_on
from engine.replay import JournalRenderer
from tests.engine.conftest import TINY

ROOT = Path(__file__).parents[3]
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


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, tiny: Program) -> Iterator[Path]:
    """SYSTOLE_HOME with the models `tiny`, `twin`, which is the same, and `second`, which is not."""
    home = tmp_path_factory.mktemp("home")
    (home / "models").mkdir()
    (home / "patches").mkdir()
    second = random_program(np.random.default_rng(88), TINY, spread=70)
    for name, program in (("tiny", tiny), ("twin", tiny), ("second", second)):
        save_program(program, home / "models" / f"{name}.safetensors")
    (home / "patches" / "mine.toml").write_text(patch("Mine"))
    before = os.environ.get("SYSTOLE_HOME")
    os.environ["SYSTOLE_HOME"] = str(home)
    yield home
    if before is None:
        del os.environ["SYSTOLE_HOME"]
    else:
        os.environ["SYSTOLE_HOME"] = before


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


def test_a_killed_engine_plays_again_as_it_did(folder: Path) -> None:
    player = Player()
    try:
        player.engine.send([(0, Kind.KNOB, 0, 1, 0.125), (0, Kind.PARAMETER, 0, 1, 7.0)])
        eventually(lambda: player.engine.snapshot().sound["knobs"][1] == 0.125)
        player.notices.clear()
        os.kill(player.pid, signal.SIGKILL)
        eventually(lambda: any(isinstance(each, protocol.Ready) for each in player.notices), READY)
        assert player.notices[0] == protocol.Line("warning", "the engine has ended (signal 9)")
        eventually(lambda: player.engine.snapshot().sound["knobs"][1] == 0.125)
        assert player.engine.snapshot().sound["parameters"][1] == 7.0
        player.engine.send([note_on(0, 0, 60, 100.0)])
        eventually(lambda: player.peak() > 1e-3)
        assert player.engine.snapshot().restarts == 1
        line = "the engine was started again: what was played before is not in it"
        eventually(lambda: protocol.Line("warning", f"journal: {line}") in player.notices)
        player.ask(protocol.SaveJournal(path=str(folder / "j.json")))
        assert not read_journal(folder / "j.json").complete
    finally:
        player.engine.stop()


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


def test_a_recording_goes_on_in_another_file_when_its_engine_was_killed(folder: Path, tmp_path: Path) -> None:
    player, path = Player(), tmp_path / "a.wav"
    try:
        player.ask(protocol.StartRecording(path=str(path), format="float"))
        time.sleep(0.5)
        os.kill(player.pid, signal.SIGKILL)
        line = protocol.Line("warning", f"recording goes on in {tmp_path / 'a-2.wav'}; what came before is in {path}")
        eventually(lambda: line in player.notices, READY)
        player.engine.send([note_on(0, 0, 60, 100.0)])
        eventually(lambda: player.peak() > 1e-3)
        summary = player.ask(protocol.StopRecording())
        assert summary["paths"] == [str(path), str(tmp_path / "a-2.wav")] and summary["line"] is None
        seconds = [soundfile.info(each).frames / 48_000 for each in summary["paths"]]
        assert 0.2 < seconds[0] < 5 and sum(seconds) == pytest.approx(summary["seconds"])
        assert np.abs(soundfile.read(tmp_path / "a-2.wav")[0]).max() > 1e-3
        os.kill(player.pid, signal.SIGKILL)  # it was stopped: there is nothing to go on with
        player.notices.clear()
        eventually(lambda: any(isinstance(each, protocol.Ready) for each in player.notices), READY)
        with pytest.raises(SystoleError, match="nothing is being recorded"):
            player.ask(protocol.StopRecording())
    finally:
        player.engine.stop()


def test_stopping_finishes_the_recording_and_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    before = {path.name for path in Path("/proc/self/fd").iterdir()}
    player = Player()
    pid = player.pid
    player.ask(protocol.StartRecording(path=str(tmp_path / "a.wav")))
    player.engine.send([note_on(0, 0, 60, 100.0)])
    time.sleep(0.3)
    player.engine.stop()
    sound, _ = soundfile.read(tmp_path / "a.wav")
    assert np.abs(sound).max() > 1e-3
    assert abs(sound[-1]).max() < 1e-3, "it fades out"
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert player.engine.snapshot().state == State.STOPPED
    del player
    gc.collect()
    assert len({path.name for path in Path("/proc/self/fd").iterdir()}) <= len(before)


def test_an_engine_that_is_told_to_end_finishes_the_recording_and_another_goes_on(folder: Path, tmp_path: Path) -> None:
    player, path = Player(), tmp_path / "a.wav"
    try:
        player.ask(protocol.StartRecording(path=str(path), format="float"))
        player.engine.send([note_on(0, 0, 60, 100.0)])
        eventually(lambda: player.peak() > 1e-3)
        player.notices.clear()
        os.kill(player.pid, signal.SIGTERM)
        eventually(lambda: any(isinstance(each, protocol.Ready) for each in player.notices), READY)
        lines = [each.text for each in player.notices if isinstance(each, protocol.Line)]
        assert lines[:2] == ["the engine was told to end by a SIGTERM", "the engine has ended (exit status 143)"]
        assert np.abs(soundfile.read(path)[0]).max() > 1e-3
    finally:
        player.engine.stop()


def test_a_message_that_is_too_long_does_not_end_the_instrument(folder: Path) -> None:
    player = Player()
    try:
        player.notices.clear()
        with contextlib.suppress(SystoleError):
            player.engine._supervisor.send(b" " * (protocol.MAX_BYTES + 1))
        eventually(lambda: any(isinstance(each, protocol.Ready) for each in player.notices), READY)
        assert protocol.Line("warning", "the engine has ended (exit status 1)") in player.notices
        assert player.ask(protocol.Panic()) is None
    finally:
        player.engine.stop()


def test_an_owner_that_is_killed_takes_the_engine_along(folder: Path) -> None:
    code = (
        "import time\nfrom engine.live.client import Engine\nfrom engine.live.options import Options\n"
        "engine = Engine()\nengine.start(Options(stream=None, midi=None))\nengine.wait_ready(300)\n"
        "print(int(engine._arrays['header']['engine'][0]), flush=True)\ntime.sleep(60)\n"
    )
    owner = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    owner.kill()
    owner.wait()
    owner.stdout.close()
    eventually(lambda: not Path(f"/proc/{pid}").exists() or "zombie" in Path(f"/proc/{pid}/status").read_text(), 10)


def test_a_start_that_cannot_be_says_why_and_is_not_repeated(folder: Path) -> None:
    with pytest.raises(SystoleError, match="patch: model: none: no such model"):
        Player(patch=patch(model="none"))


def test_the_engine_has_no_window() -> None:
    code = "import sys, engine.live.assembly; print(*({'PySide6', 'pyqtgraph', 'torch', 'app'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_it_is_not_started_by_hand() -> None:
    done = subprocess.run([sys.executable, "-m", "engine.live"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "engine.live: started by the systole command, not by hand: see systole play --help\n"

"""The engine as its owner sees it: answers, refusals, notices, and a death that costs no more than a line."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from accel.errors import SystoleError
from engine.events import Kind
from engine.live.client import Engine, Notice
from engine.live.layout import State
from engine.live.options import Options, decode_options
from engine.live.protocol import (
    CloseStream,
    CvChannel,
    Done,
    Line,
    OpenStream,
    Panic,
    PatchChanged,
    Ready,
    RecordingStopped,
    SetCv,
    SetPatch,
    SetSeed,
    StartRecording,
    Stop,
    decode_request,
)
from engine.live.requests import MOST_WAITING
from engine.live.supervisor import Supervisor
from engine.midi.rows import note_on
from tests.engine.live import fake_engine

ROOT = Path(__file__).parents[3]


def eventually(is_so: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine(supervise=functools.partial(Supervisor, start=fake_engine.start)) as found:
        yield found


@pytest.fixture
def notices(engine: Engine) -> list[Notice]:
    heard: list[Notice] = []
    engine.on_notice(heard.append)
    return heard


def test_requests_are_answered(engine: Engine, notices: list[Notice]) -> None:
    engine.start(Options(patch="one"))
    assert engine.wait_ready(20) == 0.1
    assert engine.request(Panic()).result == "Panic"
    assert engine.request(SetPatch(text="two")).result == "SetPatch"
    with pytest.raises(SystoleError, match="bad is not allowed"):
        engine.request(SetPatch(text="bad"))
    assert notices == [PatchChanged("one", 0), Ready(0.1), PatchChanged("two", 1)]
    assert engine.snapshot().state == State.PLAYING
    assert engine.snapshot().sound["knobs"][0] == 0.25


def test_answers_find_who_asked(engine: Engine) -> None:
    engine.start(Options())
    engine.wait_ready(20)
    found: dict[int, Done] = {}

    def ask(number: int) -> None:
        found[number] = engine.request(Panic() if number % 2 else CloseStream())

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[number].result for number in range(4)] == ["CloseStream", "Panic"] * 2


def test_an_engine_that_answers_nothing_holds_nobody_up(engine: Engine) -> None:
    engine.start(Options(patch="deaf"))
    engine.wait_ready(20)
    with pytest.raises(SystoleError, match=r"Panic: no answer within 0\.1 s"):
        engine.request(Panic(), 0.1)

    def ask() -> None:
        with contextlib.suppress(SystoleError):
            engine.request(Panic(), 5)

    for _ in range(MOST_WAITING):
        threading.Thread(target=ask, daemon=True).start()
    eventually(lambda: engine._requests.waiting == MOST_WAITING)
    with pytest.raises(SystoleError, match="takes no more"):
        engine.request(Panic())


def test_without_an_engine_there_is_a_line_at_once(engine: Engine) -> None:
    with pytest.raises(SystoleError, match="not running"):
        engine.request(Panic())
    with pytest.raises(SystoleError, match=r"not ready after 0\.1 s"):
        engine.wait_ready(0.1)


def test_a_patch_that_cannot_be_played_at_the_start_is_the_reason(engine: Engine) -> None:
    engine.start(Options(patch="early 78"))
    with pytest.raises(SystoleError, match="patch: this one cannot be played"):
        engine.wait_ready(20)
    assert engine.is_over
    assert engine.snapshot().state == State.FAILED


def test_a_killed_engine_comes_back_where_it_was(engine: Engine, notices: list[Notice]) -> None:
    engine.start(Options(patch="one"))
    engine.wait_ready(20)
    engine.request(SetPatch(text="two"))
    engine.request(SetSeed(seed=9))
    assert engine.send([note_on(0, 0, 60, 100.0)]) == 1
    ring, tail = engine._ring, int(engine._arrays["heads"][0])
    notices.clear()
    os.kill(int(engine._arrays["header"]["engine"][0]), signal.SIGKILL)
    eventually(lambda: sum(isinstance(notice, Ready) for notice in notices) == 1)
    assert notices == [Line("warning", "the engine has ended (signal 9)"), PatchChanged("two", 0), Ready(0.1)]
    eventually(lambda: ring.waiting > 0)
    rows = ring.pop()
    assert tail == 1, "what the dead engine had not read is not played late"
    assert (0, Kind.KNOB, 0, 0, 0.25) in rows.tolist()
    assert Kind.NOTE_ON not in rows["kind"]
    assert engine.snapshot().restarts == 1
    assert engine.request(Panic()).result == "Panic"


def test_what_waits_for_a_dying_engine_is_refused(engine: Engine) -> None:
    engine.start(Options(patch="deaf"))
    engine.wait_ready(20)
    threading.Timer(0.3, os.kill, (int(engine._arrays["header"]["engine"][0]), signal.SIGKILL)).start()
    with pytest.raises(SystoleError, match="signal 9"):
        engine.request(Panic(), 20)


def test_a_listener_that_fails_is_no_ones_fault(engine: Engine, notices: list[Notice]) -> None:
    def fails(_: Notice) -> None:
        raise RuntimeError("in the window")

    engine.on_notice(fails)
    engine.start(Options(patch="one"))
    engine.wait_ready(20)
    engine.request(SetPatch(text="two"))
    assert PatchChanged("two", 1) in notices


def test_an_engine_that_was_asked_to_stop_does_not_come_back(engine: Engine) -> None:
    engine.start(Options())
    engine.wait_ready(20)
    with pytest.raises(SystoleError):
        engine.request(Stop(), 5)
    eventually(lambda: engine.is_over)


def test_events_fit_until_the_ring_is_full(engine: Engine) -> None:
    assert engine.send([note_on(0, 0, 60, 1.0)]) == 0, "nobody plays yet"
    engine.start(Options())
    engine.wait_ready(20)
    assert engine.send([note_on(0, 0, 60, 1.0)] * 5000) == 4096
    assert engine.send([note_on(0, 0, 60, 1.0)]) == 0


def test_an_owner_that_dies_takes_its_engine_along(tmp_path: Path) -> None:
    code = (
        "import functools, time\n"
        "from engine.live.client import Engine\nfrom engine.live.options import Options\n"
        "from engine.live.supervisor import Supervisor\nfrom tests.engine.live import fake_engine\n"
        "engine = Engine(supervise=functools.partial(Supervisor, start=fake_engine.start))\n"
        "engine.start(Options())\nengine.wait_ready(20)\n"
        "print(int(engine._arrays['header']['engine'][0]), flush=True)\ntime.sleep(60)\n"
    )
    owner = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    owner.kill()
    owner.wait()
    owner.stdout.close()
    eventually(lambda: not Path(f"/proc/{pid}").exists() or "(zombie)" in Path(f"/proc/{pid}/status").read_text())


def test_an_engine_that_dies_for_good_while_it_records_says_where_the_recording_is(
    engine: Engine, notices: list[Notice], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.start(Options(patch="one"))
    engine.wait_ready(20)
    engine.request(StartRecording(path="/x/a.wav"))
    engine.gave_up("it is over")
    line = "recording ended with the engine: /x/a.wav.part holds what was heard"
    assert notices[-2:] == [Line("error", "it is over"), RecordingStopped("/x/a.wav", 0.0, line)]


def test_what_lasts_is_told_to_the_next_engine(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []
    engine.start(Options(patch="one"))
    engine.wait_ready(20)
    for command in (StartRecording(path="a.wav"), SetCv(channels=[CvChannel(1, "gate")]), SetSeed(seed=4)):
        engine.request(command)
    monkeypatch.setattr(engine._supervisor, "send", sent.append)
    engine.received(Ready(0.1))
    told = [decode_request(each) for each in sent]
    assert told == [SetSeed(seed=4), StartRecording(path="a.wav", resume=True)]
    assert decode_options(engine.first_message()).cv == [CvChannel(1, "gate")]
    sent.clear()
    engine.received(RecordingStopped("a.wav", 1.0, "disk full"))
    engine.received(Ready(0.1))
    assert [decode_request(each) for each in sent] == [SetSeed(seed=4)]


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (SetPatch(text="x" * (4 << 20)), r"^SetPatch: 41943\d\d bytes; allowed: 4194304$"),
        (StartRecording(path="/x/\udcff.wav"), r"^StartRecording: .*surrogates not allowed$"),
    ],
)
def test_what_cannot_be_sent_is_refused_here(engine: Engine, command: SetPatch, line: str) -> None:
    engine.start(Options(patch="one"))
    engine.wait_ready(20)
    with pytest.raises(SystoleError, match=line):
        engine.request(command)
    assert engine.request(Panic()).result == "Panic" and engine._requests.waiting == 0
    assert engine.snapshot().restarts == 0


def kill(engine: Engine, notices: list[Notice]) -> list[tuple]:
    """End the engine with force, and wait for the next one; what that is told, as far as nobody has read it."""
    notices.clear()
    os.kill(int(engine._arrays["header"]["engine"][0]), signal.SIGKILL)
    eventually(lambda: any(isinstance(notice, Ready) for notice in notices))
    return [
        (row[1], row[4]) for row in engine._ring.pop(0 if "unread" in engine._wishes.options.patch else None).tolist()
    ]


def test_of_a_patch_that_was_not_told_yet_nothing_is_turned(engine: Engine, notices: list[Notice]) -> None:
    engine.start(Options(patch="one"))
    engine.wait_ready(20)
    engine._arrays["sound"]["patch"] = 7  # it plays already
    assert Kind.KNOB not in [kind for kind, _ in kill(engine, notices)]


def test_an_engine_that_dies_before_it_has_heard_where_the_last_one_was_takes_nothing_away(
    engine: Engine, notices: list[Notice]
) -> None:
    engine.start(Options(patch="unread"))
    engine.wait_ready(20)
    engine._arrays["knobs"][0] = 0.75
    kill(engine, notices)
    assert engine._arrays["knobs"][0] == 0.25, "its own"
    kill(engine, notices)
    told = [row[4] for row in engine._ring.pop().tolist() if row[1] == Kind.KNOB]
    assert told == [0.75]
    engine._wishes.options = Options(patch="one")
    assert (Kind.KNOB, 0.25) in kill(engine, notices), "it had heard, and went on from there"


def test_what_is_sent_while_no_engine_plays_is_not_played_later(engine: Engine, notices: list[Notice]) -> None:
    engine.start(Options(patch="one"))
    engine.wait_ready(20)
    sent = []
    engine.on_notice(lambda notice: sent.append(engine.send([note_on(0, 0, 60, 100.0)])) if notice == dead else None)
    dead = Line("warning", "the engine has ended (signal 9)")
    assert Kind.NOTE_ON not in [kind for kind, _ in kill(engine, notices)]
    assert sent == [0]
    assert engine.send([note_on(0, 0, 60, 100.0)]) == 1


def test_an_answer_that_comes_too_late_counts_all_the_same(engine: Engine) -> None:
    engine.start(Options(patch="slow"))
    engine.wait_ready(20)
    with pytest.raises(SystoleError, match=r"OpenStream: no answer within 0\.05 s"):
        engine.request(OpenStream(rate=96_000), 0.05)
    assert decode_options(engine.first_message()).stream != OpenStream(rate=96_000)
    eventually(lambda: decode_options(engine.first_message()).stream == OpenStream(id=0, rate=96_000))


def test_counters_go_on_from_one_engine_to_the_next(engine: Engine, notices: list[Notice]) -> None:
    engine.start(Options(patch="one"))
    engine.wait_ready(20)
    for messages, worst, total in ((5, 90, 5), (3, 40, 8), (1, 120, 9)):
        engine._arrays["counters"]["midi_messages"], engine._arrays["counters"]["canary_worst_ns"] = messages, worst
        found = engine.snapshot().counters
        assert (found["midi_messages"], found["canary_worst_ns"]) == (total, max(90, worst))
        kill(engine, notices)
        assert engine.snapshot().counters["midi_messages"] == total


def test_after_it_has_given_up_it_can_be_started_again(engine: Engine, notices: list[Notice]) -> None:
    engine.start(Options(patch="early 78"))
    with pytest.raises(SystoleError, match="cannot be played"):
        engine.wait_ready(20)
    eventually(lambda: engine.is_over)
    engine.restart()
    with pytest.raises(SystoleError, match="cannot be played"):
        engine.wait_ready(20)
    eventually(lambda: engine.is_over)
    engine.restart(Options(patch="one"))
    assert engine.wait_ready(20) == 0.1
    assert not engine.is_failed and not engine.is_over
    assert engine.request(Panic()).result == "Panic"
    with pytest.raises(SystoleError, match="the engine is running"):
        engine.restart()
    engine.stop()
    with pytest.raises(SystoleError, match="was stopped"):
        engine.restart()


def test_one_that_was_asked_to_end_begins_where_it_was(engine: Engine, notices: list[Notice]) -> None:
    engine.start(Options(patch="one"))
    engine.wait_ready(20)
    engine.request(SetPatch(text="two"))
    engine._arrays["knobs"][0] = 0.75
    with pytest.raises(SystoleError):
        engine.request(Stop(), 1)
    eventually(lambda: engine.is_over)
    notices.clear()
    engine.restart()
    engine.wait_ready(20)
    assert notices == [PatchChanged("two", 0), Ready(0.1)]
    assert (0, Kind.KNOB, 0, 0, 0.75) in engine._ring.pop().tolist()
    assert engine.snapshot().restarts == 1

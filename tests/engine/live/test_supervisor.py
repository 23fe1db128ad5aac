"""An engine that dies is replaced, one that hangs is ended, and one that cannot play is not started for ever."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from engine.live import supervisor as module
from engine.live.layout import State
from engine.live.options import Options, encode_options
from engine.live.protocol import Answer, Line, Ready
from engine.live.shared import SharedBlock
from engine.live.supervisor import FATAL, RestartPolicy, Supervisor
from tests.engine.live import fake_engine


def test_the_first_deaths_cost_little_and_the_fifth_ends_it() -> None:
    policy = RestartPolicy()
    assert [policy.died(float(second)) for second in range(5)] == [0.0, 1.0, 2.0, 4.0, None]


def test_deaths_of_more_than_a_minute_ago_are_forgotten() -> None:
    policy = RestartPolicy()
    assert [policy.died(20.0 * turn) for turn in range(9)] == [0.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0]
    assert policy.died(1000.0) == 0.0


class Owner:
    """Notes what a supervisor tells."""

    def __init__(self) -> None:
        self.wish = ""
        self.answers: list[Answer] = []
        self.deaths: list[str] = []
        self.last: str | None = None
        self.block = SharedBlock.create()
        self.died_at: list[int] = []

    def first_message(self) -> bytes:
        return encode_options(Options(patch=self.wish))

    def received(self, answer: Answer) -> None:
        self.answers.append(answer)

    def died(self, line: str) -> None:
        self.died_at.append(int(self.block.arrays["header"]["engine"][0]))
        self.deaths.append(line)

    def gave_up(self, line: str) -> None:
        self.last = line

    @property
    def ready(self) -> int:
        return sum(isinstance(answer, Ready) for answer in self.answers)

    @property
    def pid(self) -> int:
        return int(self.block.arrays["header"]["engine"][0])


class Quick(RestartPolicy):
    """Does not wait."""

    def died(self, now: float) -> float | None:
        return None if super().died(now) is None else 0.01


@pytest.fixture
def owner() -> Owner:
    return Owner()


@pytest.fixture
def supervisor(owner: Owner) -> Iterator[Supervisor]:
    found = Supervisor(owner.block, owner, policy=Quick(), start=fake_engine.start)
    yield found
    found.stop()
    assert not os.path.exists(f"/proc/{owner.pid}") or owner.pid == 0  # noqa: PTH110
    owner.block.close()


def eventually(is_so: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_killed_engine_is_replaced(owner: Owner, supervisor: Supervisor) -> None:
    supervisor.start()
    for turn in range(1, 3):
        eventually(lambda turn=turn: owner.ready == turn)  # type: ignore[misc]
        os.kill(owner.pid, signal.SIGKILL)
        eventually(lambda turn=turn: len(owner.deaths) == turn)  # type: ignore[misc]
    eventually(lambda: owner.ready == 3)
    assert owner.deaths == ["the engine has ended (signal 9)"] * 2
    assert owner.last is None and not supervisor.has_ended


def test_an_engine_that_hangs_is_ended_and_replaced(
    owner: Owner, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HUNG_SECONDS", 2.0)
    supervisor.start()
    eventually(lambda: owner.ready == 1)
    os.kill(owner.pid, signal.SIGSTOP)
    eventually(lambda: owner.ready == 2)
    assert owner.deaths == ["the engine did not answer for 2 s and was ended"]


def test_an_engine_that_is_still_starting_may_be_silent(
    owner: Owner, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HUNG_SECONDS", 0.3)
    supervisor.start()
    eventually(lambda: owner.ready == 1)
    owner.block.arrays["header"]["state"] = State.STARTING
    os.kill(owner.pid, signal.SIGSTOP)
    time.sleep(1)
    assert not owner.deaths
    os.kill(owner.pid, signal.SIGCONT)


def test_five_deaths_end_it_with_a_line(owner: Owner, supervisor: Supervisor) -> None:
    owner.wish = "exit 3"
    supervisor.start()
    eventually(lambda: supervisor.has_ended)
    assert owner.deaths == ["the engine has ended (exit status 3)"] * 5
    assert owner.last == "the engine died 5 times within a minute: it is not started again"
    assert owner.block.arrays["header"]["state"][0] == State.FAILED


def test_an_engine_that_cannot_play_is_not_started_again(owner: Owner, supervisor: Supervisor) -> None:
    owner.wish = f"early {FATAL}"
    supervisor.start()
    eventually(lambda: supervisor.has_ended)
    assert owner.answers == [Line("error", "patch: this one cannot be played")]
    assert (owner.deaths, owner.last) == (["the engine cannot play"], "the engine cannot play: it is not started again")


def test_an_engine_that_ends_in_order_though_nobody_asked_has_died(owner: Owner, supervisor: Supervisor) -> None:
    owner.wish = "exit 0"
    supervisor.start()
    eventually(lambda: supervisor.has_ended)
    assert owner.deaths == ["the engine has ended (exit status 0)"] * 5 and owner.last is not None


def test_an_engine_that_ended_as_asked_is_not_started_again(owner: Owner, supervisor: Supervisor) -> None:
    owner.wish = "exit 0"
    supervisor.expect_end()
    supervisor.start()
    eventually(lambda: supervisor.has_ended)
    assert owner.deaths == [] and owner.last is None and owner.ready == 1


def test_a_system_without_room_for_a_process_is_reported(owner: Owner) -> None:
    def full(_: SharedBlock) -> fake_engine.Child:
        raise OSError(11, "Resource temporarily unavailable")

    supervisor = Supervisor(owner.block, owner, policy=Quick(), start=full)
    supervisor.start()
    eventually(lambda: supervisor.has_ended)
    assert set(owner.deaths) == {"the engine cannot be started: Resource temporarily unavailable"}


def test_what_is_no_message_is_a_line(owner: Owner, supervisor: Supervisor) -> None:
    from engine.live.protocol import Panic, encode

    owner.wish = "rubbish"
    supervisor.start()
    eventually(lambda: owner.ready == 1)
    supervisor.send(encode(Panic(id=4)))
    eventually(lambda: len(owner.answers) == 4)
    line = owner.answers[2]
    assert isinstance(line, Line) and line.text.startswith("from the engine: answer: ")


def test_stopping_takes_no_process_and_no_thread_along(owner: Owner) -> None:
    before = threading.active_count()
    supervisor = Supervisor(owner.block, owner, start=fake_engine.start)
    supervisor.start()
    eventually(lambda: owner.ready == 1)
    pid = owner.pid
    supervisor.stop()
    supervisor.stop()
    assert threading.active_count() == before
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert owner.deaths == []

"""Answers find who asked, and what was asked where nobody waits any more."""

from __future__ import annotations

import pytest

from accel.errors import SystoleError
from engine.live.output import LOOK_SECONDS
from engine.live.protocol import Done, OpenStream, Panic, Refused
from engine.live.requests import MOST_WAITING, Requests, seconds_for


def test_what_takes_long_may_take_long() -> None:
    assert seconds_for(OpenStream()) > 30 > seconds_for(Panic()) > LOOK_SECONDS


def test_an_answer_finds_who_asked_and_late_what_was_asked() -> None:
    requests = Requests()
    (one, first), (two, _), (three, _) = (requests.begin(Panic()) for _ in range(3))
    assert requests.find(Done(one)) == (first, Panic())
    requests.end(one, is_late=False)
    requests.end(two, is_late=True)
    assert requests.find(Done(one)) == (None, None)
    assert requests.find(Done(two)) == (None, Panic())
    assert requests.find(Done(two)) == (None, None)
    assert requests.waiting == 1 and three > two > one


def test_nobody_waits_for_a_dead_engine_nor_is_it_believed_later() -> None:
    requests = Requests()
    (late, _), (_, future) = requests.begin(OpenStream()), requests.begin(Panic())
    requests.end(late, is_late=True)
    requests.fail("it is gone")
    assert future.result(0) == Refused(0, "it is gone")
    assert requests.find(Done(late)) == (None, None)


def test_there_is_a_limit_to_both() -> None:
    requests = Requests()
    numbers = [requests.begin(Panic())[0] for _ in range(MOST_WAITING)]
    with pytest.raises(SystoleError, match="takes no more"):
        requests.begin(Panic())
    for number in numbers:
        requests.end(number, is_late=True)
    requests.end(requests.begin(Panic())[0], is_late=True)
    assert requests.find(Done(numbers[0])) == (None, None)
    assert requests.find(Done(numbers[1])) == (None, Panic())

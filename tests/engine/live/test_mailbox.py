"""Messages arrive in order; an owner that reads nothing is waited for by nobody."""

from __future__ import annotations

import time
from multiprocessing import Pipe
from typing import Any

import numpy as np
import pytest

from engine.live.mailbox import MOST, Mailbox
from engine.live.protocol import Answer, Done, Line, Refused, decode_answer


def drain(end: object) -> list[Answer]:
    found = []
    while end.poll(0.5):  # type: ignore[attr-defined]
        try:
            found.append(decode_answer(end.recv_bytes()))  # type: ignore[attr-defined]
        except EOFError:
            break
    return found


def test_messages_arrive_in_order_and_the_last_ones_before_the_end() -> None:
    ours, theirs = Pipe()
    box = Mailbox(theirs)
    for number in range(50):
        box.post(Done(number))
    box.close(5)
    theirs.close()
    assert drain(ours) == [Done(number) for number in range(50)]


def test_an_owner_that_reads_nothing_costs_no_time_and_no_answer() -> None:
    ours, theirs = Pipe()
    box = Mailbox(theirs)
    began = time.monotonic()
    for number in range(20 * MOST):
        box.post(Line("info", "x" * 4000))
        if number % MOST == 0:
            box.post(Done(number))
    assert time.monotonic() - began < 2
    found = drain(ours)
    box.close(5)
    assert [each.id for each in found if isinstance(each, Done)] == [MOST * number for number in range(20)]
    assert len(found) < 3 * MOST


def test_an_owner_that_has_gone_is_no_fault() -> None:
    ours, theirs = Pipe()
    box = Mailbox(theirs)
    ours.close()
    for number in range(1000):
        box.post(Done(number))
    box.close(5)
    box.post(Done(0))


@pytest.mark.parametrize("result", ["half \ud800 a character", np.int64(3), {1: object()}])
def test_what_cannot_be_sent_is_refused_and_the_others_arrive(result: Any) -> None:
    ours, theirs = Pipe()
    box = Mailbox(theirs)
    box.post(Done(1, result))
    box.post(Line("info", "half \ud800 a character"))
    box.post(Refused(2, "half \ud800 a character"))
    box.post(Done(3))
    box.close(5)
    theirs.close()
    first, second, last = drain(ours)
    assert isinstance(first, Refused) and isinstance(second, Refused) and (first.id, second.id) == (1, 2)
    assert first.line.startswith("internal error: the answer cannot be sent: ") and last == Done(3)

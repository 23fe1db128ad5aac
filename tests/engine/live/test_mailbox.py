"""Messages arrive in order; an owner that reads nothing is waited for by nobody."""

from __future__ import annotations

import time
from multiprocessing import Pipe

from engine.live.mailbox import MOST, Mailbox
from engine.live.protocol import Answer, Done, Line, decode_answer


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

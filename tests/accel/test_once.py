"""Two threads that ask first at once get one and the same value."""

import threading
import time

import pytest

from accel.once import once


def test_threads_that_ask_at_once_get_one_value():
    made = []

    @once
    def slow(name):
        time.sleep(0.05)
        made.append(name)
        return object()

    found = []
    threads = [threading.Thread(target=lambda: found.append(slow("a"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["a"]
    assert len({id(each) for each in found}) == 1


def test_arguments_have_values_of_their_own():
    @once
    def pair(first, second=0):
        return [first, second]

    assert pair(1) is pair(1)
    assert pair(1) is not pair(2)
    assert pair(1, 2) == [1, 2]


def test_an_error_is_raised_again_and_not_kept():
    calls = []

    @once
    def fails():
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("first")
        return "second"

    with pytest.raises(ValueError, match="first"):
        fails()
    assert fails() == "second"


def test_a_value_may_ask_for_another():
    @once
    def power(exponent):
        return 1 if exponent == 0 else 2 * power(exponent - 1)

    assert power(10) == 1024

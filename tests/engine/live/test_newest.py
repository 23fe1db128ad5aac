"""A flood of jobs costs one that runs and one that waits."""

import threading
from concurrent.futures import ThreadPoolExecutor

from engine.live.newest import Newest


def test_only_the_newest_of_those_that_wait_is_done():
    done, begun, go_on = [], threading.Event(), threading.Event()

    def first():
        begun.set()
        go_on.wait(5)
        done.append("first")

    with ThreadPoolExecutor(1) as executor:
        newest = Newest(executor)
        newest.submit(first)
        assert begun.wait(5)
        for number in range(1000):
            newest.submit(lambda number=number: done.append(number))
        assert executor._work_queue.qsize() == 1
        go_on.set()
    assert done == ["first", 999]


def test_a_job_that_fails_does_not_stop_the_next():
    done = []
    with ThreadPoolExecutor(1) as executor:
        newest = Newest(executor)
        newest.submit(lambda: 1 / 0)
        executor.submit(lambda: None).result(5)
        newest.submit(lambda: done.append("next"))
    assert done == ["next"]

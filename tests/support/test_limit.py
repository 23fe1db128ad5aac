"""What hangs is killed in time, and nothing is left over."""

from __future__ import annotations

import subprocess
import sys
import time

import psutil
import pytest

from tests.support.limit import time_limit

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


def test_what_hangs_is_killed_with_its_children() -> None:
    parent = f"import subprocess; subprocess.run({SLEEP!r})"
    began = time.monotonic()
    with pytest.raises(AssertionError, match=r"not done after 3 s: killed .*600"), time_limit(3.0):
        subprocess.run([sys.executable, "-c", parent], timeout=60)
    assert time.monotonic() - began < 30
    assert psutil.Process().children(recursive=True) == []


def test_what_is_left_over_is_ended_and_what_was_there_is_not() -> None:
    there = subprocess.Popen(SLEEP)
    with time_limit(60.0):
        left = subprocess.Popen(SLEEP)
    left.wait(10)  # its status may be gone: psutil has waited for it, too
    assert not psutil.pid_exists(left.pid)
    assert there.poll() is None
    there.kill()
    there.wait()

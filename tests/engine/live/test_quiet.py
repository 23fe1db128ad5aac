"""Descriptor 2 is silent for a while, and only then."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from engine.live.quiet import quiet_stderr


def test_what_c_prints_is_dropped_meanwhile(capfd: pytest.CaptureFixture[str]) -> None:
    os.write(2, b"before ")
    with quiet_stderr():
        os.write(2, b"lost ")
        with quiet_stderr():
            os.write(2, b"lost too ")
        os.write(2, b"still lost ")
    os.write(2, b"after")
    assert capfd.readouterr().err == "before after"


def test_an_error_inside_gives_it_back(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyError), quiet_stderr():
        raise KeyError
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"


def test_threads_do_not_leave_it_silent(capfd: pytest.CaptureFixture[str]) -> None:
    before = os.fstat(2)

    def work() -> None:
        for _ in range(200):
            with quiet_stderr():
                os.write(2, b"lost")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (os.fstat(2).st_dev, os.fstat(2).st_ino) == (before.st_dev, before.st_ino)
    assert capfd.readouterr().err == ""


def test_a_process_without_stderr() -> None:
    code = "import os; os.close(2)\nfrom engine.live.quiet import quiet_stderr\nwith quiet_stderr(): print('in')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "in\n"

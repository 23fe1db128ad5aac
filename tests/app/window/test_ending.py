"""However a window ends, Python does too: without a segmentation fault, which says nothing and may lose a recording."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.support import ROOT

TIMES = 20
END_SECONDS = 300.0
ENDS = """
import os, sys, threading
from PySide6.QtCore import QEventLoop, QTimer
from accel.errors import SystoleError
from app.window.begin import begin
from app.window.opened import Opened
from app.window.panels import PAGES, PANELS
from tests.app.window.fake_engine import FakeEngine
import app.window.browser.patch_bar, app.window.playing.keys_panel, app.window.playing.state_bar

how, times = sys.argv[1], int(sys.argv[2])

class NeverReady(FakeEngine):
    def wait_ready(self, timeout):
        threading.Event().wait(timeout)

def end():
    engine = NeverReady(4) if how == "never ready" else FakeEngine(4)
    few = ("state", "keys") if times > 5 else ("patch", "state", "keys")
    panels = PANELS if how == "all pages" else tuple(each for each in PANELS if each.name in few)
    opened = Opened(engine, begin(None), panels=panels)
    if how == "all pages":
        for name in PAGES:
            opened.window.show_page(name)
        opened.window.panels["state"].tools.settings("audio")
    loop = QEventLoop()
    QTimer.singleShot(50, loop.quit)
    loop.exec()
    if how == "closed":
        opened.close()
    if how == "an error":
        sys.exit("an error")

for _ in range(times):
    child = os.fork()
    if not child:
        end()
        break  # and then the interpreter ends, as that of a process of its own does
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, so that Qt need not be imported each time")
@pytest.mark.parametrize(
    ("how", "times", "status"),
    [("closed", TIMES, 0), ("never ready", TIMES, 0), ("left open", 5, 0), ("all pages", 5, 0), ("an error", 5, 1)],
)
def test_python_ends_in_order(how: str, times: int, status: int, user_folder: Path) -> None:
    environment = {**os.environ, "SYSTOLE_HOME": str(user_folder), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-X", "faulthandler", "-c", ENDS, how, str(times)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=END_SECONDS)
    assert done.stdout.split() == [str(status)] * times, done.stderr

"""Long playing with the real window on a screen in memory: `pytest -m slow tests/app/window/test_live_soak.py -rP`.

As tests/engine/live/test_soak.py, whose bars and accounting of lost samples it has, with the window in place of a load
that is made up. SYSTOLE_SOAK_SECONDS=N makes it N seconds long instead of ten minutes.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.live_run import Case, measure
from tests.engine.live.test_soak import SECONDS, check
from tests.support.jack import needs_jack
from tests.support.limit import time_limit
from tests.support.xvfb import needs_screen, screen

pytestmark = [needs_jack, needs_screen, pytest.mark.slow]

MORE_SECONDS = 600.0
"""Than the music takes: everything may have to be compiled first."""


def test_nothing_is_lost_to_our_side_beside_the_real_window(tmp_path: Path) -> None:
    seconds = max(8.0, SECONDS)
    with time_limit(seconds + MORE_SECONDS), screen(tmp_path) as shown:
        check(measure(Case("direct", 0, 128, True, seconds, display=shown.display), tmp_path))

"""Devices, and an output that plays to them; a user folder for engines that are processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from accel.program import Program
from accel.program_file import save_program
from accel.random_program import random_program
from engine.live import output as module
from engine.live import switch
from tests.engine.conftest import TINY
from tests.engine.live.engine_player import patch
from tests.engine.live.output_bench import Bench, FakeStream, Machine


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    found = Machine()
    FakeStream.machine = found
    monkeypatch.setenv("SYSTOLE_HOME", str(tmp_path))
    monkeypatch.setattr(module, "list_devices", lambda: list(found.devices))
    monkeypatch.setattr(module, "rescan", found.rescan)
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(switch, "Stream", FakeStream)
    return found


@pytest.fixture
def bench(machine: Machine) -> Iterator[Bench]:
    found = Bench()
    yield found
    machine.hangs = False
    try:
        found.output.close(10)
    finally:
        for stream in machine.open:  # of a test that failed: it must not go on calling what is about to be freed
            stream.unplug()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, tiny: Program) -> Iterator[Path]:
    """SYSTOLE_HOME with the models `tiny`, `twin`, which is the same, and `second`, which is not."""
    home = tmp_path_factory.mktemp("home")
    (home / "models").mkdir()
    (home / "patches").mkdir()
    second = random_program(np.random.default_rng(88), TINY, spread=70)
    for name, program in (("tiny", tiny), ("twin", tiny), ("second", second)):
        save_program(program, home / "models" / f"{name}.safetensors")
    (home / "patches" / "mine.toml").write_text(patch("Mine"))
    before = os.environ.get("SYSTOLE_HOME")
    os.environ["SYSTOLE_HOME"] = str(home)
    yield home
    if before is None:
        del os.environ["SYSTOLE_HOME"]
    else:
        os.environ["SYSTOLE_HOME"] = before

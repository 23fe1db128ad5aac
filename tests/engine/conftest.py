"""What the engine's tests share: a tiny model, a home folder of their own, and a player."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from accel.program import Program
from accel.program_file import save_program
from accel.random_program import Shape, random_program
from engine.events import event_array
from engine.part import Part
from engine.patch import Patch

TINY = Shape(channels=4, skip=4, dilations=(1, 2), harmonics=(1, 2), knobs=2, hidden=(4,))
Row = tuple[int, int, int, int, float]
Player = Callable[..., tuple[Part, np.ndarray]]


@pytest.fixture(scope="session")
def tiny() -> Program:
    return random_program(np.random.default_rng(87), TINY, spread=70)  # one that hums rather than sits at a DC


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: Program) -> Path:
    """A user folder with one model `tiny` and one patch `tiny`."""
    (tmp_path / "models").mkdir()
    (tmp_path / "patches").mkdir()
    save_program(tiny, tmp_path / "models" / "tiny.safetensors")
    (tmp_path / "patches" / "tiny.toml").write_text('schema = 1\nname = "Tiny"\nmodel = "tiny"\n')
    monkeypatch.setenv("SYSTOLE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def play(tiny: Program) -> Player:
    """Render event rows with a patch of the given parameters; returns the part and its output."""

    def player(
        rows: Iterable[Row],
        samples: int,
        parameters: dict[str, Any] | None = None,
        *,
        block: int = 4096,
        program: Program = tiny,
        **patch: Any,
    ) -> tuple[Part, np.ndarray]:
        sound = Patch("test", "tiny", parameters=parameters or {}, **patch)
        part = Part(sound, program, seed=3)
        events, out, first = event_array(list(rows)), np.zeros((samples, 2), np.float32), 0
        for now in range(0, samples, block):
            first = part.render(events, first, now, out[now : now + block])
        return part, out

    return player


@pytest.fixture(scope="session")
def va() -> Program:
    from engine.library import find_model, open_model

    return open_model(find_model("va"))

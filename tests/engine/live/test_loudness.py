"""Loudness is the standard's, by the signals that EBU Tech 3341 checks meters with; and a patch's follows its level."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from accel.errors import SystoleError
from accel.formats import RATE
from accel.program import Program
from accel.program_file import save_program
from engine.live.loudness import integrated_loudness, patch_loudness

PATCH = 'schema = 1\nname = "a"\nmodel = "tiny"\n[amp]\nsustain = 1.0\n[voice]\nlevel = {}\n'


def sine(decibels: float, seconds: float, hz: float = 1000.0) -> np.ndarray:
    time = np.arange(round(RATE * seconds)) / RATE
    mono = 10 ** (decibels / 20) * np.sin(2 * np.pi * hz * time)
    return np.stack([mono, mono], axis=1).astype(np.float32)


@pytest.mark.parametrize(
    ("pieces", "lufs"),
    [
        ([(-23, 20)], -23.0),
        ([(-33, 20)], -33.0),
        ([(-36, 10), (-23, 60), (-36, 10)], -23.0),
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
    ],
)
def test_signals_of_the_standard(pieces: list[tuple[float, float]], lufs: float) -> None:
    found = integrated_loudness(np.concatenate([sine(*piece) for piece in pieces]))
    assert found == pytest.approx(lufs, abs=0.1)


def test_low_tones_count_less_and_silence_is_none() -> None:
    low, middle = integrated_loudness(sine(-20, 2, 40)), integrated_loudness(sine(-20, 2))
    assert low is not None and middle is not None and -9 < low - middle < -4
    assert integrated_loudness(np.zeros((RATE, 2), np.float32)) is None
    assert integrated_loudness(sine(-20, 0.3)) is None


def test_a_patch_is_as_loud_as_its_level(tmp_path: Path, tiny: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYSTOLE_HOME", str(tmp_path))
    (tmp_path / "models").mkdir()
    save_program(tiny, tmp_path / "models" / "tiny.safetensors")
    loud, soft = patch_loudness(PATCH.format(0.0)), patch_loudness(PATCH.format(-6.0))
    assert loud is not None and soft is not None
    assert loud - soft == pytest.approx(6.0, abs=0.05)
    assert patch_loudness(PATCH.format(0.0)) == loud
    with pytest.raises(SystoleError, match="nothing"):
        patch_loudness(PATCH.format(0.0).replace("tiny", "nothing"))

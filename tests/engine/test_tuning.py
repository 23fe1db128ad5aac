"""Tunings against hand-computed values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from accel.errors import SystoleError
from engine.tuning import equal_temperament, load_tuning

FIVE = "! five.scl\nfive equal\n 5\n!\n 240.0\n 480.0\n 720.0\n 960.0\n 2/1\n"
JUST = "! just.scl\njust\n 12\n!\n16/15\n9/8\n6/5\n5/4\n4/3\n45/32\n3/2\n8/5\n5/3\n9/5\n15/8\n2/1\n"
KBM = "! a.kbm\n0\n0\n127\n60\n69\n432.0\n0\n"


def test_equal_temperament() -> None:
    volts = equal_temperament()
    assert volts.shape == (128,) and volts[60] == 0 and volts[72] == 1 and volts[69] == 0.75
    assert np.allclose(load_tuning(None), volts)


def test_scale_and_mapping(tmp_path: Path) -> None:
    (tmp_path / "just.scl").write_text(JUST)
    (tmp_path / "five.scl").write_text(FIVE)
    (tmp_path / "a.kbm").write_text(KBM)
    just = load_tuning(tmp_path / "just.scl")
    assert just[60] == pytest.approx(0, abs=1e-6)
    assert just[67] == pytest.approx(np.log2(1.5)) and just[76] == pytest.approx(1 + np.log2(1.25))
    five = load_tuning(tmp_path / "five.scl")
    assert five[65] == pytest.approx(1) and five[61] == pytest.approx(0.2)
    low = load_tuning(None, tmp_path / "a.kbm")
    assert low[69] == pytest.approx(0.75 + np.log2(432 / 440))


@pytest.mark.parametrize(
    "text", ["", "hello", "! x\nname\n 3\n 100.0\n", "! x\nname\n zwei\n", "! x\nn\n 1\n 1/0\n", "\0\0\0"]
)
def test_bad_scales_give_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.scl"
    path.write_text(text)
    with pytest.raises(SystoleError) as caught:
        load_tuning(path)
    assert "bad.scl" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "x\n", "0\n0\n127\n60\n69\n-5\n0\n"])
def test_bad_mappings_give_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.kbm"
    path.write_text(text)
    with pytest.raises(SystoleError) as caught:
        load_tuning(None, path)
    assert "bad.kbm" in str(caught.value) and "\n" not in str(caught.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SystoleError, match="cannot be read"):
        load_tuning(tmp_path / "none.scl")

"""A render's files, with a renderer that needs no engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile

from accel.errors import SystoleError
from app.rendering.destination import Destination
from app.rendering.job import Plan, run
from engine.wav import SampleFormat


@dataclass
class Block:
    mix: np.ndarray
    stems: dict[str, np.ndarray]


class Ramp:
    """Ten blocks of 1000 stereo samples: two stems and their sum; fails at block `fails_at`."""

    stems = ("a", "b")
    total_samples = 10_000

    def __init__(self, fails_at: int | None = None, error: BaseException | None = None) -> None:
        self.fails_at, self.error = fails_at, error

    def blocks(self) -> Iterator[Block]:
        for index in range(10):
            if index == self.fails_at and self.error is not None:
                raise self.error
            a = np.full((1000, 2), index / 40, np.float32)
            b = np.full((1000, 2), 0.25, np.float32)
            yield Block(a + b, {"a": a, "b": b})


def plan(folder: Path, *, stems: bool = True) -> Plan:
    where = {name: Destination.of(str(folder / f"mix.{name}.wav")) for name in ("a", "b")}
    return Plan(Destination.of(str(folder / "mix.wav")), where if stems else {}, 2, 48_000, 48_000, SampleFormat.FLOAT)


def test_mix_and_stems(tmp_path: Path) -> None:
    seen: list[int] = []
    summary = run(Ramp(), plan(tmp_path), seen.append)
    assert seen == list(range(1000, 10_001, 1000))
    read = {name: soundfile.read(tmp_path / f"{name}.wav")[0] for name in ("mix", "mix.a", "mix.b")}
    assert np.allclose(read["mix"], read["mix.a"] + read["mix.b"], atol=1e-7)
    assert summary.frames == len(read["mix"]) == 10_000
    assert summary.peak_dbfs == pytest.approx(20 * np.log10(0.475), abs=0.01)
    assert set(summary.stems) == {"a", "b"}


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystoleError("no"), MemoryError()])
def test_a_failure_half_way_leaves_everything_as_it_was(tmp_path: Path, error: BaseException) -> None:
    (tmp_path / "mix.wav").write_bytes(b"old")
    with pytest.raises(type(error)):
        run(Ramp(5, error), plan(tmp_path), lambda done: None)
    assert [each.name for each in tmp_path.iterdir()] == ["mix.wav"]
    assert (tmp_path / "mix.wav").read_bytes() == b"old"


def test_silence_has_no_peak(tmp_path: Path) -> None:
    class Nothing(Ramp):
        def blocks(self) -> Iterator[Block]:
            yield Block(np.zeros((10, 2), np.float32), {})

    assert run(Nothing(), plan(tmp_path, stems=False), lambda done: None).peak_dbfs is None

"""What is measured for a map is true, and `systole map` writes what the window reads."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from accel.errors import SystoleError
from accel.formats import RATE
from accel.program_file import load_program
from app.mapping import KEY, WINDOW, knob_pairs, measure, render_map
from app.window.timbre.map_file import read_maps
from tests.app.support import Systole, one_line

HZ = 440 * 2 ** ((KEY - 69) / 12)
TIME = np.arange(WINDOW) / RATE


def saw(parts: int) -> np.ndarray:
    return sum(np.sin(2 * np.pi * part * HZ * TIME) / part for part in range(1, parts + 1))  # type: ignore[return-value]


def test_more_harmonics_are_brighter_and_noise_is_noisy() -> None:
    noise = np.random.default_rng(1).standard_normal(WINDOW)
    sounds = np.stack([saw(1), saw(5), saw(40), saw(40) + 0.3 * noise, noise, np.zeros(WINDOW)])
    brightness, noisiness = measure(sounds, HZ)
    assert brightness[0] == pytest.approx(HZ, rel=0.15)
    assert brightness[0] < brightness[1] < brightness[2] < brightness[4]
    assert brightness[4] == pytest.approx(10_000, rel=0.1)
    assert noisiness[:3].max() < 0.01
    assert 0.05 < noisiness[3] < noisiness[4]
    assert noisiness[4] == pytest.approx(1.0, abs=0.1)
    assert np.isfinite(brightness).all()


def test_a_map_has_a_row_for_each_height(home: Path) -> None:
    program = load_program(home / "models" / "tiny.safetensors")
    rows: list[int] = []
    brightness, noisiness = render_map(program, "knob0", "knob1", cells=3, row_done=lambda row, *_: rows.append(row))
    assert rows == [0, 1, 2]
    assert brightness.shape == noisiness.shape == (3, 3)
    assert knob_pairs(program) == [("knob0", "knob1")]
    other, _ = render_map(program, "knob1", "knob0", cells=3)
    assert other[0, 0] == pytest.approx(brightness[0, 0], rel=1e-3)
    with pytest.raises(SystoleError, match="allowed: knob0, knob1"):
        render_map(program, "knob0", "knob7")
    with pytest.raises(SystoleError, match="two knobs"):
        render_map(program, "knob0", "knob0")


def test_the_command_prints_rows_and_writes_a_map(systole: Systole, tmp_path: Path) -> None:
    out = tmp_path / "tiny.safetensors"
    done = systole("map", "tiny", "-x", "knob0", "-y", "knob1", "-o", out, "--cells", "3", "--rows")
    assert done.returncode == 0, done.stderr
    lines = [msgspec.json.decode(line) for line in done.stdout.splitlines()]
    assert [line["row"] for line in lines] == [0, 1, 2]
    (found,) = read_maps(out).maps
    np.testing.assert_allclose(found.brightness[1], lines[1]["brightness"], rtol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "status", "part"),
    [
        (["nobody"], 1, "no such model"),
        (["tiny", "-x", "knob0"], 2, "belong together"),
        (["tiny", "-x", "knob0", "-y", "knob9"], 1, "no such knob"),
        (["tiny", "--cells", "2", "-o", "/proc/no/map.safetensors"], 1, "cannot be written"),
    ],
)
def test_what_cannot_be_is_one_line(systole: Systole, arguments: list[str], status: int, part: str) -> None:
    done = systole("map", *arguments)
    assert done.returncode == status
    assert part in one_line(done) if status == 1 else part in done.stderr.decode()

"""Export for other flows: everything is there, and the image files are the image."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from accel.errors import SystoleError
from accel.hardware import tools
from accel.hardware.export import export
from accel.hardware.geometry import GEOMETRIES, Geometry
from accel.hardware.image import pack
from accel.hardware.layout import LOAD_SELECT
from accel.hardware.registers import AT
from accel.random_program import Shape, random_program


def read_mem(path: Path) -> dict[int, int]:
    """A $readmemh file as address -> word."""
    words: dict[int, int] = {}
    at = 0
    for line in path.read_text(encoding="ascii").splitlines():
        if line.startswith("@"):
            at = int(line[1:], 16)
        elif not line.startswith("//"):
            words[at] = int(line, 16)
            at += 1
    return words


def test_sources_file_list_and_parameters(tmp_path: Path) -> None:
    export(tmp_path, GEOMETRIES["ecp5-85f"])
    listed = (tmp_path / "files.f").read_text().split()
    assert [Path(name).name for name in listed] == [file.name for file in tools.rtl_files()]
    for name, source in zip(listed, tools.rtl_files(), strict=True):
        assert (tmp_path / name).read_bytes() == source.read_bytes()
    assert "Rows=16\nCols=8\nLanes=4\n" in (tmp_path / "parameters.txt").read_text()
    assert not (tmp_path / "image").exists()


def test_memory_images_hold_the_image(tmp_path: Path) -> None:
    program = random_program(np.random.default_rng(2), Shape(channels=5, skip=3, dilations=(1, 2), oscillators=2))
    geometry = Geometry(rows=6, cols=4, lanes=2)  # weight words of two slices, the second half empty
    export(tmp_path, geometry, program)
    masks = {"shift": 0x1FF, "exc": 0xFFFF}
    assert set(pack(program, geometry).parts) == set(LOAD_SELECT)
    for name, (at, data) in pack(program, geometry).parts.items():
        expected = dict(zip(at.tolist(), (data & masks.get(name, 0xFFFFFFFF)).tolist(), strict=True))
        assert read_mem(tmp_path / "image" / f"{name}.mem") == expected


def test_register_writes_open_and_close_a_load(tmp_path: Path) -> None:
    program = random_program(np.random.default_rng(3), Shape(channels=4, skip=4, dilations=(1,)))
    export(tmp_path, Geometry(), program)
    lines = (tmp_path / "image" / "load.txt").read_text().splitlines()[1:]
    writes = [tuple(int(word, 16) for word in line.split()) for line in lines]
    assert writes[0] == (AT["command"], 2)
    assert writes[-1] == (AT["command"], 4)
    assert writes[-2][0] == AT["expected_crc"]
    assert sum(offset == AT["load_data"] for offset, _ in writes) == pack(program, Geometry()).words


def test_nothing_is_written_for_a_program_that_does_not_fit(tmp_path: Path) -> None:
    program = random_program(np.random.default_rng(4), Shape(channels=32, skip=32))
    with pytest.raises(SystoleError, match="does not fit"):
        export(tmp_path / "out", Geometry(), program)
    assert not (tmp_path / "out").exists()

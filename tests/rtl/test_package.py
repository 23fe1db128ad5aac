"""The generated package: fresh, and its ROMs and constants read back as the ones in `accel.formats`."""

from __future__ import annotations

import re

import numpy as np
import pytest

from accel import formats
from accel.hardware import package
from accel.hardware.geometry import EXC_CHANNELS


def test_the_checked_in_package_is_not_stale() -> None:
    assert package.PACKAGE.read_text(encoding="utf-8") == package.render(), "run python -m accel.hardware.package"


def test_check_tells_fresh_from_stale(tmp_path, monkeypatch, capsys) -> None:
    assert package.main(["--check"]) == 0
    changed = tmp_path / "systole_pkg.sv"
    changed.write_text(package.render().replace("32'd", "31'd").replace("FadeTop = ", "FadeTop = 1"), encoding="utf-8")
    monkeypatch.setattr(package, "PACKAGE", changed)
    assert package.main(["--check"]) == 1
    assert "stale" in capsys.readouterr().out
    assert package.main([]) == 0
    assert changed.read_text(encoding="utf-8") == package.render()
    assert package.main(["--nonsense"]) == 2


@pytest.mark.parametrize("name", ["tanh_base", "tanh_slope", "sine_base", "sine_slope", "exp2_base", "exp2_slope"])
def test_roms_read_back(name: str) -> None:
    text = package.PACKAGE.read_text(encoding="utf-8")
    found = re.search(rf"logic \[(\d+):0\] {package.camel(name)}\[(\d+)\] = '\{{([^}}]*)\}};", text)
    assert found
    bits = int(found[1]) + 1
    cells = re.findall(rf"{bits}'d(\d+)", found[3])
    assert len(cells) == int(found[2])
    np.testing.assert_array_equal(np.array(cells, np.int64), getattr(formats, name.upper()))
    assert max(map(int, cells)).bit_length() == bits


def test_constants_read_back() -> None:
    text = package.PACKAGE.read_text(encoding="utf-8")
    found = {name: int(value) for name, value in re.findall(r"int unsigned (\w+) = (\d+);", text)}
    assert found["ExponentGain"] == formats.EXPONENT_GAIN
    assert found["FadeTop"] == formats.FADE_TOP
    assert [found["ExponentShiftBase"] + k for k in range(4, 9)] == [
        formats.exponent_shift(1 << k) for k in range(4, 9)
    ]
    assert found["ExcChannels"] == EXC_CHANNELS
    assert 1 << found["ExcIndexBits"] >= EXC_CHANNELS, "an index of every channel"
    assert 1 << found["ExcCountBits"] > EXC_CHANNELS, "and the number of them"
    assert f"logic [{found['ExcCountBits'] - 1}:0] exc_channels;" in text
    for member in formats.Op:
        assert f"Op{package.camel(member.name)} = 3'd{member.value}" in text


def test_bad_tables_are_refused() -> None:
    with pytest.raises(ValueError, match="unsigned"):
        package.rom("Bad", [1, -1])

"""Which sources name the folder of machine code."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

import accel.jit


def digest(root: Path) -> str:
    """Of a copy of the module in another tree."""
    spec = importlib.util.spec_from_file_location("copied_jit", root / "accel" / "jit.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: str = module._digest()
    return found


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "accel").mkdir()
    shutil.copy(accel.jit.__file__, tmp_path / "accel" / "jit.py")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "compiled"),
    [
        ("accel/formats.py", True),
        ("accel/emulator/fast.py", True),
        ("engine/block.py", True),
        ("engine/realtime/callback.py", True),
        ("engine/live/client.py", False),
        ("engine/midi/ports.py", False),
        ("accel/hardware/simulator.py", False),
        ("app/cli/play.py", False),
    ],
)
def test_only_what_may_be_compiled_counts(tree: Path, name: str, compiled: bool) -> None:
    before = digest(tree)
    (tree / name).parent.mkdir(parents=True, exist_ok=True)
    (tree / name).write_text("one = 1\n")
    assert (digest(tree) != before) == compiled

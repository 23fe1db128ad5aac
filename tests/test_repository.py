"""The house rules that a machine can check: which way imports run, and what is pinned."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("accel", "app", "benchmarks", "engine", "presets", "training")
MAY_IMPORT = {
    "accel": {"accel"},
    "engine": {"engine", "accel", "presets"},
    "training": {"training", "accel"},
    "presets": {"presets"},
    "app": {"app", "engine", "accel", "presets", "training"},
}
TRAINING_MAY_IMPORT: dict[str, set[str]] = {
    "model": set(),
    "data": set(),
    "measure": {"model", "data"},
    "checks": {"data", "measure"},
    "adversarial": {"model"},
    "run": {"model", "data", "measure", "adversarial"},
    "results": {"model", "data", "measure", "run"},
    "imports": set(),
}
"""Packages of `training` -> the others that they may import; what is at its top, only the top may."""
FORBIDDEN = {
    "accel": {"PySide6", "pyqtgraph", "sounddevice", "mido", "torch"},
    "engine": {"PySide6", "pyqtgraph", "torch"},
    "app": {"torch"},
}

ONLY_IMPORTED_BY = {
    "sounddevice": {"engine/live/devices.py", "engine/live/stream.py"},
    "rtmidi": {"engine/midi/ports.py"},
}
"""Libraries that open devices -> the only files of engine and app that may import them."""
QT = {"PySide6.QtCore", "PySide6.QtGui", "PySide6.QtTest", "PySide6.QtWidgets"}
"""Modules of PySide6-Essentials that may be used; the others cost time, or are not installed."""
CLIENT_SIDE = (
    "engine.live.client",
    "engine.live.layout",
    "engine.live.protocol",
    "engine.live.settings",
    "engine.live.requests",
    "engine.live.wishes",
    "engine.midi.rows",
    "app.window.display",
    "app.window.preferences",
    "app.window.values",
    "app.window.session.autosave",
    "app.window.session.reading",
    "app.window.session.sync",
)
"""What a window imports to play: it starts quickly, and never touches a device."""


def modules(path: Path) -> Iterator[str]:
    """Everything that a file imports, in full, as in `from a import b`: a.b."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def imports(path: Path) -> Iterator[str]:
    return (module.partition(".")[0] for module in modules(path))


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_arrows_run_one_way(package: str) -> None:
    for path in (ROOT / package).rglob("*.py"):
        found = set(imports(path))
        assert found & set(PACKAGES) <= MAY_IMPORT[package], path
        assert not found & FORBIDDEN.get(package, set()), path


@pytest.mark.parametrize("library", ONLY_IMPORTED_BY)
def test_devices_are_opened_in_one_place(library: str) -> None:
    found = {
        path for package in ("engine", "app") for path in (ROOT / package).rglob("*.py") if library in imports(path)
    }
    assert {str(path.relative_to(ROOT).as_posix()) for path in found} <= ONLY_IMPORTED_BY[library]


@pytest.mark.parametrize("module", CLIENT_SIDE)
def test_the_client_of_the_engine_is_light(module: str) -> None:
    heavy = ("numba", "sounddevice", "rtmidi", "mido", "PySide6")
    code = f"import sys, {module}; print(*(set(sys.modules) & set({heavy!r})))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_opening_the_window_compiles_nothing_and_opens_no_device() -> None:
    code = "import sys, app.window.opened; print(*(set(sys.modules) & {'numba', 'sounddevice', 'rtmidi', 'pyqtgraph'}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_window_uses_little_of_qt_and_its_session_none() -> None:
    for path in (ROOT / "app").rglob("*.py"):
        found = {".".join(module.split(".")[:2]) for module in modules(path) if module.startswith("PySide6")}
        assert found <= QT, path
        inside = path.relative_to(ROOT / "app").parts
        assert not found or inside[0] == "window", path
        assert not found or inside[1] != "session", path


def test_every_package_of_training_has_its_arrows() -> None:
    assert {path.parent.name for path in (ROOT / "training").glob("*/__init__.py")} == set(TRAINING_MAY_IMPORT)


@pytest.mark.parametrize("package", TRAINING_MAY_IMPORT)
def test_arrows_within_training_run_one_way(package: str) -> None:
    for path in (ROOT / "training" / package).rglob("*.py"):
        found = {module.split(".")[1] for module in modules(path) if module.startswith("training.")}
        assert found <= TRAINING_MAY_IMPORT[package] | {package}, path


def locked() -> set[str]:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.match(r"[a-z0-9.-]+==[^ ]+( ; .+)?$", pin) for pin in pins), "only exact pins, no address"
    return {pin.partition("==")[0] for pin in pins}


def test_everything_that_setup_installs_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["train"], *extras["dev"], *extras["bench"], "setuptools"]
    names = {re.split(r"[<>=;! ]", entry)[0].lower().replace("_", "-") for entry in wanted}
    assert names <= locked()


def test_the_demo_piece_is_here() -> None:
    demo = (ROOT / "scripts" / "play.sh").read_text()
    piece = re.search(r"presets/demo/\S+\.mid", demo)
    assert piece
    assert (ROOT / piece[0]).read_bytes()[:4] == b"MThd"

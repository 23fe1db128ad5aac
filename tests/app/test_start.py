"""What starting costs: `--help` must be quick and import nothing heavy."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from app.cli.entry import COMMANDS
from tests.app.support import ROOT, Systole, one_line

HEAVY = ("PySide6", "pyqtgraph", "sounddevice", "torch", "numba", "llvmlite", "scipy", "soundfile", "soxr", "rich")
SCRIPT = """
import json, sys
from app.cli import main
try:
    main({arguments!r})
except SystemExit as stop:
    print(json.dumps([stop.code, sorted({{name.partition(".")[0] for name in sys.modules}})]), file=sys.stderr)
"""


def modules_after(*arguments: str) -> tuple[int, set[str]]:
    script = SCRIPT.format(arguments=list(arguments))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=ROOT, timeout=60, check=True)
    code, names = json.loads(done.stderr.splitlines()[-1])
    return code, set(names)


@pytest.mark.parametrize("arguments", [(), *((name,) for name in COMMANDS)], ids=str)
def test_help_imports_nothing_heavy(arguments: tuple[str, ...]) -> None:
    code, names = modules_after(*arguments, "--help")
    assert code == 0
    assert names.isdisjoint({*HEAVY, "numpy"})


@pytest.mark.parametrize("arguments", [("--help",), ("render", "--help")], ids=str)
def test_help_takes_less_than_300_ms(arguments: tuple[str, ...]) -> None:
    """Processor time, not the clock's: other work on the machine must not fail this."""
    call = [sys.executable, "-c", f"from app.cli import main; main({list(arguments)!r})"]
    seconds = []
    for _ in range(3):
        before = os.times()
        subprocess.run(call, capture_output=True, cwd=ROOT, timeout=60, check=True)
        after = os.times()
        seconds.append(after.children_user + after.children_system - before.children_user - before.children_system)
    assert min(seconds) < 0.3


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["rendr"], "No such command 'rendr'"),
        (["models", "--wrong"], "--wrong"),
        (["verify"], "MODEL"),
        (["verify", "tiny", "--samples", "1", "--seconds", "1"], "not both"),
    ],
)
def test_wrong_usage_is_one_line(systole: Systole, arguments: list[str], part: str) -> None:
    done = systole(*arguments)
    assert done.returncode == 2
    assert part in one_line(done)
    assert "--help`)" in one_line(done)


def test_no_command_shows_the_help(systole: Systole) -> None:
    done = systole()
    assert done.returncode == 2
    assert b"render" in done.stderr


def test_the_version_is_the_distributions(systole: Systole) -> None:
    assert re.match(rb"systole \d+\.\d+", systole("--version").stdout)

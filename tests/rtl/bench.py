"""Builds a module with Verilator, assertions on, and runs its cocotb bench; pytest fails when the bench does.

Builds are kept by content, so only a changed source compiles again. The bench's coverage counters come
back to the pytest test, which says which of them must not be zero, and are printed.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from accel.hardware import tools
from tests.rtl.coverage import COVERAGE

ROOT = Path(__file__).parents[2]
PORTS_ONLY = ("--public-depth", "1")
"""Flags for a bench that looks at the top's ports and at nothing below."""


def assertions(sources: Sequence[str]) -> list[Path]:
    """The bind file of every source that has one."""
    files = [tools.RTL / "sva" / f"{Path(name).stem}_sva.sv" for name in sources]
    return [file for file in files if file.is_file()]


def build(top: str, sources: Sequence[str], parameters: Mapping[str, int], flags: Sequence[str] = ()) -> Path:
    """The simulation of `top` (a program); `sources` are names in accel/rtl, or paths, in compile order."""
    from cocotb_tools import config

    files = [Path(name) if "/" in name else tools.RTL / name for name in sources]
    files += assertions([name for name in sources if "/" not in name])
    host = config.share_dir / "lib" / "verilator" / "verilator.cpp"
    options = [*(f"-G{name}={value}" for name, value in parameters.items()), *flags]
    # The program finds cocotb's library by its whole path, which another checkout does not share.
    made_from = [*options, str(config.libs_dir)]
    name = f"{top}-{tools.digest([*files, host, tools.verilator()], made_from)}"
    with tools.build_folder(name) as (folder, complete):
        if complete:
            return folder / top
        env = tools.cocotb_environment(folder / "bin")
        libraries = f"-Wl,-rpath,{config.libs_dir} -L{config.libs_dir} -lcocotbvpi_verilator"
        visible = [] if "--public-depth" in flags else ["--public-flat-rw"]
        command = [
            tools.verilator(), "--cc", "--exe", "--vpi", *visible, "--assert", "--timing",
            "-Wall", "-Wno-fatal", "--x-initial", "unique", "--prefix", "Vtop", "--top-module", top, "-Mdir", folder,
            "-o", top, "--timescale", "1ns/1ps", "-LDFLAGS", libraries, "-CFLAGS", "-O1", *options, host, *files,
        ]  # fmt: skip
        tools.run(command, env=env, what=f"verilator {top}")
        shared = runtime(folder)
        make = [tools.program("make"), "-C", folder, "-f", "Vtop.mk", "OPT_FAST=-O1", "OPT_SLOW=-O0", "OPT_GLOBAL=-O1"]
        tools.run(make, env=env, what=f"compiling {top}")
        keep_runtime(folder, shared)
    return folder / top


def runtime(folder: Path) -> Path:
    """Give a build the object files of Verilator's own sources, if an earlier build left them; where they are kept.

    They are the same for every design, and take most of the time that a small one needs.
    """
    sources = tools.verilator_root() / "include"
    name = f"runtime-{tools.digest(sorted(sources.glob('verilated*')), tools.compiler())}"
    shared = folder.parent / name
    if shared.is_dir():
        shared.touch()
        for file in shared.iterdir():
            shutil.copy(file, folder)  # newer than the sources, so make leaves it alone
    return shared


def keep_runtime(folder: Path, shared: Path) -> None:
    """Keep the object files of Verilator's own sources for the next build."""
    if not shared.is_dir():
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            for file in folder.glob("verilated*.o"):
                shutil.copy(file, scratch)
            with contextlib.suppress(OSError):  # another process was faster
                Path(scratch).rename(shared)
                Path(scratch).mkdir()


def simulate(
    module: str,
    top: str,
    sources: Sequence[str],
    *,
    parameters: Mapping[str, int] | None = None,
    options: Mapping[str, str | int] | None = None,
    flags: Sequence[str] = (),
    seed: int = 1,
    random_start: bool = False,
) -> Counter[str]:
    """Build `top`, run every cocotb test of `tests.rtl.benches.<module>`, fail if one fails or an assertion fires.

    Args:
        module: name of the bench.
        top: module under test; its SVA (accel/rtl/sva/<source>_sva.sv) is compiled in for every source that has one.
        sources: files in accel/rtl (or paths), package first.
        parameters: of the top module.
        options: environment of the bench (its own switches).
        flags: further options for Verilator; PORTS_ONLY makes a large design build and run many times faster.
        seed: of the bench's random numbers.
        random_start: registers, and the top's inputs too, begin at random instead of at 0; the top must then hold its
            design in reset until rst_ni has been low at an edge, since the clock and rst_ni may begin high.

    Returns:
        The coverage counters that the bench counted (tests/rtl/coverage.py), summed over its tests.
    """
    import find_libpython
    from cocotb_tools import config

    binary = build(top, sources, parameters or {}, flags)
    with tempfile.TemporaryDirectory() as scratch:
        results, counters = Path(scratch, "results.xml"), Path(scratch, "coverage.json")
        users = (find_libpython.find_libpython(), config.pygpi_entry_point())
        environment = {
            **tools.cocotb_environment(Path(scratch, "bin")),
            **{name: str(value) for name, value in (options or {}).items()},
            "COCOTB_TOPLEVEL": top,
            "COCOTB_TEST_MODULES": f"tests.rtl.benches.{module}",
            "COCOTB_RESULTS_FILE": str(results),
            "COCOTB_RANDOM_SEED": str(seed),
            "COCOTB_TRUST_INERTIAL_WRITES": "1",
            "COCOTB_ANSI_OUTPUT": "0",
            "TOPLEVEL_LANG": "verilog",
            "GPI_USERS": ";".join(str(each) for each in users),
            "PYGPI_PYTHON_BIN": sys.executable,
            "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
            COVERAGE: str(counters),
        }
        command = [binary, f"+verilator+rand+reset+{2 if random_start else 0}", f"+verilator+seed+{seed}"]
        text = tools.run(command, cwd=Path(scratch), env=environment, what=f"bench {module}")
        assert results.is_file(), f"the bench {module} left no results:\n{text[-4000:]}"
        cases = list(ElementTree.parse(results).iter("testcase"))
        bad = [case.get("name") for case in cases if case.find("failure") is not None or case.find("error") is not None]
        assert cases, f"the bench {module} has no test"
        assert not bad, f"{module}: {bad} failed\n{text[-8000:]}"
        counted = Counter(json.loads(counters.read_text())) if counters.is_file() else Counter()
    for name, count in sorted(counted.items()):
        print(f"{module} {name:<40} {count:>10}")
    return counted

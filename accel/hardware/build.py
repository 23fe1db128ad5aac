"""Builds the Verilated accelerator as a shared library, once per geometry and source state.

Verilator's own makefile is left out: one compiler call over its files is simpler and takes any C++ compiler.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from accel.hardware import tools
from accel.hardware.geometry import Geometry

__all__ = ["build_core"]

HARNESS = Path(__file__).with_name("harness.cpp")
_VERILATOR = ("--cc", "-O3", "--x-assign", "fast", "--x-initial", "fast", "--no-timing", "-Wno-fatal")
_RUNTIME = ("verilated.cpp", "verilated_threads.cpp")


def build_core(geometry: Geometry, *, checked: bool = False, sources: list[Path] | None = None) -> Path:
    """Path of the shared library of a core with this geometry, built if need be.

    Args:
        checked: with the assertions of accel/rtl/sva bound in (slower).
        sources: other sources than the project's, as the mutation check needs.

    Raises:
        SystoleError: a tool is missing or fails.
    """
    files = sources if sources is not None else tools.rtl_files()
    files = [file for file in files if file.stem not in ("systole_top", "host_port")]
    if checked:
        files = files + sorted((tools.RTL / "sva").glob("*.sv"))
    parameters = sorted(geometry.parameters().items())
    name = "core-" + tools.digest([*files, HARNESS], parameters, checked, _VERILATOR)
    with tools.build_folder(name) as (folder, complete):
        library = folder / "core.so"
        if complete:
            return library
        generics = [f"-G{key}={value}" for key, value in parameters]
        flags = [*_VERILATOR, "--assert" if checked else "--no-assert"]
        env = tools.cocotb_environment(folder / "links")
        top = ["--prefix", "Vcore", "--top-module", "systole_core", "--Mdir", str(folder / "cpp")]
        tools.run([tools.verilator(), *flags, *generics, *top, *files], env=env, what="verilator")
        _compile(folder / "cpp", library)
    return library


def _compile(folder: Path, library: Path) -> None:
    include = tools.verilator_root() / "include"
    flags = ["-std=c++17", "-O2", "-march=native", "-fPIC", "-DVM_COVERAGE=0", "-DVM_SC=0", "-DVM_TRACE=0"]
    flags += [f"-I{folder}", f"-I{include}", f"-I{include / 'vltstd'}"]
    sources = [*sorted(folder.glob("*.cpp")), HARNESS, *(include / name for name in _RUNTIME)]
    compiler = tools.compiler()

    def one(source: Path) -> Path:
        target = folder / f"{source.stem}.o"
        tools.run([compiler, *flags, "-c", source, "-o", target], what=f"compiling {source.name}")
        return target

    with ThreadPoolExecutor(2) as pool:
        objects = list(pool.map(one, sources))
    tools.run([compiler, "-shared", *objects, "-pthread", "-o", library], what="linking the simulator")

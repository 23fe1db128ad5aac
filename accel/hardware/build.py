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
_SMALL = 1_500_000
"""Bytes of C++ up to which a model is compiled as one file."""


def build_core(
    geometry: Geometry, *, checked: bool = False, sources: list[Path] | None = None, optimise: str = "-O2"
) -> Path:
    """Path of the shared library of a core with this geometry, built if need be.

    Args:
        checked: with the assertions of accel/rtl/sva bound in (slower).
        sources: other sources than the project's, as the mutation check needs.
        optimise: the C++ compiler's level; -O1 builds in half the time and simulates more slowly.

    Raises:
        SystoleError: a tool is missing or fails.
    """
    files = sources if sources is not None else tools.rtl_files()
    files = [file for file in files if file.stem not in ("systole_top", "host_port")]
    if checked:
        modules = {file.stem for file in files}  # the host's are not here, so neither are its assertions
        bound = sorted((tools.RTL / "sva").glob("*_sva.sv"))
        files = files + [file for file in bound if file.stem.removesuffix("_sva") in modules]
    parameters = sorted(geometry.parameters().items())
    name = "core-" + tools.digest([*files, HARNESS], parameters, checked, _VERILATOR, optimise)
    with tools.build_folder(name) as (folder, complete):
        library = folder / "core.so"
        if complete:
            return library
        generics = [f"-G{key}={value}" for key, value in parameters]
        flags = [*_VERILATOR, "--assert" if checked else "--no-assert"]
        env = tools.cocotb_environment(folder / "links")
        top = ["--prefix", "Vcore", "--top-module", "systole_core", "--Mdir", str(folder / "cpp")]
        tools.run([tools.verilator(), *flags, *generics, *top, *files], env=env, what="verilator")
        _compile(folder / "cpp", library, optimise)
    return library


def _compile(folder: Path, library: Path, optimise: str) -> None:
    include = tools.verilator_root() / "include"
    flags = ["-std=c++17", optimise, "-march=native", "-fPIC", "-DVM_COVERAGE=0", "-DVM_SC=0", "-DVM_TRACE=0"]
    flags += [f"-I{folder}", f"-I{include}", f"-I{include / 'vltstd'}"]
    sources = [*sorted(folder.glob("*.cpp")), HARNESS]
    if sum(source.stat().st_size for source in sources) < _SMALL:
        sources = [_together(sources, folder.parent / "together.cc")]
    objects = [*_objects(sources, folder, flags), *_runtime(include, flags[:-3])]
    tools.run([tools.compiler(), "-shared", *objects, "-pthread", "-o", library], what="linking the simulator")


def _together(sources: list[Path], target: Path) -> Path:
    """One file that includes all: most of a small file's time goes into the same headers."""
    target.write_text("".join(f'#include "{source}"\n' for source in sources), encoding="utf-8")
    return target


def _objects(sources: list[Path], folder: Path, flags: list[str]) -> list[Path]:
    compiler = tools.compiler()

    def one(source: Path) -> Path:
        target = folder / f"{source.stem}.o"
        tools.run([compiler, *flags, "-c", source, "-o", target], what=f"compiling {source.name}")
        return target

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, sources))


def _runtime(include: Path, flags: list[str]) -> list[Path]:
    """Object files of Verilator's own sources, which are the same for every design."""
    sources = [include / name for name in _RUNTIME]
    name = "library-" + tools.digest([*sorted(include.glob("*.h")), *sources], flags, tools.compiler())
    with tools.build_folder(name) as (folder, complete):
        if complete:
            return [folder / f"{source.stem}.o" for source in sources]
        return _objects(sources, folder, [*flags, f"-I{include}", f"-I{include / 'vltstd'}"])

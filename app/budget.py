"""What a model costs on the FPGAs that the accelerator is built for: facts for `systole info` and `systole models`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accel.program import Program

__all__ = ["budget_facts", "budget_line", "smallest_fit"]


def budget_facts(program: Program, target: str | None = None, clock: float | None = None) -> list[dict[str, Any]]:
    """The cycle budget on each known FPGA, or on one.

    Args:
        target: name of an FPGA; all of them if not given.
        clock: MHz; that of the routed design if not given.
    """
    from accel.cycles import TARGETS

    chosen = list(TARGETS.values()) if target is None else [TARGETS[target]]
    return [_facts(program, each, clock) for each in chosen]


def _facts(program: Program, target: Any, clock: float | None) -> dict[str, Any]:
    from accel.cycles import budget, frame_cycles
    from accel.errors import SystoleError

    geometry = target.geometry
    facts = {"target": target.name, "title": target.title, "array": [geometry.rows, geometry.cols]}
    try:
        result = budget(program, target, clock=clock)
    except SystoleError as error:
        return {**facts, "fits": False, "reason": str(error)}
    priming, frame = frame_cycles(program, geometry)
    return {
        **facts,
        "fits": True,
        "cycles_per_frame": frame,
        "priming_cycles": priming,
        "clock_mhz": result.clock,
        "block": result.block,
        "cycles_per_sample": round(result.cycles_per_sample, 1),
        "cycles_available": round(result.clock * 1e6 / program.rate, 1),
        "utilisation": round(result.utilisation, 4),
        "margin": round(result.margin, 3),
        "voices": result.voices,
    }


def budget_line(row: dict[str, Any]) -> tuple[str, str]:
    """`budget_facts` of one FPGA for reading."""
    rows, cols = row["array"]
    label = f"  {row['target']}"
    if not row["fits"]:
        return label, f"does not fit: {row['reason']}"
    verdict = f"{row['margin']:.2f} times real time" if row["voices"] else f"too slow, {row['margin']:.2f} of real time"
    return (
        label,
        f"{row['cycles_per_sample']:.1f} of {row['cycles_available']:.1f} cycles per sample ({verdict}), "
        f"{rows}x{cols} array at {row['clock_mhz']:g} MHz, {row['utilisation']:.0%} busy, "
        f"blocks of {row['block']}: {row['title']}",
    )


def smallest_fit(rows: list[dict[str, Any]]) -> str:
    """Of `budget_facts`: the first FPGA, they go up in size, that plays the model in real time, and how often."""
    fitting = (row for row in rows if row["fits"] and row["voices"])
    row = next(fitting, None)
    return "none" if row is None else f"{row['target']} {row['margin']:.1f}x"

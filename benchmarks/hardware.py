"""The benchmark that was left as future work: `python -m benchmarks.hardware`.

Four generators side by side on the same network: naive Python, NumPy, the emulator, and the FPGA: cycles from the
RTL's own counter in simulation, at the clock that place and route reached (accel/syn/results.json). Beside them what
the simulation itself costs, and how many bytes cross between host and accelerator at three cuts. Writes
docs/hardware-benchmark.md and docs/pictures/boundary.png.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from accel.atomic import atomic_path
from accel.cycles import TARGETS, Target
from accel.errors import SystoleError
from accel.hardware.machine import Machine
from accel.program import Program
from benchmarks.boundary import LINKS, boundaries
from benchmarks.driver import Voices
from benchmarks.peers.naive_python import NaivePython
from benchmarks.peers.numpy_float import NumpyFloat
from benchmarks.timing import calm, times_of
from benchmarks.workloads import WORKLOADS, Workload, take_of
from engine.library import find_model, open_model

__all__ = ["Line", "main", "measure"]

DOCS = Path(__file__).resolve().parents[1] / "docs"
BLOCK = 128
FEATURED = ("a15", "a60")
SHIPPED = ("va", "waveshaping")


@dataclass(frozen=True)
class Line:
    """One generator on one workload: samples per second, and what it needs per sample."""

    workload: str
    generator: str
    per_second: float
    cycles: float | None
    margin: float


def _peer_line(workload: Workload, title: str, peer: NaivePython | NumpyFloat, seconds: float) -> Line:
    peer.prepare(workload, BLOCK)
    peer.run_block()
    rate = BLOCK / float(np.median(times_of(peer.run_block, seconds=seconds)))
    return Line(workload.title, title, rate, None, rate / workload.shape.rate)


def _emulator_line(workload: Workload) -> Line:
    voices = Voices(workload.program, take_of(workload), BLOCK)
    voices.run()
    rate = BLOCK / float(np.median(times_of(voices.run, seconds=1.0)))
    return Line(workload.title, "emulator (Numba)", rate, None, rate / workload.shape.rate)


def _fpga_lines(workload: Workload, target: Target, frames: int = 17) -> list[Line]:
    """The FPGA by the counter of the simulated RTL, and the simulation itself."""
    program = workload.program
    machine = Machine(target.geometry)
    try:
        machine.load(program)
    except SystoleError:
        return []
    take = take_of(workload)
    began = time.perf_counter()
    run = machine.run(take.pitch[:frames], take.counts[:frames], seed=take.seed)
    took = time.perf_counter() - began
    cycles = float(run.cycles[1:].mean()) / program.hop
    rate = target.clock * 1e6 / cycles
    simulated = (frames - 1) * program.hop / took
    size = f"{target.geometry.rows}x{target.geometry.cols}"
    return [
        Line(workload.title, f"{target.name}, {size} at {target.clock:g} MHz", rate, cycles, rate / program.rate),
        Line(workload.title, f"the same RTL, simulated ({target.name})", simulated, cycles, simulated / program.rate),
    ]


def measure(name: str) -> list[Line]:
    """All generators on one workload."""
    workload = WORKLOADS[name]
    with calm():
        lines = [
            _peer_line(workload, "naive Python", NaivePython(), 1.0),
            _peer_line(workload, f"NumPy, blocks of {BLOCK}", NumpyFloat(), 1.0),
            _emulator_line(workload),
        ]
    for target in TARGETS.values():
        lines += _fpga_lines(workload, target)
    return lines


def _amount(value: float) -> str:
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= limit:
            return f"{value / limit:.3g} {unit}"
    return f"{value:.3g}"


def speed_table(lines: list[Line]) -> str:
    """Markdown."""
    rows = ["| network | generator | samples/s | cycles/sample | times real time |", "|---|---|--:|--:|--:|"]
    for line in lines:
        cycles = "" if line.cycles is None else f"{line.cycles:.1f}"
        rows.append(
            f"| {line.workload} | {line.generator} | {_amount(line.per_second)} | {cycles} | {line.margin:.3g} |"
        )
    return "\n".join(rows)


def _against_simulation(lines: list[Line]) -> str:
    """One sentence: how many times the emulator outruns the Verilated RTL."""
    found = []
    for name in dict.fromkeys(line.workload for line in lines):
        mine = [line for line in lines if line.workload == name]
        emulator = next(line.per_second for line in mine if line.generator.startswith("emulator"))
        simulated = max(line.per_second for line in mine if "simulated" in line.generator)
        found.append(f"{emulator / simulated:.0f} times on {name}")
    return f"The emulator outruns the Verilated RTL of the same program {', '.join(found)}."


def boundary_table(programs: dict[str, Program]) -> str:
    """Markdown: bytes per second at each cut, and which links carry them."""
    rows = [
        "| program | the cut lies at | down, B/s | up, B/s | the slowest link that carries it |",
        "|---|---|--:|--:|---|",
    ]
    for title, program in programs.items():
        for cut in boundaries(program):
            fitting = [link for link in LINKS if link.rate >= (cut.total if link.shared else max(cut.down, cut.up))]
            carrier = min(fitting, key=lambda link: link.rate).name if fitting else "none of these"
            rows.append(f"| {title} | {cut.title} | {_amount(cut.down)} | {_amount(cut.up)} | {carrier} |")
    return "\n".join(rows)


def draw(programs: dict[str, Program], target: Path) -> None:
    """Bytes per second of each cut as bars, the links as lines."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    plt.style.use("dark_background")
    figure, axes = plt.subplots(figsize=(10, 4.2))
    for at, program in enumerate(programs.values()):
        for cut, color in zip(boundaries(program), ("#ff6b6b", "#ffb454", "#7ee787"), strict=True):
            label = cut.title if at == 0 else None
            position = at + {"mac": -0.25, "layer": 0.0, "generator": 0.25}[cut.name]
            axes.bar(position, cut.total, 0.23, color=color, label=label)
    for link in LINKS:
        axes.axhline(link.rate, color="#8b949e", linewidth=0.8, linestyle=":")
        axes.text(len(programs) - 0.45, link.rate * 1.08, link.name, fontsize=8, color="#c9d1d9")
    axes.set(yscale="log", ylabel="bytes per second, both directions", xlim=(-0.5, len(programs) + 0.6))
    axes.set_xticks(range(len(programs)), list(programs))
    axes.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.08), frameon=False)
    figure.tight_layout()
    with atomic_path(target) as temporary:
        figure.savefig(temporary, dpi=110)
    plt.close(figure)


def main() -> None:
    """Measure, write the document and the picture."""
    lines: list[Line] = []
    for name in FEATURED:
        print(f"measuring {name}", file=sys.stderr)
        lines += measure(name)
    programs = {WORKLOADS[name].title: WORKLOADS[name].program for name in FEATURED}
    programs |= {name: open_model(find_model(name)) for name in SHIPPED}
    speed, cuts = speed_table(lines) + "\n\n" + _against_simulation(lines), boundary_table(programs)
    text = (
        "# Naive Python, NumPy, emulator, FPGA\n\n"
        "Written by `python -m benchmarks.hardware`. The FPGA's cycles are those of the simulated RTL's own counter,\n"
        "at the clock of the placed and routed design; one voice, one core.\n\n"
        f"{speed}\n\n"
        "## Where to cut between host and hardware\n\n"
        "Bytes that have to cross for one voice in real time, counted from the program itself.\n\n"
        f"{cuts}\n\n![Bytes per second at three cuts](pictures/boundary.png)\n"
    )
    with atomic_path(DOCS / "hardware-benchmark.md") as temporary:
        temporary.write_text(text, encoding="utf-8")
    draw(programs, DOCS / "pictures" / "boundary.png")
    print(speed, cuts, sep="\n\n")


if __name__ == "__main__":
    main()

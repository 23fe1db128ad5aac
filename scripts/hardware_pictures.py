"""Draw the pictures of docs/hardware.md: `python scripts/hardware_pictures.py`.

The block diagram names the modules of accel/rtl (a test of their names fails the script, not the reader); the timing
diagrams are computed by accel/cycles.py from the program and the array, cycle by cycle.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle

from accel.atomic import atomic_path
from accel.cycles import TARGETS, schedule
from accel.formats import Op
from accel.hardware.geometry import Geometry
from accel.hardware.tools import RTL
from engine.library import find_model, open_model

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
INK, PAPER = "#e6edf3", "#0d1117"
MEMORY, LOGIC, ARRAY, HOST = "#1f6feb", "#30363d", "#bb8009", "#238636"

# module, title, x, y, width, height, colour
BOXES = (
    ("host_port", "host_port\nAXI4-Lite, CRC, CV, DAC", 0.0, 4.4, 2.6, 1.2, HOST),
    ("frame_ctl", "frame_ctl\nclear, receive, run", 0.0, 2.7, 2.6, 1.0, LOGIC),
    ("desc_fetch", "desc_fetch", 3.2, 5.0, 2.0, 0.6, LOGIC),
    ("tile_walker", "tile_walker", 3.2, 4.1, 2.0, 0.6, LOGIC),
    ("tile_issue", "tile_issue\nsteps, tokens, slots", 3.2, 2.7, 2.0, 1.0, LOGIC),
    ("excite", "excite\nV/oct, NCO, LFSR", 0.0, 0.9, 2.6, 1.1, LOGIC),
    ("act_mem", "act_mem\nbanks + rotator:\nrings, gate, head", 5.8, 0.9, 2.2, 1.3, MEMORY),
    ("feed", "feed\nweights, control values", 5.8, 2.7, 2.2, 1.0, MEMORY),
    ("systolic_array", "systolic_array\nRows x Cols pe", 8.8, 2.4, 2.2, 1.6, ARRAY),
    ("init_rows", "init_rows, init_lane\nbias + conditioning", 8.8, 0.6, 2.2, 1.0, LOGIC),
    ("post_front", "post_front\nrows, shifts, addresses", 8.8, 4.9, 2.2, 0.8, LOGIC),
    ("post_lane", "post_lane x Lanes\nshift, tanh, gate,\nresidual, skip", 11.8, 2.5, 2.2, 1.4, LOGIC),
    ("fifo", "fifo\nsamples", 11.8, 4.9, 2.2, 0.8, MEMORY),
)
# from, to, label: (x, y) pairs in the same units
ARROWS = (
    ((2.6, 5.3), (3.2, 5.3), "program"),
    ((1.3, 4.4), (1.3, 3.7), "frames"),
    ((2.6, 3.2), (3.2, 4.3), "run"),
    ((4.2, 5.0), (4.2, 4.7), ""),
    ((4.2, 4.1), (4.2, 3.7), "tiles"),
    ((5.2, 3.2), (5.8, 3.2), "steps"),
    ((1.3, 2.7), (1.3, 2.0), "pitch"),
    ((2.6, 1.4), (5.8, 1.4), "excitation"),
    ((6.9, 2.2), (6.9, 2.7), "windows"),
    ((8.0, 3.2), (8.8, 3.2), "operands"),
    ((9.9, 1.6), (9.9, 2.4), "start values"),
    ((11.0, 3.2), (11.8, 3.2), "results"),
    ((11.0, 5.2), (12.3, 3.9), "rows"),
    ((12.9, 3.9), (12.9, 4.9), "samples"),
)


def _box(axes: Axes, title: str, x: float, y: float, width: float, height: float, colour: str) -> None:
    style = "round,pad=0.02,rounding_size=0.08"
    axes.add_patch(
        FancyBboxPatch((x, y), width, height, boxstyle=style, facecolor=colour, edgecolor=INK, linewidth=0.8)
    )
    name, *rest = title.split("\n")
    centre = y + height / 2
    axes.text(
        x + width / 2, centre + 0.17 * len(rest), name, ha="center", va="center", color=INK, fontsize=9, weight="bold"
    )
    for line, text in enumerate(rest):
        at = centre + 0.17 * len(rest) - 0.3 * (line + 1)
        axes.text(x + width / 2, at, text, ha="center", va="center", color=INK, fontsize=7.5)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], label: str) -> None:
    axes.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=9, color="#8b949e", linewidth=1.1))
    across = abs(start[1] - end[1]) < 0.2
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    axes.text(x + (0 if across else 0.08), y + (0.1 if across else 0), label, fontsize=7, color="#8b949e",
              ha="center" if across else "left", va="bottom" if across else "center")  # fmt: skip


def block_diagram() -> None:
    """docs/pictures/accelerator.png."""
    missing = [module for module, *_ in BOXES if not (RTL / f"{module}.sv").is_file()]
    if missing:
        raise SystemExit(f"the block diagram names modules that do not exist: {missing}")
    figure, axes = plt.subplots(figsize=(13, 5.6), facecolor=PAPER)
    axes.set(xlim=(-0.2, 14.3), ylim=(-0.3, 6.1))
    axes.set_axis_off()
    for _, *box in BOXES:
        _box(axes, *box)
    for arrow in ARROWS:
        _arrow(axes, *arrow)
    # results go back to the memories
    axes.plot([12.9, 12.9, 6.9, 6.9], [2.5, 0.15, 0.15, 0.9], color="#8b949e", linewidth=1.1)
    axes.text(9.9, 0.2, "activations, conditioning", fontsize=7, color="#8b949e", ha="center", va="bottom")
    _save(figure, "accelerator.png")


def slots() -> None:
    """docs/pictures/slots.png: what enters, computes and leaves in neighbouring slots."""
    program = open_model(find_model("va"))
    geometry = TARGETS["ecp5-25f"].geometry
    plan = schedule(program, geometry)
    first = next(i for i, slot in enumerate(plan.slots) if slot.op == Op.GATED and plan.slots[i + 3].op == Op.GATED)
    change = next(i for i in range(first, len(plan.slots)) if plan.slots[i].op == Op.MIX) - 2
    shown = plan.slots[change : change + 6]
    figure, axes = plt.subplots(figsize=(12, 3.4), facecolor=PAPER)
    axes.set_facecolor(PAPER)
    origin = shown[0].begin
    colours = {Op.GATED: "#bb8009", Op.MIX: "#1f6feb"}
    for at, slot in enumerate(shown):
        colour = colours.get(slot.op, "#8957e5") if slot.op is not None else LOGIC
        name = slot.op.name.lower() if slot.op is not None else "none"
        axes.add_patch(Rectangle((slot.start - origin, 2), slot.end - slot.start + 1, 0.7, color=colour))
        axes.text((slot.start + slot.end + 1) / 2 - origin, 2.35, f"tile {at}: {name}, {slot.depth} steps",
                  ha="center", va="center", fontsize=7.5, color=INK)  # fmt: skip
        _tokens(axes, slot.begin - origin, geometry, at, colours, shown)
    axes.set(xlim=(0, shown[-1].end - origin + 1), ylim=(-0.2, 3.0), xlabel="cycles")
    axes.set_yticks([0.35, 1.35, 2.35], ["start values\nof the tile after", "results\nof the tile before", "steps"])
    axes.tick_params(colors=INK, labelsize=8)
    axes.xaxis.label.set_color(INK)
    for slot in shown:
        axes.axvline(slot.end + 1 - origin, color="#8b949e", linewidth=0.7, linestyle=":")
    _save(figure, "slots.png")


def _tokens(axes: Axes, begin: int, geometry: Geometry, at: int, colours: dict[Op, str], shown: tuple) -> None:
    """The drain's rows: row 0 at the slot's first cycle, then one per gap; start values half a gap beside them."""
    for row in range(geometry.rows):
        x = begin + row * geometry.gap - 1
        before = shown[at - 1] if at else None
        after = shown[at + 1] if at + 1 < len(shown) else None
        for level, tile in ((1, before), (0, after)):
            colour = colours.get(tile.op, "#8957e5") if tile is not None and tile.op is not None else LOGIC
            here = x if level else x + geometry.gap
            axes.add_patch(Rectangle((here, level), geometry.gap - 0.3, 0.7, color=colour, alpha=0.75))
            axes.text(
                here + geometry.gap / 2, level + 0.35, f"row {row}", ha="center", va="center", fontsize=6, color=INK
            )


def frame() -> None:
    """docs/pictures/frame.png: a whole frame, the array's occupation by pass."""
    program = open_model(find_model("va"))
    target = TARGETS["ecp5-25f"]
    plan = schedule(program, target.geometry)
    budget = target.clock * 1e6 / program.rate * program.hop
    figure, axes = plt.subplots(figsize=(12, 1.9), facecolor=PAPER)
    axes.set_facecolor(PAPER)
    palette = dict(zip(Op, ("#8b949e", "#8957e5", "#238636", "#bb8009", "#1f6feb", "#da3633", "#f778ba"), strict=True))
    seen: set[Op] = set()
    for slot in plan.slots:
        if slot.op is None:
            continue
        label = slot.op.name.lower() if slot.op not in seen else None
        seen.add(slot.op)
        axes.barh(0, slot.end - slot.start + 1, left=slot.start, color=palette[slot.op], label=label, height=0.6)
    axes.barh(0, budget - plan.cycles, left=plan.cycles, color=LOGIC, height=0.6, label="idle until the next frame")
    axes.set(xlim=(0, budget), yticks=[], xlabel=f"cycles of a {program.hop}-sample frame at {target.clock:g} MHz")
    axes.tick_params(colors=INK, labelsize=8)
    axes.xaxis.label.set_color(INK)
    axes.legend(ncol=8, fontsize=7, loc="upper center", bbox_to_anchor=(0.5, 1.35), frameon=False, labelcolor=INK)
    _save(figure, "frame.png")


def _save(figure: plt.Figure, name: str) -> None:
    figure.tight_layout()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with atomic_path(PICTURES / name) as temporary:
        figure.savefig(temporary, dpi=110, facecolor=PAPER)
    plt.close(figure)


if __name__ == "__main__":
    block_diagram()
    slots()
    frame()

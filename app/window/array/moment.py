"""What the array does in one cycle, in words. No Qt here."""

from __future__ import annotations

from dataclasses import dataclass

from accel.formats import Op
from app.window.array.occupation import Occupation
from app.window.array.stages import Stage, Tile

__all__ = ["Moment", "moment", "row_names", "sample_span", "whole_frame"]


@dataclass(frozen=True)
class Moment:
    """A cycle.

    Attributes:
        cycle: of the frame; -1: all of them.
        stage, tile: None: no tile is computed.
        step: of the tile, from 0, -1: none is issued in this cycle; tap, channel: of the step, from 0; tap 0 is the
            oldest.
        busy: elements that multiply.
        headline, text, aside: for a person: what, how, and what happens besides.
    """

    cycle: int
    stage: Stage | None
    tile: Tile | None
    step: int
    tap: int
    channel: int
    busy: int
    headline: str
    text: str
    aside: str


def moment(occupation: Occupation, cycle: int) -> Moment:
    """What happens in a cycle, 0..cycles - 1."""
    slot = occupation.slot_at(cycle)
    tile = occupation.tile_of(slot) if cycle <= occupation.end[max(slot, 0)] else None
    busy = int((occupation.cells(cycle).kind >= 0).sum())
    if tile is None:
        headline, text = _rest(occupation, cycle, slot)
        return Moment(cycle, None, None, -1, 0, 0, busy, headline, f"{text} {_busy(occupation, busy)}", "")
    stage, step = occupation.stages[tile.stage], cycle - int(occupation.start[slot])
    is_issued = 0 <= step < occupation.depth[slot]
    tap, channel = divmod(step, stage.cols) if is_issued else (0, 0)
    if is_issued:
        work = _work(stage, tap, channel)
    else:
        work = "waits until what it needs is written." if step < 0 else "all steps are issued; results are leaving."
    text = f"{_where(occupation, stage, tile)}: {work} {_busy(occupation, busy)}"
    step = step if is_issued else -1
    return Moment(cycle, stage, tile, step, tap, channel, busy, stage.title, text, _aside(occupation, slot))


def whole_frame(occupation: Occupation) -> Moment:
    """The sum over all cycles, in the same form."""
    size, cycles = occupation.geometry.rows * occupation.geometry.cols, occupation.cycles
    text = (
        f"{occupation.hop} samples of one voice: {occupation.multiplications:,} multiplications in {cycles:,} cycles "
    )
    text += f"of {size} PEs, which is {occupation.utilisation:.0%} of what they could do."
    aside = "The rest: the control network, which needs one column only, tiles that fill not all rows, and waiting."
    return Moment(-1, None, None, -1, 0, 0, 0, "The whole frame", text, aside)


def sample_span(occupation: Occupation, tile: Tile) -> tuple[int, int]:
    """First and last sample of the frame, from 1, that a tile is for."""
    if occupation.stages[tile.stage].op == Op.CONTROL:
        return 1, occupation.hop
    first = tile.block * occupation.block + tile.column * occupation.geometry.cols
    return first + 1, first + occupation.geometry.cols


def row_names(stage: Stage, tile: Tile) -> list[str]:
    """What each row that a tile uses computes, short: `tanh 3`, `next 5`, `sum 2`, `ch 7`."""
    return [_row_name(stage, tile.first + row) for row in range(tile.height)]


def _row_name(stage: Stage, row: int) -> str:
    is_last_control = stage.op == Op.CONTROL and stage.number == stage.count
    if stage.op == Op.GATED or is_last_control:  # interleaved, so that both halves of a gate leave one after the other
        return f"{'gate' if row % 2 else 'tanh'} {row // 2 + 1}"
    if stage.op == Op.MIX:
        return f"next {row + 1}" if row < stage.split else f"sum {row - stage.split + 1}"
    return f"ch {row + 1}"


def _span(first: int, last: int) -> str:
    return f"{first}" if first == last else f"{first} to {last}"


def _where(occupation: Occupation, stage: Stage, tile: Tile) -> str:
    rows = f"outputs {_span(tile.first + 1, tile.first + tile.height)} of {stage.rows}"
    rows += f" (row tile {tile.row + 1} of {tile.rows})"
    if stage.op == Op.CONTROL:
        return f"Once for the frame, {rows}"
    first, last = sample_span(occupation, tile)
    block = f"block {tile.block + 1} of {occupation.hop // occupation.block}, "
    block = block if occupation.hop > occupation.block else ""
    return f"Samples {_span(first, last)} ({block}column tile {tile.column + 1} of {tile.columns}), {rows}"


def _work(stage: Stage, tap: int, channel: int) -> str:
    text = f"input {channel + 1} of {stage.cols}"
    if stage.taps == 1:
        return f"{text}."
    back = (stage.taps - 1 - tap) * stage.dilation
    when = "this sample" if not back else f"{back} sample{'s' * (back > 1)} back"
    return f"tap {tap + 1} of {stage.taps} ({when}), {text}."


def _busy(occupation: Occupation, busy: int) -> str:
    elements = occupation.geometry.rows * occupation.geometry.cols
    return f"{busy} of {elements} PEs multiply."


def _rest(occupation: Occupation, cycle: int, slot: int) -> tuple[str, str]:
    if slot < 0:
        return "The frame begins", "The first descriptors are fetched."
    if cycle > occupation.end[slot]:
        return "The frame ends", "The last results are rounded and written."
    if occupation.tile_of(slot + 1) is not None:
        return "The array fills", "Start values of the next tile enter from below."
    return "The array empties", "The last results leave at the top."


def _aside(occupation: Occupation, slot: int) -> str:
    """Three tiles are in the array at once."""
    parts = []
    before, after = occupation.tile_of(slot - 1), occupation.tile_of(slot + 1)
    if before is not None:
        parts.append(f"results leave of {_short(occupation, before)}")
    if after is not None:
        parts.append(f"start values enter for {_short(occupation, after)}")
    return f"Meanwhile {' and '.join(parts)}." if parts else ""


def _short(occupation: Occupation, tile: Tile) -> str:
    return f"{occupation.stages[tile.stage].title.partition(':')[0]} (row tile {tile.row + 1})"

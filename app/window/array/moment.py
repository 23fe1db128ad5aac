"""What the array does in one cycle, in words. No Qt here."""

from __future__ import annotations

from dataclasses import dataclass

from accel.formats import Op
from app.window.array.occupation import Occupation
from app.window.array.stages import Stage, Tile
from app.window.words import translate

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
        waits = translate("Array", "waits until what it needs is written.")
        work = waits if step < 0 else translate("Array", "all steps are issued; results are leaving.")
    text = f"{_where(occupation, stage, tile)}: {work} {_busy(occupation, busy)}"
    step = step if is_issued else -1
    return Moment(cycle, stage, tile, step, tap, channel, busy, stage.title, text, _aside(occupation, slot))


def whole_frame(occupation: Occupation) -> Moment:
    """The sum over all cycles, in the same form."""
    size, cycles = occupation.geometry.rows * occupation.geometry.cols, occupation.cycles
    text = translate(
        "Array",
        "{0} samples of one voice: {1} multiplications in {2} cycles of {3} PEs, which is {4} of what they could do.",
    ).format(occupation.hop, f"{occupation.multiplications:,}", f"{cycles:,}", size, f"{occupation.utilisation:.0%}")
    aside = translate(
        "Array",
        "The rest: the control network, which needs one column only, tiles that fill not all rows, and waiting.",
    )
    return Moment(-1, None, None, -1, 0, 0, 0, translate("Array", "The whole frame"), text, aside)


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
        name = translate("Array", "gate {0}") if row % 2 else translate("Array", "tanh {0}")
        return name.format(row // 2 + 1)
    if stage.op == Op.MIX and row < stage.split:
        return translate("Array", "next {0}").format(row + 1)
    if stage.op == Op.MIX:
        return translate("Array", "sum {0}").format(row - stage.split + 1)
    return translate("Array", "ch {0}").format(row + 1)


def _span(first: int, last: int) -> str:
    return f"{first}" if first == last else translate("Array", "{0} to {1}").format(first, last)


def _where(occupation: Occupation, stage: Stage, tile: Tile) -> str:
    outputs = _span(tile.first + 1, tile.first + tile.height)
    rows = translate("Array", "outputs {0} of {1} (row tile {2} of {3})")
    rows = rows.format(outputs, stage.rows, tile.row + 1, tile.rows)
    if stage.op == Op.CONTROL:
        return translate("Array", "Once for the frame, {0}").format(rows)
    samples, column = _span(*sample_span(occupation, tile)), tile.column + 1
    if occupation.hop <= occupation.block:
        text = translate("Array", "Samples {0} (column tile {1} of {2}), {3}")
        return text.format(samples, column, tile.columns, rows)
    block, blocks = tile.block + 1, occupation.hop // occupation.block
    text = translate("Array", "Samples {0} (block {1} of {2}, column tile {3} of {4}), {5}")
    return text.format(samples, block, blocks, column, tile.columns, rows)


def _work(stage: Stage, tap: int, channel: int) -> str:
    if stage.taps == 1:
        return translate("Array", "input {0} of {1}.").format(channel + 1, stage.cols)
    back = (stage.taps - 1 - tap) * stage.dilation
    when = translate("Array", "this sample") if not back else translate("Array", "{0} samples back").format(back)
    when = translate("Array", "1 sample back") if back == 1 else when
    text = translate("Array", "tap {0} of {1} ({2}), input {3} of {4}.")
    return text.format(tap + 1, stage.taps, when, channel + 1, stage.cols)


def _busy(occupation: Occupation, busy: int) -> str:
    elements = occupation.geometry.rows * occupation.geometry.cols
    return translate("Array", "{0} of {1} PEs multiply.").format(busy, elements)


def _rest(occupation: Occupation, cycle: int, slot: int) -> tuple[str, str]:
    if slot < 0:
        return translate("Array", "The frame begins"), translate("Array", "The first descriptors are fetched.")
    if cycle > occupation.end[slot]:
        return translate("Array", "The frame ends"), translate("Array", "The last results are rounded and written.")
    if occupation.tile_of(slot + 1) is not None:
        return translate("Array", "The array fills"), translate(
            "Array", "Start values of the next tile enter from below."
        )
    return translate("Array", "The array empties"), translate("Array", "The last results leave at the top.")


def _aside(occupation: Occupation, slot: int) -> str:
    """Three tiles are in the array at once."""
    parts = []
    before, after = occupation.tile_of(slot - 1), occupation.tile_of(slot + 1)
    if before is not None:
        parts.append(translate("Array", "results leave of {0}").format(_short(occupation, before)))
    if after is not None:
        parts.append(translate("Array", "start values enter for {0}").format(_short(occupation, after)))
    both = translate("Array", "Meanwhile {0} and {1}.") if len(parts) == 2 else translate("Array", "Meanwhile {0}.")
    return both.format(*parts) if parts else ""


def _short(occupation: Occupation, tile: Tile) -> str:
    return translate("Array", "{0} (row tile {1})").format(occupation.stages[tile.stage].short, tile.row + 1)

"""What the array view shows adds up to what the cycle model says, to the last multiplication."""

from __future__ import annotations

import numpy as np
import pytest

from accel.cycles import TARGETS, budget, schedule
from accel.errors import SystoleError
from accel.formats import Op
from accel.hardware.image import pack
from accel.hardware.layout import DESC_FIELDS, DESC_STRIDE
from accel.random_program import Shape, random_program
from app.window.array.kinds import KIND_OF, KINDS
from app.window.array.moment import row_names, sample_span
from app.window.array.occupation import Occupation
from app.window.array.stages import tiles
from app.window.theme.colours import PALETTES
from app.window.theme.contrast import GRAPHIC, ratio
from tests.app.window.array.arrays import GEOMETRIES, SHAPES, occupation, program

CASES = [(shape, geometry, None) for shape in SHAPES for geometry in GEOMETRIES] + [("small", "odd", 16)]


@pytest.mark.parametrize(("shape", "geometry", "block"), CASES)
def test_it_adds_up_to_the_cycle_model(shape: str, geometry: str, block: int | None) -> None:
    found, made = occupation(shape, geometry, block), program(shape)
    size = GEOMETRIES[geometry].rows * GEOMETRIES[geometry].cols
    assert found.cycles == schedule(made, GEOMETRIES[geometry], block=block).cycles
    assert found.multiplications == made.macs_per_sample * made.hop
    whole = found.pe_activity(0, found.cycles).astype(np.float64).sum() * found.cycles
    assert whole == pytest.approx(found.multiplications, rel=1e-6)
    assert found.utilisation == pytest.approx(whole / found.cycles / size, rel=1e-6)
    assert found.stage_multiplications().sum() == found.multiplications
    slots = schedule(made, GEOMETRIES[geometry], block=block).slots
    assert found.stage_cycles().sum() == sum(slot.end - slot.begin + 1 for slot in slots if slot.op is not None)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_as_busy_as_the_budget_says(shape: str, target: str) -> None:
    found = Occupation(program(shape), TARGETS[target].geometry)
    wanted = budget(program(shape), TARGETS[target])
    assert found.utilisation == pytest.approx(wanted.utilisation, rel=1e-12)
    assert found.cycles_per_sample == wanted.cycles_per_sample
    assert found.block == wanted.block


@pytest.mark.parametrize(("shape", "geometry"), [("small", "odd"), ("wide", "small"), ("default", "large")])
def test_spans_are_the_sum_of_their_cycles(shape: str, geometry: str) -> None:
    found = occupation(shape, geometry)
    rng = np.random.default_rng(1)
    for begin in rng.integers(0, found.cycles - 60, 12):
        cells = [found.cells(cycle).kind for cycle in range(begin, begin + 50)]
        for kind in range(len(KINDS)):
            by_hand = np.mean([each == kind for each in cells], axis=0)
            assert np.allclose(found.activity(begin, begin + 50)[kind], by_hand, atol=1e-6)


def test_a_step_goes_through_the_array_as_a_wave() -> None:
    found = occupation()
    slot = next(i for i in range(200, 400) if found.depth[i] == 32)
    start = int(found.start[slot])
    assert found.cells(start).progress[0, 0] == pytest.approx(1 / found.depth[slot])
    for row in range(found.geometry.rows):
        for col in range(found.geometry.cols):
            later = found.cells(start + row + col).progress[row, col]
            assert later == pytest.approx(1 / found.depth[slot]), (row, col)


@pytest.mark.parametrize(("shape", "geometry"), [("small", "odd"), ("default", "small")])
def test_tiles_are_those_of_the_descriptors(shape: str, geometry: str) -> None:
    """Layer, dilation, taps, tiles: against the words that the hardware is given, and the slots that it issues."""
    found, made = occupation(shape, geometry), program(shape)
    words = pack(made, GEOMETRIES[geometry]).parts["desc"][1].astype(np.int64).reshape(-1, DESC_STRIDE)
    fields = {each.name: each for each in DESC_FIELDS}

    def field(number: int, name: str) -> int:
        each = fields[name]
        return int(words[number, each.word] >> each.lsb) & ((1 << each.width) - 1)

    for number, stage in enumerate(found.stages):
        mine = [tile for tile in found.tiles if tile.stage == number]
        assert (stage.op, stage.taps, stage.cols) == tuple(field(number, name) for name in ("op", "taps", "cols"))
        assert max(tile.rows for tile in mine) == field(number, "row_tiles")
        assert stage.op != Op.GATED or stage.dilation == field(number, "dilation")
        assert sum(tile.height for tile in mine if tile.column == tile.block == 0) == field(number, "rows")
    issued = [slot for slot in schedule(made, GEOMETRIES[geometry]).slots if slot.op is not None]
    for slot, tile in zip(issued, found.tiles, strict=True):
        stage = found.stages[tile.stage]
        assert (slot.op, slot.depth) == (stage.op, stage.taps * stage.cols)


def test_every_sample_and_every_row_has_its_tile() -> None:
    found = occupation("wide", "odd")
    assert found.tiles == tiles(found.stages, found.geometry, hop=found.hop, block=found.block)
    for number, stage in enumerate(found.stages):
        seen = np.zeros((stage.rows, found.hop), int)
        for tile in found.tiles:
            if tile.stage == number:
                first, last = sample_span(found, tile)
                seen[tile.first : tile.first + tile.height, first - 1 : last] += 1
                assert len(row_names(stage, tile)) == tile.height
        assert (seen == 1).all(), stage.title


def test_shares_add_up_along_the_frame() -> None:
    found = occupation()
    edges = np.linspace(0, found.cycles, 701).astype(np.int64)
    issued = (found.shares(edges).sum(axis=1) * np.diff(edges)).sum()
    assert issued == pytest.approx(sum(int(found.depth[slot]) for slot in np.flatnonzero(found.tile >= 0)), rel=1e-5)
    assert found.shares(edges).max() <= 1


def test_starts_are_in_order_and_begin_what_they_say() -> None:
    found = occupation()
    assert found.tile_starts == sorted(found.tile_starts)
    assert set(found.stage_starts) <= set(found.tile_starts)
    for number in range(len(found.stages)):
        tile = found.tile_of(found.slot_at(found.first_cycle(number)))
        assert tile is not None
        assert tile.stage == number


def test_what_does_not_fit_says_so() -> None:
    large = random_program(np.random.default_rng(0), Shape(channels=32, skip=32))
    with pytest.raises(SystoleError, match=r"wgt_depth \d+"):
        Occupation(large, TARGETS["ecp5-25f"].geometry)


@pytest.mark.parametrize("name", PALETTES)
def test_kinds_can_be_told_from_the_panel(name: str) -> None:
    assert [KIND_OF[kind.op] for kind in KINDS] == [*range(len(KINDS))]
    for kind in KINDS:
        assert ratio(kind.colours[name], PALETTES[name].surface) >= GRAPHIC

"""A table of arrays is one address to compiled code, and the same memory as in Python."""

from __future__ import annotations

import copy
from typing import Any, ClassVar

import numba
import numpy as np
import pytest
from numba.core.errors import TypingError

from engine.arrays import Table, array_at, table_at

PAIR = np.dtype([("a", "<i8"), ("b", "<f8")])


class Things(Table):
    """What the tests use."""

    FIELDS: ClassVar = {
        "cube": (np.dtype(np.int16), 3),
        "plane": (np.dtype(np.float64), 2),
        "pairs": (PAIR, 1),
    }
    cube: Any
    plane: Any
    pairs: Any


def things() -> Things:
    return Things(
        cube=np.arange(24, dtype=np.int16).reshape(2, 3, 4),
        plane=np.zeros((3, 5)),
        pairs=np.zeros(2, PAIR),
    )


@numba.njit
def _touch(table):
    total = 0
    for i in range(table.cube.shape[0]):
        for j in range(table.cube.shape[1]):
            for k in range(table.cube.shape[2]):
                total = 3 * total + table.cube[i, j, k]
    table.plane[1, :] = 7.0
    table.plane[2, 4] = table.plane.shape[1]
    pair = table.pairs[1]
    pair.a, pair.b = 5, 0.5
    return total


def test_compiled_code_reads_and_writes_the_same_memory():
    table = things()
    wanted = 0
    for value in range(24):
        wanted = 3 * wanted + value
    assert _touch(table) == wanted
    assert (table.plane == [[0] * 5, [7] * 5, [0, 0, 0, 0, 5]]).all()
    assert table.pairs.tolist() == [(0, 0.0), (5, 0.5)]


def test_another_size_is_not_compiled_again():
    _touch(things())
    before = len(_touch.signatures)
    _touch(Things(cube=np.ones((1, 1, 1), np.int16), plane=np.zeros((3, 5)), pairs=np.zeros(2, PAIR)))
    assert len(_touch.signatures) == before


@pytest.mark.parametrize("wrong", [np.zeros((5, 3)).T, np.zeros((3, 5), np.float32), np.zeros(15)])
def test_an_array_of_another_kind_is_refused(wrong):
    with pytest.raises(ValueError, match=r"plane: needed a C-ordered array of float64 with 2 dimensions"):
        Things(cube=np.zeros((1, 1, 1), np.int16), plane=wrong, pairs=np.zeros(2, PAIR))


def test_an_unknown_name_is_an_error_of_the_compiler():
    @numba.njit
    def ask(table):
        return table.tesseract[0]

    with pytest.raises(TypingError, match="tesseract"):
        ask(things())


def test_a_table_is_not_copied():
    with pytest.raises(TypeError, match="addresses"):
        copy.deepcopy(things())


things_at = table_at(Things)
pairs_at, planes_at = array_at(PAIR), array_at(np.dtype(np.float64), 5)


@numba.njit
def _touch_by_address(table, pairs, plane):
    things_at(table).cube[0, 0, 0] = 99
    pairs_at(pairs, 2)[1].a = 6
    rows = planes_at(plane, 3)
    rows[2, 0] = rows.shape[0] * 10 + rows.shape[1]
    return things_at(table).plane[2, 0]


def test_tables_and_arrays_by_address():
    table = things()
    assert _touch_by_address(table.address, table.pairs.ctypes.data, table.plane.ctypes.data) == 35
    assert table.cube[0, 0, 0] == 99 and table.pairs["a"].tolist() == [0, 6]

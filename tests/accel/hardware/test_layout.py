"""Descriptor fields: no two overlap, and a value that does not fit is refused."""

from __future__ import annotations

import pytest

from accel.hardware.layout import DESC_FIELDS, DESC_STRIDE, DESC_WORDS, pack_descriptor


def test_fields_do_not_overlap_and_stay_inside_their_words() -> None:
    used: set[int] = set()
    for field in DESC_FIELDS:
        bits = {32 * field.word + field.lsb + bit for bit in range(field.width)}
        assert field.lsb + field.width <= 32
        assert not used & bits, field.name
        used |= bits
    assert DESC_WORDS <= DESC_STRIDE


@pytest.mark.parametrize("field", DESC_FIELDS, ids=lambda field: field.name)
def test_each_field_lands_where_it_is_declared(field) -> None:
    words = pack_descriptor({field.name: (1 << field.width) - 1})
    assert words[field.word] == ((1 << field.width) - 1) << field.lsb
    assert sum(map(bool, words)) == 1
    with pytest.raises(ValueError, match=f"{field.name} is {1 << field.width}"):
        pack_descriptor({field.name: 1 << field.width})


def test_an_unknown_field_is_an_error() -> None:
    with pytest.raises(KeyError, match="dept"):
        pack_descriptor({"dept": 1})

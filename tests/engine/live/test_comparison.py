"""The comparison must tell a gap of the machine's from a wrong sample of ours."""

from __future__ import annotations

import numpy as np

from tests.engine.live.comparison import compare


def sound(samples: int = 128 * 60) -> np.ndarray:
    return np.random.default_rng(3).uniform(-1, 1, (samples, 2)).astype(np.float32)


def test_all_of_it_shifted() -> None:
    rendered = sound()
    rendered[:1000] = 0
    found = compare([(70_016, rendered[500 : 500 + 128 * 50])], rendered, 128)
    assert found.equal == found.sounding == 47  # the first sound lies in the fourth block
    assert (found.odd, found.offsets) == ([], [500 - 70_016])


def test_gaps_on_either_side_are_no_fault() -> None:
    rendered = sound()
    blocks = np.split(rendered, 60)
    recorder = [(0, np.concatenate(blocks[:20])), (128 * 23, np.concatenate(blocks[23:]))]
    found = compare(recorder, rendered, 128)
    assert (found.equal, found.sounding, found.odd, found.offsets) == (57, 57, [], [0])
    engine = [(0, np.concatenate([*blocks[:20], blocks[3] * np.float32(0.5), *blocks[20:]]))]  # one cycle late
    found = compare(engine, rendered, 128)
    assert (found.equal, found.sounding, found.odd, found.offsets) == (60, 61, [], [0, -128])


def test_one_wrong_bit_is_seen() -> None:
    rendered = sound()
    played = rendered.copy()
    played[3000, 1] = np.nextafter(played[3000, 1], np.float32(2))
    found = compare([(0, played)], rendered, 128)
    assert (found.equal, found.sounding, len(found.odd)) == (59, 60, 1)


def test_a_block_that_was_read_while_it_was_written() -> None:
    rendered = sound()
    played = rendered.copy()
    played[128 * 30 + 50 : 128 * 31, 0] = rendered[128 * 29 + 50 : 128 * 30, 0]
    played[128 * 30 : 128 * 31, 1] = rendered[128 * 29 : 128 * 30, 1]
    found = compare([(0, played)], rendered, 128)
    assert (found.equal, found.torn, found.odd) == (59, 1, [])
    played[128 * 30 + 60, 0] = 0.5  # now it is no block's
    found = compare([(0, played)], rendered, 128)
    assert (found.equal, found.torn) == (59, 0)
    assert found.odd[0].startswith("3840: 51 samples differ, -128 from where it should be: [(0, ")


def test_another_sound_is_not_equal() -> None:
    found = compare([(0, sound() * np.float32(0.5))], sound(), 128)
    assert found.equal == 0
    assert len(found.odd) > 50

"""What the kinds of events beside notes and controllers do to a part."""

from __future__ import annotations

import numpy as np
import pytest

from engine.controllers import beat_at
from engine.events import Kind, addressed
from engine.modulation import BEND, BRIGHTNESS, FIXED_TARGETS, PRESSURE, SOURCE_COUNT, source_index, target_index
from engine.parameters import TABLE
from engine.patch import ModulationRow

INDEX = {entry.id: place for place, entry in enumerate(TABLE)}
ON = (0, Kind.NOTE_ON, 0, 60, 100.0)


def test_a_matrix_set_by_events_is_the_patchs_own(play, tiny) -> None:
    row = ModulationRow("env2", "knob1", 0.75)
    ids = [knob.id for knob in tiny.knobs]
    events = [
        (0, Kind.ROW_SOURCE, 0, 2, float(source_index(row.source))),
        (0, Kind.ROW_TARGET, 0, 2, float(target_index(row.target, ids))),
        (0, Kind.ROW_AMOUNT, 0, 2, row.amount),
        ON,
    ]
    assert np.array_equal(play(events, 4000)[1], play([ON], 4000, modulation=(row,))[1])
    assert not np.array_equal(play(events, 4000)[1], play([ON], 4000)[1])


@pytest.mark.parametrize(
    "kind", [Kind.ROW_SOURCE, Kind.ROW_TARGET, Kind.ROW_AMOUNT, Kind.TUNE, Kind.PARAMETER, Kind.KNOB]
)
def test_numbers_that_point_outside_change_nothing(play, tiny, kind: Kind) -> None:
    plain = play([ON], 500)
    for index in (-1, 1 << 20):
        part, out = play([(0, kind, 0, index, 1.0), ON], 500)
        assert np.array_equal(out, plain[1])
        assert part.state.rows.tolist() == plain[0].state.rows.tolist()
    limits = {Kind.ROW_SOURCE: SOURCE_COUNT, Kind.ROW_TARGET: FIXED_TARGETS + len(tiny.knobs)}
    if kind in limits:
        for value in (-1.0, float(limits[kind])):
            part, _ = play([(0, kind, 0, 0, value), ON], 500)
            assert part.state.rows.tolist() == plain[0].state.rows.tolist()


def test_tuning_of_one_key(play) -> None:
    part, _ = play([(0, Kind.TUNE, 0, 60, 0.25), ON], 10)
    assert part.state.tuning[60] == 0.25 and part.state.tuning[61] == pytest.approx(1 / 12)
    assert np.array_equal(
        play([(0, Kind.TUNE, 0, 60, 3 / 12), ON], 3000)[1],
        play([(0, Kind.CV_PITCH, 0, 0, 3 / 12), ON], 3000)[1],
    )


SOURCES = [PRESSURE, BRIGHTNESS, BEND]


def heard(part) -> list[float]:
    return [float(part.state.source[source]) for source in SOURCES]


def test_a_zone_adds_its_master_to_each_member(play) -> None:
    member = [(0, Kind.ZONE, 3, 0, 0.0), (0, Kind.NOTE_ON, 3, 60, 100.0)]
    own = [(0, Kind.BEND, 3, 0, 0.5), (0, Kind.PRESSURE, 3, 0, 32.0), (0, Kind.CONTROL, 3, 74, 95.5)]
    master = [(0, Kind.BEND, 0, 0, 0.75), (0, Kind.PRESSURE, 0, 0, 64.0), (0, Kind.CONTROL, 0, 74, 127.0)]
    assert heard(play([*member, *own], 10)[0]) == [32 / 127, 0.5, 0.5]
    assert heard(play([*member, *own, *master], 200)[0]) == [64 / 127, 1.0, 1.0]
    ordinary = [(0, Kind.NOTE_ON, 3, 60, 100.0), *own]
    assert heard(play([*ordinary, *master], 200)[0]) == [32 / 127, 0.5, 0.5]


def test_a_members_pitch_is_its_own_bend_and_its_masters(play) -> None:
    """Member: half of 48 semitones; master: a quarter of -2. The same pitch as one channel bent by as much."""

    def reach(channel: int, semitones: float) -> list[tuple[int, int, int, int, float]]:
        return [(0, Kind.CONTROL, channel, number, value) for number, value in ((101, 0), (100, 0), (6, semitones))]

    zone = [
        (0, Kind.ZONE, 5, 0, 0.0),
        *reach(5, 48),
        *reach(0, 2),
        (0, Kind.BEND, 5, 0, 0.5),
        (0, Kind.BEND, 0, 0, -0.25),
    ]
    alone = [*reach(5, 24), (0, Kind.BEND, 5, 0, 23.5 / 24)]
    on = (1, Kind.NOTE_ON, 5, 48, 100.0)
    assert np.array_equal(play([*zone, on], 3000)[1], play([*alone, on], 3000)[1])
    left = play([*zone, (0, Kind.ZONE, 5, 0, -1.0), on], 3000)[1]
    assert np.array_equal(left, play([(0, Kind.BEND, 5, 0, 0.5), on], 3000)[1])  # of the patch's range


@pytest.mark.parametrize("master", [5.0, 16.0, -2.0, 1e300])
def test_no_channel_is_its_own_master_or_an_unknown_ones(play, master: float) -> None:
    part, _ = play([(0, Kind.ZONE, 5, 0, master), ON], 10)
    assert part.state.channels["parent"].tolist() == [-1] * 16


SYNCED = {"lfo1.sync": "1/4", "lfo1.scope": "global", "lfo1.rate": 3.0}


def cycles(part, now: int) -> float:
    state, step = part.state.part[0], part.state.coefficients[0]["lfo1_step"]
    return float(state["lfo1_cycles"] + (now - state["lfo1_time"]) * step)


def test_the_position_in_the_song_sets_synced_lfos(play) -> None:
    rows = [ON, (1000, Kind.BEAT, 0, 0, 6.25)]
    assert cycles(play(rows, 1001, SYNCED)[0], 1000) == 6.25
    assert cycles(play(rows, 1001, {**SYNCED, "lfo1.sync": "1/8"})[0], 1000) == 12.5
    free = {**SYNCED, "lfo1.sync": "free"}
    assert cycles(play(rows, 1001, free)[0], 1000) == pytest.approx(1000 * 3.0 / 48_000)


def test_the_song_goes_on_at_its_tempo(play) -> None:
    rows = [(0, Kind.BEAT, 0, 0, 1.0), (24_000, Kind.TEMPO, 0, 0, 240.0), ON]
    part, _ = play(sorted(rows), 30_000, SYNCED)
    state = part.state.part[0]
    assert beat_at(state, 24_000) == pytest.approx(2.0)  # 120 in the minute for half a second
    assert beat_at(state, 36_000) == pytest.approx(3.0)
    assert cycles(part, 36_000) == pytest.approx(3.0)


def test_an_address_leaves_the_channel_readable(play) -> None:
    part, _ = play([(0, Kind.BEND, addressed(2, 3), 0, 0.5)], 10)
    assert part.state.channels["bend"].tolist() == [0, 0, 0.5, *[0] * 13]

"""Modulation: sources, LFOs, the matrix, velocity, knob controllers, stereo."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.envelope import coefficient
from engine.events import Kind
from engine.lfo import lfo_value
from engine.modulation import source_index, target_index
from engine.patch import ModulationRow
from engine.vocabulary import SOURCES, TARGETS

NOTE = (0, Kind.NOTE_ON, 0, 60, 127.0)


def source_values(part) -> dict[str, float]:
    return dict(zip(SOURCES, part.state.source.tolist(), strict=True))


def test_names_and_numbers_agree() -> None:
    assert [source_index(name) for name in SOURCES] == list(range(len(SOURCES)))
    assert target_index("b", ["a", "b"]) == len(TARGETS) + 1


def test_sources(play) -> None:
    rows = [
        (0, Kind.CONTROL, 0, 1, 127.0), (0, Kind.CONTROL, 0, 74, 127.0), (0, Kind.CONTROL, 0, 11, 0.0),
        (0, Kind.PRESSURE, 0, 0, 127.0), (0, Kind.BEND, 0, 0, -1.0), (0, Kind.NOTE_ON, 0, 120, 127.0),
    ]  # fmt: skip
    values = source_values(play(rows, 10)[0])
    assert values["velocity"] == values["wheel"] == values["pressure"] == values["brightness"] == values["key"] == 1
    assert values["expression"] == 0 and values["bend"] == -1 and -1 <= values["random"] <= 1


def test_key_pressure_reaches_its_own_note(play) -> None:
    rows = [NOTE, (10, Kind.KEY_PRESSURE, 0, 60, 127.0), (10, Kind.KEY_PRESSURE, 0, 61, 64.0)]
    assert source_values(play(rows, 70, {"voice.polyphony": 1})[0])["pressure"] == 1


@pytest.mark.parametrize(
    ("shape", "points"),
    [(0, [0, 1, 0, -1]), (1, [0, 1, 0, -1]), (2, [0, 0.5, -1, -0.5]), (3, [1, 1, -1, -1])],
)
def test_lfo_shapes(shape: int, points: list[float]) -> None:
    got = [lfo_value(shape, 3 + quarter / 4, 1) for quarter in range(4)]
    assert got == pytest.approx(points, abs=1e-9)


def test_sample_and_hold() -> None:
    values = [lfo_value(4, cycle + 0.3, 5) for cycle in range(2000)]
    assert all(lfo_value(4, cycle + 0.9, 5) == values[cycle] for cycle in range(50))
    assert abs(np.mean(values)) < 0.05 and min(values) < -0.9 and max(values) > 0.9


def test_random_lfos_of_neighbouring_notes_are_apart(play) -> None:
    settings = {"lfo1.shape": "random", "lfo2.shape": "random"}
    draws = []
    for order in range(6):
        rows = [(index, Kind.NOTE_ON, 0, 60 + index, 100.0) for index in range(order + 1)]
        values = source_values(play(rows, order + 1, settings)[0])
        draws += [values["lfo1"], values["lfo2"]]
    assert len(set(draws)) == len(draws)


@pytest.mark.parametrize(("sync", "tempo", "hertz"), [("1/4", 120.0, 2.0), ("1/8t", 60.0, 3.0), ("1 bar", 240.0, 1.0)])
def test_tempo_sync(play, sync: str, tempo: float, hertz: float) -> None:
    rows = [(0, Kind.TEMPO, 0, 0, tempo), NOTE]
    part, _ = play(rows, 64, {"lfo1.sync": sync})
    assert part.state.coefficients["lfo1_step"][0] * 48000 == pytest.approx(hertz)


def test_a_change_of_rate_keeps_the_phase(play) -> None:
    """4 Hz for 0.125 s (half a cycle), then 1 Hz for 0.25 s (a quarter): three quarters, a sine at -1."""
    rows = [NOTE, (6000, Kind.TEMPO, 0, 0, 60.0)]
    part, _ = play([(0, Kind.TEMPO, 0, 0, 240.0), *rows], 6000 + 12_000 + 65, {"lfo1.sync": "1/4"})
    assert source_values(part)["lfo1"] == pytest.approx(-1, abs=1e-3)


def test_lfo_scope(play) -> None:
    rows = [NOTE, (5000, Kind.NOTE_ON, 0, 64, 100.0)]
    fresh = source_values(play(rows, 5001, {"lfo1.rate": 1.3})[0])["lfo1"]
    assert fresh == pytest.approx(0, abs=1e-9)
    shared = source_values(play(rows, 5001, {"lfo1.rate": 1.3, "lfo1.scope": "global"})[0])["lfo1"]
    assert shared == pytest.approx(math.sin(2 * math.pi * 1.3 * 5000 / 48000))


def test_lfo_fade_and_depth_by_the_wheel(play) -> None:
    settings = {"lfo1.shape": "square", "lfo1.rate": 0.01, "lfo1.depth": 0.25, "lfo1.fade": 1.0, "voice.polyphony": 1}
    part, _ = play([NOTE], 24_000 + 1, settings)
    assert source_values(part)["lfo1"] == pytest.approx(0.125, abs=1e-3)
    rows = [NOTE, (0, Kind.CONTROL, 0, 1, 127.0)]
    part, _ = play(rows, 24_000 + 1, settings, modulation=(ModulationRow("wheel", "lfo1.depth", 0.5),))
    assert source_values(part)["lfo1"] == pytest.approx(0.375, abs=1e-3)


def test_knobs_follow_patch_matrix_controllers_and_stay_in_range(play) -> None:
    part, _ = play([NOTE], 10, knobs={"knob0": 0.25})
    assert part.state.counts.tolist() == [5000, round(part.program.knobs[1].default * 20000)]
    part, _ = play([NOTE], 10, knobs={"knob0": 0.25}, modulation=(ModulationRow("velocity", "knob0", 0.5),))
    assert part.state.counts[0] == 15_000
    part, _ = play([NOTE], 10, knobs={"knob0": 0.25}, modulation=(ModulationRow("velocity", "knob0", 1.0),))
    assert part.state.counts[0] == 20_000
    part, _ = play([(0, Kind.CONTROL, 0, 21, 127.0), NOTE], 10)
    assert part.state.counts[1] == 20_000
    part, _ = play([(0, Kind.KNOB, 0, 0, 0.5), NOTE], 10)
    assert part.state.counts[0] == 10_000


def test_second_envelope_without_attack_starts_at_its_peak(play) -> None:
    settings = {"env2.attack": 0.001, "env2.decay": 0.2, "env2.sustain": 0.0}
    assert source_values(play([NOTE], 1, settings)[0])["env2"] == 1
    slower = source_values(play([NOTE], 4801, settings)[0])["env2"]
    assert 0.01 < slower < 0.1  # half way down a fall of 60 dB


def peak(out: np.ndarray) -> float:
    return float(np.abs(out).max())


def test_velocity_sensitivity(play) -> None:
    def level(velocity: float, amount: float) -> float:
        rows = [(0, Kind.NOTE_ON, 0, 60, velocity)]
        return peak(play(rows, 4000, {"voice.velocity": amount, "voice.phase": "reset"})[1])

    assert level(30, 0) == pytest.approx(level(127, 0))
    assert level(64, 1.0) / level(127, 1.0) == pytest.approx((64 / 127) ** 2, rel=1e-3)


@pytest.mark.parametrize(("value", "left", "right"), [(0, True, False), (127, False, True), (64, True, True)])
def test_channel_pan(play, value: int, left: bool, right: bool) -> None:
    rows = [(0, Kind.CONTROL, 0, 10, float(value)), NOTE]
    out = play(rows, 4000, {"voice.spread": 0.0})[1]
    assert (peak(out[:, 0]) > 1e-3, peak(out[:, 1]) > 1e-3) == (left, right)


def test_pan_has_constant_power(play) -> None:
    power = [
        float((play([NOTE], 4000, {"voice.spread": 0.0, "voice.pan": pan})[1] ** 2).sum()) for pan in (-1.0, 0.0, 0.4)
    ]
    assert power == pytest.approx([power[0]] * 3, rel=1e-3)


def test_unison_spreads_and_detunes(play) -> None:
    out = play([NOTE], 4000, {"voice.unison": 5, "voice.spread": 1.0})[1]
    assert not np.allclose(out[:, 0], out[:, 1])
    part, _ = play([NOTE], 100, {"voice.unison": 5, "voice.detune": 24.0})
    lanes = part.state.lanes[0]
    assert lanes["detune"].tolist() == pytest.approx([cents / 1200 / 24 for cents in (-12, -6, 0, 6, 12)])
    assert sorted(lanes["place"].tolist()) == pytest.approx([-1, -0.5, 0, 0.5, 1])


def test_volume_and_expression_are_smooth(play, va) -> None:
    settings = {"voice.spread": 0.0, "voice.phase": "reset"}
    knobs = {"shape": 0.0, "cutoff": 0.3}
    still = play([(0, Kind.NOTE_ON, 0, 36, 110.0)], 12_000, settings, program=va, knobs=knobs)[1][6000:, 0]
    rows = [(0, Kind.NOTE_ON, 0, 36, 110.0), (7000, Kind.CONTROL, 0, 7, 0.0), (10_000, Kind.CONTROL, 0, 11, 0.0)]
    moved = play(rows, 12_000, settings, program=va, knobs=knobs)[1][6000:, 0]
    assert np.abs(np.diff(moved)).max() < 2 * np.abs(np.diff(still)).max()
    assert peak(moved[3000:]) < 1e-3 * peak(still)


def test_coefficient_takes_the_stated_time() -> None:
    c, env, steps = coefficient(0.01, 48000.0, 0.3), 0.0, 0
    while env < 1.0:
        env += c * (1.3 - env)
        steps += 1
    assert abs(steps - 480) <= 1

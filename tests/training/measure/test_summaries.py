from dataclasses import replace

import pytest

from training.measure.clip_figures import ClipFigures
from training.measure.evaluation import VALIDATION
from training.measure.summaries import above_floor, core, grouped, groups, summary

BASE = ClipFigures(
    clip=0,
    part="val_static",
    note=60.0,
    lsd=1.0,
    mel=1.0,
    level=0.0,
    loudness=0.0,
    centroid=10.0,
    centroid_target=10.0,
    centroid_along=None,
    harmonic=None,
    floor=None,
    floor_target=None,
    cents=None,
    snr=None,
    latency=None,
)


def test_groups_divide_parts_and_bands():
    figures = [replace(BASE, note=note, part=part) for note in (47.9, 48, 72, 72.1) for part in VALIDATION]
    sizes = {name: len(chosen) for name, chosen in groups(figures).items()}
    assert (sizes["static"], sizes["moving"], sizes["low"], sizes["middle"], sizes["high"]) == (4, 4, 2, 4, 2)
    assert sizes["moving middle"] == 2
    assert "low" not in groups([replace(BASE, note=60)])


def test_summary_of_known_values():
    figures = [replace(BASE, lsd=float(i), snr=float(i), latency=i - 2.0, loudness=i - 1.0) for i in range(5)]
    figures += [replace(BASE, part="val_moving", note=80.0, lsd=11.0, loudness=1.0)]
    found = summary(figures)
    assert found["lsd_static_db"] == 2
    assert found["lsd_moving_db"] == found["lsd_high_notes_db"] == 11
    assert (found["snr_db"], found["snr_worst_decile_db"]) == (2, pytest.approx(0.4))
    assert found["latency_samples"] == 0
    assert found["loudness_error_lu"] == pytest.approx(8 / 6, abs=1e-4)
    assert found["loudness_bias_lu"] == pytest.approx(1, abs=1e-4)
    assert "pitch_error_cents" not in found


def test_centroids_along_clips_are_a_median_beside_their_mean():
    figures = [replace(BASE, part="val_moving", centroid_along=value) for value in (0.1, 0.9, 0.95, None)]
    found = summary(figures)
    assert found["centroid_correlation_moving"] == 0.9
    assert found["centroid_correlation_moving_mean"] == 0.65


def test_worst_deciles_are_at_the_bad_end():
    figures = [replace(BASE, floor=-100.0 + 5 * i, snr=10.0 + i, cents=-0.1 * i) for i in range(11)]
    found = core(figures)
    assert (found["floor_db"], found["floor_worst_decile_db"]) == (-75, -55)
    assert (found["snr_db"], found["snr_worst_decile_db"]) == (15, 11)
    assert found["pitch_error_worst_cents"] == 1


def test_static_centroids_have_a_correlation_of_their_own():
    static = [replace(BASE, centroid=8.0 + i, centroid_target=9.0 + i) for i in range(3)]
    moving = [replace(BASE, part="val_moving", centroid=9.0 + i, centroid_target=9.0 - i) for i in range(3)]
    found = summary(static + moving)
    assert found["centroid_correlation_static"] == 1
    assert found["centroid_correlation"] < 0.5
    assert core([]) == {}


def test_above_floor_is_a_difference_by_part():
    own = [replace(BASE, lsd=3.0), replace(BASE, part="val_moving", lsd=5.0)]
    floor = [replace(BASE, lsd=2.0), replace(BASE, part="val_moving", lsd=2.5)]
    assert above_floor(own, floor) == {
        "lsd_above_floor_db": 1.75,
        "lsd_static_above_floor_db": 1.0,
        "lsd_moving_above_floor_db": 2.5,
    }
    assert above_floor(own, []) == {}


def test_every_part_and_band_has_its_own_excess():
    low, high = replace(BASE, note=40.0), replace(BASE, note=80.0, part="val_moving")
    clips = [replace(low, lsd=1.0), replace(high, lsd=2.0)]
    other = [replace(low, lsd=1.5), replace(high, lsd=4.0)]
    repeats = [replace(low, lsd=1.25), replace(low, lsd=0.75), replace(high, lsd=3.0)]
    found = grouped(clips, other, repeats)
    assert next(iter(found)) == "all"
    assert found["static low"] == found["low"] == found["static"]
    keys = ("clips", "lsd_db", "lsd_other_phase_db", "lsd_synth_db", "lsd_above_floor_db")
    assert [found["static low"][key] for key in keys] == [1, 1.0, 1.5, 1.0, 0.5]
    assert [found["moving high"][key] for key in keys] == [1, 2.0, 4.0, 3.0, 1.0]
    assert "lsd_above_floor_db" not in grouped(clips, [], repeats)["all"]
    assert "lsd_synth_db" not in grouped(clips, other)["all"]

from dataclasses import replace

import numpy as np
import pytest

from accel.errors import SystoleError
from tests.training.sets import CLIP, Clips, make_set, tones
from training.dataset import Dataset, load_dataset
from training.evaluate import (
    VALIDATION,
    ClipFigures,
    above_floor,
    core,
    evaluate,
    groups,
    held_out,
    judge,
    summary,
)

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


@pytest.fixture(scope="module")
def stem(tmp_path_factory):
    """A set with repeats of its held-out clips at another start phase."""
    folder = tmp_path_factory.mktemp("sets")
    clips = make_set()
    held = list(range(48, 58))
    repeat = {"clip": np.array(held), "clip_samples": CLIP, "rate": 48000}
    rng = np.random.default_rng(5)
    rows = clips.words / clips.fields["scale"]
    again = np.array([tones()(rows[i], np.array(""), rng) for i in held])
    Clips(repeat, again).write(folder / "set_repeat")
    return clips.write(folder / "set")


def looking_up(data: Dataset, change=lambda audio: audio):
    """A model that knows the clips by heart, but changes them."""
    clips = dict(zip(map(bytes, data.control), data.audio, strict=True))
    return lambda rows, phase: change(clips[bytes(rows)]) if bytes(rows) in clips else np.zeros((len(rows) - 1) * 64)


def test_groups_divide_parts_and_bands():
    figures = [replace(BASE, note=note, part=part) for note in (47.9, 48, 72, 90) for part in VALIDATION]
    sizes = {name: len(chosen) for name, chosen in groups(figures).items()}
    assert (sizes["static"], sizes["moving"], sizes["low"], sizes["middle"], sizes["high"]) == (4, 4, 2, 2, 4)
    assert sizes["moving middle"] == 1
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


def test_a_late_and_loud_model_is_found_out(stem):
    data = load_dataset(stem, VALIDATION)
    found = summary(evaluate(looking_up(data, lambda x: 2 * np.roll(x, 40)), data))
    assert found["latency_samples"] == pytest.approx(40, abs=3)
    assert found["level_bias_db"] == pytest.approx(6.02, abs=0.2)
    assert found["loudness_bias_lu"] == pytest.approx(6.02, abs=0.2)


def test_judgement_compares_with_the_repeats(stem):
    data = held_out(stem, ["bright", "other"], "model")
    found = judge(looking_up(data), data, stem)
    assert len(found.clips) == len(found.repeats) == 10
    assert found.summary["lsd_db"] == found.summary["lsd_other_phase_db"] == 0
    own = summary(found.repeats)["lsd_db"]
    assert own > 0
    assert found.summary["lsd_above_floor_db"] == pytest.approx(-own)
    assert "interpolation_error_db" not in found.summary


def test_the_other_phase_is_rendered_where_the_phase_is_known(tiny_set):
    data = held_out(tiny_set, ["bright"], "model")
    phases: list[float] = []

    def render(rows, phase):
        phases.append(phase)
        return np.zeros((len(rows) - 1) * 64, np.float32)

    judge(render, data, tiny_set)
    assert phases == [*data.start_phase, 0.0, 0.0]


def test_sets_that_cannot_judge_are_named(stem, tmp_path):
    with pytest.raises(SystoleError, match=r"model: its knobs are not those of .*set: bright, other"):
        held_out(stem, ["dark"], "model")
    clips = make_set()
    clips.fields["part"] = np.array(["static"] * 58)
    with pytest.raises(SystoleError, match="no held-out clips"):
        held_out(clips.write(tmp_path / "train"), ["bright", "other"], "model")

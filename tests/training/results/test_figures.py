import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from accel.program import Knob
from tests.training.sets import make_set
from training.measure.evaluation import held_out, judge
from training.model.subject import Subject
from training.results.evaluation_pictures import draw_evaluation, nearest_clips, spread_of_clips
from training.results.figures import LABELS, document, group_table, label, table


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """Subject, data and evaluation of a model that answers half as loud as the set."""
    stem = make_set().write(tmp_path_factory.mktemp("sets") / "set")
    data = held_out(stem, ["bright", "other"], "model")
    clips = dict(zip(map(bytes, data.control), data.audio, strict=True))
    silence = np.zeros((data.control.shape[1] - 1) * 64, np.float32)

    def render(rows, phase):
        return 0.5 * clips.get(bytes(rows), silence)

    knobs = (Knob("bright", "Bright"), Knob("other", "Other"))
    subject = Subject("half", "integers", "c0ffee", knobs, True, 0, render, None)
    return subject, data, judge(render, data, [])


@pytest.fixture(scope="module")
def with_repeats(judged):
    """The same, where the synth's repeats are as far from it as its clips."""
    _, _, evaluation = judged
    return replace(evaluation, repeats=evaluation.clips, summary=evaluation.summary | {"lsd_above_floor_db": 0.0})


def test_the_table_tells_each_part(judged):
    _, _, evaluation = judged
    heads, *rows = table(evaluation)
    assert heads == ["FIGURE", "UNIT", "ALL", "STATIC", "MOVING"]
    found = {row[0]: row[1:] for row in rows}
    assert found["Level bias"] == ["dB", *["-6.021"] * 3]
    assert found["Pitch error, median"][3] == ""  # moving clips have no pitch to be measured
    assert all(len(row) == len(heads) for row in rows)


def test_the_table_has_floor_and_float_beside(judged, with_repeats):
    floats = replace(judged[2], summary={"level_bias_db": -1.0, "interpolation_error_db": -70.0})
    heads, *rows = table(with_repeats, floats)
    assert heads[-2:] == ["FLOAT", "SYNTH ITSELF"]
    found = {row[0]: row[1:] for row in rows}
    assert found["Level bias"][-2:] == ["-1.000", "-6.021"]
    assert found["Interpolated against per-sample control, worst"][1:] == ["", "", "", "-70.0", ""]
    distance = found["Log-spectral distance"][-1]
    assert found["... from another start phase"][-1] == distance != ""
    assert found["... of that, beyond the synth's own"][1:] == ["0.000", "0.000", "0.000", "", ""]


def test_the_second_table_tells_parts_and_bands(judged, with_repeats):
    _, data, evaluation = judged
    heads, *rows = group_table(with_repeats, evaluation)
    assert heads[:6] == ["CLIPS", "NUMBER", "LSD", "FLOAT'S LSD", "OTHER PHASE", "SYNTH ITSELF"]
    found = {row[0]: dict(zip(heads, row, strict=True)) for row in rows}
    below = sum(np.median(data.control[:, :, 0], axis=1) < 48)
    assert found["All, < 48"]["NUMBER"] == str(below) != "0"
    static, moving = (int(found[f"{part}, < 48"]["NUMBER"]) for part in ("Static", "Moving"))
    assert static + moving == below
    assert found["Moving"]["LSD"] == found["Moving"]["FLOAT'S LSD"] == f"{evaluation.summary['lsd_moving_db']:.3f}"
    assert found["Static"]["BEYOND IT"] == "0.000"
    assert "BEYOND IT" not in group_table(evaluation)[0]


def test_labels_stand_alone():
    assert label("lsd_moving_above_floor_db") == ("Log-spectral distance beyond the synth's own, moving", "dB")
    assert label("lsd_static_db") == ("Log-spectral distance, static", "dB")
    assert label("lsd_other_phase_db") == ("Log-spectral distance from another start phase", "dB")
    assert label("pitch_error_cents") == ("Pitch error, median", "cent")
    assert label("unheard_of") == ("unheard_of", "")


def test_every_figure_has_a_label(judged):
    _, _, evaluation = judged
    shown_by_column = {"lsd_static_db", "lsd_moving_db", "centroid_correlation_static"}
    shown_by_column |= {f"lsd_{band}_notes_db" for band in ("low", "middle", "high")}
    assert evaluation.summary.keys() - shown_by_column <= LABELS.keys()


def test_the_document_holds_all(judged):
    subject, data, evaluation = judged
    found = json.loads(json.dumps(document(subject, Path("sets/set"), evaluation), allow_nan=False))
    assert (found["model"], found["kind"], found["hash"], found["dataset"]) == (
        "half",
        "integers",
        "c0ffee",
        "sets/set",
    )
    assert found["summary"]["level_bias_db"] == pytest.approx(-6.02, abs=0.01)
    assert found["groups"]["static"]["clips"] == 5
    assert [clip["clip"] for clip in found["each"]] == data.index.tolist()
    assert found["synth_against_itself"] is None
    assert found["float"] is None


def test_the_document_has_every_excess_and_the_float_twin(judged, with_repeats):
    subject, _, evaluation = judged
    found = json.loads(json.dumps(document(subject, Path("set"), with_repeats, evaluation), allow_nan=False))
    assert found["groups"]["static"]["lsd_above_floor_db"] == 0
    assert {name for name, each in found["groups"].items() if "lsd_above_floor_db" in each} == set(found["groups"])
    assert any(name.startswith("moving ") for name in found["groups"])
    assert found["synth_against_itself"]["summary"]["lsd_db"] == evaluation.summary["lsd_db"]
    assert found["float"]["summary"] == evaluation.summary


def test_pictures(judged, tmp_path):
    subject, data, evaluation = judged
    paths = draw_evaluation(tmp_path / "new", subject, data, evaluation)
    assert {path.name for path in paths} == {"half_spectrograms.png", "half_clips.png", "half_knobs.png"}
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)
    more = draw_evaluation(tmp_path / "new", subject, data, evaluation, evaluation)
    assert [path.name for path in more if path not in paths] == ["half_quantisation.png"]


def test_the_clips_beside_a_knob_s_sweep_are_the_nearest_to_it(judged):
    _, data, evaluation = judged
    found = nearest_clips(data, evaluation, 1)
    static = [row for row, part in enumerate(data.part) if part == "val_static"]
    order = sorted(static, key=lambda row: abs(data.control[row, 0, 1] - 0.5))
    assert [value for value, _, _ in found] == [data.control[row, 0, 2] for row in order]
    assert found[0][1:] == (evaluation.clips[order[0]].centroid_target, evaluation.clips[order[0]].centroid)


def test_the_spread_is_best_median_and_worst_of_each_part(judged):
    _, _, evaluation = judged
    rows = spread_of_clips(evaluation)
    assert len(rows) == 6
    for part, chosen in (("val_static", rows[:3]), ("val_moving", rows[3:])):
        distances = sorted(f.lsd for f in evaluation.clips if f.part == part)
        assert [evaluation.clips[row].lsd for row in chosen] == [distances[0], distances[2], distances[-1]]

import json
from pathlib import Path

import numpy as np
import pytest

from accel.program import Knob
from tests.training.sets import make_set
from training.evaluate import Evaluation, held_out, judge
from training.evaluation_pictures import draw_evaluation, spread_of_clips
from training.figures import LABELS, document, table
from training.subject import Subject


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
    subject = Subject("half", "integers", "c0ffee", knobs, 0, render, None)
    return subject, data, judge(render, data, stem)


def test_the_table_tells_each_group(judged):
    _, _, evaluation = judged
    heads, *rows = table(evaluation)
    assert heads == ["FIGURE", "UNIT", "ALL", "STATIC", "MOVING", "< 48", "48-72", "> 72"]
    found = {row[0]: row[1:] for row in rows}
    assert found["Level bias"] == ["dB", *["-6.021"] * 6]
    assert found["Pitch error, median"][3] == ""  # moving clips have no pitch to be measured
    assert all(len(row) == len(heads) for row in rows)


def test_the_table_has_the_synth_where_there_are_repeats(judged):
    _, _, evaluation = judged
    with_repeats = Evaluation(evaluation.clips, evaluation.summary, evaluation.clips)
    assert table(with_repeats)[0][-1] == "SYNTH ITSELF"


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


def test_pictures(judged, tmp_path):
    subject, data, evaluation = judged
    paths = draw_evaluation(tmp_path / "new", subject, data, evaluation)
    assert {path.name for path in paths} == {"half_spectrograms.png", "half_clips.png", "half_knobs.png"}
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)


def test_the_spread_is_best_median_and_worst_of_each_part(judged):
    _, _, evaluation = judged
    rows = spread_of_clips(evaluation)
    assert len(rows) == 6
    for part, chosen in (("val_static", rows[:3]), ("val_moving", rows[3:])):
        distances = sorted(f.lsd for f in evaluation.clips if f.part == part)
        assert [evaluation.clips[row].lsd for row in chosen] == [distances[0], distances[2], distances[-1]]

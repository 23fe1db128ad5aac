import numpy as np
import pytest

from accel.errors import SystoleError
from training.dataset import load_dataset
from training.evaluate import evaluate, evaluate_weights, repeat_floor, summary, sweeps
from training.recipe import recipe_from
from training.report import write_report
from training.train import train
from training.weights import load_weights


def test_the_synth_itself_scores_perfectly(tiny_set):
    data = load_dataset(tiny_set, ("val_static", "val_moving"))
    clips = dict(zip(map(bytes, data.control), data.audio, strict=True))
    found = summary(evaluate(lambda rows, phase: clips[bytes(rows)], data))
    assert found["lsd_db"] == 0
    assert found["level_bias_db"] == 0
    assert found["snr_db"] > 100
    assert found["pitch_error_cents"] < 0.05
    assert found["centroid_correlation_moving"] == pytest.approx(1)
    assert repeat_floor(tiny_set, data) == []


def test_sweeps_move_one_knob_each():
    clips = sweeps(2, 11)
    assert [np.ptp(clip, axis=0).tolist() for clip in clips] == [[0, 1, 0], [0, 0, 1]]


def test_report_of_a_run(recipe_fields, tiny_set, tmp_path):
    recipe = recipe_from(recipe_fields)
    train(recipe, tiny_set.parent, tmp_path / "run", compiled=False)
    figures = write_report(recipe, tiny_set.parent, tmp_path / "run", tmp_path / "weights", tmp_path / "out")
    assert {"lsd_db", "interpolation_error_db", "pitch_error_cents"} <= figures.keys()
    _, meta = load_weights(tmp_path / "weights" / "tiny.safetensors")
    assert meta["metrics"]["lsd_db"] == figures["lsd_db"]
    text = (tmp_path / "out" / "tiny.md").read_text()
    assert "Log-spectral distance" in text
    for picture in ("spectrograms", "knobs", "clips", "training"):
        assert f"tiny_{picture}.png" in text
        assert (tmp_path / "out" / f"tiny_{picture}.png").read_bytes().startswith(b"\x89PNG")


def test_weights_of_other_knobs_are_refused(recipe_fields, tiny_set, tmp_path):
    knob = {**recipe_fields["knobs"][0], "id": "dark"}
    recipe = recipe_from({**recipe_fields, "knobs": [knob], "steps": 1})
    path = train(recipe, tiny_set.parent, tmp_path, compiled=False)
    with pytest.raises(SystoleError, match="its knobs are not those of"):
        evaluate_weights(path, tiny_set)

import re

import numpy as np
import pytest

from accel.errors import SystoleError
from training.data.dataset import load_dataset
from training.evaluate import evaluate_weights
from training.measure.evaluation import evaluate, repeat_floor, sweeps
from training.measure.summaries import summary
from training.model.weights import load_weights
from training.report import main, write_report
from training.run.recipe import recipe_from
from training.train import train


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


@pytest.fixture(scope="module")
def recipe(recipe_fields):
    return recipe_from({**recipe_fields, "description": "A <test> & more."})


@pytest.fixture(scope="module")
def reported(recipe, tiny_set, tmp_path_factory):
    """Folder of a run's report, and what `write_report` returned."""
    out = tmp_path_factory.mktemp("report")
    train(recipe, tiny_set.parent, out / "run", compiled=False)
    return out, write_report(recipe, tiny_set.parent, out / "run", out / "weights", out / "out")


def test_report_of_a_run(reported):
    out, figures = reported
    assert {"lsd_db", "pitch_error_cents", "quantisation_snr_db"} <= figures.keys()
    _, meta = load_weights(out / "weights" / "tiny.safetensors")
    floats = meta["metrics"]
    assert {"steps", "minutes", "interpolation_error_db", "lsd_other_phase_db"} <= floats.keys()
    assert floats["lsd_db"] == pytest.approx(figures["lsd_db"] - figures["quantisation_lsd_db"], abs=2e-4)
    text = (out / "out" / "tiny.md").read_text()
    assert "| Log-spectral distance | dB |" in text
    assert "FLOAT" in text
    for picture in ("spectrograms", "knobs", "clips", "quantisation", "training"):
        assert f"tiny_{picture}.png" in text
        assert (out / "out" / f"tiny_{picture}.png").read_bytes().startswith(b"\x89PNG")


def test_the_html_report_needs_nothing_else(reported):
    text = (reported[0] / "out" / "tiny.html").read_text()
    assert text.count('src="data:image/png;base64,') == 5
    assert not re.search(r"(src|href)=\"(?!data:)|url\(|@import|https?:", text)
    assert "A &lt;test&gt; &amp; more." in text
    for shown in (
        "Static, &lt; 48",
        "Integers against float, SNR, median",
        "Pitch error, worst",
    ):
        assert shown in text


def test_the_command_prints_the_figures(recipe_fields, tiny_set, reported, tmp_path, capsys):
    (tmp_path / "tiny.toml").write_text("seed = 1\n")
    folders = ["--data", str(tiny_set.parent), "--run", "r", "--weights", "w", "--out", "o"]
    assert main([str(tmp_path / "tiny.toml"), *folders]) == 1
    assert "tiny.toml" in capsys.readouterr().err


def test_weights_of_other_knobs_are_refused(recipe_fields, tiny_set, tmp_path):
    knob = {**recipe_fields["knobs"][0], "id": "dark"}
    recipe = recipe_from({**recipe_fields, "knobs": [knob], "steps": 1})
    path = train(recipe, tiny_set.parent, tmp_path, compiled=False)
    with pytest.raises(SystoleError, match="its knobs are not those of"):
        evaluate_weights(path, tiny_set)

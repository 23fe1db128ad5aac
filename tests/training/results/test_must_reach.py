import pytest

from training.results.figures import label
from training.results.must_reach import ANY, BARS, Bar, bars_of, verdicts


@pytest.mark.parametrize(
    ("bar", "reached", "missed"),
    [
        (Bar("lsd_db", 1.4), (1.4, -3.0), (1.41,)),
        (Bar("snr_db", 25.0, at_least=True), (25.0, 60.0), (24.9, -30.0)),
        (Bar("level_bias_db", 0.3, either_sign=True), (0.3, -0.3, 0.0), (0.31, -0.31)),
        (Bar("floor_db", -80.0), (-80.0, -94.0), (-79.9, 0.0)),
    ],
)
def test_a_bar_is_reached_on_its_own_side(bar, reached, missed):
    assert all(bar.met(value) for value in reached)
    assert not any(bar.met(value) for value in missed)


def test_what_bars_say():
    assert Bar("lsd_db", 1.4).text == "<= 1.4 dB"
    assert Bar("centroid_correlation", 0.985, at_least=True).text == ">= 0.985"
    assert Bar("level_bias_db", 0.3, either_sign=True).text == "|x| <= 0.3 dB"


def test_every_bar_is_on_a_figure_with_a_label():
    for model in [*BARS, "any other"]:
        for bar in bars_of(model):
            assert label(bar.figure) != (bar.figure, ""), bar


def test_noise_is_not_held_to_a_pitch():
    figures = {model: {bar.figure for bar in bars_of(model)} for model in BARS}
    assert "pitch_error_worst_cents" in figures["waveshaping"]
    assert figures["waveshaping"] - figures["noise"] == {"pitch_error_worst_cents"}
    assert bars_of("a user's own") == ANY


def test_verdicts_of_a_summary():
    summary = {"lsd_static_above_floor_db": 2.5, "lsd_moving_above_floor_db": 2.6, "quantisation_lsd_db": -0.2}
    found = {each.bar.figure: each.reached for each in verdicts("additive", summary)}
    assert found == {
        "lsd_static_above_floor_db": True,
        "lsd_moving_above_floor_db": False,
        "quantisation_lsd_db": False,
        "quantisation_snr_db": None,
    }

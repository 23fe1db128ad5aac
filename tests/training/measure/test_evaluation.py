import numpy as np
import pytest

from accel.errors import SystoleError
from tests.training.sets import CLIP, Clips, make_set, tones
from training.data.dataset import Dataset, load_dataset
from training.measure.evaluation import VALIDATION, evaluate, held_out, judge, repeat_floor
from training.measure.summaries import summary


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


def test_a_late_and_loud_model_is_found_out(stem):
    data = load_dataset(stem, VALIDATION)
    found = summary(evaluate(looking_up(data, lambda x: 2 * np.roll(x, 40)), data))
    assert found["latency_samples"] == pytest.approx(40, abs=3)
    assert found["level_bias_db"] == pytest.approx(6.02, abs=0.2)
    assert found["loudness_bias_lu"] == pytest.approx(6.02, abs=0.2)


def test_judgement_compares_with_the_repeats(stem):
    data = held_out(stem, ["bright", "other"], "model")
    found = judge(looking_up(data), data, repeat_floor(stem, data))
    assert found.other is found.clips  # no phase is known
    np.testing.assert_array_equal(found.outputs[3], data.audio[3])
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

    found = judge(render, data, [])
    assert phases == [*data.start_phase, 0.0, 0.0]
    assert (len(found.other), "lsd_other_phase_db" in found.summary) == (2, True)
    phases.clear()
    found = judge(render, data, [], other_phase=False)
    assert phases == [*data.start_phase]
    assert (found.other, "lsd_other_phase_db" in found.summary) == ([], False)


def test_noise_has_no_pitch_to_be_measured(tiny_set):
    data = held_out(tiny_set, ["bright"], "model")
    pitched, noise = (summary(evaluate(looking_up(data), data, pitched)) for pitched in (True, False))
    assert set(pitched) - set(noise) == {
        "harmonic_lsd_db",
        "pitch_error_cents",
        "pitch_error_worst_cents",
        "snr_db",
        "snr_worst_decile_db",
    }
    assert noise["lsd_db"] == pitched["lsd_db"]


def test_a_clip_s_note_is_its_median(stem):
    data = load_dataset(stem, VALIDATION)
    data.control[7, :, 0] = 90.0
    data.control[7, :20, 0] = 40.0  # a jump early on: the mean lies between
    assert evaluate(lambda rows, phase: np.zeros((len(rows) - 1) * 64), data)[7].note == 90.0


def test_sets_that_cannot_judge_are_named(stem, tmp_path):
    with pytest.raises(SystoleError, match=r"model: its knobs are not those of .*set: bright, other"):
        held_out(stem, ["dark"], "model")
    clips = make_set()
    clips.fields["part"] = np.array(["static"] * 58)
    with pytest.raises(SystoleError, match="no held-out clips"):
        held_out(clips.write(tmp_path / "train"), ["bright", "other"], "model")

import numpy as np
import pytest

from tests.training.sets import make_set, tones
from training.checks.alignment import frequency, pitch_lag
from training.data.dataset import decode_control


def notes_and_audio(delay: float, semitones: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    clips = make_set(tones(delay, semitones))
    control = decode_control(clips.fields["ctl_delta"], clips.fields["scale"])
    return control[:, :, 0], clips.audio.astype(np.float32)


@pytest.mark.parametrize("delay", [0.0, 5.5, -120.0])
def test_the_lag_of_the_pitch_to_a_sample(delay):
    found = pitch_lag(*notes_and_audio(delay))
    assert found.samples == pytest.approx(delay, abs=1.5)
    assert 0 < found.error < 2
    assert found.clips > 10


def test_a_lag_in_spite_of_a_wrong_tuning():
    found = pitch_lag(*notes_and_audio(200.0, semitones=0.15))
    assert found.samples == pytest.approx(200, abs=3)
    assert found.cents == pytest.approx(15, abs=1)


def test_noise_has_no_lag():
    note, audio = notes_and_audio(0.0)
    assert pitch_lag(note, np.random.default_rng(1).uniform(-1, 1, audio.shape).astype(np.float32)) is None


def test_sound_of_other_clips_has_no_lag():
    note, audio = notes_and_audio(0.0)
    assert pitch_lag(note, np.roll(audio, 7, axis=0)) is None


def test_notes_that_rest_tell_nothing():
    note, audio = notes_and_audio(0.0)
    assert pitch_lag(note[:20], audio[:20]) is None


def test_silence_tells_nothing():
    note, audio = notes_and_audio(0.0)
    assert pitch_lag(note, 0 * audio) is None


def test_frequency_is_exponential_between_rows():
    hz = frequency(np.array([69.0, 81.0, 81.0]), 128)
    np.testing.assert_allclose(hz[[0, 32, 64, 100]], [440, 440 * 2**0.5, 880, 880], rtol=1e-12)

import numpy as np
import pytest

from tests.training.sets import make_set, tones
from training.checks.tuning import has_steady_clips, tuning
from training.data.dataset import decode_control


def notes_and_audio(semitones: float) -> tuple[np.ndarray, np.ndarray]:
    clips = make_set(tones(semitones=semitones))
    control = decode_control(clips.fields["ctl_delta"], clips.fields["scale"])
    return control[:, :, 0], clips.audio.astype(np.float32)


@pytest.mark.parametrize("semitones", [0.0, 0.03, -0.32, 1.0, 7.0, 12.0, -12.0, 24.0])
def test_an_offset_is_found(semitones):
    found = tuning(*notes_and_audio(semitones))
    assert found.cents == pytest.approx(100 * semitones, abs=0.3)
    assert found.error < 0.3


def test_two_detuned_oscillators_do_not_hide_the_note():
    note, audio = notes_and_audio(0.0)
    second = notes_and_audio(4.37)[1]
    assert tuning(note, audio + 0.7 * second).cents == pytest.approx(0, abs=1)


def test_noise_has_no_tuning():
    note, audio = notes_and_audio(0.0)
    assert tuning(note, np.random.default_rng(1).uniform(-1, 1, audio.shape).astype(np.float32)) is None


def test_moving_and_silent_clips_are_left_out():
    note, audio = notes_and_audio(0.0)
    assert has_steady_clips(note, audio)
    assert not has_steady_clips(note[20:48], audio[20:48])
    assert not has_steady_clips(note, 0 * audio)
    assert tuning(note[20:48], audio[20:48]) is None

import numpy as np
import pytest

from tests.training.sets import hiss, make_set
from training.checks.level_lag import level_lag, moving_clips
from training.data.dataset import decode_control


def control_and_audio(delay: float) -> tuple[np.ndarray, np.ndarray]:
    clips = make_set(hiss(delay))
    return decode_control(clips.fields["ctl_delta"], clips.fields["scale"]), clips.audio.astype(np.float32)


@pytest.mark.parametrize("delay", [0, -700])
def test_the_lag_of_a_level_to_half_a_row(delay):
    assert level_lag(*control_and_audio(delay)) == pytest.approx(delay, abs=32)


def test_steady_noise_follows_nothing():
    control, audio = control_and_audio(0)
    noise = np.random.default_rng(2).uniform(-1, 1, audio.shape).astype(np.float32)
    assert level_lag(control, noise) is None


def test_only_clips_that_move_and_sound_count():
    control, audio = control_and_audio(0)
    audio[25] = 0
    assert moving_clips(control, audio).tolist() == [*range(20, 25), *range(26, 48), *range(53, 58)]
    assert level_lag(control[:20], audio[:20]) is None

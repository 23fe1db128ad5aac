"""A memory that was put into a set of clips is found again, and no other."""

import numpy as np
import pytest

from accel.errors import SystoleError
from accel.follower_spec import LEVELS, FollowerSpec, followed_knobs
from training.data.dataset import Dataset
from training.data.memory import WINDOW, measure_memory
from training.followers import main, toml

RATE, HOP, ROWS = 48_000, 64, 376


def clips(spec: FollowerSpec | None, count: int = 40) -> Dataset:
    """Noise whose level follows its first knob, through a memory, and its second one at once: half a second each."""
    rng = np.random.default_rng(3)
    knobs = np.stack([_steps(rng, ROWS) for _ in range(2 * count)]).reshape(count, 2, ROWS).transpose(0, 2, 1)
    heard = followed_knobs([spec], knobs) if spec else knobs
    level = np.repeat(-50 + 40 * heard[..., 0] + 6 * heard[..., 1] ** 2, HOP, axis=1)[:, : (ROWS - 1) * HOP]
    audio = rng.normal(0, 1, level.shape) * 10 ** (level / 20)
    note = np.full((count, ROWS, 1), 60.0)
    part = tuple("val_moving" if index % 8 == 0 else "moving" for index in range(count))
    control = np.concatenate([note, knobs], axis=2)
    return Dataset("test", ("level", "other"), control, audio.astype(np.float32), part, np.arange(count), None)


def _steps(rng: np.random.Generator, rows: int) -> np.ndarray:
    """Held values that jump now and then."""
    return rng.uniform(0, 1, rows // 20 + 1).repeat(20)[:rows]


def test_one_release_is_found():
    found = measure_memory(clips(FollowerSpec(1, 0.01, (0.06,))), "level", evaluations=90)
    assert found.follower.knob == 1
    assert found.follower.attack == pytest.approx(0.01, rel=0.25)
    np.testing.assert_allclose(found.follower.release, 0.06, rtol=0.25)
    alone, one = found.errors["its voltage"], found.errors["one release"]
    assert one < 0.5 * alone


def test_a_release_by_level_is_found():
    true = tuple(np.interp(LEVELS, [0, 1], [0.04, 0.2]).tolist())
    found = measure_memory(clips(FollowerSpec(1, 0.0, true)), "level")
    np.testing.assert_allclose(found.follower.release[3:], true[3:], rtol=0.25)  # lower levels are hardly reached
    assert found.errors["a release by level"] < 0.97 * found.errors["one release"]


def test_a_knob_without_memory_is_no_slower_than_the_window():
    found = measure_memory(clips(None), "level", evaluations=60)
    assert max(found.follower.attack, *found.follower.release) < WINDOW / RATE
    assert found.errors["nothing"] > 1.5 * found.errors["its voltage"]


def test_a_knob_that_is_not_there_or_never_moves_is_refused(tmp_path, capsys):
    data = clips(None, 8)
    with pytest.raises(SystoleError, match="5 clips, needed: 6"):
        measure_memory(clips(None, 5), "level")
    with pytest.raises(SystoleError, match="no knob cutoff; there are level, other"):
        measure_memory(data, "cutoff")
    data.control[:, :, 1] = 0.5
    with pytest.raises(SystoleError, match="level never moves within a clip"):
        measure_memory(data, "level")
    assert main([str(tmp_path / "none"), "--knob", "level"]) == 1
    assert str(tmp_path / "none") in capsys.readouterr().err


def test_what_is_printed_is_a_recipes_table():
    import tomllib

    spec = FollowerSpec(4, 0.0, tuple(float(f"{value:.3g}") for value in np.geomspace(0.3, 0.01, len(LEVELS))))
    fields = tomllib.loads(toml(spec))["model"]["followers"][0]
    assert (fields["knob"], fields["attack"], tuple(fields["release"])) == (4, 0.0, spec.release)

"""What a model must beat: the nearest clip is the nearest, and a table plays the waves that it was cut from."""

import numpy as np

from training.baselines import BYTES, cut_wavetable, main, nearest_clips
from training.data.dataset import load_dataset
from training.measure.metrics import pitch_error


def test_a_clip_s_nearest_is_itself_and_no_distance_away(tiny_set):
    data = load_dataset(tiny_set, ("static", "moving"))
    assert all(each.lsd < 1e-6 for each in nearest_clips(data, data))


def test_a_table_plays_a_steady_clip_of_its_own(tiny_set):
    train = load_dataset(tiny_set, ("static",))
    table = cut_wavetable(train, BYTES / 1000)
    assert len(table.points) == 1
    rows = train.control[0]
    sound = table(rows, 0.0)
    hertz = 261.6255653 * 2 ** ((rows[0, 0] - 60) / 12)
    assert abs(pitch_error(sound.astype(float), hertz)) < 1
    spectra = [np.abs(np.fft.rfft(each[1024:5120] * np.hanning(4096))) for each in (sound, train.audio[0])]
    for k in range(1, 4):
        at = round(k * hertz * 4096 / 48000)
        levels = [20 * np.log10(each[at - 2 : at + 3].max()) for each in spectra]
        assert abs(levels[0] - levels[1]) < 0.5


def test_more_memory_holds_more_waves_and_one_seed_the_same(tiny_set):
    train = load_dataset(tiny_set, ("static", "moving"))
    small, large, again = (cut_wavetable(train, kilobytes) for kilobytes in (1.0, 5.0, 5.0))
    assert (len(small.points), len(large.points)) == (3, 19)
    np.testing.assert_array_equal(large.magnitudes, again.magnitudes)
    assert (np.isfinite(large.magnitudes) & (large.magnitudes >= 0)).all()


def test_a_note_s_harmonics_end_before_nyquist(tiny_set):
    table = cut_wavetable(load_dataset(tiny_set, ("static",)), 1.0)
    rows = np.tile([127.0, 0.5], (20, 1))  # harmonic 1 is at 12.5 kHz, harmonic 2 would fold down to 22.9
    spectrum = np.abs(np.fft.rfft(table(rows, 0.0) * np.hanning(19 * 64)))
    assert spectrum[len(spectrum) * 21 // 24 :].max() < 1e-3 * spectrum.max()


def test_command_names_a_set_that_is_missing(tmp_path, capsys):
    assert main([str(tmp_path / "none")]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert "none.npz" in error
    assert error.count("\n") == 1


def test_command_prints_a_line_for_each(tiny_set, capsys):
    assert main([str(tiny_set), "--kilobytes", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["nearest clip", "wavetable, 1 kB"]

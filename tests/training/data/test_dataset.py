from pathlib import Path

import numpy as np
import pytest

from accel.errors import SystoleError
from accel.formats import C4_HZ
from training.data import plaits
from training.data.dataset import decode_control, high_pass, load_dataset, pitch_phase


def test_control_decodes_across_the_wrap_of_16_bits():
    words = np.array([[[65000, 3], [10, 65535], [65535, 0]]], np.uint16)
    delta = np.diff(words, axis=1, prepend=np.zeros((1, 1, 2), np.uint16))
    np.testing.assert_array_equal(decode_control(delta, np.array([512.0, 65535.0])), words / [512.0, 65535.0])


def test_parts_are_chosen_and_audio_follows_control(tiny_set):
    everything = load_dataset(tiny_set, filtered=False)
    held_out = load_dataset(tiny_set, ("val_static", "val_moving"), filtered=False)
    assert everything.knobs == ("bright",)
    assert held_out.part == ("val_static", "val_moving")
    np.testing.assert_array_equal(held_out.index, [3, 4])
    np.testing.assert_array_equal(held_out.audio, everything.audio[3:])
    np.testing.assert_array_equal(held_out.control, everything.control[3:])


def test_phase_rows_place_the_fundamental(tiny_set):
    data = load_dataset(tiny_set, filtered=False)
    for clip in range(len(data)):
        rows = np.unwrap(2 * np.pi * data.phase[clip]) / (2 * np.pi)
        phase = np.interp(np.arange(1024), 64 * np.arange(17), rows[:17])
        fundamental = np.sum(data.audio[clip, :1024] * np.hanning(1024) * np.exp(-2j * np.pi * phase))
        assert abs(np.angle(fundamental) / (2 * np.pi) + 0.25) < 0.01  # a sine lags a cosine by a quarter


def test_high_pass_removes_dc_and_keeps_the_waveform():
    t = np.arange(24000) / 48000
    tone = np.sin(2 * np.pi * 33 * t)
    kept = high_pass((0.3 + tone).astype(np.float32))[9600:-9600]
    assert np.abs(kept - tone[9600:-9600]).max() < 0.01


def test_a_long_clip_keeps_its_phase():
    volts = np.full(376, 2.0)
    assert pitch_phase(volts)[-1] == pytest.approx(0.5 * C4_HZ * 4, rel=1e-12)


def test_plaits_phase_of_a_note_on_its_grid_is_exact():
    phase = plaits.row_phase(np.full(4, 60.0), warm_blocks=10)
    expected = (C4_HZ / 48000 * (120 - plaits.LOST + 64 * np.arange(4))) % 1
    np.testing.assert_allclose(phase, expected, atol=1e-12)


def test_plaits_pitch_is_cut_to_its_table():
    same = plaits.row_phase(np.full(4, 60 + 1 / 512), warm_blocks=10)
    np.testing.assert_array_equal(same, plaits.row_phase(np.full(4, 60.0), warm_blocks=10))


def test_faults_are_named(tiny_set, tmp_path):
    with pytest.raises(SystoleError, match=r"missing\.npz: not a readable dataset"):
        load_dataset(tmp_path / "missing")
    fields = dict(np.load(tiny_set.with_suffix(".npz")))
    for change, message in (
        ({"rate": 44100}, "rate is 44100; it must be 48000"),
        ({"columns": np.array(["bright", "note"])}, "the first must be note"),
        ({"clip_samples": 3200}, "samples of 1 channels"),
    ):
        stem = _copy(tiny_set, tmp_path / "broken", {**fields, **change})
        with pytest.raises(SystoleError, match=message):
            load_dataset(stem)
    del fields["part"]
    with pytest.raises(SystoleError, match="field part is missing"):
        load_dataset(_copy(tiny_set, tmp_path / "broken", fields))


def _copy(stem: Path, to: Path, fields: dict) -> Path:
    np.savez(to.with_suffix(".npz"), **fields)
    to.with_suffix(".flac").write_bytes(stem.with_suffix(".flac").read_bytes())
    return to


def test_a_share_of_the_clips_is_spread_over_every_part(tiny_set):
    whole = load_dataset(tiny_set)
    half = whole.spread(0.5)
    assert sorted(half.part) == sorted(["static", "moving", "val_static", "val_moving"])
    assert half.audio.shape[0] == len(half) == len(half.phase) == 4
    for row, clip in enumerate(half.index):
        np.testing.assert_array_equal(half.audio[row], whole.audio[clip])
        np.testing.assert_array_equal(half.control[row], whole.control[clip])
        np.testing.assert_array_equal(half.phase[row], whole.phase[clip])
    assert whole.spread(1.0).index.tolist() == whole.index.tolist()

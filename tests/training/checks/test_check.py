"""Every fault that the check of a data set knows, planted one by one into a set that has none."""

from pathlib import Path

import numpy as np
import pytest

from tests.training.sets import CLIP, Clips, hiss, make_set, tones
from training.checks.check import Report, check_dataset, set_stem


@pytest.fixture(scope="module")
def good() -> Clips:
    return make_set()


@pytest.fixture
def clips(good: Clips) -> Clips:
    return Clips(dict(good.fields), good.audio.copy())


def check(clips: Clips, folder: Path, **options: int) -> Report:
    return check_dataset(clips.write(folder / "set", **options))


def found(report: Report, field: str) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(each.severity, each.found, each.clips) for each in report.findings if each.field == field]


def test_a_good_set_has_no_findings(clips: Clips, tmp_path: Path) -> None:
    report = check(clips, tmp_path)
    assert report.findings == ()
    assert report.facts["clips"] == 58
    assert report.facts["parts"] == {"static": 20, "moving": 28, "val_static": 5, "val_moving": 5}
    assert report.facts["lag_from"] == "pitch"
    assert abs(report.facts["lag_samples"]) < 1.5
    assert abs(report.facts["tuning_cents"]) < 0.1


@pytest.mark.parametrize(
    ("change", "field", "text"),
    [
        ({"part": None}, "part", "is missing"),
        ({"ctl_delta": lambda a: a.astype(np.int32)}, "ctl_delta", "int32"),
        ({"ctl_delta": lambda a: a[:, :, 0]}, "ctl_delta", "[58, 101]"),
        ({"ctl_delta": lambda a: a[:0]}, "part", "N is 58"),
        ({"part": lambda a: a[:-1]}, "part", "N is 57"),
        ({"scale": lambda a: a[:-1]}, "scale", "C is 2"),
        ({"scale": lambda a: a * np.nan}, "scale", "not finite"),
        ({"scale": lambda a: a * 0}, "scale", "0.0"),
        ({"rate": lambda a: 44100}, "rate", "44100 Hz"),
        ({"rate": lambda a: np.array([48000])}, "rate", "[1]"),
        ({"hop": lambda a: 32}, "hop", "32"),
        ({"clip_samples": lambda a: CLIP - 64}, "ctl_delta", "101 rows for 6336 samples"),
        ({"clip_samples": lambda a: 1000}, "clip_samples", "1000"),
        ({"columns": lambda a: a[::-1]}, "columns", "other, bright, note"),
        ({"columns": lambda a: np.array(["note", "same", "same"])}, "columns", "note, same, same"),
        ({"part": lambda a: np.where(a == "static", "sttaic", a)}, "part", "sttaic: no known part"),
        ({"part": lambda a: np.char.replace(a, "val_", "")}, "part", "no held-out clips"),
        ({"part": lambda a: np.array(["val_static"] * 20 + ["val_moving"] * 38)}, "part", "no clips to train on"),
        ({"scale": lambda a: a / [2, 1, 1]}, "note", "to 155"),
        ({"scale": lambda a: a / [1, 2, 1]}, "bright", "to 2"),
        ({"phase_before_warmup": lambda a: np.full(58, np.nan)}, "phase_before_warmup", "not finite"),
        ({"warm_blocks": lambda a: np.full(58, -1)}, "warm_blocks", "-1"),
    ],
)
def test_faulty_fields_are_errors(clips: Clips, tmp_path: Path, change: dict, field: str, text: str) -> None:
    for name, make in change.items():
        clips.fields[name] = make(clips.fields.get(name)) if make else None
        if make is None:
            del clips.fields[name]
    report = check(clips, tmp_path)
    assert report.errors
    assert any(severity == "error" and text in words for severity, words, _ in found(report, field)), report.findings


@pytest.mark.parametrize(
    ("change", "field", "text"),
    [
        ({"warm_blocs": np.zeros(58, int)}, "warm_blocs", "unknown field"),
        ({"phase_before_warmup": np.full(58, 3.0)}, "phase_before_warmup", "radians"),
    ],
)
def test_odd_fields_are_warnings(clips: Clips, tmp_path: Path, change: dict, field: str, text: str) -> None:
    clips.fields |= change
    report = check(clips, tmp_path)
    assert [(each.severity, each.field) for each in report.findings] == [("warning", field)]
    assert text in report.findings[0].found


def test_missing_and_unreadable_files(clips: Clips, tmp_path: Path) -> None:
    assert "no such" in check_dataset(tmp_path / "nothing").findings[0].found.lower()
    stem = clips.write(tmp_path / "set")
    stem.with_suffix(".flac").write_bytes(b"fLaC and nothing else")
    assert found(check_dataset(stem), "audio")[0][0] == "error"
    stem.with_suffix(".flac").unlink()
    assert "not readable" in found(check_dataset(stem), "audio")[0][1]
    stem.with_suffix(".npz").write_bytes(b"PK\x03\x04 broken")
    assert found(check_dataset(stem), "file")[0][0] == "error"
    np.savez(stem.with_suffix(".npz"), part=np.array([None], object))
    assert found(check_dataset(stem), "file")[0][0] == "error"  # a pickle is never opened


def test_every_file_of_a_set_names_it() -> None:
    for name in ("va", "va.npz", "va.flac", "va_repeat", "va_repeat.npz", "va_repeat.flac"):
        assert set_stem(Path("data") / name) == Path("data/va")


def test_audio_of_another_rate_length_or_width(clips: Clips, tmp_path: Path) -> None:
    assert found(check(clips, tmp_path, rate=44100), "audio") == [("error", "44100 Hz", ())]
    whole = clips.audio
    clips.audio = whole[:-1]
    assert "57.00 clips" in found(check(clips, tmp_path), "audio")[0][1]
    clips.audio = np.stack([whole, whole], 2)
    assert found(check(clips, tmp_path), "audio") == [("error", "2 channels", ())]


def test_samples_that_are_no_numbers(clips: Clips, tmp_path: Path) -> None:
    clips.audio[7, 100] = np.nan
    clips.audio[9, 5] = np.inf
    assert found(check(clips, tmp_path), "audio") == [
        ("error", "samples that are not finite (NaN or infinite)", (7, 9))
    ]


def test_clipping_silence_offset_and_quiet_clips(clips: Clips, tmp_path: Path) -> None:
    clips.audio[3] = np.clip(20 * clips.audio[3], -1, 1)
    clips.audio[4, 1000:1002] = 1.0  # two samples at full scale: a peak, not clipping
    clips.audio[5] *= 1e-4
    clips.audio[6] += 0.3
    clips.audio[8] *= 0.02
    report = check(clips, tmp_path)
    assert report.errors == 0
    assert [clip for _, _, clip in found(report, "clipping")] == [(3,)]
    assert [clip for _, _, clip in found(report, "DC")] == [(6,)]
    assert [clip for _, _, clip in found(report, "level")] == [(5,), (8,)]
    assert "0.3" in found(report, "DC")[0][1]


def test_a_set_of_silence_is_an_error(clips: Clips, tmp_path: Path) -> None:
    clips.audio *= 0
    assert [severity for severity, *_ in found(check(clips, tmp_path), "level")] == ["error"]


def test_held_out_controls_that_training_saw(clips: Clips, tmp_path: Path) -> None:
    words = clips.words
    words[50], words[51] = words[2], words[3] + np.array([2, 20, 20], np.uint16)
    clips.words = words
    report = check(clips, tmp_path)
    (error, _, equal), (warning, _, near) = found(report, "part")
    assert (error, equal, warning, near) == ("error", (50,), "warning", (51,))


def test_parts_that_do_not_say_what_moves(clips: Clips, tmp_path: Path) -> None:
    part = clips.fields["part"].copy()
    part[[0, 30]] = part[[30, 0]]
    clips.fields["part"] = part
    assert {(text, clip) for _, text, clip in found(check(clips, tmp_path), "part")} == {
        ("static clips whose controls move", (30,)),
        ("moving clips whose controls rest", (0,)),
    }


def test_controls_that_do_not_cover_their_range(clips: Clips, tmp_path: Path) -> None:
    words = clips.words
    values = words / clips.fields["scale"]
    values[:48, :, 0] = 50 + (values[:48, :, 0] - 40) / 4
    values[:48, :, 1] = np.where(values[:48, :, 1] < 0.6, values[:48, :, 1] / 2, values[:48, :, 1])
    values[:, :, 2] = 0.2 + 0.5 * values[:, :, 2]
    clips.words = np.round(values * clips.fields["scale"])
    report = check(clips, tmp_path)
    assert report.errors == 0
    note = [text for _, text, _ in found(report, "note")]
    assert any(text.startswith("covers") for text in note)
    assert any("beyond what is trained" in text for text in note)
    assert [text for _, text, _ in found(report, "bright")] == ["nothing between 0.2999 and 0.6008"]
    assert [text for _, text, _ in found(report, "other")] == ["covers 0.2 to 0.7"]


def test_too_few_clips(clips: Clips, tmp_path: Path) -> None:
    keep = np.r_[20:40, 53:56]  # moving clips only
    clips.fields["part"] = clips.fields["part"][keep]
    clips.words, clips.audio = clips.words[keep], clips.audio[keep]
    texts = [text for _, text, _ in found(check(clips, tmp_path), "part")]
    assert any(text.startswith("20 clips to train on") for text in texts)
    assert any(text.startswith("3 held-out clips") for text in texts)
    assert any(text.startswith("no static clips") for text in texts)


@pytest.mark.parametrize("shift", [8, 40, -300, 1500])
def test_a_time_shift_is_measured(tmp_path: Path, shift: int) -> None:
    report = check(make_set(tones(delay=shift)), tmp_path)
    assert report.facts["lag_samples"] == pytest.approx(shift, abs=3)
    warned = found(report, "time shift")
    assert bool(warned) == (abs(shift) > 16)
    if warned:
        assert warned[0][0] == "warning"
        assert ("after" if shift > 0 else "before") in warned[0][1]


@pytest.mark.parametrize("shift", [0, 400])
def test_a_time_shift_of_noise_is_measured_by_its_level(tmp_path: Path, shift: int) -> None:
    report = check(make_set(hiss(delay=shift)), tmp_path)
    assert report.facts["lag_from"] == "levels"
    assert report.facts["lag_samples"] == pytest.approx(shift, abs=32)
    assert bool(found(report, "time shift")) == (shift > 64)


def test_sound_that_has_nothing_to_do_with_its_controls(clips: Clips, tmp_path: Path) -> None:
    clips.audio = np.random.default_rng(1).uniform(-0.3, 0.3, clips.audio.shape)
    report = check(clips, tmp_path)
    assert "no lag" in found(report, "time shift")[0][1]
    assert "no pitch" in found(report, "tuning")[0][1]


@pytest.mark.parametrize(("semitones", "words"), [(0.1, "+10.0 cents"), (12, "+12.00 semitones"), (-5, "-5.00 semi")])
def test_a_wrong_tuning_is_measured(tmp_path: Path, semitones: float, words: str) -> None:
    report = check(make_set(tones(semitones=semitones)), tmp_path)
    assert report.facts["tuning_cents"] == pytest.approx(100 * semitones, abs=0.2)
    assert words in found(report, "tuning")[0][1]


def repeats(clips: Clips, clip: list[int], change: dict) -> Clips:
    fields = {"clip": np.array(clip), "clip_samples": CLIP, "rate": 48000, **change}
    return Clips(fields, clips.audio[np.clip(clip, 0, len(clips.audio) - 1)])


@pytest.mark.parametrize(
    ("clip", "change", "severity", "text"),
    [
        ([50, 57], {}, None, ""),
        ([50, 58], {}, "error", "58"),
        ([50, 3], {}, "warning", "repeats of trained clips"),
        ([50], {"rate": 44100}, "error", "44100 Hz"),
        ([50], {"clip_samples": 3200}, "error", "3200"),
        ([50], {"clip": np.array([50.0])}, "error", "float64"),
    ],
)
def test_repeats(clips: Clips, tmp_path: Path, clip: list[int], change: dict, severity: str | None, text: str) -> None:
    repeats(clips, clip, change).write(tmp_path / "set_repeat")
    report = check(clips, tmp_path)
    if severity is None:
        assert report.findings == ()
    else:
        assert report.findings[0].severity == severity
        assert report.findings[0].field.startswith("repeat: ")
        assert text in report.findings[0].found


def test_a_report_is_json(clips: Clips, tmp_path: Path) -> None:
    import json

    clips.audio[5] *= 0
    document = json.loads(json.dumps(check(clips, tmp_path).as_dict(), allow_nan=False))
    assert (document["errors"], document["warnings"]) == (0, 1)
    assert document["findings"][0]["clips"] == [5]


def test_many_clips_are_named_and_counted(clips: Clips, tmp_path: Path) -> None:
    clips.audio[10:40] += 0.1
    assert check(clips, tmp_path).findings[0].named_clips == "10, 11, 12, 13, 14, 15, 16, 17 and 22 more"

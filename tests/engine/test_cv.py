"""Control voltages: the three file kinds agree, and bad ones give one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from accel.errors import SystoleError
from engine.cv import load_cv

ROWS = 151


@pytest.fixture
def columns() -> dict[str, np.ndarray]:
    time = np.arange(ROWS) / 750
    return {"volts": time * 3, "gate": (time % 0.1 < 0.06).astype(float), "cutoff": time * 4, "level": 1 - time}


def write_csv(path: Path, columns: dict[str, np.ndarray]) -> Path:
    lines = [",".join(columns)] + [",".join(map(repr, row)) for row in np.stack(list(columns.values()), 1).tolist()]
    path.write_text("\n".join(lines) + "\n")
    return path


def write_npz(path: Path, columns: dict[str, np.ndarray]) -> Path:
    np.savez(path, columns=np.array(list(columns)), controls=np.stack(list(columns.values()), 1))
    return path


def test_csv_npz_and_wav_agree(tmp_path: Path, columns) -> None:
    first = load_cv(write_csv(tmp_path / "a.csv", columns))
    second = load_cv(write_npz(tmp_path / "a.npz", columns))
    third = {}
    for rate in (48_000, 96_000, 44_100):
        samples = (ROWS - 1) * rate // 750 + 1
        time = np.arange(samples) / rate
        volts = [time * 3, np.where(time % 0.1 < 0.06, 5.0, 0.0), time * 4 * 5, (1 - time) * 5]
        path = tmp_path / f"{rate}.wav"
        soundfile.write(path, np.stack(volts, 1) / 8.192, rate, subtype="FLOAT")
        third[rate] = load_cv(path, {"volts": 0, "gate": 1, "cutoff": 2, "level": 3})
    assert first.rows == second.rows == third[48_000].rows == ROWS and first.samples == 9600
    for take, tolerance in ((second, 0), (third[48_000], 1e-6), (third[96_000], 1e-6), (third[44_100], 1e-4)):
        assert np.allclose(take.volts, first.volts, atol=tolerance)
        assert np.allclose(take.knobs["cutoff"], first.knobs["cutoff"], atol=tolerance)
        assert np.allclose(take.level, first.level, atol=tolerance)
        assert np.count_nonzero(take.gate != first.gate) <= 1


def test_note_column_is_volts_by_octaves(tmp_path: Path) -> None:
    take = load_cv(write_csv(tmp_path / "a.csv", {"note": np.array([60.0, 72.0, 69.0])}))
    assert take.volts.tolist() == [0, 1, 0.75] and take.gate is None and take.level is None


def test_knob_rows_fill_defaults_and_refuse_unknown_columns(tmp_path: Path) -> None:
    take = load_cv(write_csv(tmp_path / "a.csv", {"note": np.zeros(2) + 60, "b": np.array([0.1, 0.2])}))
    assert take.knob_rows(["a", "b"], [0.7, 0.5]).tolist() == [[0.7, 0.1], [0.7, 0.2]]
    with pytest.raises(SystoleError, match=r"unknown column 'b'; allowed: note, volts, gate, level, a$"):
        take.check_knobs(["a"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ("empty",)),
        ("\n\n", ("empty",)),
        ("cutoff\n0\n1\n", ("note", "volts")),
        ("note,volts\n60,0\n60,0\n", ("both",)),
        ("note,note\n60,60\n60,60\n", ("twice",)),
        ("note,\n60,0\n60,0\n", ("column name",)),
        ("60,0.5\n61,0.5\n", ("column name",)),
        ("note\n60\n", ("1 rows", "2")),
        ("note\n60\nx\n", ("row 2",)),
        ("note,a\n60,1\n60\n", ("row 2", "2")),
        ("note\n60\nnan\n", ("note", "row 1", "allowed")),
        ("note\n60\n500\n", ("note", "row 1", "500")),
        ("volts\n0\n9\n", ("volts", "8.192")),
        ("note,a\n60,0\n60,1.5\n", ("'a'", "1.5", "0 to 1")),
        ("note,gate\n60,0\n60,5\n", ("gate", "0 to 1")),
        ("note,level\n60,0\n60,-1\n", ("level", "0 to 1")),
        ("note\n60\ninf\n", ("note",)),
    ],
)
def test_bad_csv(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(SystoleError) as caught:
        load_cv(path)
    line = str(caught.value)
    assert "bad.csv" in line and "\n" not in line and all(word in line for word in words), line


@pytest.mark.parametrize(
    "arrays",
    [
        {},
        {"columns": np.array(["note"])},
        {"columns": np.array(["note"]), "controls": np.zeros(5)},
        {"columns": np.array(["note"]), "controls": np.zeros((5, 2))},
        {"columns": np.array([1]), "controls": np.zeros((5, 1))},
        {"columns": np.array(["note"]), "controls": np.full((5, 1), np.nan)},
        {"columns": np.array(["note"]), "controls": np.array([["a"], ["b"]])},
        {"columns": np.array(["note"], object), "controls": np.zeros((5, 1))},
        {"columns": np.array(["note"]), "controls": np.zeros((1, 1))},
    ],
)
def test_bad_npz(tmp_path: Path, arrays) -> None:
    path = tmp_path / "bad.npz"
    np.savez(path, **arrays)
    with pytest.raises(SystoleError) as caught:
        load_cv(path)
    assert "bad.npz" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("suffix", ["csv", "npz", "wav"])
@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"RIFF\x00\x00\x00\x00WAVE", b"\x80\x81\xfe\xff" * 9])
def test_broken_files(tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"bad.{suffix}"
    path.write_bytes(data)
    with pytest.raises(SystoleError) as caught:
        load_cv(path, {"volts": 0})
    assert f"bad.{suffix}" in str(caught.value) and "\n" not in str(caught.value)


def test_npy_under_the_name_of_npz(tmp_path: Path) -> None:
    with (tmp_path / "x.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(SystoleError, match="columns"):
        load_cv(tmp_path / "x.npz")


def test_wav_needs_its_channels(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, np.zeros((48_000, 2)), 48_000)
    with pytest.raises(SystoleError, match="channel map"):
        load_cv(path)
    with pytest.raises(SystoleError, match=r"channel 2 for 'gate'; the file has 0 to 1"):
        load_cv(path, {"volts": 0, "gate": 2})
    soundfile.write(path, np.full((48_000, 1), np.nan), 48_000, subtype="FLOAT")
    with pytest.raises(SystoleError, match="not a number"):
        load_cv(path, {"volts": 0})
    soundfile.write(path, np.zeros((0, 1)), 48_000)
    with pytest.raises(SystoleError, match="0 samples"):
        load_cv(path, {"volts": 0})


def test_missing_and_unknown_kind(tmp_path: Path) -> None:
    with pytest.raises(SystoleError, match="cannot be read"):
        load_cv(tmp_path / "none.csv")
    with pytest.raises(SystoleError, match=r"allowed: \.csv, \.npz, \.wav"):
        load_cv(tmp_path / "x.txt")

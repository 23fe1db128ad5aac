"""Control voltages: the three file kinds agree, and bad ones give one line."""

from __future__ import annotations

import zipfile
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


def test_knob_counts_fill_defaults_and_refuse_unknown_columns(tmp_path: Path) -> None:
    take = load_cv(write_csv(tmp_path / "a.csv", {"note": np.zeros(2) + 60, "b": np.array([0.1, 0.2])}))
    assert take.knob_counts(["a", "b"], [0.7, 0.5]).tolist() == [[14_000, 2000], [14_000, 4000]]
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
        ("note\n60\nx\n", ("row 2 (line 3)",)),
        ("note\n\n60\n\n\n61\nx\n", ("row 3 (line 7)",)),
        ("note\n\n60\n\n61\n500\n", ("row 3 (line 6)",)),
        ("note,a\n60,1\n60\n", ("row 2", "2")),
        ("note\n60\nnan\n", ("note", "row 2 (line 3)", "allowed")),
        ("note\n60\n500\n", ("note", "row 2 (line 3)", "500")),
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


def zip_of(path: Path, member: bytes, **arrays) -> Path:
    """An NPZ with the given arrays and `controls.npy` made of these bytes."""
    np.savez(path, **arrays)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("controls.npy", member)
    return path


def npy_header(shape: str, descr: str = "<f8") -> bytes:
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


@pytest.mark.parametrize(
    ("header", "text"),
    [
        (npy_header("(17592186044416, 2)"), "17592186044416 rows; allowed: 2 to"),
        (npy_header("(64800000, 2)"), "ends early|MemoryError|Unable to allocate"),
        (npy_header("(-5, 2)"), "-5 rows"),
        (npy_header("(5, 2)", "|O"), "object"),
        (npy_header("(5, 2)", "<c16"), "complex128"),
        (npy_header("(5, 2)"), "ends early"),
        (b"\x93NUMPY\x03\x00", "3.0"),
        (b"", "NPZ"),
    ],
)
def test_npz_headers_are_checked_before_anything_is_read(tmp_path: Path, header: bytes, text: str) -> None:
    path = zip_of(tmp_path / "bad.npz", header, columns=np.array(["note", "a"]))
    with pytest.raises(SystoleError, match=text) as caught:
        load_cv(path)
    assert "bad.npz" in str(caught.value) and "\n" not in str(caught.value)


def test_damaged_compression_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "bad.npz"
    np.savez_compressed(path, columns=np.array(["note"]), controls=np.random.default_rng(0).uniform(50, 60, (900, 1)))
    data = bytearray(path.read_bytes())
    start = data.index(b"controls.npy") + 60
    for at in range(start, start + 400):
        data[at] ^= 0xA5
    path.write_bytes(data)
    with pytest.raises(SystoleError, match=r"bad\.npz: not a readable NPZ file"):
        load_cv(path)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["<f8", ">f4", "<i2"])
def test_npz_layouts(tmp_path: Path, order, dtype: str) -> None:
    rows = 200_000  # more than one piece
    controls = np.asarray(np.stack([np.arange(rows) % 100, np.arange(rows) % 2], 1), dtype, order)
    np.savez_compressed(tmp_path / "a.npz", columns=np.array(["note", "a"]), controls=controls)
    take = load_cv(tmp_path / "a.npz")
    assert np.array_equal(take.volts, (np.arange(rows) % 100 - 60) / 12)
    assert np.array_equal(take.knobs["a"], np.arange(rows) % 2)


def test_npy_under_the_name_of_npz(tmp_path: Path) -> None:
    with (tmp_path / "x.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(SystoleError, match="columns"):
        load_cv(tmp_path / "x.npz")


@pytest.mark.parametrize("rate", [750, 1000, 8000, 44_100, 48_000])
def test_wav_pieces_make_the_rows_of_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rate: int) -> None:
    signal = np.cumsum(np.random.default_rng(rate).normal(0, 1e-3, (rate // 2 + 7, 2)), axis=0)
    path = tmp_path / "a.wav"
    soundfile.write(path, np.clip(signal, -0.5, 0.5), rate, subtype="DOUBLE")
    whole = load_cv(path, {"volts": 0, "gate": 1})
    half = rate // 1500
    signal = np.clip(signal, -0.5, 0.5)[:, 0] * 8.192
    for row in range(whole.rows):
        middle = min(int(np.rint(row * rate / 750)), len(signal) - 1)
        reach = min(half, middle, len(signal) - 1 - middle)
        assert whole.volts[row] == pytest.approx(signal[middle - reach : middle + reach + 1].mean(), abs=1e-9)
    for chunk in (2, 14, 500, 1300):
        monkeypatch.setattr("engine.cv_wav.CHUNK", chunk)
        pieces = load_cv(path, {"volts": 0, "gate": 1})
        assert np.allclose(pieces.volts, whole.volts, atol=1e-9) and np.array_equal(pieces.gate, whole.gate)


def test_memory_is_that_of_the_rows(tmp_path: Path) -> None:
    """Two minutes at 48 kHz are 92 MB as float64, and 90,000 rows as text several hundred bytes each."""
    import tracemalloc

    rows = 90_000
    wav, text = tmp_path / "a.wav", tmp_path / "a.csv"
    soundfile.write(wav, np.zeros((rows * 64, 2), np.int16), 48_000)
    text.write_text("note,a,b,c\n" + "60.0,0.1,0.2,0.3\n" * rows)
    for path in (wav, text):
        tracemalloc.start()
        take = load_cv(path, {"volts": 0, "a": 1})
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        columns = 1 + len(take.knobs)
        assert take.rows == rows and peak < 12 * rows * columns + 16 * rows + (24 << 20), (path, peak)


def test_messages_stay_on_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a\nb.csv"
    path.write_text('note,"x\ny"\n1,2\n')
    with pytest.raises(SystoleError) as caught:
        load_cv(path)
    assert "\n" not in str(caught.value) and "a\\nb.csv" in str(caught.value)


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

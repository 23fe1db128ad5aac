"""Journals: what is written comes back exactly, and whatever is damaged is one line."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accel.errors import SystoleError
from engine import journal as module
from engine.deck import INBOX
from engine.events import EVENT, Kind, event_array
from engine.journal import Journal, JournalPatch, part_seed, read_journal, write_journal

TEXT = 'schema = 1\nname = "Tiny"\nmodel = "tiny"\n'
ROWS = [
    (0, Kind.OPEN, 7, 0, -1.0),
    (5, Kind.NOTE_ON, 0, 60, 99.5),
    (5, Kind.KNOB, 0, 1, 0.1),
    (90, Kind.BEND, 3, 0, 1 / 3),
]


def journal(rows: list[Any] = ROWS, **fields: Any) -> Journal:
    patches = (
        JournalPatch(7, TEXT, "ab" * 32, 3),
        JournalPatch(8, TEXT, "", 4, [0.1 * key / 128 for key in range(128)]),
    )
    known = {"version": "0.1.0", "form": "vnni", "room": (32, 8), "start": 0, "end": 100, "complete": True, "seed": 1}
    known |= {"patches": patches, "events": event_array(rows), "marks": ((0, "rate", 48_000.0),)}
    return Journal(**(known | fields))


def assert_same(a: Journal, b: Journal) -> None:
    for field in dataclasses.fields(Journal):
        if field.name not in ("events", "where"):
            assert getattr(a, field.name) == getattr(b, field.name), field.name
    assert a.events.dtype == b.events.dtype == EVENT and a.events.tolist() == b.events.tolist()


def test_a_journal_comes_back(tmp_path: Path) -> None:
    for written in (journal(), journal([]), journal(start=5, end=5, rows=[], patches=(), marks=())):
        write_journal(written, tmp_path / "j.json")
        read = read_journal(tmp_path / "j.json")
        assert_same(written, read)
        assert read.where == str(tmp_path / "j.json")
    assert [file.name for file in tmp_path.iterdir()] == ["j.json"]


def test_it_is_json_with_an_event_a_line(tmp_path: Path) -> None:
    write_journal(journal(), tmp_path / "j.json")
    text = (tmp_path / "j.json").read_text()
    document = json.loads(text)
    assert document["schema"] == 1 and document["kind"] == "systole journal" and document["rate"] == 48_000
    assert document["events"] == [list(row) for row in ROWS]
    assert "\n[5,1,0,60,99.5],\n" in text


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1 << 34), st.floats(-1, 1)), max_size=40))
def test_every_number_comes_back_exactly(tmp_path_factory: pytest.TempPathFactory, numbers: list[Any]) -> None:
    path = tmp_path_factory.getbasetemp() / "numbers.json"
    rows = [(time, Kind.BEND, 0, 0, value) for time, value in sorted(numbers)]
    written = journal(rows, end=(1 << 34) + 1)
    write_journal(written, path)
    read = read_journal(path)
    assert read.events.tolist() == written.events.tolist()
    assert read.events["value"].tobytes() == written.events["value"].tobytes()  # the sign of a zero too


def test_many_events_go_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PIECE_EVENTS", 7)
    monkeypatch.setattr(module, "PIECE_BYTES", 50)
    written = journal([(time, Kind.CV_PITCH, 0, 0, time / 77) for time in range(500)], end=500)
    write_journal(written, tmp_path / "j.json")
    assert_same(written, read_journal(tmp_path / "j.json"))
    loose = json.dumps(json.loads((tmp_path / "j.json").read_text()), indent=3)  # as a person's editor leaves it
    (tmp_path / "j.json").write_text(loose)
    assert_same(written, read_journal(tmp_path / "j.json"))
    (tmp_path / "j.json").write_text(loose.replace("444,", '"x",'))
    with pytest.raises(SystoleError, match=r"events\[444\]"):
        read_journal(tmp_path / "j.json")


def test_seeds_of_parts_differ() -> None:
    seeds = [part_seed(1, number) for number in range(1000)]
    assert len(set(seeds)) == 1000 and max(seeds) <= 0xFFFFFFFF and seeds[0] == 1


def damaged(change: Any) -> str:
    """The journal as JSON with something changed."""
    document = {"schema": 1, "kind": "systole journal", "version": "0.1.0", "rate": 48_000, "room": [32, 8]}
    document |= {"start": 0, "end": 100, "complete": True, "seed": 1, "form": "vnni", "marks": []}
    document |= {"patches": [{"serial": 7, "text": TEXT, "model_hash": "", "seed": 3}]}
    document["events"] = [list(row) for row in ROWS]
    change(document)
    return json.dumps(document)


def put(*path_and_value: Any) -> Any:
    *path, last, value = path_and_value

    def change(document: Any) -> None:
        for key in path:
            document = document[key]
        document[last] = value

    return change


EVENT_ROW = [50, 1, 0, 60, 1.0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("schema", 2), "schema is 2; allowed: 1"),
        (put("schema", True), "schema"),
        (put("kind", "poem"), "kind is 'poem'; allowed: 'systole journal'"),
        (lambda document: document.pop("kind"), "kind is None"),
        (lambda document: document.pop("patches"), "patches"),
        (put("colour", 1), "colour"),
        (put("rate", 44_100), "rate is 44100 Hz; allowed: 48000"),
        (put("room", [33, 8]), "room"),
        (put("room", [0, 8]), "room"),
        (put("room", [32, 9]), "room"),
        (put("end", -1), "end"),
        (put("start", 200), "end is 100; allowed: from start, 200"),
        (put("end", 1 << 60), "end is"),
        (put("seed", -1), "seed"),
        (put("complete", "yes"), "complete"),
        (put("patches", 0, "text", "name = 3"), "patches[0]: "),
        (put("patches", 0, "text", TEXT + "[amp]\ndecay = 1e9\n"), "patches[0]: amp.decay"),
        (put("patches", 0, "seed", 1 << 40), "seed"),
        (put("patches", 0, "tuning", [0.0]), "tuning"),
        (put("patches", 0, "tuning", [99.0] * 128), "tuning"),
        (lambda document: document["patches"].append(document["patches"][0]), "patches[1]: serial 7 was given"),
        (put("events", 3), "events must be a list"),
        (put("events", {}), "events must be a list"),
        (put("events", 1, "x"), "events[1]"),
        (put("events", 1, [5, 1, 0, 60]), "events[1]"),
        (put("events", 1, 4, None), "events[1]"),
        (put("events", 1, 0, 5.5), "events[1]"),
        (put("events", 1, 1, 1 << 80), "events"),
        (put("events", 1, 1, 1 << 40), "a number is too large"),
        (put("events", 1, 1, 19), "events[1]: kind 19: allowed"),
        (put("events", 1, 3, 128), "events[1]: index 128 of NOTE_ON: allowed: 0 to 127"),
        (put("events", 2, 4, 1.5), "events[2]: value 1.5 of KNOB"),
        (put("events", 3, 0, 4), "events[3]: its time is before"),
        (put("events", 3, 0, 100), "events[3]: its time is not from start to end"),
        (put("start", 3), "events[0]: its time is not from start to end"),
        (put("events", 0, 2, 9), "events[0]: OPEN: there is no patch"),
        (put("events", 0, 3, 4), "events[0]: index 4 of OPEN"),
        (put("events", [EVENT_ROW, [50, 66, 0, 0, 0.0]]), "events[1]: OPEN, CLOSE and GATE must stand before"),
        (put("events", [EVENT_ROW] * (INBOX + 1)), f"events[{INBOX}]: more than {INBOX} events at one sample"),
    ],
)
def test_what_is_damaged_is_one_line(tmp_path: Path, change: Any, said: str) -> None:
    path = tmp_path / "j.json"
    path.write_text(damaged(lambda document: None))
    read_journal(path)
    path.write_text(damaged(change))
    with pytest.raises(SystoleError) as caught:
        read_journal(path)
    line = str(caught.value)
    assert line.startswith(f"{path}: ") and said in line and "\n" not in line


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[]", b"null", b"[" * 9000, b'{"kind":', b"\0" * 100])
def test_what_is_no_journal_is_one_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "j.json"
    path.write_bytes(data)
    with pytest.raises(SystoleError, match="not a journal") as caught:
        read_journal(path)
    assert "\n" not in str(caught.value)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_file_cut_or_changed_anywhere_never_crashes(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    text = damaged(lambda document: None).encode()
    at = data.draw(st.integers(0, len(text) - 1))
    cut = (
        text[:at]
        if data.draw(st.booleans())
        else text[:at] + data.draw(st.binary(min_size=1, max_size=3)) + text[at + 1 :]
    )
    path = tmp_path_factory.getbasetemp() / "cut.json"
    path.write_bytes(cut)
    try:
        read_journal(path)
    except SystoleError as error:
        assert "\n" not in str(error)


def test_missing_large_and_unwritable_files_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystoleError, match=r"none\.json: cannot be read: No such file"):
        read_journal(tmp_path / "none.json")
    with pytest.raises(SystoleError, match="cannot be written"):
        write_journal(journal(), tmp_path / "no" / "j.json")
    write_journal(journal(), tmp_path / "j.json")
    monkeypatch.setattr(module, "MAX_BYTES", 100)
    with pytest.raises(SystoleError, match="larger than"):
        read_journal(tmp_path / "j.json")


def test_whatever_is_written_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert module.MAX_EVENTS * module.ROW_BYTES + module.HEAD_BYTES <= module.MAX_BYTES
    events = np.zeros(20, EVENT)
    for number in (-2.2250738585072014e-308, 1.7976931348623157e308, 5e-324, -1 / 3, 1 << 60):
        events[:] = (1 << 62, Kind.OPEN, 0x7FFFFFFF, 0x7FFFFFFF, number)
        assert len(b"".join(module._pieces(events))) <= 20 * module.ROW_BYTES
    monkeypatch.setattr(module, "MAX_EVENTS", 3)
    with pytest.raises(SystoleError, match="4 events; allowed: 3"):
        write_journal(journal(), tmp_path / "j.json")
    monkeypatch.setattr(module, "MAX_EVENTS", 4)
    write_journal(journal(), tmp_path / "j.json")
    monkeypatch.setattr(module, "HEAD_BYTES", 1000)
    with pytest.raises(SystoleError, match="bytes of patches and marks; allowed: 1000"):
        write_journal(journal(), tmp_path / "k.json")
    monkeypatch.undo()
    with pytest.raises(SystoleError, match="samples; allowed"):
        write_journal(journal(end=module.MAX_SECONDS * 48_000 + 1), tmp_path / "k.json")
    assert [each.name for each in tmp_path.iterdir()] == ["j.json"]


def test_times_fit_the_array() -> None:
    assert np.iinfo(EVENT["time"]).max >= 1 << 62

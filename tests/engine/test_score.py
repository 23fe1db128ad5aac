"""MIDI files: held against mido where it reads them, and read as far as players would where it does not."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accel.errors import SystoleError
from engine.events import Kind
from engine.midi_file import parse_midi
from engine.score import MAX_SECONDS, load_midi, read_midi

NOTES = bytes.fromhex("00 90 3c 64 60 80 3c 40 00 90 40 64 60 80 40 40")
END = bytes.fromhex("00 ff 2f 00")


def track(data: bytes, size: int | None = None) -> bytes:
    return b"MTrk" + struct.pack(">L", len(data) if size is None else size) + data


def file(*tracks: bytes, kind: int = 1, division: int = 96, count: int | None = None) -> bytes:
    header = struct.pack(">HHH", kind, len(tracks) if count is None else count, division)
    return b"MThd" + struct.pack(">L", 6) + header + b"".join(tracks)


def notes(score) -> list[tuple[int, int]]:
    events = score.events[score.events["kind"] == Kind.NOTE_ON]
    return [(int(event["time"]), int(event["index"])) for event in events]


def test_tempo_default_is_120() -> None:
    score = read_midi(file(track(NOTES + END)), "x.mid")
    assert notes(score) == [(0, 60), (24_000, 64)]
    assert score.end == 48_000 and score.channels == (0,) and score.warnings == ()


def test_the_tempo_map_spans_all_tracks() -> None:
    tempo = bytes.fromhex("00 ff 51 03 0f 42 40 60 ff 51 03 03 d0 90") + END
    score = read_midi(file(track(tempo), track(NOTES + END)), "x.mid")
    assert notes(score) == [(0, 60), (48_000, 64)] and score.end == 60_000
    tempos = score.events[score.events["kind"] == Kind.TEMPO]
    assert tempos["value"].tolist() == [60.0, 240.0] and tempos["time"].tolist() == [0, 48_000]


def test_agrees_with_mido_on_a_real_piece() -> None:
    import importlib.resources

    path = next(Path(str(importlib.resources.files("presets") / "demo")).glob("*.mid"))
    time, expected = 0.0, []
    for message in mido.MidiFile(str(path)):
        time += message.time
        if message.type == "note_on" and message.velocity:
            expected.append((time * 48_000, message.note))
    got = notes(load_midi(path))
    assert len(got) == len(expected) > 100
    assert sorted(note for _, note in got) == sorted(note for _, note in expected)
    errors = [abs(a[0] - b[0]) for a, b in zip(sorted(got), sorted(expected), strict=True)]
    assert max(errors) <= 1


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 127), st.integers(1, 127)), min_size=1, max_size=20))
@settings(max_examples=40, deadline=None)
def test_reads_what_mido_writes(rows) -> None:
    written = mido.MidiFile(ticks_per_beat=480)
    written.tracks.append(mido.MidiTrack([mido.MetaMessage("track_name", name="ünï")]))
    for delta, note, velocity in rows:
        written.tracks[0].append(mido.Message("note_on", time=delta, note=note, velocity=velocity, channel=3))
        written.tracks[0].append(mido.Message("pitchwheel", time=1, pitch=note * 8, channel=3))
        written.tracks[0].append(mido.Message("sysex", data=(1, 2, 3)))
    stream = io.BytesIO()
    written.save(file=stream)
    score = read_midi(stream.getvalue(), "x.mid")
    assert [note for _, note in notes(score)] == [row[1] for row in rows]
    assert score.warnings == ()


def test_running_status_sysex_unknown_meta_and_real_time() -> None:
    body = bytes.fromhex(
        "00 90 3c 64 00 ff 7e 02 aa bb 10 3e 64 00 f0 03 01 02 f7 00 f8 10 90 40 64 00 ff 4b 00 10 41 64"
    )
    assert [note for _, note in notes(read_midi(file(track(body + END)), "x.mid"))] == [60, 62, 64, 65]


def test_note_on_with_velocity_zero_is_a_key_up() -> None:
    score = read_midi(file(track(bytes.fromhex("00 90 3c 64 60 3c 00") + END)), "x.mid")
    assert score.events["kind"].tolist() == [Kind.NOTE_ON, Kind.NOTE_OFF]


def test_every_message_kind() -> None:
    body = bytes.fromhex("00 90 3c 64 00 a0 3c 40 00 b0 07 50 00 c0 05 00 d0 30 00 e0 00 00 00 e0 7f 7f 00 e0 00 40")
    events = read_midi(file(track(body + END)), "x.mid").events
    kinds = [Kind.NOTE_ON, Kind.KEY_PRESSURE, Kind.CONTROL, Kind.PROGRAM, Kind.PRESSURE] + [Kind.BEND] * 3
    assert events["kind"].tolist() == kinds
    assert events["value"][5:].tolist() == [-1, 1, 0] and events["index"][3] == 5


@pytest.mark.parametrize(("word", "rate"), [(0xE728, 1000.0), (0xE250, 2400.0), (0xE304, 4 * 30000 / 1001)])
def test_smpte_time(word: int, rate: float) -> None:
    tempo = bytes.fromhex("00 ff 51 03 0f 42 40")
    score = read_midi(file(track(tempo + NOTES + END), division=word), "x.mid")
    assert notes(score)[1][0] == round(2 * 96 / 2 / rate * 48_000)


def test_format_two_plays_patterns_in_sequence() -> None:
    fast = bytes.fromhex("00 ff 51 03 03 d0 90")
    score = read_midi(file(track(fast + NOTES + END), track(NOTES + END), kind=2), "x.mid")
    assert notes(score) == [(0, 60), (12_000, 64), (24_000, 60), (48_000, 64)]
    assert "one after another" in score.warnings[0]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (file(track(NOTES + b"\x00\x90\x3c", size=200)), "cut off|middle of an event"),
        (file(track(NOTES + bytes.fromhex("00 90 c8 64") + END)), "out of range"),
        (file(track(NOTES + bytes.fromhex("ff ff ff ff 7f 90 3c 64") + END)), "longer than four"),
        (file(track(NOTES + bytes.fromhex("00 ff 01 ff ff 7f 00") + END)), "middle of an event"),
        (file(track(NOTES + END), count=3), "announced"),
    ],
)
def test_damage_is_reported_and_what_lies_before_it_played(data: bytes, text: str) -> None:
    import re

    score = read_midi(data, "x.mid")
    assert len(notes(score)) == 2
    assert len(score.warnings) >= 1 and re.search(text, score.warnings[0]) and "x.mid" in score.warnings[0]


@pytest.mark.parametrize("excess", [1, 10, 1000, 1 << 31, "next", "both"])
def test_a_length_that_is_too_long_does_not_hide_the_next_tracks(excess: int | str) -> None:
    """`next` and `both`: the length reaches exactly to the end of the second and of the last track."""
    one, size = NOTES + END, len(NOTES + END)
    excess = {"next": 8 + size, "both": 16 + 2 * size}.get(excess, excess)
    score = read_midi(file(track(one, size=size + excess), track(one), track(one)), "x.mid")
    assert len(notes(score)) == 6
    assert len(score.warnings) in (0, 1) and all("track 1 has a wrong length" in line for line in score.warnings)


def test_too_long_a_length_without_end_of_track() -> None:
    score = read_midi(file(track(NOTES, size=len(NOTES) + 5), track(NOTES + END)), "x.mid")
    assert len(notes(score)) == 4
    assert "track 1 has no End-of-Track" in score.warnings[0] and len(score.warnings) == 1


@pytest.mark.parametrize("size", range(len(NOTES + END)))
def test_a_length_that_is_too_short_drops_no_notes_and_is_reported(size: int) -> None:
    for others in ([], [track(NOTES + END)]):
        score = read_midi(file(track(NOTES + END, size=size), *others), "x.mid")
        assert len(notes(score)) == 2 + 2 * len(others)
        assert len(score.warnings) == 1 and "track 1 has a wrong length" in score.warnings[0]


@pytest.mark.parametrize("follows", [b"", b"\0" * 7, b"XFIH\0\0\0\x02hi", track(NOTES + END)])
def test_missing_end_of_track_is_reported(follows: bytes) -> None:
    score = read_midi(file(track(NOTES), follows, count=1), "x.mid")
    assert len(notes(score)) == (4 if b"MTrk" in follows else 2)
    assert len(score.warnings) == 1 and "track 1 has no End-of-Track" in score.warnings[0]


def test_a_damaged_track_does_not_eat_the_next() -> None:
    """A sysex that claims more than its track holds."""
    body = NOTES + bytes.fromhex("00 f0 40 01 f7") + END
    score = read_midi(file(track(body), track(NOTES + END), track(NOTES + END)), "x.mid")
    assert len(notes(score)) == 6 and "track 1 ends in the middle of an event" in score.warnings[0]


def test_wrappers_junk_and_foreign_chunks_are_skipped() -> None:
    data = b"RIFF\x00\x00\x00\x00RMIDdata\x00\x00\x00\x00" + file(
        b"XFIH\x00\x00\x00\x02hi", track(NOTES + END), count=1
    )
    assert len(notes(read_midi(data, "x.rmi"))) == 2


def test_huge_delta_is_cut_with_a_warning() -> None:
    body = NOTES + bytes.fromhex("ff ff ff 7f 90 3c 64") + END
    score = read_midi(file(track(body), division=1), "x.mid")
    assert len(notes(score)) == 2 and "hours" in score.warnings[0] and score.end <= MAX_SECONDS * 48_000


def test_a_note_that_never_ends_is_let_go() -> None:
    body = bytes.fromhex("00 90 3c 64") + bytes.fromhex("83 00 ff 2f 00")
    assert read_midi(file(track(body)), "x.mid").end == 384 * 250
    endless = bytes.fromhex("00 90 3c 64") + bytes.fromhex("ff ff 7f ff 2f 00")
    assert read_midi(file(track(endless)), "x.mid").end == 30 * 48_000


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "empty"),
        (b"hello world, this is text", "no MThd"),
        (b"MThd\x00\x00", "cut off"),
        (file(track(NOTES), kind=3), "format 3"),
        (file(track(NOTES), division=0), "division"),
        (file(track(NOTES), division=0xE700), "SMPTE"),
        (file(track(NOTES), division=0x8001), "SMPTE"),
        (file(), "no notes"),
        (file(track(END)), "no notes"),
        (file(track(b"\x00\x90")), "no notes"),
    ],
)
def test_unusable_files_give_one_line(tmp_path: Path, data: bytes, text: str) -> None:
    path = tmp_path / "broken.mid"
    path.write_bytes(data)
    with pytest.raises(SystoleError) as caught:
        load_midi(path)
    line = str(caught.value)
    assert text in line and "broken.mid" in line and "\n" not in line


def test_missing_file_and_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.mid", tmp_path):
        with pytest.raises(SystoleError, match="cannot be read"):
            load_midi(path)


VALID = file(track(bytes.fromhex("00 ff 51 03 07 a1 20") + END), track(NOTES * 3 + END))


@given(st.binary(max_size=200))
@settings(max_examples=150, deadline=None)
def test_random_tracks_never_raise_anything_else(data: bytes) -> None:
    try:
        score = read_midi(file(track(data)), "x")
    except SystoleError:
        return
    assert np.all(np.diff(score.events["time"]) >= 0) and score.end >= 0


@given(st.lists(st.tuples(st.integers(0, len(VALID) - 1), st.integers(0, 255)), max_size=6), st.integers(0, len(VALID)))
@settings(max_examples=200, deadline=None)
def test_mutated_and_truncated_files_never_raise_anything_else(changes, length: int) -> None:
    data = bytearray(VALID)
    for at, value in changes:
        data[at] = value
    try:
        read_midi(bytes(data[:length]), "x")
    except SystoleError as error:
        assert "\n" not in str(error)


def test_parse_counts_tracks() -> None:
    assert len(parse_midi(VALID, "x").tracks) == 2

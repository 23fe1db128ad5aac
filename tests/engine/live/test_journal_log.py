"""Every event that was played is kept, in memory or in a file without a name, and what was lost is not hidden."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from accel.errors import SystoleError
from accel.program import Program
from engine.events import EVENT, Kind
from engine.journal import MAX_EVENTS, MAX_SECONDS, JournalPatch, read_journal
from engine.live import journal_log as module
from engine.live.journal_log import PIECE, JournalLog

TEXT = 'schema = 1\nname = "Tiny"\nmodel = "tiny"\n'


def notes(first: int, count: int) -> np.ndarray:
    events = np.zeros(count, EVENT)
    events["time"], events["kind"] = np.arange(first, first + count), Kind.KNOB
    events["value"] = (np.arange(first, first + count) % 1000) / 1000
    return events


def log(**options: int) -> JournalLog:
    return JournalLog(5, (32, 8), "portable", **options)


def test_what_was_played_is_read_back(tmp_path: Path, tiny: Program) -> None:
    kept = log()
    for serial in range(3):
        kept.add_patch(JournalPatch(serial, TEXT, tiny.hash, 9 + serial, [0.5] * 128 if serial else None))
    opening = np.array([(0, Kind.OPEN, 0, 0, -1.0), (20, Kind.OPEN, 2, 1, 64.0)], EVENT)
    kept.add(opening[:1], 10, 0)
    kept.add(notes(11, 5), 20, 0)
    kept.add(opening[1:], 100, 0)
    kept.mark(50, "block", 128.0)
    assert kept.save(tmp_path / "j.json") == 7
    found = read_journal(tmp_path / "j.json")
    assert (found.start, found.end, found.complete, found.seed, found.room) == (0, 100, True, 5, (32, 8))
    assert [patch.serial for patch in found.patches] == [0, 2]
    assert found.events["time"].tolist() == [0, 11, 12, 13, 14, 15, 20]
    assert found.marks == ((50, "block", 128.0),)


def test_what_is_known_to_be_missing_is_said(tmp_path: Path) -> None:
    kept = log()
    kept.miss("the beginning is not in it")
    kept.add(notes(0, 3), 10, 0)
    assert (kept.loss, kept.is_complete, kept.count) == ("the beginning is not in it", False, 3)
    kept.save(tmp_path / "j.json")
    assert not read_journal(tmp_path / "j.json").complete


def test_an_event_that_was_rendered_after_the_end_is_not_in_it() -> None:
    kept = log()
    kept.add(notes(0, 10), 5, 0)
    assert kept.journal().events["time"].tolist() == [0, 1, 2, 3, 4]
    kept.add(notes(10, 0), 20, 0)
    assert len(kept.journal().events) == 10


@pytest.mark.parametrize("size", [1000, PIECE, 100_000])
def test_many_events_go_to_a_file_and_come_back(size: int, tmp_path: Path) -> None:
    kept, total = log(in_memory=2 * PIECE), 0
    while total < 5 * PIECE + 17:
        kept.add(notes(total, size), total + size, 0)
        total += size
    assert kept.count == total
    first = kept.journal()
    assert np.array_equal(first.events, notes(0, total))
    kept.add(notes(total, 3 * PIECE), total + 3 * PIECE, 0)
    assert np.array_equal(kept.journal().events, notes(0, total + 3 * PIECE))
    assert np.array_equal(first.events, notes(0, total))


def test_lost_events_are_not_hidden() -> None:
    kept = log()
    kept.add(notes(0, 3), 3, 0)
    assert kept.is_complete
    kept.add(notes(3, 3), 6, 1)
    assert not kept.is_complete
    kept.add(notes(6, 3), 9, 0)
    assert not kept.journal().complete


def test_there_is_an_end_to_what_is_kept() -> None:
    kept = log(most=100)
    kept.add(notes(0, 70), 70, 0)
    kept.add(notes(70, 70), 140, 0)
    assert kept.loss == "only 100 events are kept: what is played from now on is not in it"
    found = kept.journal()
    assert (len(found.events), found.complete, found.end) == (100, True, 100)  # what there is can be rendered
    kept.add(notes(140, 70), 210, 5)
    assert (len(kept.journal().events), kept.journal().complete, kept.journal().end) == (100, True, 100)


def test_it_ends_before_the_first_sample_of_which_something_is_missing() -> None:
    kept, chord = log(most=100), notes(0, 110)
    chord["time"][95:] = 95
    kept.add(chord, 140, 0)
    found = kept.journal()
    assert (len(found.events), found.complete, found.end) == (95, True, 95)


def test_no_more_is_kept_than_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert log()._most == MAX_EVENTS
    kept, last = log(), MAX_SECONDS * 48_000
    kept.add(notes(last - 5, 5), last, 0)
    assert kept.is_complete
    kept.add(notes(last, 5), last + 100, 0)
    kept.add(notes(last + 100, 5), last + 200, 0)
    assert kept.loss == "only 7 days are kept: what is played from now on is not in it"
    kept.save(tmp_path / "j.json")
    found = read_journal(tmp_path / "j.json")
    assert (len(found.events), found.end, found.complete) == (5, last, True)
    monkeypatch.setattr("engine.live.journal_log.MOST_MARKS", 3)
    for sample in range(5):
        kept.mark(sample, "block", 128.0)
    assert len(kept.journal().marks) == 3


@pytest.mark.parametrize("count", [100, 5 * PIECE + 17])
def test_playing_goes_on_while_a_journal_is_made(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The main thread adds events a hundred times a second; gathering millions takes longer than that."""
    kept, joined, added = log(in_memory=2 * PIECE), module._joined, []
    kept.add(notes(0, count), count, 0)

    def add() -> None:
        kept.add(notes(count, 3 * PIECE), count + 3 * PIECE, 0)
        added.append(kept.count)

    def slow(*found: Any) -> np.ndarray:
        thread = threading.Thread(target=add, daemon=True)
        thread.start()
        thread.join(10.0)
        return joined(*found)

    monkeypatch.setattr(module, "_joined", slow)
    first = kept.journal()
    assert added == [count + 3 * PIECE]
    assert np.array_equal(first.events, notes(0, count)) and first.end == count
    monkeypatch.setattr(module, "_joined", joined)
    assert np.array_equal(kept.journal().events, notes(0, count + 3 * PIECE))


def test_a_full_temporary_folder_keeps_what_there_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine.live.journal_log.tempfile.TemporaryFile", full)
    kept = log(in_memory=PIECE)
    kept.add(notes(0, PIECE + 5), PIECE + 5, 0)
    kept.add(notes(PIECE + 5, 5), PIECE + 10, 0)
    found = kept.journal()
    assert np.array_equal(found.events, notes(0, PIECE))
    assert found.complete and found.end == PIECE and "the temporary folder is full" in kept.loss


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SystoleError, match="cannot be written"):
        log().save(tmp_path / "no" / "j.json")

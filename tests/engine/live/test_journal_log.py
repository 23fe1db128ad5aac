"""Every event that was played is kept, in memory or in a file without a name, and what was lost is not hidden."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from accel.errors import SystoleError
from accel.program import Program
from engine.events import EVENT, Kind
from engine.journal import JournalPatch, read_journal
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
    found = kept.journal()
    assert (len(found.events), found.complete, found.end) == (100, False, 140)


def test_a_full_temporary_folder_keeps_what_there_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine.live.journal_log.tempfile.TemporaryFile", full)
    kept = log(in_memory=PIECE)
    kept.add(notes(0, PIECE + 5), PIECE + 5, 0)
    kept.add(notes(PIECE + 5, 5), PIECE + 10, 0)
    found = kept.journal()
    assert np.array_equal(found.events, notes(0, PIECE))
    assert not found.complete


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SystoleError, match="cannot be written"):
        log().save(tmp_path / "no" / "j.json")

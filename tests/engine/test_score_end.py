"""Where a score ends: at the last key or pedal, not before the pedal that still holds the last chord."""

from __future__ import annotations

import mido
import pytest

from accel.formats import RATE
from engine.score import load_midi


def score_of(tmp_path, messages, end=0):
    midi, track = mido.MidiFile(ticks_per_beat=480), mido.MidiTrack()
    midi.tracks.append(track)
    track += [mido.Message(kind, time=ticks, **values) for kind, ticks, values in messages]
    track.append(mido.MetaMessage("end_of_track", time=end))
    midi.save(tmp_path / "end.mid")
    return load_midi(tmp_path / "end.mid")


NOTE = [("note_on", 0, {"note": 69}), ("note_off", 480, {"note": 69})]
"""Half a second at the default tempo."""


def pedal(ticks, value, control=64):
    return ("control_change", ticks, {"control": control, "value": value})


@pytest.mark.parametrize("control", [64, 66])
def test_a_pedal_holds_the_last_chord(tmp_path, control):
    score = score_of(tmp_path, [pedal(0, 127, control), *NOTE, pedal(1440, 0, control)])
    assert score.end == 2 * RATE


def test_a_pedal_that_is_never_released_holds_to_the_end_of_the_track(tmp_path):
    assert score_of(tmp_path, [pedal(0, 127), *NOTE], end=960).end == 1.5 * RATE


def test_a_pedal_that_holds_nothing_does_not_lengthen_the_piece(tmp_path):
    assert score_of(tmp_path, [*NOTE, pedal(1440, 0)]).end == 0.5 * RATE


def test_a_pedal_forgotten_for_an_hour_does_not_hold_for_an_hour(tmp_path):
    assert score_of(tmp_path, [pedal(0, 127), *NOTE, pedal(480 * 7200, 0)]).end <= 31 * RATE

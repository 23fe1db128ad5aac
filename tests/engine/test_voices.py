"""Voice allocation and pedals, seen in the part's state."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from engine.envelope import FADE, IDLE, RELEASE
from engine.events import Kind
from engine.modulation import BEND
from engine.parameters import TABLE
from engine.part import Part


def on(time: int, note: int, velocity: float = 100.0, channel: int = 0):
    return (time, Kind.NOTE_ON, channel, note, velocity)


def off(time: int, note: int, channel: int = 0):
    return (time, Kind.NOTE_OFF, channel, note, 0.0)


def cc(time: int, number: int, value: float):
    return (time, Kind.CONTROL, 0, number, value)


def sounding(part: Part) -> list[int]:
    """Notes that are held by a key or a pedal."""
    voices = part.state.voices
    return sorted(voices["note"][~np.isin(voices["stage"], (IDLE, FADE, RELEASE))].tolist())


def in_stage(part: Part, stage: int) -> list[int]:
    return sorted(part.state.voices["note"][part.state.voices["stage"] == stage].tolist())


LONG = {"amp.release": 1.0}


def test_velocity_zero_is_a_key_up(play) -> None:
    part, _ = play([on(0, 60), on(100, 60, 0.0)], 200, LONG)
    assert sounding(part) == [] and in_stage(part, RELEASE) == [60]


def test_oldest_released_voice_is_stolen_first(play) -> None:
    rows = [on(0, 60), on(10, 62), on(20, 64), off(30, 64), off(40, 62), on(100, 65)]
    part, _ = play(rows, 110, {**LONG, "voice.polyphony": 3})
    assert sounding(part) == [60, 65]
    assert in_stage(part, FADE) == [62] and in_stage(part, RELEASE) == [64]


def test_pedalled_voice_is_stolen_before_a_key_that_is_down(play) -> None:
    rows = [cc(0, 64, 127), on(0, 60), on(10, 62), off(20, 62), on(100, 65)]
    part, _ = play(rows, 110, {**LONG, "voice.polyphony": 2})
    assert sounding(part) == [60, 65] and in_stage(part, FADE) == [62]


def test_oldest_key_is_stolen_last_and_fades_within_four_milliseconds(play) -> None:
    rows = [on(0, 60), on(10, 62), on(1000, 65)]
    settings = {**LONG, "voice.polyphony": 2}
    part, _ = play(rows, 1010, settings)
    assert sounding(part) == [62, 65] and in_stage(part, FADE) == [60]
    part, _ = play(rows, 1000 + 192, settings)
    assert in_stage(part, FADE) == []


@pytest.mark.parametrize("polyphony", [1, 2, 5, 32])
def test_never_more_notes_than_the_polyphony(play, polyphony: int) -> None:
    rows = [on(7 * index, 30 + index) for index in range(60)]
    part, out = play(rows, 600, {**LONG, "voice.polyphony": polyphony})
    assert sounding(part) == list(range(90 - polyphony, 90))
    assert np.all(np.isfinite(out))


def test_repeated_key_needs_one_key_up(play) -> None:
    part, _ = play([on(0, 60), on(100, 60), off(200, 60)], 300, LONG)
    assert sounding(part) == [] and in_stage(part, RELEASE) == [60, 60]


def test_sustain_pedal(play) -> None:
    rows = [on(0, 60), cc(10, 64, 64), off(20, 60), on(30, 62), off(40, 62), on(50, 64)]
    assert sounding(play(rows, 60)[0]) == [60, 62, 64]
    assert sounding(play([*rows, cc(100, 64, 63)], 110)[0]) == [64]


def test_sostenuto_holds_only_what_was_down(play) -> None:
    rows = [on(0, 60), cc(10, 66, 127), on(20, 62), off(30, 60), off(30, 62)]
    assert sounding(play(rows, 40)[0]) == [60]
    assert sounding(play([*rows, cc(100, 66, 0)], 110)[0]) == []


def test_sostenuto_and_sustain_together(play) -> None:
    rows = [on(0, 60), cc(10, 66, 127), cc(20, 64, 127), off(30, 60), cc(40, 66, 0)]
    assert sounding(play(rows, 50)[0]) == [60]
    rows = [on(0, 60), cc(10, 66, 127), cc(20, 64, 127), off(30, 60), cc(40, 64, 0)]
    assert sounding(play(rows, 50)[0]) == [60]


def test_all_notes_off_respects_the_pedal_and_all_sound_off_does_not(play) -> None:
    rows = [cc(0, 64, 127), on(0, 60), on(0, 62)]
    assert sounding(play([*rows, cc(100, 123, 0)], 110)[0]) == [60, 62]
    assert sounding(play([*rows, cc(100, 123, 0), cc(105, 64, 0)], 110)[0]) == []
    part, _ = play([*rows, cc(100, 120, 0)], 110)
    assert in_stage(part, FADE) == [60, 62]
    assert play([*rows, cc(100, 120, 0)], 400)[0].is_idle


def test_reset_all_controllers_lifts_pedals_and_keeps_volume_and_pan(play) -> None:
    rows = [cc(0, 7, 50), cc(0, 10, 20), cc(0, 1, 99), cc(0, 11, 3), cc(0, 64, 127), on(0, 60), off(5, 60)]
    part, _ = play([*rows, cc(10, 121, 0)], 20, LONG)
    state = part.state.part[0]
    assert sounding(part) == [] and state["wheel"] == 0 and state["expression"] == 1
    assert state["volume"] == 50 / 127 and state["pan"] < 0


def test_mono_has_last_note_priority_and_returns(play) -> None:
    settings = {**LONG, "voice.mode": "mono"}
    rows = [on(0, 60), on(10, 64), on(20, 67)]
    assert sounding(play(rows, 30, settings)[0]) == [67]
    assert sounding(play([*rows, off(30, 67)], 40, settings)[0]) == [64]
    assert sounding(play([*rows, off(30, 64)], 40, settings)[0]) == [67]
    assert sounding(play([*rows, off(30, 64), off(35, 67)], 40, settings)[0]) == [60]
    part, _ = play([*rows, off(30, 64), off(35, 67), off(38, 60)], 40, settings)
    assert sounding(part) == [] and in_stage(part, RELEASE) == [60]


@pytest.mark.parametrize(("mode", "restarts"), [("mono", True), ("legato", False)])
def test_overlapping_keys_restart_envelopes_in_mono_only(play, mode: str, restarts: bool) -> None:
    settings = {"voice.mode": mode, "amp.attack": 0.001, "amp.decay": 0.05, "amp.sustain": 0.2}
    part, _ = play([on(0, 60), on(9000, 64)], 9040, settings)
    assert (part.state.voices["env"][0] > 0.3) == restarts
    part, _ = play([on(0, 60), off(8900, 60), on(9000, 64)], 9060, {**settings, "amp.release": 0.5})
    assert part.state.voices["env"][0] > 0.3  # not overlapping: both restart


def test_channels_are_apart(play) -> None:
    part, _ = play([on(0, 60, channel=1), on(0, 60, channel=2), off(10, 60, channel=1)], 20, LONG)
    assert sounding(part) == [60] and part.state.voices["channel"][part.state.voices["stage"] != RELEASE][0] in (0, 2)


def test_release_all_ends_everything(play) -> None:
    rows = [cc(0, 64, 127), cc(0, 66, 127), on(0, 60), on(0, 62), off(5, 62), (10, Kind.RELEASE_ALL, 0, 0, 0.0)]
    assert sounding(play(rows, 20, LONG)[0]) == []


def test_notes_outside_the_window_are_not_played(play, tiny) -> None:
    from engine.events import event_array
    from engine.patch import Patch

    part = Part(Patch("x", "tiny"), tiny, seed=1, notes=(100, 200))
    events = event_array([on(50, 60), cc(60, 1, 127), on(150, 62), on(250, 64)])
    part.render(events, 0, 0, np.zeros((300, 2), np.float32))
    assert sounding(part) == [62] and part.state.part["wheel"][0] == 1


def test_lowering_the_polyphony_live_fades_all_that_are_too_many(play) -> None:
    rows = [on(index, 60 + index) for index in range(8)]
    rows += [(100, Kind.PARAMETER, 0, [entry.id for entry in TABLE].index("voice.polyphony"), 3.0), on(200, 80)]
    part, _ = play(rows, 110, {**LONG, "voice.polyphony": 8})
    assert sounding(part) == [65, 66, 67] and in_stage(part, FADE) == [60, 61, 62, 63, 64]
    part, _ = play(rows, 210, {**LONG, "voice.polyphony": 8})
    assert sounding(part) == [66, 67, 80] and in_stage(part, FADE) == [65]


MONO_MODES = ("mono", "legato")
MODES = ("poly", *MONO_MODES)


@pytest.mark.parametrize("mode", MONO_MODES)
@pytest.mark.parametrize("ups", list(itertools.permutations([(60, 1), (64, 2), (67, 3)])))
def test_one_voice_ends_with_the_last_key_whatever_its_channel(play, mode: str, ups: tuple) -> None:
    """As an MPE controller plays: each key has a channel of its own."""
    settings, down = {**LONG, "voice.mode": mode}, [(60, 1), (64, 2), (67, 3)]
    rows = [on(10 * index, note, channel=channel) for index, (note, channel) in enumerate(down)]
    for index, (note, channel) in enumerate(ups):
        rows.append(off(100 + 10 * index, note, channel))
        part, _ = play(rows, 105 + 10 * index, settings)
        down.remove((note, channel))
        playing = part.state.voices[~np.isin(part.state.voices["stage"], (IDLE, RELEASE))]
        assert list(zip(playing["note"].tolist(), playing["channel"].tolist(), strict=True)) == down[-1:]
    assert not part.state.held.any()


@pytest.mark.parametrize("mode", MONO_MODES)
def test_a_voice_that_returns_to_a_key_bends_with_that_keys_channel(play, mode: str) -> None:
    bends = [(0, Kind.BEND, 1, 0, 1.0), (0, Kind.BEND, 2, 0, -1.0)]
    rows = [*bends, on(0, 60, channel=1), on(500, 64, channel=2), off(1000, 64, channel=2)]
    part, _ = play(rows, 1200, {"voice.mode": mode})
    assert part.state.source[BEND] == 1.0


@pytest.mark.parametrize("mode", MONO_MODES)
def test_a_note_that_two_channels_hold_is_one_key(play, mode: str) -> None:
    settings = {**LONG, "voice.mode": mode}
    rows = [on(0, 60, channel=1), on(10, 60, channel=2), off(20, 60, channel=1)]
    assert sounding(play(rows, 25, settings)[0]) == [60]
    assert sounding(play([*rows, off(30, 60, channel=2)], 35, settings)[0]) == []
    rows = [on(0, 60, channel=1), on(10, 60, channel=2), off(20, 60, channel=2), off(30, 60, channel=1)]
    assert sounding(play(rows, 35, settings)[0]) == []


def to_mode(time: int, mode: str):
    return (time, Kind.PARAMETER, 0, [entry.id for entry in TABLE].index("voice.mode"), float(MODES.index(mode)))


@pytest.mark.parametrize(("before", "after"), list(itertools.permutations(MODES, 2)))
@pytest.mark.parametrize("channels", [(0, 0, 0), (1, 2, 3)])
def test_no_held_key_survives_a_change_of_mode(play, before: str, after: str, channels: tuple) -> None:
    keys = list(zip((60, 64, 67), channels, strict=True))
    rows = [on(10 * index, note, channel=channel) for index, (note, channel) in enumerate(keys)]
    rows.append(to_mode(100, after))
    part, _ = play(rows, 110, {**LONG, "voice.mode": before})
    assert sounding(part) == [67]
    for ups in itertools.permutations(keys):
        every = [*rows, *(off(200 + 10 * index, *key) for index, key in enumerate(ups))]
        part, _ = play(every, 300, {**LONG, "voice.mode": before})
        assert sounding(part) == [] and not part.state.held.any(), ups
        again = [*every, on(310, 72, channel=channels[0]), to_mode(320, before), off(330, 72, channels[0])]
        assert sounding(play(again, 340, {**LONG, "voice.mode": before})[0]) == []


@pytest.mark.parametrize("mode", MONO_MODES)
def test_going_to_one_voice_keeps_the_newest_key_that_is_down(play, mode: str) -> None:
    rows = [cc(0, 64, 127), on(0, 60), on(10, 62), on(20, 64), off(30, 64), to_mode(100, mode)]
    part, _ = play(rows, 110, LONG)
    assert sounding(part) == [62] and in_stage(part, FADE) == [60, 64]
    part, _ = play([*rows, off(120, 62), off(130, 60), cc(140, 64, 0)], 150, LONG)
    assert sounding(part) == []

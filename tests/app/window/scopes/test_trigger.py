"""A held sound stands still; another one is found at once."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from app.window.scopes.trace_view import samples_needed
from app.window.scopes.trigger import Trigger

RATE, FRAME = 48_000, 800
SPAN = 960


def stream(play: Callable[[NDArray[np.float64]], NDArray[np.float64]], frames: int) -> list[NDArray[np.float32]]:
    """What the scope gives in each of some frames a sixtieth of a second apart."""
    count = samples_needed(20.0)
    sound = play(np.arange(count + frames * FRAME) / RATE).astype(np.float32)
    return [sound[at * FRAME : at * FRAME + count] for at in range(frames)]


def traces(frames: list[NDArray[np.float32]], trigger: Trigger) -> NDArray[np.float64]:
    """What is shown in each frame, [frames, SPAN]."""
    found = []
    for samples in frames:
        begin = trigger.place(samples, SPAN) - SPAN / 2
        assert 0 <= begin <= len(samples) - SPAN
        found.append(np.interp(begin + np.arange(SPAN), np.arange(len(samples)), samples))
    return np.array(found)


def notes(*keys: float, parts: int = 12) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    def play(time: NDArray[np.float64]) -> NDArray[np.float64]:
        sound = np.zeros_like(time)
        for key in keys:
            hz = 440 * 2 ** ((key - 69) / 12)
            for part in range(1, parts + 1):
                sound += np.sin(2 * np.pi * part * hz * time + key) / part / len(keys)
        return 0.4 * sound

    return play


@pytest.mark.parametrize("keys", [(21,), (33.3,), (60,), (81.7,), (105,), (48, 55), (60, 72)])
def test_a_note_stands_still(keys: tuple[float, ...]) -> None:
    shown = traces(stream(notes(*keys), 40), Trigger())
    move = np.abs(np.diff(shown[2:], axis=0)).max() / np.abs(shown).max()
    assert move < 0.2  # a saw's jump between two samples; its whole height would be 2
    assert np.sqrt(np.mean(np.diff(shown[2:], axis=0) ** 2)) < 0.04 * np.sqrt(np.mean(shown**2))


@pytest.mark.parametrize("keys", [(60, 64, 67), (48, 55, 64, 71), (57, 60, 64, 67, 71)])
def test_a_held_chord_changes_slowly_and_never_jumps(keys: tuple[float, ...]) -> None:
    """Tempered thirds beat, so it cannot stand quite still; of an untriggered trace the mean change is 1.5."""
    shown = traces(stream(notes(*keys, parts=6), 120), Trigger())
    change = np.sqrt(np.mean(np.diff(shown, axis=0) ** 2, axis=1)) / np.sqrt(np.mean(shown**2))
    assert np.mean(change[3:]) < 0.35
    assert np.max(change[3:]) < 1.1


def test_it_begins_at_a_rise_through_zero() -> None:
    (shown,) = traces(stream(notes(57), 1), Trigger())
    middle = shown[SPAN // 2 - 30 : SPAN // 2 + 31]
    assert abs(shown[SPAN // 2]) < 0.05
    assert np.all(np.diff(middle) > -1e-3) or middle[45] > middle[15]


def test_another_note_is_found_within_two_frames() -> None:
    trigger = Trigger()
    traces(stream(notes(60), 20), trigger)
    shown = traces(stream(notes(50.5), 20), trigger)
    assert np.abs(np.diff(shown[2:], axis=0)).max() < 0.2 * np.abs(shown).max()


def test_vibrato_and_noise_are_followed() -> None:
    def play(time: NDArray[np.float64]) -> NDArray[np.float64]:
        phase = 2 * np.pi * 220 * time + 1.5 * np.sin(2 * np.pi * 5 * time)
        return np.sin(phase) + 0.5 * np.sin(2 * phase) + 0.1 * np.random.default_rng(1).standard_normal(len(time))

    shown = traces(stream(play, 60), Trigger())
    middle = shown[3:, SPAN // 2 - 100 : SPAN // 2 + 100]
    likeness = [np.corrcoef(one, other)[0, 1] for one, other in itertools.pairwise(middle)]
    assert min(likeness) > 0.9


@pytest.mark.parametrize("level", [0.0, 1e-6])
def test_silence_is_shown_as_it_is(level: float) -> None:
    samples = np.full(4000, level, np.float32)
    assert Trigger().place(samples, SPAN) == 2000.0


def test_too_few_samples_are_shown_as_they_are() -> None:
    assert Trigger().place(np.ones(300, np.float32), SPAN) == 150.0

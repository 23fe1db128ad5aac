"""The factory patches: all load, play in tune of level, and differ."""

from __future__ import annotations

import functools
from collections import Counter

import numpy as np
import pytest

from engine.events import Kind, event_array
from engine.library import PatchEntry, find_model, list_models, list_patches, open_model
from engine.part import Part

FACTORY = [entry for entry in list_patches() if entry.origin == "factory"]


def test_there_are_enough_and_each_says_what_it_is() -> None:
    assert len(FACTORY) >= 12
    for entry in FACTORY:
        assert entry.error is None, entry.error
        patch = entry.patch
        assert patch is not None and patch.author == "Systole" and patch.tags and patch.description.endswith(".")
    tags = {tag for entry in FACTORY if entry.patch for tag in entry.patch.tags}
    wanted = {
        "bass",
        "lead",
        "pad",
        "pluck",
        "bell",
        "drone",
        "noise",
        "keys",
        "strings",
        "brass",
        "organ",
        "percussion",
    }
    assert wanted <= tags


def test_every_model_that_ships_has_patches() -> None:
    played = Counter(entry.patch.model for entry in FACTORY if entry.patch)
    shipped = {entry.name for entry in list_models() if entry.origin == "factory"}
    assert set(played) == shipped
    assert min(played.values()) >= 3, played


def note(entry: PatchEntry) -> np.ndarray:
    assert entry.patch is not None
    part = Part(entry.patch, open_model(find_model(entry.patch.model)), seed=1)
    rows = [(0, Kind.NOTE_ON, 0, 57, 100.0), (16_000, Kind.NOTE_OFF, 0, 57, 0.0)]
    out = np.zeros((24_000, 2), np.float32)
    part.render(event_array(rows), 0, 0, out)
    return out


def features(out: np.ndarray) -> np.ndarray:
    """Attack, decay, brightness, width: enough to tell sounds apart."""
    mono = out.sum(axis=1)
    pieces = mono[:24_000].reshape(12, 2000)
    level = 20 * np.log10(np.sqrt((pieces**2).mean(axis=1)) + 1e-5)
    power = np.abs(np.fft.rfft(mono[:16_384] * np.hanning(16_384))) ** 2
    bands = np.add.reduceat(power, np.unique(np.geomspace(20, 8000, 12).astype(int)))
    shape = 10 * np.log10(bands / power.sum() + 1e-5)
    width = 20 * np.log10(np.sqrt(((out[:, 0] - out[:, 1]) ** 2).mean()) + 1e-5)
    return np.concatenate([level - level.max(), shape, [width]])


def test_levels_and_differences() -> None:
    sounds = {entry.name: note(entry) for entry in FACTORY}
    for name, out in sounds.items():
        peak = 20 * np.log10(np.abs(out).max())
        assert -32 < peak < -4, (name, peak)  # of one key; whole phrases are equally loud
        assert np.all(np.isfinite(out))
    described = {name: features(out) for name, out in sounds.items()}
    names = sorted(described)
    for index, one in enumerate(names):
        for other in names[index + 1 :]:
            distance = np.sqrt(((described[one] - described[other]) ** 2).mean())
            assert distance > 3.0, (one, other, distance)  # dB


@pytest.mark.parametrize("name", ["keys", "organ", "pad"])
def test_a_chord_stays_below_the_limiter(name: str) -> None:
    entry = next(entry for entry in FACTORY if entry.name == name)
    assert entry.patch is not None
    part = Part(entry.patch, open_model(find_model(entry.patch.model)), seed=1)
    rows = [(0, Kind.NOTE_ON, 0, key, 90.0) for key in (48, 55, 60, 64)]
    out = np.zeros((24_000, 2), np.float32)
    part.render(event_array(rows), 0, 0, out)
    assert np.abs(out).max() < 10 ** (-3 / 20)


STRUCK = {"keys", "musicbox", "pluck", "tap"}
"""Sounds of a blow: no pressure shapes them afterwards."""


@pytest.mark.parametrize("entry", FACTORY, ids=lambda entry: entry.name)
def test_brightness_and_pressure_do_what_a_player_expects(entry: PatchEntry) -> None:
    assert entry.patch is not None
    part_of = functools.partial(Part, entry.patch, open_model(find_model(entry.patch.model)), seed=1)

    def sound(*rows: tuple[int, int, int, int, float]) -> np.ndarray:
        out = np.zeros((6000, 2), np.float32)
        part_of().render(event_array([*rows, (0, Kind.NOTE_ON, 0, 57, 60.0)]), 0, 0, out)
        return out

    plain = sound()
    assert not np.array_equal(sound((0, Kind.CONTROL, 0, 74, 127.0)), plain)
    assert not np.array_equal(sound((0, Kind.CONTROL, 0, 74, 0.0)), plain)
    # A delayed vibrato needs time; the others answer at once.
    assert np.array_equal(sound((0, Kind.PRESSURE, 0, 0, 127.0)), plain) == (entry.name in STRUCK)

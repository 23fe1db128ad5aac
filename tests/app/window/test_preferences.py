"""What the window remembers comes back, is bounded, and a file from before it knew of something is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.window import preferences as module
from app.window.preferences import (
    Preferences,
    ScopeView,
    load_preferences,
    preferences_path,
    save_preferences,
    with_axes,
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SYSTOLE_HOME", str(tmp_path))
    return tmp_path


def test_they_come_back() -> None:
    some = Preferences(
        axes={"va": ("knobs.cutoff", "knobs.shape")},
        scopes={"scope": ScopeView(span=2.5, side="left")},
        pad_note=None,
        octave=5,
        velocity=40,
    )
    save_preferences(some)
    assert load_preferences() == (some, None)


def test_those_of_an_older_version_are_read() -> None:
    preferences_path().write_text('{"schema": 1, "theme": "light", "octave": 4}')
    found, line = load_preferences()
    assert line is None
    assert (found.theme, found.octave, found.axes, found.scopes, found.pad_note) == ("light", 4, {}, {}, 48)


def test_the_axes_of_the_models_chosen_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_MODELS", 2)
    kept = Preferences()
    for name in ("a", "b", "a", "c"):
        kept = Preferences(axes=with_axes(kept, name, ("x", "y")))
    assert list(kept.axes) == ["a", "c"]

"""Sounds for tests: two models' worth of knobs, no files."""

from __future__ import annotations

from app.window.session.sound import Sound
from engine.parameters import knob_parameter
from engine.patch import Patch

KNOBS = (
    knob_parameter("cut", "Cut", "What cut does.", 0.5, 0),
    knob_parameter("res", "Res", "What res does.", 0.5, 1),
)
OTHER_KNOBS = (knob_parameter("timbre", "Timbre", "", 0.25, 0),)


def sound(name: str = "One") -> Sound:
    return Sound(Patch(name=name, model="va", knobs={"cut": 0.25}, parameters={"amp.decay": 1.5}), KNOBS)


def other_model(name: str = "Two") -> Sound:
    return Sound(Patch(name=name, model="waveshaping"), OTHER_KNOBS)


class Clock:
    """Seconds as a test wants them."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

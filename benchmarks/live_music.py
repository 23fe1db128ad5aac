"""What the engine has to play while it is measured: bars of four seconds, 32 voices, then single notes in silence.

Three quarters of a bar are the load: 32 keys, of which one is struck anew every 50 ms, wheel and knobs that move. In
the last quarter all keys are up, and single notes tell by their first sample how long a message takes to be heard.
"""

from __future__ import annotations

import numpy as np

__all__ = ["BAR_SECONDS", "PATCHES", "bar", "patch"]

Message = tuple[int, bytes]
BAR_SECONDS = 4.0
FIRST_KEY, KEYS = 36, 32
ENTRY, STRIKE, MOVE = 0.010, 0.050, 0.020
END, SINGLES, APART, SHORT = 2.8, 3.1, 0.22, 0.03
SINGLE_COUNT = 4
ON, OFF, CONTROL = 0x90, 0x80, 0xB0
WHEEL, KNOB = 1, 20
MODELS = ("va", "waveshaping", "va", "additive")


def patch(model: str, sustain: float = 0.8) -> str:
    """A patch of 32 voices that begin and end quickly, TOML."""
    return (
        f'schema = 1\nname = "Load {model} {sustain:g}"\nmodel = "{model}"\n'
        "[voice]\npolyphony = 32\nlevel = 0.2\n"
        f"[amp]\nattack = 0.001\ndecay = 1.0\nsustain = {sustain}\nrelease = 0.02\n"
    )


PATCHES = tuple(patch(model, sustain) for sustain in (0.8, 0.6) for model in MODELS)
"""One after the other: another model, or another patch of the same."""


def bar(start: int, rate: int, number: int) -> tuple[list[Message], list[int]]:
    """The messages of a bar that begins at frame `start`, and the frames of its single notes-on."""
    rng, keys = np.random.default_rng(number), range(FIRST_KEY, FIRST_KEY + KEYS)
    found: list[tuple[float, bytes]] = []
    found += [(ENTRY * at, bytes([ON, key, 40 + int(rng.integers(80))])) for at, key in enumerate(keys)]
    for at in np.arange(ENTRY * KEYS, END - STRIKE, STRIKE):
        key = FIRST_KEY + int(rng.integers(KEYS))
        found += [(at, bytes([OFF, key, 64])), (at + 0.01, bytes([ON, key, 40 + int(rng.integers(80))]))]
    for at in np.arange(0.0, END - MOVE, MOVE):
        found += [
            (at, bytes([CONTROL, WHEEL, int(rng.integers(128))])),
            (at, bytes([CONTROL, KNOB + int(rng.integers(4)), int(rng.integers(128))])),
        ]
    found += [(END, bytes([OFF, key, 64])) for key in keys]
    singles = [SINGLES + APART * at + float(rng.uniform(0, 0.01)) for at in range(SINGLE_COUNT)]
    for at in singles:
        key = 48 + int(rng.integers(24))
        found += [(at, bytes([ON, key, 110])), (at + SHORT, bytes([OFF, key, 64]))]
    found.sort(key=lambda each: each[0])
    frames = [(start + round(at * rate), data) for at, data in found]
    return frames, [start + round(at * rate) for at in singles]

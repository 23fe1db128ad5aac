"""Frequencies for reading: `440 Hz  A4 +0 ct`."""

from __future__ import annotations

import math

__all__ = ["hz_text", "pitch_text"]

NAMES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")


def hz_text(hz: float) -> str:
    """Three digits that matter: `82.4 Hz`, `1.25 kHz`."""
    if hz >= 999.5:
        return f"{hz / 1000:.2f} kHz" if hz < 9995 else f"{hz / 1000:.1f} kHz"
    return f"{hz:.1f} Hz" if hz < 99.95 else f"{hz:.0f} Hz"


def pitch_text(hz: float) -> str:
    """The nearest key and how far it is, in cents; C4 is MIDI 60. `hz` must be above 0."""
    key = 69 + 12 * math.log2(hz / 440)
    nearest = round(key)
    return f"{NAMES[nearest % 12]}{nearest // 12 - 1} {100 * (key - nearest):+.0f} ct"

"""MIDI as players send it, at random but the same each time, as bytes at frames."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

__all__ = ["performance"]

Message = tuple[int, bytes]
BASS = 32
"""General MIDI program, from 0, that a test may give a sound of its own."""


def _notes(rng: np.random.Generator, channels: list[int], start: int, end: int, gap: int) -> Iterator[Message]:
    at = start
    while at < end:
        channel, key = int(rng.choice(channels)), int(rng.integers(40, 80))
        yield at, bytes([0x90 | channel, key, int(rng.integers(20, 128))])
        length = int(rng.integers(gap // 2, 3 * gap))
        off = bytes([0x80 | channel, key, 64]) if rng.random() < 0.5 else bytes([0x90 | channel, key, 0])
        yield min(at + length, end), off
        at += int(rng.integers(1, 2 * gap))


def _wheels(rng: np.random.Generator, start: int, end: int, gap: int) -> Iterator[Message]:
    for at in range(start, end, gap):
        word = int(rng.integers(0, 1 << 14))
        yield at, bytes([0xE0, word & 127, word >> 7])
        value = int(rng.integers(0, 1 << 14))
        yield at + gap // 3, bytes([0xB0, 1, value >> 7])
        yield at + gap // 3, bytes([0xB0, 33, value & 127])  # the fine half of the modulation wheel
        yield at + gap // 2, bytes([0xD0, int(rng.integers(0, 128))])
        yield at + gap // 2 + 1, bytes([0xB0, 74, int(rng.integers(0, 128))])
    yield end, bytes([0xE0, 0, 64])


def _pedals(start: int, end: int, gap: int) -> Iterator[Message]:
    for number, at in enumerate(range(start, end - gap, gap)):
        pedal = 64 if number % 2 else 66
        yield at, bytes([0xB0, pedal, 127])
        yield at + gap // 2, bytes([0xB0, pedal, 0])


def _zone(rng: np.random.Generator, start: int, end: int, gap: int) -> Iterator[Message]:
    """An upper MPE zone of three members (channels 13 to 15), whose notes glide."""
    for control, value in ((101, 0), (100, 6), (6, 3)):
        yield start, bytes([0xBF, control, value])
    yield from _notes(rng, [12, 13, 14], start + 1, end, 2 * gap)
    for at in range(start + gap, end, gap // 4):
        word = int(rng.integers(7000, 9500))
        yield at, bytes([0xEC | int(rng.integers(0, 3)), word & 127, word >> 7])


def performance(seed: int, start: int, seconds: float, rate: int = 48_000, *, program: bool = True) -> list[Message]:
    """Messages at frames from `start` on: notes, wheel, 14-bit controllers, pedals, pressure, an MPE zone, and a change
    to the sound of `BASS` half-way; at the end all keys and pedals are up.
    """
    rng, end, gap = np.random.default_rng(seed), start + int(seconds * rate), rate // 8
    found = [
        *_notes(rng, [0, 1], start, end, gap),
        *_wheels(rng, start + gap, end - gap, gap),
        *_pedals(start + 2 * gap, end - gap, 4 * gap),
        *_zone(rng, start + 3 * gap, end - gap, gap),
    ]
    if program:
        found.append(((start + end) // 2, bytes([0xC0, BASS])))
    found += [(end + 1, bytes([0xB0 | channel, control, 0])) for channel in range(16) for control in (64, 66, 123)]
    return sorted(found, key=lambda each: each[0])

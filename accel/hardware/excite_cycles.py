"""Cycles of the excitation unit, exactly as accel/rtl/excite.sv takes them (its test asserts it)."""

from __future__ import annotations

__all__ = ["FIRST_OUTPUT", "SAMPLE_CYCLES", "excite_cycles"]

FIRST_OUTPUT = 48
"""Cycles from start_i to the first out_valid_o: ramp set-up, first increment, and the pipeline."""
SAMPLE_CYCLES = 8
"""Cycles that the next sample's increment takes; a sample with fewer channels takes this long all the same."""


def excite_cycles(channels: int, hop: int) -> int:
    """Cycles from start_i's cycle to done_o's cycle, for a frame of `hop` samples of `channels` channels."""
    return FIRST_OUTPUT + (hop - 1) * max(channels, SAMPLE_CYCLES) + channels

"""Cycles of the excitation unit, exactly as accel/rtl/excite.sv takes them (its test asserts it)."""

from __future__ import annotations

__all__ = ["FIRST_OUTPUT", "RATIO_CYCLES", "SAMPLE_CYCLES", "SETUP_CYCLES", "excite_cycles", "first_output"]

FIRST_OUTPUT = 48
"""Cycles from start_i to the first out_valid_o: ramp set-up, first increment, and the pipeline."""
SAMPLE_CYCLES = 8
"""Cycles that an oscillator's next increment takes; a sample with fewer channels takes this long all the same."""
SETUP_CYCLES = 25
"""Cycles from start_i that the ramp's set-up takes, in which ratios may be looked up."""
RATIO_CYCLES = 32
"""Cycles that an oscillator's ratio takes (ratio_unit.sv)."""


def first_output(oscillators: int) -> int:
    """Cycles from start_i to the first out_valid_o; `oscillators` have records, 0: one has none."""
    late = RATIO_CYCLES * oscillators - SETUP_CYCLES if oscillators else 0
    return FIRST_OUTPUT + late + SAMPLE_CYCLES * (max(oscillators, 1) - 1)


def excite_cycles(channels: int, hop: int, oscillators: int = 0) -> int:
    """Cycles from start_i's cycle to done_o's cycle, for a frame of `hop` samples of `channels` channels."""
    sample = max(channels, SAMPLE_CYCLES * max(oscillators, 1))
    return first_output(oscillators) + (hop - 1) * sample + channels

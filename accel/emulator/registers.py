"""What a voice remembers beside its histories, named once for all forms of the kernels."""

from accel.formats import OSCILLATORS

__all__ = ["CHUNK", "REGISTERS", "REGISTER_AT"]

CHUNK = 32
"""Most samples that one walk through the layers computes; scratch and history rings are sized by it."""

PER_OSCILLATOR = ("phase", "ratio_previous", "ratio_current", "gate")
REGISTERS = (
    *(name if not index else f"{name}{index}" for index in range(OSCILLATORS) for name in PER_OSCILLATOR),
    "lfsr",
    "time",
    "ramp",
    "pitch_previous",
    "pitch_current",
    "fresh",
    "row",
)
"""Words (int64) of a voice: of each NCO its phase, the frame's two ratios and whether its gate is high; LFSR state,
samples since reset, place in the frame, the frame's two pitch words, 1 until the first controls have come, and the
number of controls that came after those."""
OSCILLATOR_STRIDE = len(PER_OSCILLATOR)
"""Words from an oscillator's registers to the next one's."""
REGISTER_AT: dict[str, int] = {name: at for at, name in enumerate(REGISTERS)}

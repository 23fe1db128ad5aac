"""What a voice remembers beside its histories, named once for all forms of the kernels."""

__all__ = ["CHUNK", "REGISTERS", "REGISTER_AT"]

CHUNK = 32
"""Most samples that one walk through the layers computes; scratch and history rings are sized by it."""

REGISTERS = ("phase", "lfsr", "time", "ramp", "pitch_previous", "pitch_current", "fresh", "row")
"""Words (int64) of a voice: NCO phase, LFSR state, samples since reset, place in the frame, the frame's two pitch
words, 1 until the first controls have come, and the number of controls that came after those."""
REGISTER_AT: dict[str, int] = {name: at for at, name in enumerate(REGISTERS)}

"""The Numba emulator: the accelerator's bits at the speed of a desktop processor."""

from accel.emulator.pack import PackedProgram, VoiceStates, allocate, pack
from accel.emulator.stream import Emulator

__all__ = ["Emulator", "PackedProgram", "VoiceStates", "allocate", "pack"]

"""The Numba emulator: the accelerator's bits at the speed of a desktop processor."""

from accel.emulator.emulator import Emulator
from accel.emulator.pack import PackedProgram, VoiceStates, allocate, pack

__all__ = ["Emulator", "PackedProgram", "VoiceStates", "allocate", "pack"]

"""Programs made ready to run: the form is chosen here, once, and the rest of the emulator follows from the type."""

from __future__ import annotations

from accel.emulator.entry import entry_address
from accel.emulator.exact_pack import ExactProgram, ExactStates, allocate_exact, pack_exact
from accel.emulator.fast_pack import FastProgram, pack_fast
from accel.emulator.fast_state import FastStates, allocate_fast
from accel.emulator.forms import FORMS, choose_form
from accel.program import Program
from accel.proof import is_proven

__all__ = ["PackedProgram", "VoiceStates", "allocate", "pack"]

PackedProgram = ExactProgram | FastProgram
VoiceStates = ExactStates | FastStates


def pack(program: Program, form: str | None = None) -> PackedProgram:
    """Lay a program out for the kernels: for the fastest form that is exact for it, or for a named one.

    Args:
        program: a validated program.
        form: a name in `forms.FORMS`; only tests have a reason to name one that the proof does not allow.

    Raises:
        SystoleError: SYSTOLE_EMULATOR names a form that this processor lacks.
    """
    chosen = FORMS[form] if form else choose_form(is_proven(program))
    return pack_exact(program) if chosen.name == "exact" else pack_fast(program, chosen)


def allocate(packed: PackedProgram, voices: int) -> VoiceStates:
    """State for `voices` voices of a packed program, not yet reset. One thread per state: scratch is shared.

    Compiles the program's form, or loads it.
    """
    if isinstance(packed, FastProgram):
        return allocate_fast(packed, voices, entry_address(packed.form))
    return allocate_exact(packed, voices)

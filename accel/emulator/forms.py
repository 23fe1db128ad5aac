"""The instruction sets that the fast kernels are generated for, and the choice of one for this processor.

Every form gives the same bits; they differ in vector width and in which instruction multiplies pairs of int16.
SYSTOLE_EMULATOR=vnni|avx512|avx2|sse4|portable|exact overrides the choice.
"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass

from accel.errors import SystoleError

__all__ = ["FORMS", "VARIABLE", "Form", "available_forms", "choose_form"]

VARIABLE = "SYSTOLE_EMULATOR"


@dataclass(frozen=True)
class Form:
    """A way to generate the kernels.

    Attributes:
        lanes: int32 lanes of a vector.
        steps: time steps that a tile keeps in registers, two vectors each.
        features: processor features (LLVM's names) without which it cannot run.
    """

    name: str
    lanes: int
    steps: int
    features: tuple[str, ...]
    title: str


FORMS: dict[str, Form] = {
    form.name: form
    for form in (
        Form("vnni", 16, 8, ("avx512f", "avx512bw", "avx512vl", "avx512vnni"), "AVX-512 VNNI (vpdpwssd)"),
        Form("avx512", 16, 8, ("avx512f", "avx512bw", "avx512vl"), "AVX-512BW (vpmaddwd)"),
        Form("avx2", 8, 4, ("avx2",), "AVX2 (vpmaddwd)"),
        Form("sse4", 4, 4, ("ssse3", "sse4.1"), "SSE4.1 (pmaddwd)"),
        Form("portable", 4, 4, (), "portable vectors (NEON and others)"),
        Form("exact", 1, 1, (), "scalar, saturating in the RTL's order"),
    )
}
"""Fastest first. `exact` runs any program; the others only those whose bounds are proven."""


@functools.cache
def available_forms() -> tuple[str, ...]:
    """Names of the forms that this processor runs, fastest first."""
    from llvmlite import binding

    features = binding.get_host_cpu_features()
    return tuple(form.name for form in FORMS.values() if all(features.get(name) for name in form.features))


def choose_form(proven: bool = True) -> Form:
    """The form for a program: the fastest one, or what SYSTOLE_EMULATOR says; `exact` where nothing is proven.

    Raises:
        SystoleError: the variable names no form, or one that this processor lacks.
    """
    if not proven:
        return FORMS["exact"]
    wanted = os.environ.get(VARIABLE, "")
    if not wanted:
        return FORMS[available_forms()[0]]
    if wanted not in available_forms():
        raise SystoleError(f"{VARIABLE} is {wanted!r}, allowed here: {', '.join(available_forms())}")
    return FORMS[wanted]

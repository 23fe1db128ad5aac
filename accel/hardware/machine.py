"""The simulated accelerator as an object: load a program, start, feed control voltages, take samples.

Every signal that decides a bit is the RTL's; this only moves words in and out of the Verilated core's ports.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from accel.hardware.build import build_core
from accel.hardware.geometry import Geometry
from accel.hardware.image import Image, pack
from accel.hardware.layout import LOAD_SELECT
from accel.program import Program
from accel.reference import DEFAULT_SEED

__all__ = ["Machine", "Run"]

PATIENCE = 2_000_000
"""Cycles without a word in or out after which a run counts as hung."""
_P32 = np.ctypeslib.ndpointer(np.uint32, flags="C")
_P16 = np.ctypeslib.ndpointer(np.int16, flags="C")


@dataclass(frozen=True)
class Run:
    """What a take gave.

    Attributes:
        samples: int16 [(frames - 1) * hop].
        cycles: uint32 [frames] busy cycles of each frame, the priming one first.
        macs: useful multiply-accumulates.
    """

    samples: NDArray[np.int16]
    cycles: NDArray[np.uint32]
    macs: int


class Machine:
    """A simulated core of one geometry."""

    def __init__(self, geometry: Geometry, *, checked: bool = False, library: Path | None = None) -> None:
        """Build (if need be) and reset a core; `checked` binds the assertions in."""
        self.geometry = geometry
        self._library = _bind(ctypes.CDLL(str(library or build_core(geometry, checked=checked))))
        self._handle: ctypes.c_void_p | None = ctypes.c_void_p(self._library.machine_new())
        self.image: Image | None = None
        self._program: Program | None = None

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            self._library.machine_free(self._handle)
            self._handle = None

    def load(self, program: Program, *, block: int | None = None) -> Image:
        """Pack a program for this geometry and write it through the load port.

        Raises:
            SystoleError: it does not fit.
        """
        image = pack(program, self.geometry, block=block)
        for name, (at, data) in image.parts.items():
            self._library.machine_load(self._handle, LOAD_SELECT[name], len(at), at, np.ascontiguousarray(data))
        self.image, self._program = image, program
        return image

    def read(self, target: str, at: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """Words of a memory, read back through the load port."""
        at = np.ascontiguousarray(at, np.uint32)
        data = np.zeros(len(at), np.uint32)
        got = self._library.machine_read(self._handle, LOAD_SELECT[target], len(at), at, data)
        if got != len(at):
            raise SystoleError(f"read of {len(at)} words of {target} gave {got}")
        return data

    def run(
        self,
        pitch: NDArray[np.int32],
        knobs: NDArray[np.int16],
        *,
        seed: int = DEFAULT_SEED,
        phase: int = 0,
        stall: int = 0,
    ) -> Run:
        """Render a take from reset; arguments as `accel.reference.run`.

        Args:
            stall: seed of random stalls on the control and sample streams; 0: none. From 2**31 on, samples also stay
                in the queue for thousands of cycles at a time.

        Raises:
            SystoleError: nothing is loaded, or the core hangs.
        """
        if self._program is None:
            raise SystoleError("no program is loaded")
        voltages = np.concatenate([np.asarray(pitch, np.int64)[:, None], np.asarray(knobs, np.int64)], axis=1)
        words = np.ascontiguousarray(voltages & 0xFFFFFF, np.uint32)
        frames = len(words)
        samples = np.zeros(max(0, frames - 1) * self._program.hop, np.int16)
        cycles = np.zeros(frames, np.uint32)
        self._library.machine_start(self._handle, seed, phase)
        got = self._library.machine_run(
            self._handle, frames, words.shape[1], words, len(samples), samples, cycles, stall, PATIENCE
        )
        if got != len(samples):
            raise SystoleError("the simulated core hangs" if got < 0 else f"{got} samples instead of {len(samples)}")
        return Run(samples, np.diff(cycles, prepend=np.uint32(0)), self._library.machine_macs(self._handle))


def _bind(library: ctypes.CDLL) -> ctypes.CDLL:
    handle, i64, u32 = ctypes.c_void_p, ctypes.c_int64, ctypes.c_uint32
    library.machine_new.restype = handle
    library.machine_new.argtypes = []
    library.machine_free.argtypes = [handle]
    library.machine_load.argtypes = [handle, ctypes.c_int, i64, _P32, _P32]
    library.machine_read.argtypes = [handle, ctypes.c_int, i64, _P32, _P32]
    library.machine_read.restype = i64
    library.machine_start.argtypes = [handle, u32, u32]
    library.machine_run.argtypes = [handle, i64, i64, _P32, i64, _P16, _P32, u32, i64]
    library.machine_run.restype = i64
    library.machine_macs.argtypes = [handle]
    library.machine_macs.restype = ctypes.c_uint64
    return library

"""Ours: the compiled program in the bit-exact integer emulator."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from accel.emulator.forms import choose_form
from accel.proof import is_proven
from benchmarks.driver import Voices
from benchmarks.peers.base import Peer
from benchmarks.workloads import Workload, take_of

__all__ = ["Systole"]


class Systole(Peer):
    """One voice of the emulator; it makes its own noise as well."""

    def prepare(self, workload: Workload, block: int) -> None:
        """Pack the program and start the take."""
        self._voices = Voices(workload.program, take_of(workload), block)
        self._form = choose_form(is_proven(workload.program)).title

    def run_block(self) -> NDArray[Any]:
        """int16 [block]."""
        self._voices.run()
        return self._voices.out[0]

    @property
    def detail(self) -> str:
        """The kernels' instructions."""
        return self._form

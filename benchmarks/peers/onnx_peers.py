"""ONNX Runtime: the Conv graph that an exporter gives, and the fastest form that we found by hand; fp32 and int8."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from numpy.typing import NDArray

from benchmarks.peers.base import Peer
from benchmarks.peers.folded import Folded, fold
from benchmarks.peers.onnx_graph import Form, build_graph
from benchmarks.peers.onnx_quantise import quantise_dynamic, quantise_static
from benchmarks.peers.onnx_session import Streaming
from benchmarks.workloads import Workload

__all__ = ["OnnxConv", "OnnxConvInt8", "OnnxFloat", "OnnxInt8"]

Make = Callable[[Any, Workload, Folded, int], bytes]

_CHECKED, _TRIALS = 8, 25
LEAST_SNR = 10.0
"""dB: a quantised form whose output is not even that close to the float one does not work."""


def _as_is(model: Any, workload: Workload, folded: Folded, block: int) -> bytes:
    data: bytes = model.SerializeToString()
    return data


def _open(workload: Workload, block: int, form: Form, make: Make) -> Streaming:
    folded = fold(workload.network, scale_too=make is _as_is)
    model = build_graph(workload, folded, block, form)
    return Streaming(make(model, workload, folded, block), workload, folded, block)


def _fastest(sessions: dict[str, Streaming]) -> str:
    """Label of the fastest session; they take turns, so that no disturbance meets one alone."""
    times: dict[str, list[float]] = {label: [] for label in sessions}
    for _ in range(_TRIALS):
        for label, session in sessions.items():
            session.run()  # the caches still hold the previous one
            began = time.thread_time()
            session.run()
            times[label].append(time.thread_time() - began)
    return min(times, key=lambda label: statistics.median(times[label]))


def _works(session: Streaming, workload: Workload, block: int) -> bool:
    """Whether the first blocks resemble those of the float graph."""
    plain = _open(workload, block, "matmul", _as_is)
    signal = error = 1e-12
    for _ in range(_CHECKED):
        wanted = plain.run()
        signal += float((wanted**2).sum())
        error += float(((session.run() - wanted) ** 2).sum())
    return 10 * math.log10(signal / error) > LEAST_SNR


class _Onnx(Peer):
    """Builds its forms and keeps the fastest."""

    forms: ClassVar[Sequence[tuple[str, Form, Make]]]

    def prepare(self, workload: Workload, block: int) -> None:
        """Build every form, time them briefly, keep the fastest that works.

        Raises:
            ValueError: no form gives a useful output.
        """
        sessions: dict[str, Streaming] = {}
        for label, form, make in self.forms:
            session = _open(workload, block, form, make)
            if make is _as_is or _works(session, workload, block):
                sessions[label] = session
        if not sessions:
            raise ValueError(f"no form gives a useful output for {workload.name}")
        self._label = _fastest(sessions) if len(sessions) > 1 else next(iter(sessions))
        form, make = next((form, make) for label, form, make in self.forms if label == self._label)
        self._session = _open(workload, block, form, make)

    def run_block(self) -> NDArray[Any]:
        """float32 [block]."""
        return self._session.run()

    @property
    def detail(self) -> str:
        """The form that was fastest."""
        return self._label


class OnnxConv(_Onnx):
    """fp32, Conv graph."""

    forms = (("Conv", "conv", _as_is),)


class OnnxFloat(_Onnx):
    """fp32, the fastest of all forms."""

    forms = (("Conv", "conv", _as_is), ("Gemm", "gemm", _as_is), ("MatMul", "matmul", _as_is))


class OnnxConvInt8(_Onnx):
    """int8 by static quantisation of the Conv graph."""

    forms = (("Conv, static", "conv", quantise_static),)


class OnnxInt8(_Onnx):
    """int8, the fastest form that works."""

    forms = (
        ("Conv, static", "conv", quantise_static),
        ("MatMul, static", "matmul", quantise_static),
        ("MatMul, dynamic", "matmul", quantise_dynamic),
    )

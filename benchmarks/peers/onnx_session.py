"""A streaming session of ONNX Runtime: one thread, everything bound once, state handed over without a copy."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from benchmarks.peers.base import Frames
from benchmarks.peers.folded import Folded
from benchmarks.workloads import Workload

__all__ = ["Streaming", "open_session", "output_of", "start_values"]

_FATAL_ONLY = 4
_EVERY_BLOCK = ("volts", "controls", "noise")


def open_session(model: bytes) -> Any:
    """A session on one core, as tuned as it gets without leaving the documented options."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.add_session_config_entry("session.set_denormal_as_zero", "1")
    options.log_severity_level = _FATAL_ONLY
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def start_values(session: Any, folded: Folded, frames: Frames) -> dict[str, NDArray[np.float32]]:
    """The inputs of the first block: histories at rest, phase 0, the first rows of the take."""
    values = {}
    for each in session.get_inputs():
        value = np.zeros(each.shape, np.float32)
        if each.name.startswith("past"):
            rest = folded.rest[int(each.name.removeprefix("past"))]
            value += rest[:, None] if len(each.shape) == 3 else rest
        elif each.name == "weights":
            value[:] = frames.weights[0]
        elif each.name in _EVERY_BLOCK:
            value[:] = getattr(frames, each.name)[0]
        values[each.name] = value
    return values


def output_of(name: str) -> str:
    """The output that becomes the input `name` of the next block."""
    return name.replace("past", "next") if name.startswith("past") else f"next_{name}"


class Streaming:
    """Runs block after block. Two bindings take turns: the state that one writes is the state that the other reads.

    An OrtValue on the CPU shares its NumPy array's memory, so inputs are set and outputs read in place.
    """

    def __init__(self, model: bytes, workload: Workload, folded: Folded, block: int) -> None:
        self._session = open_session(model)
        self._frames = Frames(workload, block)
        inputs = start_values(self._session, folded, self._frames)
        outputs = {each.name: np.zeros(each.shape, np.float32) for each in self._session.get_outputs()}
        self._each = [(inputs[name], getattr(self._frames, name)) for name in _EVERY_BLOCK if name in inputs]
        self._weights = inputs["weights"]
        self._out = outputs["out"].reshape(-1)
        share = onnxruntime.OrtValue.ortvalue_from_numpy
        values = {name: share(array) for name, array in (inputs | outputs).items()}
        self._bindings = []
        for turn in range(2):
            binding = self._session.io_binding()
            binding.bind_ortvalue_output("out", values["out"])
            for name in inputs:
                state = output_of(name)
                if state in outputs:
                    binding.bind_ortvalue_input(name, values[state if turn else name])
                    binding.bind_ortvalue_output(state, values[name if turn else state])
                else:
                    binding.bind_ortvalue_input(name, values[name])
            self._bindings.append(binding)
        self._count = 0

    def run(self) -> NDArray[np.float32]:
        """The next block, float32 [block]."""
        frames = self._frames
        at = self._count % frames.blocks
        for array, values in self._each:
            array[:] = values[at]
        if frames.phases > 1:
            self._weights[:] = frames.weights[self._count % frames.phases]
        self._session.run_with_iobinding(self._bindings[self._count % 2])
        self._count += 1
        return self._out

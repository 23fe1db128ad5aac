"""int8 forms of the generator by ONNX Runtime's own quantiser, calibrated on the sound that it will make."""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)

from benchmarks.peers.base import Frames
from benchmarks.peers.folded import Folded
from benchmarks.peers.onnx_session import open_session, output_of, start_values
from benchmarks.workloads import Workload

__all__ = ["quantise_dynamic", "quantise_static"]

CALIBRATION_BLOCKS = 12
_LARGE = ["Conv", "Gemm", "MatMul"]
"""Operators worth quantising: the tables between (tanh, sigmoid) lose more by conversion than they win."""


def _feeds(model: bytes, workload: Workload, folded: Folded, block: int) -> Iterator[dict[str, NDArray[np.float32]]]:
    """Inputs of successive blocks, histories included, as the float form meets them."""
    session, frames = open_session(model), Frames(workload, block)
    feed = start_values(session, folded, frames)
    names = [each.name for each in session.get_outputs()]
    for count in range(CALIBRATION_BLOCKS):
        yield dict(feed)
        found = dict(zip(names, session.run(None, feed), strict=True))
        for name in feed:
            if output_of(name) in found:
                feed[name] = found[output_of(name)]
            elif name == "weights":
                feed[name] = frames.weights[(count + 1) % frames.phases]
            else:
                feed[name] = getattr(frames, name)[(count + 1) % frames.blocks]


class _Reader(CalibrationDataReader):
    def __init__(self, feeds: Iterator[dict[str, NDArray[np.float32]]]) -> None:
        self._feeds = feeds

    def get_next(self) -> Any:
        return next(self._feeds, None)


def _layers(model: Any) -> list[str]:
    """Names of the nodes of the generator's body: those whose constant weight is of a layer, not of the control."""
    wanted = ("gated", "mix", "head")
    return [
        node.name
        for node in model.graph.node
        if node.op_type in _LARGE and any(name.startswith(wanted) and name[-5:] != "_bias" for name in node.input)
    ]


def _convert(model: Any, workload: Workload, folded: Folded, block: int, *, static: bool) -> bytes:
    for index, node in enumerate(model.graph.node):
        node.name = f"node{index}"
    chosen = _layers(model)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)  # the quantiser's advice to preprocess for shapes that are all static here
        try:
            source, target = Path(folder) / "float.onnx", Path(folder) / "int8.onnx"
            onnx.save(model, str(source))
            common: dict[str, Any] = {
                "nodes_to_quantize": chosen,
                "weight_type": QuantType.QInt8,
                "per_channel": True,
            }
            if static:
                reader = _Reader(_feeds(model.SerializeToString(), workload, folded, block))
                options = {"quant_format": QuantFormat.QDQ, "activation_type": QuantType.QUInt8}
                quantize_static(str(source), str(target), reader, **options, **common)
            else:
                quantize_dynamic(str(source), str(target), **common)
            return target.read_bytes()
        finally:
            logging.disable(logging.NOTSET)


def quantise_static(model: Any, workload: Workload, folded: Folded, block: int) -> bytes:
    """Weights and activations int8 with scales from calibration (QDQ, fused by the runtime)."""
    return _convert(model, workload, folded, block, static=True)


def quantise_dynamic(model: Any, workload: Workload, folded: Folded, block: int) -> bytes:
    """Weights int8; activations quantised at run time."""
    return _convert(model, workload, folded, block, static=False)

"""The contestants. Modules are imported on demand: not every machine has PyTorch or ONNX Runtime."""

from __future__ import annotations

import importlib

from benchmarks.peers.base import Peer

__all__ = ["OURS", "PEERS", "Peer", "open_peer"]

OURS = "systole"
PEERS: dict[str, tuple[str, str, str]] = {
    OURS: ("Systole", "benchmarks.peers.systole", "Systole"),
    "onnx-conv": ("ONNX Runtime fp32, Conv graph", "benchmarks.peers.onnx_peers", "OnnxConv"),
    "onnx-fp32": ("ONNX Runtime fp32, fastest form", "benchmarks.peers.onnx_peers", "OnnxFloat"),
    "onnx-conv-int8": ("ONNX Runtime int8, Conv graph", "benchmarks.peers.onnx_peers", "OnnxConvInt8"),
    "onnx-int8": ("ONNX Runtime int8, fastest form", "benchmarks.peers.onnx_peers", "OnnxInt8"),
    "torch": ("PyTorch eager", "benchmarks.peers.torch_eager", "TorchEager"),
    "numba": ("plain Numba loops", "benchmarks.peers.numba_loops", "NumbaLoops"),
    "numpy": ("NumPy", "benchmarks.peers.numpy_float", "NumpyFloat"),
}
"""Name -> (title, module, class), in the order of the table."""


def open_peer(name: str) -> Peer:
    """An unprepared contestant.

    Raises:
        ImportError: the package that it stands for is not installed (extra `bench` or `train`).
    """
    _, module, kind = PEERS[name]
    peer: Peer = getattr(importlib.import_module(module), kind)()
    return peer

"""A model for other runtimes: the float network as an ONNX graph, compared with ours before it is written.

The graph is the network and its control network, interpolation included; excitation stays outside, because a runtime's
host knows its own clock, phase and noise. Written from `accel.network`, the form that the compiler reads, so float
weights and dequantised programs go the same way and PyTorch is not needed. Operators are as an exporter of torch would
choose them: a dilated Conv on [1, channels, time] with zeros in front. Whole takes only: histories start empty.
"""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from accel.atomic import atomic_path
from accel.calibrate import random_controls
from accel.errors import SystoleError
from accel.formats import LEAK_SHIFT
from accel.network import Network

__all__ = ["INPUTS", "OUTPUT", "build_model", "export_onnx", "largest_difference"]

OPSET, IR_VERSION = 18, 9
INPUTS = ("excitation", "control")
OUTPUT = "audio"
TOLERANCE = 1e-4
"""Largest difference from the float network in full scale that an exported graph may have."""

Floats = NDArray[np.float64]


class _Graph:
    """Collects nodes and constants; `op` returns the name of its result."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def constant(self, name: str, value: Any, kind: type = np.float32) -> str:
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value, kind), name)
        return name

    def op(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        name = output or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def cut(self, value: str, start: int, end: int, axis: int) -> str:
        """value[start:end] along an axis."""
        ends = [self.constant(f"at_{at}", [at], np.int64) for at in (start, end, axis)]
        return self.op("Slice", value, *ends)

    def convolution(self, value: str, name: str, *, scale: float = 1.0, dilation: int = 1, output: str = "") -> str:
        """A causal Conv of the layer of that name, [1, in, T] -> [1, out, T]."""
        weight, bias = self.network.layer(name)
        weight = weight.reshape(len(weight), weight.shape[1], -1) * scale
        past = (weight.shape[2] - 1) * dilation
        names = [self.constant(f"{name}.weight", weight), self.constant(f"{name}.bias", bias * scale)]
        return self.op("Conv", value, *names, output=output, dilations=[dilation], pads=[past, 0])


def build_model(network: Network) -> onnx.ModelProto:
    """The ONNX model of a float network.

    Inputs: `excitation` float32 [1, T, E], sine and cosine of each of the architecture's harmonics, the sine of each of
    its sines (all fading out below Nyquist), then noise in [-1, 1); `control` float32 [1, T/hop + 1, 1 + knobs], V/oct
    volts (0 V = C4), then knobs in 0..1, row k at sample hop*k. Output: `audio` float32 [1, T], full scale +-1. T is
    free, a multiple of hop.
    """
    shape, graph = network.architecture, _Graph(network)
    condition = _conditioning(graph)
    x = graph.convolution(graph.op("Transpose", "excitation", perm=[0, 2, 1]), "first_conv")
    skip, width, last = "", 2 * shape.channels, len(shape.dilations) - 1
    for index, dilation in enumerate(shape.dilations):
        name = f"conv_layers.{index}"
        rows = graph.cut(condition, index * width, (index + 1) * width, 1)
        h = graph.op("Add", graph.convolution(x, f"{name}.conv", dilation=dilation), rows)
        tanh = graph.op("Tanh", graph.cut(h, 0, shape.channels, 1))
        z = graph.op("Mul", tanh, graph.op("Sigmoid", graph.cut(h, shape.channels, width, 1)))
        layer_skip = graph.convolution(z, f"{name}.conv1x1_skip", scale=shape.skip_scale)
        skip = graph.op("Add", skip, layer_skip) if skip else layer_skip
        if index < last:
            x = graph.op("Add", x, graph.convolution(z, f"{name}.conv1x1_out"))
            if shape.residual_scale != 1.0:
                x = graph.op("Mul", x, graph.constant("residual_scale", shape.residual_scale))
    hidden = graph.op("Relu", graph.convolution(graph.op("Relu", skip), "last_conv_layers.1"))
    audio = graph.convolution(hidden, "last_conv_layers.3")
    graph.op("Squeeze", audio, graph.constant("at_1", [1], np.int64), output=OUTPUT)
    return _model(graph)


def _conditioning(graph: _Graph) -> str:
    """The control network on its rows, interpolated to samples: [1, layers*2C, T]."""
    network, hop = graph.network, graph.network.architecture.hop
    knobs = len(network.architecture.knobs)
    scale, shift = np.array([1 / 3] + [2.0] * knobs), np.array([0.0] + [-1.0] * knobs)
    value = graph.op("Mul", "control", graph.constant("control_scale", scale))
    value = graph.op("Add", value, graph.constant("control_shift", shift))
    for index in range(network.control_layers):
        weight, bias = network.layer(f"control.{index}")
        value = graph.op("MatMul", value, graph.constant(f"control.{index}.weight", weight.T))
        value = graph.op("Add", value, graph.constant(f"control.{index}.bias", bias))
        if index < network.control_layers - 1:
            value = graph.op("LeakyRelu", value, alpha=2.0**-LEAK_SHIFT)
    end = np.iinfo(np.int64).max
    rows = [graph.cut(value, 0, -1, 1), graph.cut(value, 1, end, 1)]
    ramp = (np.arange(hop) / hop)[:, None]
    parts: list[str] = []
    for row, share in zip(rows, (1 - ramp, ramp), strict=True):
        frames = graph.op("Unsqueeze", row, graph.constant("at_2", [2], np.int64))
        parts.append(graph.op("Mul", frames, graph.constant(f"ramp_{len(parts)}", share)))
    samples = graph.op("Add", *parts)
    width = len(network.architecture.dilations) * 2 * network.architecture.channels
    flat = graph.op("Reshape", samples, graph.constant("flat", [1, -1, width], np.int64))
    return graph.op("Transpose", flat, perm=[0, 2, 1])


def _model(graph: _Graph) -> onnx.ModelProto:
    shape = graph.network.architecture
    excitation = helper.make_tensor_value_info(INPUTS[0], TensorProto.FLOAT, [1, "T", shape.excitation_channels])
    control = helper.make_tensor_value_info(INPUTS[1], TensorProto.FLOAT, [1, "R", 1 + len(shape.knobs)])
    audio = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [1, "T"])
    proto = helper.make_graph(graph.nodes, shape.name, [excitation, control], [audio], list(graph.constants.values()))
    proto.doc_string = build_model.__doc__ or ""
    model = helper.make_model(proto, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="systole")
    model.ir_version = IR_VERSION
    helper.set_model_props(model, {"systole": msgspec.json.encode(shape, order="sorted").decode()})
    onnx.checker.check_model(model, full_check=True)
    return model


def largest_difference(model: onnx.ModelProto, network: Network, *, rows: int = 65, seed: int = 0) -> float:
    """Largest difference between onnxruntime and the float network on a random take of moving controls, full scale."""
    import onnxruntime

    shape, rng = network.architecture, np.random.default_rng(seed)
    volts, knobs = random_controls(rng, rows, len(shape.knobs))
    noise = rng.uniform(-1, 1, (rows - 1) * shape.hop)
    excitation = network.excitation(volts, knobs, noise, float(rng.uniform()))
    control = np.column_stack([volts, knobs])
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    given = {"excitation": excitation[None].astype(np.float32), "control": control[None].astype(np.float32)}
    found = session.run([OUTPUT], given)[0][0]
    condition = network.interpolate(network.control_streams(volts, knobs)[-1])
    return float(np.abs(found - network.streams(excitation, condition)["output"][:, 0]).max())


def export_onnx(network: Network, path: Path) -> float:
    """Write the model; returns its largest difference from the float network, full scale.

    Raises:
        SystoleError: onnxruntime gives another sound than the float network; nothing is written.
    """
    model = build_model(network)
    difference = max(largest_difference(model, network, seed=seed) for seed in range(4))
    if not difference <= TOLERANCE:
        raise SystoleError(f"{path}: onnxruntime differs by {difference:.2g} of full scale; allowed: {TOLERANCE:g}")
    with atomic_path(path) as temporary:
        onnx.save(model, temporary)
    return difference

"""The generator as an ONNX graph with its state as inputs and outputs, in the forms that a runtime may like.

`conv`: [1, channels, time], dilated Conv, as an exporter would write it. `gemm`: [time, channels], taps side by
side, one Gemm per matrix, whose third operand adds conditioning, residual and skip for nothing. `matmul`: the same
with MatMul and Add, which the quantisers know. Which one is faster depends on sizes and machine: peers try them.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from accel.formats import C4_HZ, FADE_TOP, FADE_WIDTH_BITS, LEAK_SHIFT
from benchmarks.peers.base import Frames
from benchmarks.peers.folded import Folded
from benchmarks.workloads import Workload

__all__ = ["Form", "build_graph", "histories"]

Form = Literal["conv", "gemm", "matmul"]
OPSET, IR_VERSION = 18, 9


def histories(workload: Workload) -> list[int]:
    """Samples of history of each layer."""
    return [(workload.shape.kernel - 1) * dilation for dilation in workload.shape.dilations]


class _Graph:
    """Collects nodes, constants, inputs and outputs."""

    def __init__(self, form: Form) -> None:
        self.fused, self.time_first = form == "gemm", form != "conv"
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}
        self.inputs: list[Any] = []
        self.outputs: list[Any] = []

    def constant(self, name: str, value: Any, kind: type = np.float32) -> str:
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value, kind), name)
        return name

    def integers(self, *values: int) -> str:
        return self.constant("i" + "_".join(map(str, values)), values, np.int64)

    def input(self, name: str, *shape: int) -> str:
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return name

    def output(self, name: str, *shape: int) -> str:
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return name

    def op(self, kind: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        name = output or f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def split(self, value: str, sizes: list[int], axis: int) -> list[str]:
        """Split; an axis that needs no cut is passed through."""
        if len(sizes) == 1:
            return [value]
        names = [f"t{len(self.nodes)}_{index}" for index in range(len(sizes))]
        self.nodes.append(helper.make_node("Split", [value, self.integers(*sizes)], names, axis=axis))
        return names

    def slice(self, value: str, start: int, end: int, axis: int, output: str = "") -> str:
        return self.op("Slice", [value, *map(self.integers, (start, end, axis))], output)

    def affine(self, value: str, matrix: str, added: str, output: str = "") -> str:
        """value @ matrix + added."""
        if self.fused:
            return self.op("Gemm", [value, matrix, added], output)
        return self.op("Add", [self.op("MatMul", [value, matrix]), added], output)

    def model(self) -> Any:
        graph = helper.make_graph(self.nodes, "generator", self.inputs, self.outputs, list(self.constants.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = IR_VERSION
        onnx.checker.check_model(model)
        return model


def _excitation(graph: _Graph, workload: Workload, block: int, rows: int) -> str:
    """Oscillator beside the noise, [block, E] with sines, cosines, noise; the phase is state."""
    noise = graph.input("noise", block, 1)
    harmonics = workload.shape.harmonics
    if not harmonics:
        return noise
    volts, phase = graph.input("volts", rows, 1), graph.input("phase", 1, 1)
    pitch = graph.op("MatMul", ["weights", volts])
    octave = graph.op("Mul", [pitch, graph.constant("ln2", [[np.log(2)]])])
    step = graph.op("Exp", [graph.op("Add", [octave, graph.constant("c4", [[np.log(C4_HZ / workload.shape.rate)]])])])
    moved = graph.op("CumSum", [step, graph.integers(0)])
    turns = graph.op("Add", [graph.op("Sub", [moved, step]), phase])
    last = graph.op("Add", [graph.slice(moved, block - 1, block, 0), phase])
    graph.op("Sub", [last, graph.op("Floor", [last])], graph.output("next_phase", 1, 1))
    multiples = np.array([harmonics], np.float32)
    angle = graph.op("MatMul", [turns, graph.constant("angles", 2 * np.pi * multiples)])
    slope = 2.0 ** (32 - FADE_WIDTH_BITS)
    fall = graph.op("MatMul", [step, graph.constant("falls", -slope * multiples)])
    gain = graph.op("Add", [fall, graph.constant("fade", [[FADE_TOP / 2.0**32 * slope]])])
    gain = graph.op("Clip", [gain, graph.constant("zero", 0.0), graph.constant("one", 1.0)])
    waves = [graph.op("Mul", [gain, graph.op(kind, [angle])]) for kind in ("Sin", "Cos")]
    return graph.op("Concat", [*waves, noise], axis=1)


def _conditioning(graph: _Graph, folded: Folded, rows: int) -> str:
    """The control network on the rows of this block, [rows, layers*2C]."""
    value = graph.input("controls", rows, folded.control[0][0].shape[0])
    for index, (matrix, bias) in enumerate(folded.control):
        names = [graph.constant(f"control{index}", matrix), graph.constant(f"control{index}_bias", bias)]
        value = graph.op("Gemm", [value, *names])
        if index < len(folded.control) - 1:
            value = graph.op("LeakyRelu", [value], alpha=2.0**-LEAK_SHIFT)
    return value


def _with_skip(folded: Folded, skip: int) -> NDArray[np.float32]:
    """The first 1x1 with zero columns for the skip sum: the stream and the skip sum travel as one tensor."""
    return np.pad(folded.first, ((0, 0), (0, skip)))


def _carried(graph: _Graph, folded: Folded, stream: str, channels: int, skip: int) -> str:
    """What of the stream passes a layer by."""
    if folded.carry == 1.0:
        return stream
    factors = np.repeat([folded.carry, 1.0], [channels, skip])
    return graph.op("Mul", [stream, graph.constant("carry", factors if graph.time_first else factors[:, None])])


def _gate(graph: _Graph, value: str, channels: int, axis: int) -> str:
    left, right = graph.split(value, [channels, channels], axis)
    return graph.op("Mul", [graph.op("Tanh", [left]), graph.op("Sigmoid", [right])])


def _conv_layers(graph: _Graph, folded: Folded, workload: Workload, block: int, start: str, rows: str) -> str:
    """All layers as Conv, and the head: -> `out` [1, 1, block]."""
    shape, layers = workload.shape, workload.layers
    c, s = shape.channels, shape.skip
    parts = graph.split(graph.op("Gemm", [rows, "weights"], transA=1, transB=1), [2 * c] * layers, 0)
    first = graph.op("Gemm", [graph.constant("first", _with_skip(folded, s)), start], transA=1, transB=1)
    stream = graph.op("Unsqueeze", [first, graph.integers(0)])
    for index, (past, dilation) in enumerate(zip(histories(workload), shape.dilations, strict=True)):
        long = graph.slice(stream, 0, c, 1)
        if past:
            long = graph.op("Concat", [graph.input(f"past{index}", 1, c, past), long], axis=2)
            graph.slice(long, block, block + past, 2, graph.output(f"next{index}", 1, c, past))
        weight = graph.constant(f"gated{index}", folded.gated[index].transpose(2, 1, 0))
        h = graph.op("Conv", [long, weight], dilations=[dilation])
        z = _gate(graph, graph.op("Add", [h, parts[index]]), c, 1)
        more = graph.op("Conv", [z, graph.constant(f"mix{index}", folded.mix[index].T[:, :, None])])
        carried = _carried(graph, folded, stream, c, s) if index < layers - 1 else graph.slice(stream, c, c + s, 1)
        stream = graph.op("Add", [more, carried])
    skip = graph.op("Add", [stream, graph.constant("skip_bias", folded.skip_bias[:, None])])
    head = [graph.constant("head", folded.head.T[:, :, None]), graph.constant("head_bias", folded.head_bias)]
    hidden = graph.op("Conv", [graph.op("Relu", [skip]), *head])
    last = [graph.constant("last", folded.last.T[:, :, None]), graph.constant("last_bias", folded.last_bias)]
    return graph.op("Conv", [graph.op("Relu", [hidden]), *last], graph.output("out", 1, 1, block))


def _gemm_layers(graph: _Graph, folded: Folded, workload: Workload, block: int, start: str, rows: str) -> str:
    """All layers as matrix products over [time, channels], and the head: -> `out` [block, 1]."""
    shape, layers = workload.shape, workload.layers
    c, s = shape.channels, shape.skip
    parts = graph.split(rows, [2 * c] * layers, 1)
    stream = graph.op("MatMul", [start, graph.constant("first", _with_skip(folded, s))])
    for index, (past, dilation) in enumerate(zip(histories(workload), shape.dilations, strict=True)):
        taps = graph.slice(stream, 0, c, 1)
        if past:
            long = graph.op("Concat", [graph.input(f"past{index}", past, c), taps], axis=0)
            graph.slice(long, block, block + past, 0, graph.output(f"next{index}", past, c))
            older = [graph.slice(long, at * dilation, at * dilation + block, 0) for at in range(shape.kernel - 1)]
            taps = graph.op("Concat", [*older, taps], axis=1)
        condition = graph.op("MatMul", ["weights", parts[index]])
        gated = graph.constant(f"gated{index}", folded.gated[index].reshape(-1, 2 * c))
        z = _gate(graph, graph.affine(taps, gated, condition), c, 1)
        carried = _carried(graph, folded, stream, c, s) if index < layers - 1 else graph.slice(stream, c, c + s, 1)
        stream = graph.affine(z, graph.constant(f"mix{index}", folded.mix[index]), carried)
    skip = graph.op("Add", [stream, graph.constant("skip_bias", folded.skip_bias)])
    head = [graph.constant("head", folded.head), graph.constant("head_bias", folded.head_bias)]
    hidden = graph.affine(graph.op("Relu", [skip]), head[0], head[1])
    last = [graph.constant("last", folded.last), graph.constant("last_bias", folded.last_bias)]
    return graph.affine(graph.op("Relu", [hidden]), last[0], last[1], graph.output("out", block, 1))


def build_graph(workload: Workload, folded: Folded, block: int, form: Form) -> Any:
    """An ONNX model of one block.

    Inputs: `weights` [block, rows], `controls`, `noise`, and, with an oscillator, `volts` and `phase`; the
    layers' `past{i}`. Outputs: `out`, `next{i}`, `next_phase`.
    """
    graph = _Graph(form)
    rows = Frames(workload, block).rows
    graph.input("weights", block, rows)
    start = _excitation(graph, workload, block, rows)
    condition = _conditioning(graph, folded, rows)
    layers: Any = _conv_layers if form == "conv" else _gemm_layers
    layers(graph, folded, workload, block, start, condition)
    return graph.model()

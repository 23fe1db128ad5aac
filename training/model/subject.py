"""A trained model from its file, float or integers alike: to be measured, or exported.

A file of float weights is told from a program by its metadata. PyTorch is loaded only for rendering float weights, and
SciPy only for rendering.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from accel.network import SCHEMA, Network, load_network
from accel.program import Knob, Program
from accel.program_file import load_program, read_tensors
from training.model.dequantise import dequantise

if TYPE_CHECKING:
    from training.model.playing import Render

__all__ = ["Subject", "counted", "integer_subject", "is_float", "open_network", "open_subject", "open_twin"]


@dataclass(frozen=True)
class Subject:
    """A model that can be rendered.

    Attributes:
        name: the model's own.
        kind: what its numbers are.
        hash: of a program; None for float weights.
        knobs: in the order of the control rows' columns.
        pitched: whether the pitch follows the note.
        look_ahead: samples that its network waits for what comes, beyond a control frame's ramp.
        render: control rows to audio.
        exact: the same with the conditioning computed at every sample; None for programs, which cannot.
    """

    name: str
    kind: Literal["float", "integers"]
    hash: str | None
    knobs: tuple[Knob, ...]
    pitched: bool
    look_ahead: int
    render: Render
    exact: Render | None


def is_float(path: Path) -> bool:
    """Whether a model file holds float weights, else it should be a program.

    Raises:
        SystoleError: missing, unreadable, or no model at all.
    """
    _, text = read_tensors(path)
    try:
        return msgspec.json.decode(text, type=_Schema).schema == SCHEMA
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False


class _Schema(msgspec.Struct):
    schema: str = ""


def open_subject(path: Path) -> Subject:
    """The model of a file, ready to render.

    Raises:
        SystoleError: not a valid model; one line that names the file and the field.
    """
    if not is_float(path):
        return integer_subject(load_program(path))
    from training.model.render import render_float, render_per_sample
    from training.model.weights import load_weights

    generator, meta = load_weights(path)
    knobs = tuple(Knob(each["id"], each["label"], each["help"], each["default"]) for each in meta["knobs"])
    pitched, exact = meta.get("pitched", True), render_per_sample(generator)
    return Subject(meta["name"], "float", None, knobs, pitched, 0, render_float(generator), exact)


def integer_subject(program: Program) -> Subject:
    """A program, rendered by the hardware's bits."""
    from training.model.playing import render_integers

    render = render_integers(program)
    card = program.card
    return Subject(program.name, "integers", program.hash, program.knobs, card.pitched, card.latency, render, None)


def open_twin(path: Path, subject: Subject) -> Network:
    """The float network that a program was made of, from its weight file.

    Raises:
        SystoleError: not float weights, or those of another kind of model than `subject`.
    """
    if not is_float(path):
        raise SystoleError(f"{path}: a program; needed: the float weights that {subject.name} was compiled from")
    network = open_network(path)
    shape = network.architecture
    ids, needed = ([knob.id for knob in knobs] for knobs in (shape.knobs, subject.knobs))
    if ids != needed:
        raise SystoleError(f"{path}: knobs are {', '.join(ids)}; those of {subject.name} are {', '.join(needed)}")
    return network


def open_network(path: Path) -> Network:
    """The float network of a file; of a program, the one that its integers stand for.

    Raises:
        SystoleError: not a valid model, or float weights with parts that the float network does not have.
    """
    if not is_float(path):
        return dequantise(load_program(path))
    network = load_network(path)
    unknown = sorted(read_tensors(path)[0].keys() - network.weights.keys())
    if unknown:
        raise SystoleError(f"{path}: {unknown[0]} is no part of the float network of accel/network.py")
    return network


def counted(render: Render, advance: Callable[[int], None]) -> Render:
    """The same render, which calls `advance(takes so far)` after each take."""
    takes = 0

    def render_and_count(rows: NDArray[np.float64], phase: float) -> NDArray[np.float32]:
        nonlocal takes
        audio = render(rows, phase)
        takes += 1
        advance(takes)
        return audio

    return render_and_count

"""The kinds of work that the array does: names, and a colour for each in both palettes. No Qt here.

Colours of their own, not those of the sources of modulation, but made the same way: contrast 3 and more on `surface`,
and never without the name beside them.
"""

from __future__ import annotations

from dataclasses import dataclass

from accel.formats import Op
from app.window.words import marked

__all__ = ["KINDS", "KIND_OF", "Kind"]


@dataclass(frozen=True)
class Kind:
    """A kind of pass: `label` as a legend says it, `help` in a sentence, `colours` by the name of the palette."""

    op: Op
    label: str
    help: str
    colours: dict[str, str]


def _kind(op: Op, label: str, help: str, dark: str, light: str) -> Kind:
    return Kind(op, label, help, {"dark": dark, "light": light})


KINDS: tuple[Kind, ...] = (
    _kind(
        Op.CONTROL,
        marked("Array", "control"),
        marked("Array", "Knobs and pitch become biases, once a frame."),
        "#b79bff",
        "#6a45c2",
    ),
    _kind(
        Op.INPUT, marked("Array", "input"), marked("Array", "Sines and noise enter the network."), "#6cb4ff", "#155fb5"
    ),
    _kind(
        Op.GATED,
        marked("Array", "convolution"),
        marked("Array", "Dilated convolution, then tanh times sigmoid."),
        "#3fc9b0",
        "#00756a",
    ),
    _kind(
        Op.MIX,
        marked("Array", "mix"),
        marked("Array", "The gate's output joins the next layer and the sum."),
        "#f0b23e",
        "#8a5a00",
    ),
    _kind(
        Op.HEAD,
        marked("Array", "head"),
        marked("Array", "The sum of all layers is brought together."),
        "#f07ad6",
        "#a3248a",
    ),
    _kind(
        Op.OUTPUT,
        marked("Array", "output"),
        marked("Array", "One sample of sound for each column."),
        "#9ddb5e",
        "#437a0c",
    ),
)
"""In the order of a frame."""
KIND_OF: dict[Op, int] = {kind.op: index for index, kind in enumerate(KINDS)}
"""Op -> its place in `KINDS`."""

"""Words that the host writes and the sequencer reads: descriptor fields, configuration words, load targets.

Declared once here; the program packer, the SystemVerilog package and the documentation derive from these tables.
A descriptor is a row of 32-bit words, fetched one per cycle, since a block RAM that is as wide as a descriptor would
cost ten times as many blocks as it fills.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accel.hardware.geometry import EXC_CHANNELS, RATIO_POINTS

__all__ = [
    "CFG_FIELDS",
    "DESC_FIELDS",
    "DESC_STRIDE",
    "DESC_WORDS",
    "LOAD_SELECT",
    "OSC_FIELDS",
    "OSC_STRIDE",
    "Field",
    "pack_descriptor",
    "pack_fields",
]


@dataclass(frozen=True)
class Field:
    """A bit field of a descriptor: `width` bits from bit `lsb` of word `word`."""

    name: str
    word: int
    lsb: int
    width: int
    help: str


DESC_FIELDS: tuple[Field, ...] = (
    Field("op", 0, 0, 3, "kind of pass, formats.Op"),
    Field("activation", 0, 3, 2, "formats.Activation of a dense pass"),
    Field("first", 0, 5, 1, "MIX: first layer, the skip sum starts at zero"),
    Field("last", 0, 6, 1, "MIX: last layer, the skip sum leaves for the head; CONTROL: result is the conditioning"),
    Field("fin", 0, 7, 1, "last descriptor of a block"),
    Field("wait_all", 0, 8, 1, "starts only when every earlier column tile has been written"),
    Field("taps", 0, 12, 4, "taps, 1..8"),
    Field("rows", 1, 0, 14, "output channels"),
    Field("row_tiles", 1, 16, 14, "output channels / array rows, rounded up"),
    Field("cols", 2, 0, 10, "input channels"),
    Field("dilation", 2, 16, 11, "samples between taps"),
    Field("depth", 3, 0, 13, "taps * cols: steps of a tile"),
    Field("reach", 3, 16, 13, "(taps - 1) * dilation: samples to the oldest tap"),
    Field("src_base", 4, 0, 16, "first word of the input region in every bank (CONTROL: in the control memory)"),
    Field("src_log2", 4, 16, 4, "log2 of the column tiles in an input channel's ring"),
    Field("dst_base", 5, 0, 16, "first word of the output region"),
    Field("dst_log2", 5, 16, 4, "log2 of the column tiles in an output channel's ring"),
    Field("pre_shift", 5, 20, 5, "last MIX: right shift of the skip sum on its way to the head"),
    Field("wgt_base", 6, 0, 20, "first word in the weight memory"),
    Field("par_base", 7, 0, 14, "first row in the bias and shift memories"),
    Field("cond_base", 7, 16, 14, "GATED: first row in the conditioning memory"),
    Field("split", 8, 0, 14, "MIX: residual rows, the rest are skip rows"),
    Field("multiplier", 8, 16, 16, "MIX: residual scale, Q0.15, 1..32768"),
)
DESC_WORDS = 1 + max(field.word for field in DESC_FIELDS)
DESC_STRIDE = 16
"""Words from one descriptor to the next."""

LOAD_SELECT: dict[str, int] = {"desc": 0, "wgt": 1, "bias": 2, "shift": 3, "exc": 4, "cfg": 5, "osc": 6}
"""Targets of the load port."""

CFG_FIELDS: dict[str, tuple[int, int, str]] = {
    "log2_hop": (0, 4, "log2 of the samples in a control frame"),
    "log2_block": (1, 4, "log2 of the samples in a block; a block divides a frame"),
    "first_block": (2, 10, "index of the first descriptor after the control passes"),
    "exc_channels": (3, EXC_CHANNELS.bit_length(), "excitation channels"),
    "exc_base": (4, 16, "first word of the excitation region in every bank"),
    "exc_offset": (5, 32, "log2 of the phase increment at 0 V, with 20 fraction bits"),
    "cv_words": (6, 8, "words of a control frame: pitch and knobs"),
    "geometry": (7, 24, "lanes, columns, rows (8 bits each) that the program was packed for"),
    "oscillators": (8, 3, "oscillators with records; 0: one, at the pitch"),
}
"""Configuration word -> (address, bits, meaning)."""

OSC_FIELDS: tuple[Field, ...] = (
    Field("table_at", 0, 0, (RATIO_POINTS - 1).bit_length(), "first point of the ratio's table"),
    Field("widen", 0, 12, 3, "12 - log2 of a segment's counts: left shift that brings a voltage to 12 bits a segment"),
    Field("stepped", 0, 15, 1, "the ratio is that of the point below, not on the line to the next"),
    Field("knob", 0, 16, 8, "word of the control frame that the ratio follows; 0: none, the first point"),
    Field("gate", 0, 24, 8, "word of the control frame whose rise sets the phase; 0: none"),
    Field("free", 1, 0, 1, "the phase starts at the voice's own, turned left by 8 bits per place; else at `start`"),
)
"""Words 0 and 1 of an oscillator's record at the load port; word 2 is the start phase."""
OSC_STRIDE = 4
"""Words from one oscillator's record to the next; the records follow the RATIO_POINTS points."""


def pack_descriptor(values: Mapping[str, int]) -> list[int]:
    """Named fields to `DESC_STRIDE` words; fields not named are 0. Raises as `pack_fields`."""
    return pack_fields(DESC_FIELDS, DESC_STRIDE, values)


def pack_fields(fields: Sequence[Field], stride: int, values: Mapping[str, int]) -> list[int]:
    """Named fields to `stride` words; fields not named are 0.

    Raises:
        ValueError: a value does not fit its field.
        KeyError: an unknown field.
    """
    unknown = set(values) - {field.name for field in fields}
    if unknown:
        raise KeyError(f"unknown descriptor fields {sorted(unknown)}")
    words = [0] * stride
    for field in fields:
        value = values.get(field.name, 0)
        if not 0 <= value < 1 << field.width:
            raise ValueError(f"{field.name} is {value}, which does not fit {field.width} bits")
        words[field.word] |= value << field.lsb
    return words


def systemverilog() -> str:
    """The packed structs and constants of these tables, for the generated package."""
    lines = [f"  localparam int unsigned DescWords = {DESC_WORDS};"]
    lines.append(f"  localparam int unsigned DescStride = {DESC_STRIDE};")
    lines += [f"  localparam logic [2:0] LdSel{name.capitalize()} = 3'd{code};" for name, code in LOAD_SELECT.items()]
    lines.append("  // One descriptor as fetched, word 0 in the lowest bits.")
    lines += _struct("desc_t", DESC_FIELDS, 32 * DESC_WORDS)
    lines.append("  // Words 0 and 1 of an oscillator's record, of which the lowest bits of word 1 are kept.")
    lines.append(f"  localparam int unsigned OscStride = {OSC_STRIDE};")
    lines += _struct("osc_t", OSC_FIELDS, 32 + max(f.lsb + f.width for f in OSC_FIELDS if f.word))
    lines.append("  // Configuration registers.")
    lines.append("  typedef struct packed {")
    lines += [f"    {_bits(bits)} {name};" for name, (_, bits, _) in CFG_FIELDS.items()]
    lines.append("  } cfg_t;")
    lines += [f"  localparam logic [3:0] Cfg{_camel(name)} = 4'd{at};" for name, (at, _, _) in CFG_FIELDS.items()]
    return "\n".join(lines) + "\n"


def _struct(name: str, fields: Sequence[Field], top: int) -> list[str]:
    """A packed struct of `top` bits, its gaps named."""
    lines, pads = ["  typedef struct packed {"], 0
    for field in sorted(fields, key=lambda each: (each.word, each.lsb), reverse=True):
        gap = top - (32 * field.word + field.lsb + field.width)
        if gap:
            lines.append(f"    {_bits(gap)} unused{pads};")
            pads += 1
        lines.append(f"    {_bits(field.width)} {field.name};")
        top = 32 * field.word + field.lsb
    return [*lines, f"  }} {name};"]


def _bits(width: int) -> str:
    return "logic" if width == 1 else f"logic [{width - 1}:0]"


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))

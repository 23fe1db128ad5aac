"""The host's registers, declared once: `host_pkg.sv`, the map in docs/hardware.md and drivers derive from this table.

Flat 32-bit words without reserved-bit games: what is not in the table answers with an error instead of zero, so that
a driver written for another version fails at its first access. `python -m accel.hardware.registers` writes the package.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from accel.atomic import atomic_path
from accel.reference import DEFAULT_SEED

__all__ = ["ADDRESS_BITS", "AT", "BY_NAME", "PACKAGE", "REGISTERS", "Access", "Bits", "Register", "markdown", "render"]

PACKAGE = Path(__file__).parents[1] / "rtl" / "host_pkg.sv"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "registers.md"
ADDRESS_BITS = 12
"""The host's window is 4 KiB."""
MAGIC = int.from_bytes(b"SYST", "big")
VERSION = 1 << 16
"""Major (what a driver must know) and minor number of this table."""
CV_SLOTS = 64
"""Words of a control frame that the registers can hold; a stream may be longer."""


class Access(StrEnum):
    """What a bus access may do; every other one answers SLVERR and changes nothing."""

    RO = "ro"
    RW = "rw"
    WO = "wo"
    W1C = "w1c"
    """Reads flags; writing a one clears that flag."""


@dataclass(frozen=True)
class Bits:
    """A field: `width` bits from bit `lsb`."""

    name: str
    lsb: int
    width: int
    help: str


@dataclass(frozen=True)
class Register:
    """One word, or `count` consecutive words; `reset` None: set by the hardware's parameters or its inside."""

    name: str
    offset: int
    access: Access
    help: str
    reset: int | None = 0
    fields: tuple[Bits, ...] = ()
    count: int = 1


IRQ_BITS: tuple[Bits, ...] = (
    Bits("underrun", 0, 1, "a DAC tick found no sample: it gave 0"),
    Bits("frame_wanted", 1, 1, "the committed control frame has been taken (or none was there at the start)"),
    Bits("crc_error", 2, 1, "LOAD_CLOSE found another CRC than EXPECTED_CRC, no data, or another array's program"),
    Bits("cv_length", 3, 1, "a streamed control frame had not CV_WORDS words: it was cut, or filled with zeros"),
)
RO, RW, WO, W1C = Access.RO, Access.RW, Access.WO, Access.W1C

REGISTERS: tuple[Register, ...] = (
    Register("id", 0x000, RO, '"SYST"', MAGIC),
    Register(
        "version",
        0x004,
        RO,
        "version of this table",
        VERSION,
        (Bits("minor", 0, 16, "additions"), Bits("major", 16, 16, "incompatible changes")),
    ),
    Register(
        "geometry",
        0x008,
        RO,
        "the array",
        None,
        (
            Bits("rows", 0, 8, "output channels at once"),
            Bits("cols", 8, 8, "samples at once"),
            Bits("lanes", 16, 8, "columns initialised and post-processed at once"),
            Bits("exc_channels", 24, 8, "excitation channels"),
        ),
    ),
    Register("desc_depth", 0x010, RO, "descriptors", None),
    Register("wgt_depth", 0x014, RO, "words of the weight memory, a weight per array row in each", None),
    Register("row_depth", 0x018, RO, "rows of the bias and shift memories", None),
    Register("act_depth", 0x01C, RO, "words of each bank of the activation memory", None),
    Register("cond_depth", 0x020, RO, "rows of the conditioning memory", None),
    Register("ctl_depth", 0x024, RO, "values of the control network", None),
    Register("stream_depth", 0x028, RO, "words of a lane's memory for the residual stream of a block", None),
    Register("skip_depth", 0x02C, RO, "words of a lane's memory for the skip sums of a block", None),
    Register("out_depth", 0x030, RO, "samples of the core's queue; a frame starts when it has room for a hop", None),
    Register("sample_depth", 0x034, RO, "samples of the queue behind it, FIFO_LEVEL's limit", None),
    Register("knobs", 0x038, RO, "knobs that the CV registers hold", None),
    Register(
        "control",
        0x040,
        RW,
        "modes",
        0,
        (
            Bits("mute", 0, 1, "samples pass as zeros"),
            Bits("cv_stream", 1, 1, "control frames come from the stream, not from CV; read at START"),
            Bits("dac", 2, 1, "samples leave at dac_tick_i, not as a stream"),
        ),
    ),
    Register(
        "command",
        0x044,
        WO,
        "exactly one bit; refused with SLVERR where said",
        None,
        (
            Bits("start", 0, 1, "new run with SEED and PHASE once the core is idle; refused without a good load"),
            Bits("load_open", 1, 1, "stop, forget the program, begin a load"),
            Bits("load_close", 2, 1, "end the load and compare CRCs; refused unless one is open"),
            Bits("cv_commit", 3, 1, "the words of CV are the next control frame"),
        ),
    ),
    Register(
        "status",
        0x048,
        RO,
        "state",
        0,
        (
            Bits("busy", 0, 1, "the core clears or computes"),
            Bits("loaded", 1, 1, "a load has been closed"),
            Bits("crc_ok", 2, 1, "and its CRC agreed"),
            Bits("crc_error", 3, 1, "the last load did not agree, or is for another array: no start, output 0"),
            Bits("running", 4, 1, "started"),
            Bits("underrun", 5, 1, "as in IRQ_FLAGS"),
            Bits("load_open", 6, 1, "a load is open"),
            Bits("start_pending", 7, 1, "START waits for the core to be idle"),
            Bits("cv_pending", 8, 1, "a committed control frame waits for the core"),
            Bits("quiet", 9, 1, "stopped and idle: the memories can be written (load open) and read"),
        ),
    ),
    Register("irq_flags", 0x04C, W1C, "events since they were last cleared", 0, IRQ_BITS),
    Register("irq_enable", 0x050, RW, "flags that raise irq_o", 0, IRQ_BITS),
    Register("seed", 0x054, RW, "noise generator's state at START; 0 is refused", DEFAULT_SEED),
    Register("phase", 0x058, RW, "oscillator's phase at START, 2^32 is a cycle"),
    Register("load_select", 0x060, RW, "memory", 0, (Bits("select", 0, 3, "LOAD_SELECT of accel/hardware/layout.py"),)),
    Register("load_address", 0x064, RW, "address there", 0, (Bits("address", 0, 20, "plus one after each LOAD_DATA"),)),
    Register("load_data", 0x068, RW, "the word there; refused unless STATUS.quiet (write: and a load is open)", None),
    Register("expected_crc", 0x06C, RW, "what LOAD_CLOSE compares with"),
    Register(
        "computed_crc", 0x070, RO, "CRC-32 of all words written to LOAD_SELECT, LOAD_ADDRESS and LOAD_DATA in this load"
    ),
    Register("load_count", 0x074, RO, "words written to LOAD_DATA in this load"),
    Register("cv_words", 0x078, RO, "words of a control frame, as the load wrote them to the core's configuration", 1),
    Register(
        "cycles",
        0x080,
        RO,
        "cycles of all frames since START, the priming one included; wraps at 2^32",
        None,
    ),
    Register("macs_low", 0x084, RO, "useful multiply-accumulates since START; reading it holds MACS_HIGH", None),
    Register("macs_high", 0x088, RO, "their upper 16 bits, as at the last read of MACS_LOW"),
    Register("frames", 0x08C, RO, "control frames computed since START, the priming one not counted"),
    Register("fifo_level", 0x090, RO, "samples that wait behind the core's own queue"),
    Register(
        "cv",
        0x100,
        RW,
        "next control frame: word 0 is the pitch word, saturating at +-(2^23 - 1); word 1 + k is knob k's counts, "
        "saturating at int16",
        count=CV_SLOTS,
    ),
)
BY_NAME: dict[str, Register] = {register.name: register for register in REGISTERS}
AT: dict[str, int] = {register.name: register.offset for register in REGISTERS}
"""Byte offset of each register, for drivers."""


def camel(name: str) -> str:
    """snake_case to UpperCamelCase."""
    return "".join(part.capitalize() for part in name.split("_"))


_HEADER = """\
// The host's registers: offsets, fields, reset values and access rights.
// GENERATED by `python -m accel.hardware.registers` from accel/hardware/registers.py: edit that, never this file.
`default_nettype none

// Drivers and benches use names that no module does.
/* verilator lint_off UNUSEDPARAM */
package host_pkg;
"""
_FOOTER = """
endpackage
/* verilator lint_on UNUSEDPARAM */

`default_nettype wire
"""


def _constants(register: Register) -> Iterator[str]:
    name = camel(register.name)
    yield f"  localparam logic [{ADDRESS_BITS - 1}:0] {name}Offset = {ADDRESS_BITS}'h{register.offset:03x};"
    if register.count > 1:
        yield f"  localparam int unsigned {name}Count = {register.count};"
    if register.reset is not None:
        yield f"  localparam logic [31:0] {name}Reset = 32'h{register.reset:08x};"
    for field in register.fields:
        yield f"  localparam int unsigned {name}{camel(field.name)}Lsb = {field.lsb};"
        if field.width > 1:
            yield f"  localparam int unsigned {name}{camel(field.name)}Width = {field.width};"


def _rights(function: str, allowed: set[Access]) -> str:
    """A function that says whether an access may happen at a word of the window."""
    word = f"[{ADDRESS_BITS - 1}:2]"
    bits = ADDRESS_BITS - 2
    single = [each for each in REGISTERS if each.access in allowed and each.count == 1]
    arrays = [each for each in REGISTERS if each.access in allowed and each.count > 1]
    labels = ",\n      ".join(f"{camel(each.name)}Offset{word}" for each in single)
    ranges = "".join(
        f"\n    if (word >= {name}Offset{word} && word < {name}Offset{word} + {bits}'({name}Count)) begin"
        f"\n      {function} = 1'b1;\n    end"
        for name in (camel(each.name) for each in arrays)
    )
    return (
        f"  function automatic logic {function}(input logic {word} word);\n"
        f"    case (word)\n      {labels}: {function} = 1'b1;\n"
        f"      default: {function} = 1'b0;\n    endcase{ranges}\n  endfunction"
    )


def render() -> str:
    """The package's text."""
    parts = ["\n".join(_constants(register)) for register in REGISTERS]
    parts.append(f"  localparam int unsigned AddressBits = {ADDRESS_BITS};")
    parts.append(f"  localparam int unsigned IrqCount = {len(IRQ_BITS)};")
    parts.append(_rights("is_readable", {RO, RW, W1C}))
    parts.append(_rights("is_writable", {RW, WO, W1C}))
    return _HEADER + "\n" + "\n\n".join(parts) + "\n" + _FOOTER


def _span(register: Register) -> str:
    first = f"0x{register.offset:03x}"
    return first if register.count == 1 else f"{first}..0x{register.offset + 4 * (register.count - 1):03x}"


def markdown() -> str:
    """The register map as a Markdown table: a row per register, and a row per field below it."""
    lines = ["| offset | register | bits | access | reset | meaning |", "|---|---|---|---|---|---|"]
    for each in REGISTERS:
        reset = "" if each.reset is None else f"0x{each.reset:08x}" if each.reset > 9 else str(each.reset)
        lines.append(f"| {_span(each)} | {each.name.upper()} | 31:0 | {each.access} | {reset} | {each.help} |")
        for field in each.fields:
            bits = str(field.lsb) if field.width == 1 else f"{field.lsb + field.width - 1}:{field.lsb}"
            lines.append(f"| | .{field.name} | {bits} | | | {field.help} |")
    return "\n".join(lines) + "\n"


def page() -> str:
    """docs/registers.md."""
    return (
        "# Host registers\n\n"
        "GENERATED by `python -m accel.hardware.registers` from the table that the RTL's package comes from, too.\n"
        "AXI4-Lite, 32-bit words; an access that is not allowed answers SLVERR and changes nothing. How a load and a\n"
        "run go: [hardware.md](hardware.md).\n\n" + markdown()
    )


def main(arguments: list[str]) -> int:
    """Write the package and its page, or with `--check` compare them; returns the exit status."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python -m accel.hardware.registers [--check]\n")
        return 2
    stale = False
    for path, text in ((PACKAGE, render()), (PAGE, page())):
        if arguments:
            old = not path.is_file() or path.read_text(encoding="utf-8") != text
            sys.stdout.write(f"{path.name} is {'stale' if old else 'up to date'}\n")
            stale |= old
            continue
        with atomic_path(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return int(stale)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

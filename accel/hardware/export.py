"""Writes the RTL and a program as plain files, for simulators and synthesis flows that know nothing of Python."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from accel.atomic import atomic_path
from accel.hardware import tools
from accel.hardware.geometry import Geometry
from accel.hardware.image import Image, pack
from accel.hardware.load import load_writes
from accel.hardware.registers import AT
from accel.program import Program

__all__ = ["export"]

WIDTHS = {"desc": 32, "wgt": 32, "bias": 32, "shift": 9, "exc": 16, "cfg": 32, "osc": 32}
"""Bits of a word of each load target."""


def export(folder: Path, geometry: Geometry, program: Program | None = None) -> list[Path]:
    """Write sources, file list, parameters and, with a program, its image; returns the files.

    Layout: rtl/*.sv, rtl/sva/*.sv, files.f (compile order), parameters.txt, and for a program image/NAME.mem
    (one $readmemh file per load target) and image/load.txt (the bus writes of a whole load, CRC included).

    Raises:
        SystoleError: the program does not fit the geometry.
        OSError: the folder cannot be written.
    """
    image = pack(program, geometry) if program else None  # before anything is written
    written: list[Path] = []
    for source in [*tools.rtl_files(), *sorted((tools.RTL / "sva").glob("*.sv"))]:
        target = folder / "rtl" / source.relative_to(tools.RTL)
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(target) as temporary:
            shutil.copyfile(source, temporary)
        written.append(target)
    texts = {
        "files.f": "".join(f"rtl/{source.name}\n" for source in tools.rtl_files()),
        "parameters.txt": "".join(f"{name}={value}\n" for name, value in geometry.parameters().items()),
    }
    if image:
        texts |= dict(_image_texts(image))
    for name, text in texts.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(target) as temporary:
            temporary.write_text(text, encoding="ascii")
        written.append(target)
    return written


def _image_texts(image: Image) -> Iterator[tuple[str, str]]:
    for name, (at, data) in image.parts.items():
        digits = -(-WIDTHS[name] // 4)
        lines = [f"// {name}: {WIDTHS[name]} bits a word, as the load port takes them"]
        following = -1
        for address, word in zip(at.tolist(), data.tolist(), strict=True):
            if address != following:
                lines.append(f"@{address:x}")
            lines.append(f"{word & ((1 << WIDTHS[name]) - 1):0{digits}x}")
            following = address + 1
        yield f"image/{name}.mem", "\n".join(lines) + "\n"
    writes = "".join(f"{AT[name]:03x} {word:08x}\n" for name, word in load_writes(image))
    yield "image/load.txt", "// AXI4-Lite writes, in order: byte offset, word\n" + writes

"""The host port as a driver sees it, behind its bus, with a stand-in for the core; and the table of its registers."""

from __future__ import annotations

import pytest

from accel.hardware import registers
from accel.hardware.registers import ADDRESS_BITS, REGISTERS, Access
from tests.rtl.bench import ROOT, simulate

PACKAGES = ["systole_pkg.sv", "host_pkg.sv"]
UNITS = ["fifo", "axi_lite", "crc32", "loader", "run_control", "irq_flags", "cv_saturate", "cv_frame", "cv_stream"]
SOURCES = [*PACKAGES, *(f"{unit}.sv" for unit in [*UNITS, "cv_port", "dac_port", "host_regs", "host_port"])]
STANDIN = str(ROOT / "tests" / "rtl" / "benches" / "standin" / "systole_core.sv")

HOST = ("systole_top", [*SOURCES, STANDIN, "systole_top.sv"])


def test_host_with_a_stand_in_for_the_core() -> None:
    counted = simulate("host_bench", *HOST, parameters={"OutDepth": 32})
    missed = [name for name, count in counted.items() if not count]
    assert not missed, missed


def test_the_checked_in_package_is_not_stale(tmp_path, monkeypatch, capsys) -> None:
    assert registers.main(["--check"]) == 0, "run python -m accel.hardware.registers"
    monkeypatch.setattr(registers, "PACKAGE", tmp_path / "host_pkg.sv")
    monkeypatch.setattr(registers, "PAGE", tmp_path / "registers.md")
    assert registers.main(["--check"]) == 1
    assert "stale" in capsys.readouterr().out
    assert registers.main([]) == 0
    assert registers.main(["--check"]) == 0
    registers.PACKAGE.write_text(registers.render().replace("12'h044", "12'h048"))
    assert registers.main(["--check"]) == 1
    assert registers.main(["--nonsense"]) == 2


def test_registers_do_not_overlap() -> None:
    taken = [each.offset + 4 * index for each in REGISTERS for index in range(each.count)]
    assert len(taken) == len(set(taken))
    assert all(offset % 4 == 0 and 0 <= offset < 1 << ADDRESS_BITS for offset in taken)
    assert len({each.name for each in REGISTERS}) == len(REGISTERS)


@pytest.mark.parametrize("register", [each for each in REGISTERS if each.fields], ids=lambda each: each.name)
def test_fields_do_not_overlap(register: registers.Register) -> None:
    bits = [field.lsb + index for field in register.fields for index in range(field.width)]
    assert len(bits) == len(set(bits))
    assert all(0 <= bit < 32 for bit in bits)
    assert register.reset is None or not register.reset & ~sum(1 << bit for bit in bits)


def test_markdown_has_every_register_and_field() -> None:
    lines = registers.markdown().splitlines()
    assert len(lines) == 2 + len(REGISTERS) + sum(len(each.fields) for each in REGISTERS)
    assert all(line.count("|") == 7 for line in lines)
    assert "| 0x044 | COMMAND | 31:0 | wo |" in registers.markdown()
    assert "0x100..0x1fc" in registers.markdown()
    assert {each.access for each in REGISTERS} == set(Access)

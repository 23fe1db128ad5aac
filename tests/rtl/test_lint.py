"""Style and lint: Verilator -Wall over every module as a top of its own, and Verible over every file."""

from __future__ import annotations

from pathlib import Path

import pytest

from accel.hardware import tools

FILES = tools.rtl_files()
MODULES = [file for file in FILES if not file.stem.endswith("_pkg")]
PACKAGES = [file for file in FILES if file.stem.endswith("_pkg")]
SVA = sorted((tools.RTL / "sva").glob("*.sv"))
BENCHES = sorted(Path(__file__).with_name("benches").glob("*.sv"))


def lint(*arguments: str | Path) -> None:
    """Verilator -Wall finds nothing; modules are looked up in accel/rtl by name."""
    command = [
        tools.verilator(),
        "--lint-only",
        "--timing",
        "--assert",
        "-Wall",
        "--quiet",
        "-y",
        tools.RTL,
        "+libext+.sv",
    ]
    tools.run([*command, *arguments], env={"VERILATOR_ROOT": str(tools.verilator_root())}, what="verilator -Wall")


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.stem)
def test_verilator_finds_nothing_in(file: Path) -> None:
    lint("--top-module", file.stem, *PACKAGES, file)


@pytest.mark.parametrize("file", SVA, ids=lambda file: file.stem)
def test_verilator_finds_nothing_in_the_assertions_of(file: Path) -> None:
    top = file.stem.removesuffix("_sva")
    lint("--top-module", top, "-Wno-UNUSEDSIGNAL", *PACKAGES, tools.RTL / f"{top}.sv", file)


def test_verible_finds_nothing() -> None:
    rules = tools.RTL / ".rules.verible_lint"
    tools.run([tools.program("verible-verilog-lint"), "--rules_config", rules, *FILES, *SVA, *BENCHES], what="verible")


@pytest.mark.parametrize("file", [*FILES, *SVA, *BENCHES], ids=lambda file: file.stem)
def test_house_rules(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.startswith("// "), "a header says what it is"
    assert "\n`default_nettype none\n" in text
    assert text.endswith("`default_nettype wire\n")
    if file in MODULES:
        header = text.partition("`default_nettype none")[0].lower()
        for word in ("latency", "throughput"):
            assert word in header, f"the header does not state the {word}"

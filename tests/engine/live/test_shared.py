"""The shared block: what one process writes the other reads, versions never mix, and nothing is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from accel.errors import SystoleError
from engine.live.layout import BYTES, CHECK, MAGIC, PARTS, State
from engine.live.shared import SharedBlock

ROOT = Path(__file__).parents[3]
CHILD = """
import sys
from engine.live.shared import SharedBlock
block = SharedBlock.attach(sys.argv[1])
block.arrays["scope"][7] = (0.25, -0.5)
block.arrays["header"]["engine"] = 4711
"""


def memory_names() -> set[str]:
    """Of shared memory, but not that of sound servers, which come and go beside us."""
    folder = Path("/dev/shm")
    return {path.name for path in folder.iterdir() if "jack" not in path.name} if folder.is_dir() else set()


def test_a_new_block_is_empty_but_for_its_header() -> None:
    block = SharedBlock.create()
    header = block.arrays["header"][0]
    assert (header["magic"], header["layout"], header["bytes"], header["owner"]) == (MAGIC, CHECK, BYTES, os.getpid())
    assert header["state"] == State.STARTING
    assert list(block.arrays) == list(PARTS)
    assert not any(block.arrays[name].view(np.uint8).any() for name in PARTS if name != "header")
    block.close()


@pytest.mark.skipif(sys.platform == "win32", reason="handles are inherited another way")
def test_another_process_writes_to_it_and_leaves_nothing_behind() -> None:
    before = memory_names()
    block = SharedBlock.create()
    assert memory_names() == before
    subprocess.run([sys.executable, "-c", CHILD, block.handle], cwd=ROOT, check=True, pass_fds=block.descriptors)
    assert block.arrays["scope"][7].tolist() == [0.25, -0.5]
    assert block.arrays["header"]["engine"][0] == 4711
    block.close()
    assert memory_names() == before


def test_arrays_stay_valid_after_close_and_close_may_be_repeated() -> None:
    block = SharedBlock.create()
    held = block.arrays["scope"]
    held[0] = 1.0
    block.close()
    block.close()
    assert held[0].tolist() == [1.0, 1.0]


@pytest.mark.parametrize("field", ["magic", "layout", "bytes", "canary"])
def test_a_block_of_another_version_is_refused(field: str) -> None:
    block = SharedBlock.create()
    block.arrays["header"][field] = 1
    with pytest.raises(SystoleError, match="another version"):
        SharedBlock.attach(str(os.dup(block.descriptors[0])))


@pytest.mark.parametrize("handle", ["-1", "99999", "x"])
def test_a_handle_to_nothing_is_one_line(handle: str) -> None:
    with pytest.raises(SystoleError, match=r"shared memory .*cannot be attached"):
        SharedBlock.attach(handle)


def test_memory_that_is_too_small_is_refused() -> None:
    descriptor = os.memfd_create("short")
    os.ftruncate(descriptor, 100)
    with pytest.raises(SystoleError, match="cannot be attached"):
        SharedBlock.attach(str(descriptor))
    os.close(descriptor)

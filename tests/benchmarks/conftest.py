"""ONNX Runtime flushes denormals to zero for the thread that calls it and leaves it so: put that back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch


@pytest.fixture(autouse=True)
def denormals_as_before() -> Iterator[None]:
    yield
    torch.set_flush_denormal(False)

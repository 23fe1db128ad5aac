"""A missing package becomes a line with the extra; a fault of our own stays what it is."""

from __future__ import annotations

import importlib

import pytest

from accel.errors import SystoleError
from app.cli.extras import needs


def test_a_foreign_package_names_its_extra() -> None:
    with pytest.raises(SystoleError, match=r"no_such_package is missing: install the extra 'train'"), needs("train"):
        importlib.import_module("no_such_package")


def test_a_missing_module_of_ours_is_a_fault() -> None:
    with pytest.raises(ModuleNotFoundError), needs("train"):
        importlib.import_module("training.no_such_module")

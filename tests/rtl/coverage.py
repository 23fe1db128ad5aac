"""Functional coverage: situations that a bench counts, so that its test can assert that they happened."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

COVERAGE = "SYSTOLE_COVERAGE"
"""Environment variable with the file that takes the counters out of the simulation."""
_counted: Counter[str] = Counter()


def cover(name: str, hit: bool | int = True) -> None:
    """Count a situation, `hit` times; a situation that was looked for and never seen stays in the list with 0."""
    _counted[name] += int(hit)


def save_coverage() -> None:
    """Hand the counters to pytest: called at the end of every cocotb test."""
    path = os.environ.get(COVERAGE)
    if path:
        Path(path).write_text(json.dumps(_counted), encoding="utf-8")

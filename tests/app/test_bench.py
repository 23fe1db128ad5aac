"""`systole bench`: measured through the instrument, and told in one page."""

from __future__ import annotations

import json

import numpy as np
import pytest

from app.capacity import BLOCKS, COUNTS, LOAD, BlockLoad, _safe, measure_capacity
from tests.app.support import Systole, one_line


def test_bench_as_json(systole: Systole) -> None:
    done = systole("bench", "plain", "--seconds", "0.01", "--voices", "2", "--block", "64", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["model"], result["voices"], result["block"]) == ("random", 2, 64)
    assert 0 < result["p50"] <= result["p99"] <= result["p999"]
    assert [each["block"] for each in result["blocks"]] == list(BLOCKS)
    assert done.stderr == b""


def test_a_safe_block_has_only_safe_ones_above() -> None:
    loads = [BlockLoad(block, 0.0, load) for block, load in ((16, 0.5), (32, 0.9), (64, LOAD), (128, 0.1))]
    assert _safe(loads) == 64
    assert _safe([BlockLoad(64, 0.0, 0.2), BlockLoad(128, 0.0, 0.8)]) is None


def test_bench_as_a_page(systole: Systole) -> None:
    page = systole("bench", "plain", "--seconds", "0").stdout.decode()
    for part in ("Voices per core", "p50 / p99 / p99.9", "Safe block", "1024"):
        assert part in page


def test_bench_of_an_unknown_patch(systole: Systole) -> None:
    done = systole("bench", "nothing-like-it")
    assert done.returncode == 1
    assert "no such patch" in one_line(done)


def test_all_notes_sound_while_they_are_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    from app import capacity
    from engine.library import find_model, open_model
    from engine.patch import load_patch

    active: list[int] = []

    def look(action, seconds, clock):  # type: ignore[no-untyped-def]
        for _ in range(400):
            action()
        active.append(int(action._part.state.part["active"][0]))
        return np.linspace(1e-6, 2e-6, 20) * max(1, active[-1])

    monkeypatch.setattr(capacity, "_times", look)
    patch = load_patch("keys")
    steps: list[int] = []
    program = open_model(find_model(patch.model))
    measure_capacity(patch, program, voices=8, block=64, seconds=0, advance=steps.append)
    assert active == [*COUNTS, 8, *[8] * len(BLOCKS)]
    assert steps == list(range(1, len(COUNTS) + len(BLOCKS) + 2))

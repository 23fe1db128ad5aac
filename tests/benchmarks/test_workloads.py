"""The registry: sizes are what they claim, and integer program and float network are the same network."""

from __future__ import annotations

import numpy as np
import pytest

from accel import reference
from benchmarks.workloads import FEATURED, WORKLOADS, take_of

SMALL = [name for name in WORKLOADS if name != "pwg"]


def test_names_and_featured() -> None:
    assert set(FEATURED) <= set(WORKLOADS)
    assert all(each.name == name for name, each in WORKLOADS.items())
    assert len({each.title for each in WORKLOADS.values()}) == len(WORKLOADS)


@pytest.mark.parametrize("name", WORKLOADS)
def test_macs_are_the_programs(name: str) -> None:
    workload = WORKLOADS[name]
    assert workload.macs_per_sample == pytest.approx(workload.program.macs_per_sample)


def test_sizes_of_the_featured() -> None:
    a15, a60, pwg = (WORKLOADS[name] for name in FEATURED)
    assert 14e3 < a15.macs_per_sample < 14.5e3
    assert 56e3 < a60.macs_per_sample < 58e3
    shape = pwg.shape
    assert (shape.channels, shape.skip, shape.kernel, pwg.layers, shape.knobs) == (64, 64, 3, 30, 80)
    per_sample = pwg.macs_per_sample + shape.knobs * 2 * shape.channels * pwg.layers  # conditioning as published
    assert pwg.published is not None
    assert per_sample == pytest.approx(pwg.published, rel=0.01)


@pytest.mark.parametrize("name", SMALL)
def test_program_sounds_like_its_network(name: str) -> None:
    workload = WORKLOADS[name]
    take = take_of(workload, rows=9)
    wanted = workload.network.run(take.volts, take.knobs, take.noise)
    found = reference.run(workload.program, take.pitch, take.counts, seed=take.seed) / 2.0**15
    assert 10 * np.log10((wanted**2).sum() / ((wanted - found) ** 2).sum()) > 20


def test_the_float_noise_is_the_lfsrs() -> None:
    workload = WORKLOADS["one"]
    take = take_of(workload, rows=3)
    found = reference.excitation(workload.program, take.pitch, take.knobs, take.seed, 0)[:, 0] / 2.0**15
    assert (found == take.noise).all()

"""Followers of a float model: what they may ask for, and that the float network hears what the integers hear."""

from __future__ import annotations

import dataclasses

import msgspec
import numpy as np
import pytest
from safetensors.numpy import save_file

from accel import reference
from accel.compiler import compile_network
from accel.errors import SystoleError
from accel.follower_spec import LEVELS, FollowerSpec, followed_knobs, follower_fields, followers_from
from accel.followers import RELEASES
from accel.formats import KNOB_COUNTS, knob_counts, pitch_word
from accel.network import Network, load_network
from accel.program_file import load_program, save_program
from accel.random_network import random_network
from accel.random_program import Shape

SLOW_BELOW = tuple(np.linspace(0.3, 0.02, RELEASES).tolist())
BANK = (FollowerSpec(2, 0.004, SLOW_BELOW), FollowerSpec(1, 0.0, (0.1,)))
VOLTS = np.linspace(-1, 1, 24)
KNOBS = np.random.default_rng(4).uniform(0, 1, (24, 3)).repeat(2, axis=0)[:24]


def network_with(followers: tuple[FollowerSpec, ...], hop: int = 64) -> Network:
    """A random network with three knobs, some of which have a memory."""
    plain = random_network(
        np.random.default_rng(1), Shape(channels=3, skip=2, dilations=(1, 2), knobs=3, hidden=(4,), hop=hop)
    )
    architecture = msgspec.structs.replace(plain.architecture, followers=followers)
    return Network(architecture, plain.weights)


def test_time_constants_are_seconds():
    knobs = np.zeros((200, 1))
    knobs[10:100] = 1.0
    found = followed_knobs([FollowerSpec(1, 0.02, (0.05,))], knobs)[:, 0]
    rows = np.arange(1, 60)
    np.testing.assert_allclose(found[9 + rows], 1 - np.exp(-rows * 64 / 48_000 / 0.02), atol=2e-3)
    np.testing.assert_allclose(found[99 + rows], found[99] * np.exp(-rows * 64 / 48_000 / 0.05), atol=2e-3)
    assert (found[:10] == 0).all()


def test_each_level_has_its_release():
    spec = FollowerSpec(1, 0.0, SLOW_BELOW)
    for level, seconds in zip(LEVELS[1:], SLOW_BELOW[1:], strict=True):
        knobs = np.array([[level], [level - 0.04]])
        moved = followed_knobs([spec], knobs)[1, 0] - level
        assert moved == pytest.approx(-0.04 * (1 - np.exp(-64 / 48_000 / seconds)), abs=1e-4)


@pytest.mark.parametrize("hop", [16, 64, 256])
def test_the_control_network_hears_what_the_integers_hear(hop):
    network = network_with(BANK, hop)
    program = compile_network(network)
    words, counts = pitch_word(VOLTS), knob_counts(KNOBS)
    bare = dataclasses.replace(program, descriptors=program.descriptors.copy())
    bare.descriptors[1, 6] = 0
    heard = np.rint(network.followed(KNOBS) * KNOB_COUNTS).astype(np.int16)
    wanted = reference.conditioning(program, words, counts)
    np.testing.assert_array_equal(reference.conditioning(bare, words, heard), wanted)
    assert (reference.conditioning(bare, words, counts) != wanted).any()
    np.testing.assert_array_equal(network.followed(KNOBS)[:, 2], KNOBS[:, 2])


def test_the_float_network_renders_with_memory():
    network, noise = network_with(BANK), np.zeros(23 * 64)
    other = network_with(())
    wanted = other.run(VOLTS, network.followed(KNOBS), noise)
    np.testing.assert_array_equal(network.run(VOLTS, KNOBS, noise), wanted)
    assert np.abs(other.run(VOLTS, KNOBS, noise) - wanted).max() > 1e-3


def test_followers_survive_both_files(tmp_path):
    network = network_with(BANK)
    meta = msgspec.json.encode(network.architecture).decode()
    tensors = {name: array.astype(np.float32) for name, array in network.weights.items()}
    save_file(tensors, tmp_path / "float.safetensors", {"systole": meta})
    found = load_network(tmp_path / "float.safetensors")
    assert found.architecture == network.architecture
    save_program(compile_network(found), tmp_path / "integers.safetensors")
    loaded = load_program(tmp_path / "integers.safetensors")
    for each, spec in zip(loaded.followers, BANK, strict=True):
        np.testing.assert_array_equal(each.words(), spec.compiled().words())
        again = FollowerSpec.of(each)
        np.testing.assert_array_equal(again.compiled().words(), each.words())
        np.testing.assert_allclose((again.attack, again.release[0]), (spec.attack, spec.release[0]), rtol=5e-3)


def test_fields_read_back():
    assert followers_from([follower_fields(each) for each in BANK]) == BANK


@pytest.mark.parametrize(
    ("bank", "fault"),
    [
        ((BANK[0],) * 5, "followers: 5, allowed: at most 4"),
        ((BANK[0], BANK[0]), "two of one knob"),
        ((dataclasses.replace(BANK[0], knob=4),), r"followers\[0\]: knob 4, allowed: 1\.\.3"),
        ((BANK[1], dataclasses.replace(BANK[0], knob=0)), r"followers\[1\]: knob 0"),
        ((dataclasses.replace(BANK[0], attack=-0.1),), "seconds, 0 or more"),
        ((dataclasses.replace(BANK[0], release=(0.1, 0.2)),), f"2 releases, allowed: 1 or {RELEASES}"),
        ((dataclasses.replace(BANK[0], release=()),), f"0 releases, allowed: 1 or {RELEASES}"),
    ],
)
def test_followers_that_cannot_be_are_refused(tmp_path, bank, fault):
    network = network_with(bank)
    meta = msgspec.json.encode(network.architecture).decode()
    tensors = {name: array.astype(np.float32) for name, array in network.weights.items()}
    save_file(tensors, tmp_path / "bad.safetensors", {"systole": meta})
    with pytest.raises(SystoleError, match=rf"bad\.safetensors: .*{fault}"):
        load_network(tmp_path / "bad.safetensors")

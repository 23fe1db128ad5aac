"""A stream: one integer stands for all arrays of a take, which must live, stay in place and give the same bits."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from accel.emulator import Emulator
from accel.emulator.forms import available_forms
from accel.emulator.kernels import voice_control, voice_render
from accel.random_program import Shape, random_program
from accel.verify import random_take

PROGRAM = random_program(np.random.default_rng(8), Shape(channels=9, skip=3, dilations=(1, 3), knobs=2, hidden=(5,)))
TAKE = random_take(np.random.default_rng(1), PROGRAM, 6, "any")


def by_kernels(seeds):
    """The take by the kernels that the engine calls, frame by frame: int16 [voices, samples]."""
    emulator, hop = Emulator(PROGRAM, len(seeds)), PROGRAM.hop
    out = np.zeros((len(seeds), 5 * hop), np.int16)
    for voice, seed in enumerate(seeds):
        emulator.reset(voice, int(TAKE.pitch[0]), TAKE.knobs[0], seed=seed)
        for row in range(1, 6):
            voice_control(emulator.packed, emulator.states, voice, int(TAKE.pitch[row]), TAKE.knobs[row])
            voice_render(emulator.packed, emulator.states, voice, hop, out[voice], (row - 1) * hop)
    return out


def started(seeds, size, *, form=None, loop=False):
    """(stream over all voices, its output)."""
    emulator = Emulator(PROGRAM, len(seeds), form)
    for voice, seed in enumerate(seeds):
        emulator.reset(voice, int(TAKE.pitch[0]), TAKE.knobs[0], seed=seed)
    out = np.zeros((len(seeds), size), np.int16)
    return emulator.stream(TAKE.pitch, TAKE.knobs, out, loop=loop), out


@pytest.mark.parametrize("form", available_forms())
@pytest.mark.parametrize("size", [1, 13, 64, 100, 320])
def test_the_same_bits_as_the_kernels(form, size):
    wanted = by_kernels([3, 4, 5])
    stream, out = started([3, 4, 5], size, form=form)
    for start in range(0, wanted.shape[1], size):
        count = min(size, wanted.shape[1] - start)
        stream.step(count)
        assert (out[:, :count] == wanted[:, start : start + count]).all(), start


def test_one_call_over_many_turns_leaves_the_last_one():
    wanted = by_kernels([3])
    stream, out = started([3], 20)
    stream.step(50)
    assert (out[0, :10] == wanted[0, 40:50]).all()
    assert (out[0, 10:] == wanted[0, 30:40]).all()


def test_a_loop_goes_on_with_row_1():
    stream, out = started([3], 5 * PROGRAM.hop, loop=True)
    stream.step(5 * PROGRAM.hop)
    stream.step(5 * PROGRAM.hop)
    pitch, knobs = (np.concatenate([rows, rows[1:]]) for rows in (TAKE.pitch, TAKE.knobs))
    assert (out[0] == Emulator(PROGRAM).run(pitch, knobs, seed=3)[5 * PROGRAM.hop :]).all()


def test_the_stream_keeps_alive_what_it_points_to():
    """Every array but the output is the stream's alone; the memory that others give back is written over."""
    wanted = by_kernels([3])
    stream, out = started([3], wanted.shape[1])
    gc.collect()
    noise = [np.full(size, 255, np.uint8) for size in np.geomspace(8, 1 << 20, 400).astype(int)]
    stream.step(wanted.shape[1])
    assert (out == wanted).all()
    assert len(noise) == 400


def test_rows_that_are_not_contiguous_are_copied():
    pitch, knobs = np.repeat(TAKE.pitch, 2)[::2], np.asfortranarray(TAKE.knobs)
    assert (Emulator(PROGRAM).run(pitch, knobs, seed=3) == by_kernels([3])[0]).all()


def test_a_call_is_two_integers():
    """The signature is what makes a call cheap: no array, no tuple."""
    stream, _ = started([3], 16)
    stream.step(16)
    if available_forms()[0] != "exact":
        assert [str(each) for each in stream._advance.signatures] == ["(int64, int64)"]

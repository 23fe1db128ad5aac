"""Programs on disk: round trip, hash, and every kind of damaged file."""

from __future__ import annotations

import dataclasses
import json
import pickle
import struct

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accel.errors import SystoleError
from accel.formats import BIAS_LIMIT, FIELD_AT, Op
from accel.program import Program
from accel.program_file import load_program, save_program
from accel.random_program import Shape, random_program, random_shape

SMALL = Shape(channels=3, skip=2, dilations=(1, 5), harmonics=(1, 3), knobs=2, hidden=(4,))


@pytest.fixture
def program() -> Program:
    return random_program(np.random.default_rng(3), SMALL)


def edited(program: Program, index: int, **fields: int) -> Program:
    table = program.descriptors.copy()
    for name, value in fields.items():
        table[index, FIELD_AT[name]] = value
    return dataclasses.replace(program, descriptors=table)


def at(program: Program, op: Op) -> int:
    return int(np.flatnonzero(program.descriptors[:, 0] == op)[0])


def rewrite_header(path, change) -> None:
    """Edit the JSON inside the safetensors header in place."""
    data = path.read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    change(header)
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data[8 + size :])


def test_round_trip_keeps_everything(tmp_path, program):
    path = tmp_path / "m.safetensors"
    save_program(program, path)
    loaded = load_program(path)
    assert loaded.card == program.card
    assert loaded.hash == program.hash
    for name in ("descriptors", "weights", "biases", "shifts"):
        assert (getattr(loaded, name) == getattr(program, name)).all()
    assert list(tmp_path.iterdir()) == [path]


def test_equal_programs_give_equal_bytes(tmp_path, program):
    for name in ("a.safetensors", "b.safetensors"):
        save_program(program, tmp_path / name)
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()


def test_any_random_program_is_valid(tmp_path):
    rng = np.random.default_rng(5)
    for _ in range(20):
        program = random_program(rng, random_shape(rng), extreme=bool(rng.integers(2)))
        save_program(program, tmp_path / "m.safetensors")
        assert load_program(tmp_path / "m.safetensors").hash == program.hash


def test_hash_sees_one_bit(program):
    weights = program.weights.copy()
    weights[7] ^= 1
    assert dataclasses.replace(program, weights=weights).hash != program.hash


@pytest.mark.parametrize(
    ("op", "fields", "message"),
    [
        (Op.GATED, {"rows": 5}, "rows"),
        (Op.GATED, {"taps": 9}, "taps is 9, allowed: 1..8"),
        (Op.GATED, {"dilation": 0}, "dilation is 0, allowed: 1..1024"),
        (Op.GATED, {"weight_at": 100_000}, "outside its image"),
        (Op.GATED, {"bias_at": -1}, "outside its image"),
        (Op.INPUT, {"cols": 4}, "inputs of the first convolution"),
        (Op.MIX, {"split": 0}, "residual rows"),
        (Op.MIX, {"multiplier": 40_000}, "multiplier 40000, allowed"),
        (Op.HEAD, {"pre_shift": 0}, "pre_shift 0, at least 1"),
        (Op.HEAD, {"activation": 7}, "activation is 7"),
        (Op.OUTPUT, {"op": 11}, "op is 11"),
        (Op.OUTPUT, {"op": int(Op.HEAD)}, "out of order"),
        (Op.CONTROL, {"cols": 4}, "inputs of the control network"),
        (Op.CONTROL, {"taps": 2, "cols": 1}, "inputs of the control network"),
    ],
)
def test_a_wrong_descriptor_is_named(program, op, fields, message):
    with pytest.raises(SystoleError, match=message):
        save_program(edited(program, at(program, op), **fields), "unused.safetensors")


def test_wrong_images_are_named(program):
    shifts = program.shifts.copy()
    shifts[0] = 0
    with pytest.raises(SystoleError, match=r"shifts 0\.\.\d+, allowed: 1\.\.31"):
        save_program(dataclasses.replace(program, shifts=shifts), "unused.safetensors")
    biases = program.biases.copy()
    biases[-1] = BIAS_LIMIT + 1
    with pytest.raises(SystoleError, match="bias"):
        save_program(dataclasses.replace(program, biases=biases), "unused.safetensors")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hop": 48}, "hop is 48"),
        ({"rate": 10}, "rate is 10"),
        ({"name": ""}, "name is ''"),
        ({"name": "../x"}, "name is"),
        ({"title": "two\nlines"}, "title holds"),
        ({"rate": 44_100}, "exponent offset"),
        ({"schema": "systole-program/9"}, "this version reads"),
        ({"latency": -1}, "latency"),
    ],
)
def test_a_wrong_card_is_named(program, change, message):
    card = msgspec.structs.replace(program.card, **change)
    with pytest.raises(SystoleError, match=message):
        save_program(dataclasses.replace(program, card=card), "unused.safetensors")


@pytest.mark.parametrize("default", [float("nan"), -0.1, 1.5])
def test_a_knob_default_must_be_a_position(program, default):
    knobs = (msgspec.structs.replace(program.knobs[0], default=default), *program.knobs[1:])
    card = msgspec.structs.replace(program.card, knobs=knobs)
    with pytest.raises(SystoleError, match="default is"):
        save_program(dataclasses.replace(program, card=card), "unused.safetensors")


def test_files_that_are_not_models(tmp_path):
    cases = {
        "empty": b"",
        "text": b"hello",
        "pickle": pickle.dumps({"weights": [1, 2, 3]}),
        "wav": b"RIFF\x00\x00\x00\x00WAVE",
        "huge header": struct.pack("<Q", 2**60) + b"{}",
    }
    for name, data in cases.items():
        path = tmp_path / f"{name}.safetensors"
        path.write_bytes(data)
        with pytest.raises(SystoleError, match=r"not a Systole model|empty") as caught:
            load_program(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)
    with pytest.raises(SystoleError, match="cannot be read"):
        load_program(tmp_path / "missing.safetensors")
    with pytest.raises(SystoleError, match=r"cannot be read|not a Systole model"):
        load_program(tmp_path)


def test_damage_inside_a_valid_container(tmp_path, program):
    path = tmp_path / "m.safetensors"
    save_program(program, path)
    good = path.read_bytes()
    path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    with pytest.raises(SystoleError, match=r"hash|shift"):
        load_program(path)
    path.write_bytes(good)
    rewrite_header(path, lambda header: header["__metadata__"].pop("systole"))
    with pytest.raises(SystoleError, match="metadata key"):
        load_program(path)
    path.write_bytes(good)
    rewrite_header(path, lambda header: header["__metadata__"].update(systole='{"card": {"name": 3}, "hash": ""}'))
    with pytest.raises(SystoleError, match="metadata"):
        load_program(path)
    path.write_bytes(good)
    rewrite_header(path, lambda header: header.update(extra=header.pop("shifts")))
    with pytest.raises(SystoleError, match="tensors are"):
        load_program(path)
    path.write_bytes(good)
    rewrite_header(path, lambda header: header["weights"].update(dtype="U8"))
    with pytest.raises(SystoleError, match="tensor weights is uint8"):
        load_program(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_fuzzed_files_load_or_say_one_line(tmp_path, data):
    path = tmp_path / "fuzz.safetensors"
    save_program(random_program(np.random.default_rng(4), SMALL), path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        where = data.draw(st.integers(0, len(content) - 1))
        content[where] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(content[: data.draw(st.integers(0, len(content)))]))
    try:
        load_program(path)
    except SystoleError as error:
        assert "\n" not in str(error)

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from accel.compiler import compile_network
from accel.errors import SystoleError
from accel.network import load_network
from accel.program_file import save_program
from training.model.generator import Generator
from training.model.subject import counted, is_float, open_network, open_subject, open_twin
from training.model.weights import save_weights
from training.run.recipe import metadata, recipe_from


@pytest.fixture(scope="module")
def recipe(recipe_fields):
    return recipe_from(recipe_fields)


@pytest.fixture(scope="module")
def weights(recipe, tmp_path_factory):
    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("weights") / "tiny.safetensors"
    save_weights(path, Generator(recipe.architecture).state_dict(), metadata(recipe, {}))
    return path


@pytest.fixture(scope="module")
def program(weights):
    path = weights.with_name("program.safetensors")
    save_program(compile_network(load_network(weights)), path)
    return path


def test_both_kinds_of_file_render_the_same_model(weights, program):
    floats, integers = open_subject(weights), open_subject(program)
    assert (floats.kind, integers.kind) == ("float", "integers")
    assert is_float(weights)
    assert not is_float(program)
    assert floats.name == integers.name == "tiny"
    assert [knob.id for knob in floats.knobs] == [knob.id for knob in integers.knobs] == ["bright"]
    assert floats.exact
    assert integers.exact is None
    assert integers.hash
    assert floats.hash is None
    assert floats.pitched
    assert integers.pitched
    rows = np.tile([57.0, 0.4], (20, 1))
    a, b = floats.render(rows, 0.2), integers.render(rows, 0.2)
    assert a.shape == b.shape == (19 * 64,)
    assert np.corrcoef(a[300:], b[300:])[0, 1] > 0.5  # other noise, the same tone


def test_takes_are_counted(program):
    seen: list[int] = []
    render = counted(open_subject(program).render, seen.append)
    rows = np.tile([57.0, 0.4], (3, 1))
    np.testing.assert_array_equal(render(rows, 0.0), open_subject(program).render(rows, 0.0))
    render(rows, 0.0)
    assert seen == [1, 2]


def test_float_weights_with_unknown_parts_are_not_exported(recipe, weights, tmp_path):
    assert set(open_network(weights).weights) == set(load_file(weights))
    more = {**load_file(weights), "bank.weight": torch.zeros(3)}
    save_weights(tmp_path / "more.safetensors", more, metadata(recipe, {}))
    with pytest.raises(SystoleError, match=r"more\.safetensors: bank\.weight is no part"):
        open_network(tmp_path / "more.safetensors")


def test_what_is_no_model_is_named(tmp_path):
    (tmp_path / "a.safetensors").write_bytes(b"\x80\x04N.")
    for action in (open_subject, open_network):
        with pytest.raises(SystoleError, match=r"a\.safetensors: not a Systole model"):
            action(tmp_path / "a.safetensors")
        with pytest.raises(SystoleError, match=r"b\.safetensors: cannot be read"):
            action(tmp_path / "b.safetensors")


def test_a_twin_has_the_program_s_knobs(recipe, weights, program, tmp_path):
    subject = open_subject(program)
    assert open_twin(weights, subject).architecture.name == "tiny"
    with pytest.raises(SystoleError, match=r"program\.safetensors: a program; needed: the float weights that tiny"):
        open_twin(program, subject)
    other = metadata(recipe, {})
    other["knobs"] = [{**other["knobs"][0], "id": "dark"}]
    save_weights(tmp_path / "dark.safetensors", Generator(recipe.architecture).state_dict(), other)
    with pytest.raises(SystoleError, match=r"dark\.safetensors: knobs are dark; those of tiny are bright"):
        open_twin(tmp_path / "dark.safetensors", subject)


def test_noise_is_told_from_tones(recipe, tmp_path):
    path = tmp_path / "noise.safetensors"
    save_weights(path, Generator(recipe.architecture).state_dict(), {**metadata(recipe, {}), "pitched": False})
    assert not open_subject(path).pitched
    save_program(compile_network(load_network(path)), tmp_path / "program.safetensors")
    assert not open_subject(tmp_path / "program.safetensors").pitched

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from accel.errors import SystoleError
from accel.network import load_network
from training.model.generator import Architecture, Generator
from training.model.weights import load_weights, save_weights
from training.run.recipe import metadata, recipe_from

MODEL = {
    "channels": 4,
    "skip_channels": 3,
    "dilations": [1, 2],
    "harmonics": [1, 3],
    "sines": [2, 7],
    "control_width": 9,
    "control_depth": 3,
}


@pytest.fixture
def exported(recipe_fields, tmp_path):
    """A file and the generator that is in it."""
    torch.manual_seed(2)
    recipe = recipe_from({**recipe_fields, "model": MODEL})
    generator, path = Generator(recipe.architecture), tmp_path / "model.safetensors"
    save_weights(path, generator.state_dict(), metadata(recipe, {"steps": 3}))
    return path, generator


def rewrite(path, drop=(), **fields) -> None:
    """Replace fields of the metadata and drop some; None drops a field too."""
    from safetensors import safe_open

    with safe_open(path, "pt") as file:
        meta = json.loads(file.metadata()["systole"])
    meta = {key: value for key, value in {**meta, **fields}.items() if value is not None}
    tensors = {name: tensor for name, tensor in load_file(path).items() if name not in drop}
    save_file(tensors, path, {"systole": json.dumps(meta)})


def test_a_file_brings_back_the_architecture_and_every_weight(exported):
    path, generator = exported
    again, meta = load_weights(path)
    assert again.arch == generator.arch
    assert meta["sines"] == [2, 7]
    assert meta["metrics"] == {"steps": 3}
    state = again.state_dict()
    assert all(torch.equal(state[name], tensor) for name, tensor in generator.state_dict().items())


def test_the_compiler_reads_the_same_file(exported):
    path, generator = exported
    network = load_network(path)
    assert (network.architecture.harmonics, network.architecture.sines) == ((1, 3), (2, 7))
    assert network.control_layers == 4
    weight = generator.first_conv.weight.detach().numpy()
    np.testing.assert_array_equal(network.weights["first_conv.weight"][:, :, 0], weight)


def test_files_from_before_there_were_sines(recipe_fields, tmp_path):
    recipe = recipe_from(recipe_fields)
    path = tmp_path / "old.safetensors"
    save_weights(path, Generator(recipe.architecture).state_dict(), metadata(recipe, {}))
    rewrite(path, sines=None)
    assert load_weights(path)[0].arch == recipe.architecture
    assert load_network(path).architecture.sines == ()


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"harmonics": [1, 99]}, "harmonics: 99 is no harmonic number"),
        ({"sines": [2, 2]}, "sines: 2 comes twice"),
        ({"sines": [2.5, 7]}, "sines"),
        ({"sines": 7}, "sines"),
        ({"harmonics": None}, "harmonics"),
        ({"harmonics": [1]}, "first_conv|weights do not fit"),
    ],
)
@pytest.mark.parametrize("load", [load_weights, load_network])
def test_wrong_tones_are_refused_with_file_and_field(exported, fields, fault, load):
    path, _ = exported
    rewrite(path, **fields)
    with pytest.raises(SystoleError, match=rf"model\.safetensors: .*({fault})"):
        load(path)


def test_a_control_network_without_its_layers_is_refused(exported):
    path, _ = exported
    rewrite(path, drop=("control.0.weight",))
    with pytest.raises(SystoleError, match="layers of the control network"):
        load_weights(path)


def test_default_sizes_are_those_of_the_shipped_models(recipe_fields):
    meta = metadata(recipe_from({**recipe_fields, "model": {}}), {})
    assert (meta["harmonics"], meta["sines"]) == ([1, 2, 4, 8, 16, 32], [])
    assert Architecture(knobs=1) == recipe_from({**recipe_fields, "model": {}}).architecture

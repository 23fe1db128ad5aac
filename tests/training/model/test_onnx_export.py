import json

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from accel.compiler import compile_network
from accel.errors import SystoleError
from accel.random_network import random_network
from accel.random_program import Shape
from training.model import onnx_export
from training.model.dequantise import dequantise
from training.model.generator import Generator, control_input
from training.model.onnx_export import build_model, export_onnx, largest_difference
from training.model.subject import open_network
from training.model.weights import save_weights
from training.run.recipe import metadata, recipe_from


def run(path, excitation: np.ndarray, control: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert [each.name for each in session.get_inputs()] == ["excitation", "control"]
    return session.run(["audio"], {"excitation": excitation, "control": control})[0]


@pytest.fixture
def weights(recipe_fields, tmp_path):
    """A file of random float weights, and the torch generator that they are of."""
    torch.manual_seed(4)
    recipe = recipe_from({**recipe_fields, "model": {"channels": 8, "skip_channels": 6, "dilations": [1, 2, 4]}})
    generator = Generator(recipe.architecture)
    with torch.no_grad():
        for parameter in generator.parameters():  # louder than it starts, so that the head's ReLUs live
            parameter.mul_(2)
    path = tmp_path / "tiny.safetensors"
    save_weights(path, generator.state_dict(), metadata(recipe, {}))
    return path, generator


@pytest.mark.parametrize("frames", [1, 7])
def test_onnxruntime_gives_torch_s_audio_at_any_length(weights, tmp_path, frames):
    path, generator = weights
    assert export_onnx(open_network(path), tmp_path / "tiny.onnx") < 1e-4
    rng = np.random.default_rng(2)
    excitation = rng.uniform(-1, 1, (1, frames * 64, 13)).astype(np.float32)
    control = np.concatenate([rng.uniform(-3, 3, (1, frames + 1, 1)), rng.random((1, frames + 1, 1))], 2)
    rows = torch.from_numpy(control).float()
    with torch.no_grad():
        expected = generator(torch.from_numpy(excitation), control_input(rows[:, :, 0], rows[:, :, 1:])).numpy()
    found = run(tmp_path / "tiny.onnx", excitation, control.astype(np.float32))
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() < 1e-4
    assert expected.std() > 1e-3


def test_sines_after_the_pairs(tmp_path):
    shape = Shape(channels=6, skip=5, dilations=(1, 2), knobs=1, hidden=(7,), harmonics=(1,), sines=(2, 3, 9))
    network = random_network(np.random.default_rng(5), shape)
    assert export_onnx(network, tmp_path / "sines.onnx") < 1e-5
    session = onnxruntime.InferenceSession(tmp_path / "sines.onnx", providers=["CPUExecutionProvider"])
    assert session.get_inputs()[0].shape[2] == 6


@pytest.mark.parametrize("hop", [32, 64])
def test_other_shapes_and_scales(tmp_path, hop):
    shape = Shape(channels=6, skip=5, kernel=3, dilations=(1, 3), knobs=0, hidden=(), harmonics=(1, 3), hop=hop)
    network = random_network(np.random.default_rng(3), shape, residual_scale=0.7)
    assert export_onnx(network, tmp_path / "other.onnx") < 1e-5


def test_a_program_s_weights_are_exported(tmp_path):
    shape = Shape(channels=4, skip=4, dilations=(1, 2), knobs=1, hidden=(4,), harmonics=(1,))
    network = dequantise(compile_network(random_network(np.random.default_rng(8), shape)))
    export_onnx(network, tmp_path / "integers.onnx")
    model = onnx.load(tmp_path / "integers.onnx")
    stored = {each.name: onnx.numpy_helper.to_array(each) for each in model.graph.initializer}
    weight = network.weights["conv_layers.1.conv.weight"]
    np.testing.assert_array_equal(stored["conv_layers.1.conv.weight"], weight.astype(np.float32))
    properties = {each.key: each.value for each in model.metadata_props}
    assert json.loads(properties["systole"])["hop"] == 64
    assert "V/oct" in model.graph.doc_string


def test_a_graph_that_sounds_otherwise_is_not_written(monkeypatch, tmp_path):
    network = random_network(np.random.default_rng(1), Shape(channels=4, skip=4, dilations=(1,), knobs=1))
    faulty = build_model(network)
    slope = next(node for node in faulty.graph.node if node.op_type == "LeakyRelu").attribute[0]
    slope.f = 0.2
    assert largest_difference(faulty, network) > 1e-4
    monkeypatch.setattr(onnx_export, "build_model", lambda _: faulty)
    with pytest.raises(SystoleError, match="onnxruntime differs by"):
        export_onnx(network, tmp_path / "faulty.onnx")
    assert not list(tmp_path.iterdir())

"""What is no checkpoint of a Parallel WaveGAN is refused in one line that says why; nothing in it runs."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml

from accel.errors import SystoleError
from tests.training.imports.package import SMALL, write_checkpoint
from training.imports.config import GENERATOR
from training.imports.workflow import load_vocoder


class Evil:
    """Runs a command when unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> Any:
        return (Path.touch, (self.target,))


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    return write_checkpoint(tmp_path, SMALL)


def refused(path: Path, fault: str, **options: Any) -> None:
    with pytest.raises(SystoleError, match=fault) as caught:
        load_vocoder(path, **options)
    assert "\n" not in str(caught.value)


def edit_state(path: Path, **changes: Any) -> None:
    """Replace tensors (`None` removes)."""
    whole = torch.load(path, weights_only=True)
    state = whole["model"]["generator"]
    for name, value in changes.items():
        name = name.replace("__", ".")
        state.pop(name, None)
        if value is not None:
            state[name] = value
    torch.save(whole, path)


def edit_config(path: Path, **changes: Any) -> None:
    """Change the configuration beside a checkpoint; `params` changes generator_params."""
    file = path.with_name("config.yml")
    config = yaml.safe_load(file.read_text())
    config["generator_params"] |= changes.pop("params", {})
    file.write_text(yaml.safe_dump(config | changes))


def test_a_missing_file(checkpoint: Path) -> None:
    refused(checkpoint.with_name("no.pkl"), r"no\.pkl: cannot be read: no such file")
    checkpoint.with_name("config.yml").unlink()
    refused(checkpoint, r"config\.yml: cannot be read: No such file .* needed: the checkpoint's config\.yml")


@pytest.mark.parametrize("zipped", [True, False])
def test_code_in_a_pickle_does_not_run(checkpoint: Path, zipped: bool, tmp_path: Path) -> None:
    target = tmp_path / "ran"
    if zipped:
        torch.save({"model": {"generator": Evil(target)}}, checkpoint)
    else:
        checkpoint.write_bytes(pickle.dumps({"model": {"generator": Evil(target)}}))
    refused(checkpoint, r"holds more than tensors \(code could run on loading\): refused")
    assert not target.exists()


@pytest.mark.parametrize("content", [b"", b"nothing", b"\x80\x02", bytes(range(256)) * 9, b"PK\x03\x04broken"])
def test_bytes_that_are_no_checkpoint(checkpoint: Path, content: bytes) -> None:
    checkpoint.write_bytes(content)
    refused(checkpoint, r"checkpoint-1steps\.pkl: (not a checkpoint that torch can read|holds more than tensors)")


def test_half_a_checkpoint(checkpoint: Path) -> None:
    checkpoint.write_bytes(checkpoint.read_bytes()[:5000])
    refused(checkpoint, "not a checkpoint that torch can read")


@pytest.mark.parametrize("content", [{}, {"model": {}}, {"model": {"generator": {"a": 1}}}, [1, 2], torch.zeros(3)])
def test_another_layout(checkpoint: Path, content: Any) -> None:
    torch.save(content, checkpoint)
    refused(checkpoint, r'no tensors under \["model"\]\["generator"\]')


def test_weights_that_do_not_fit_the_configuration(checkpoint: Path) -> None:
    edit_state(checkpoint, first_conv__bias=torch.zeros(9))
    refused(checkpoint, r"first_conv\.bias has shape \(9,\), its config\.yml needs \(8,\)")
    edit_state(checkpoint, first_conv__bias=None)
    refused(checkpoint, r"no first_conv\.bias in the generator")
    edit_state(checkpoint, first_conv__bias=torch.zeros(8), extra__weight=torch.zeros(1))
    refused(checkpoint, r"extra\.weight is no part of the network")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_weight_that_is_no_number(checkpoint: Path, value: float) -> None:
    bias = torch.zeros(16)
    bias[3] = value
    edit_state(checkpoint, conv_layers__2__conv__bias=bias)
    refused(checkpoint, r"conv_layers\.2\.conv\.bias holds a value that is not finite")


def test_another_architecture(checkpoint: Path) -> None:
    edit_config(checkpoint, generator_type="HiFiGANGenerator")
    refused(checkpoint, rf"generator_type is 'HiFiGANGenerator', needed: {GENERATOR}")
    edit_config(checkpoint, generator_type=GENERATOR, params={"resblock": "1"})
    refused(checkpoint, "not a configuration of a Parallel WaveGAN: .*resblock")


@pytest.mark.parametrize(
    ("params", "fault"),
    [
        ({"aux_channels": 12}, "num_mels is 10, aux_channels is 12"),
        ({"gate_channels": 12}, "gate_channels is 12, allowed: 16, twice residual_channels"),
        ({"in_channels": 2}, "in_channels is 2, allowed: 1"),
        ({"layers": 7}, "layers is 7, needed: a multiple of stacks, 2"),
        ({"layers": "many"}, "generator_params.layers"),
        ({"kernel_size": 4}, "kernel_size is 4, needed: an odd number, or use_causal_conv"),
        ({"layers": 60}, "dilations up to 536870912, allowed: up to 1024"),
        ({"upsample_params": {"upsample_scales": [4, 4]}}, "make 16 samples, hop_size is 64"),
        (
            {"upsample_params": {"upsample_scales": [64], "nonlinear_activation": "ReLU"}},
            "nonlinear_activation is ReLU",
        ),
        ({"upsample_params": {"upsample_scales": [64], "freq_axis_kernel_size": 3}}, "freq_axis_kernel_size is 3"),
        ({"upsample_net": "MelGANGenerator"}, "upsample_net is MelGANGenerator, allowed: ConvInUpsampleNetwork"),
    ],
)
def test_a_configuration_that_no_program_has(checkpoint: Path, params: dict[str, Any], fault: str) -> None:
    edit_config(checkpoint, params=params)
    refused(checkpoint, fault)


@pytest.mark.parametrize(
    "text", ["", "a: [", "- 1", "!!python/object/apply:os.getcwd []", "sampling_rate: 24000", "\0"]
)
def test_a_configuration_that_is_none(checkpoint: Path, text: str) -> None:
    checkpoint.with_name("config.yml").write_text(text)
    refused(checkpoint, r"config\.yml: not a configuration of a Parallel WaveGAN")


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        (np.ones((2, 80)), "mean has 80 mel bands, the generator needs 10"),
        (np.zeros((2, 10)), "scale of band 0 is 0, needed: above 0"),
        (np.full((2, 10), np.nan), "mean holds a value that is not finite"),
        (np.array([{}, {}]), "no statistics of features"),
        (np.array(1.0), "no statistics of features"),
    ],
)
def test_statistics_of_something_else(checkpoint: Path, table: np.ndarray, fault: str, tmp_path: Path) -> None:
    np.save(tmp_path / "other.npy", table)
    refused(checkpoint, fault, stats=tmp_path / "other.npy")


def test_statistics_that_are_no_hdf5(checkpoint: Path) -> None:
    checkpoint.with_name("stats.h5").write_bytes(b"nothing")
    refused(checkpoint, r"stats\.h5: no statistics of features")

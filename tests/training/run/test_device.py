"""Where a training computes. No GPU is needed: torch's "meta" device, which computes nothing, refuses tensors of other
devices as a GPU does, and autocast to bfloat16 works on a CPU too.
"""

import copy
from contextlib import closing

import pytest
import torch
from click.testing import CliRunner

from accel.errors import SystoleError
from app.cli.train import command
from training.data.dataset import load_dataset
from training.model.quantised import calibrated_formats
from training.run.checkpoint import load_checkpoint, new_state, save_checkpoint
from training.run.defaults import find_recipe
from training.run.device import CPU, Place, choose_place
from training.run.prefetch import moved
from training.run.recipe import recipe_from
from training.run.trainer import Trainer
from training.train import main, train

MIXED = Place(torch.device("cpu"), mixed=True)
KINDS = [{"name": "wave", "channels": 4, "layers": 4}, {"name": "spectral", "channels": 4, "sizes": [128]}]


@pytest.fixture
def without_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.fixture
def gpus(monkeypatch):
    """As a machine with two GPUs answers; returns the list of those that were made the current one."""
    chosen: list[torch.device] = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True: True)
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    return chosen


@pytest.fixture
def recipe(recipe_fields):
    """A float stage, then one on integers; discriminators from the start."""
    first, second = recipe_fields["stages"]
    stages = [{**first, "spectral": 1.0}, {**second, "integers": True}]
    return recipe_from({**recipe_fields, "stages": stages, "adversarial": {"start": 0.0, "discriminators": KINDS}})


def test_auto_is_the_cpu_in_float32_where_there_is_no_gpu(without_gpu):
    assert choose_place() == choose_place("cpu", "float32") == CPU
    assert str(CPU) == "the CPU, float32"
    assert not CPU.prefetches


@pytest.mark.parametrize(
    ("device", "precision", "said"),
    [
        ("cuda", "auto", r"--device cuda: torch finds no CUDA device here; allowed are auto and cpu"),
        ("auto", "mixed", r"--precision mixed: needs a CUDA device; allowed on the CPU are auto and float32"),
        ("gpu", "auto", r"--device gpu: allowed are auto, cpu, cuda"),
        ("cpu", "half", r"--precision half: allowed are auto, float32, mixed"),
    ],
)
def test_what_is_not_there_is_refused(without_gpu, device, precision, said):
    with pytest.raises(SystoleError, match=said):
        choose_place(device, precision)


def test_a_gpu_is_taken_where_there_is_one_and_each_process_takes_its_own(gpus, monkeypatch):
    assert choose_place() == Place(torch.device("cuda", 0), mixed=True)
    assert choose_place("cuda", "float32") == Place(torch.device("cuda", 0), mixed=False)
    assert choose_place("cpu") == CPU
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert choose_place("cuda", "mixed").device == gpus[-1] == torch.device("cuda", 1)
    assert choose_place().prefetches
    monkeypatch.setenv("LOCAL_RANK", "2")
    with pytest.raises(SystoleError, match="3 processes or more, 2 GPUs"):
        choose_place()


def test_autocast_changes_the_passes_it_may(recipe_fields):
    product = torch.nn.Linear(2, 2)
    for place, exact, kind in (
        (CPU, False, torch.float32),
        (MIXED, True, torch.float32),
        (MIXED, False, torch.bfloat16),
    ):
        with place.autocast(exact):
            assert product(torch.ones(1, 2)).dtype == kind


def test_mixed_precision_leaves_the_last_stage_and_the_weights_exact(recipe, tiny_set):
    data = load_dataset(tiny_set, ("static", "moving"))

    def stepped(place: Place, progress: float) -> tuple[float, dict[str, torch.Tensor]]:
        with closing(Trainer(recipe, data, new_state(recipe), False, place)) as trainer:
            loss = float(trainer.step(progress))
        weights = trainer.state.generator.state_dict() | trainer.state.adversary.discriminators.state_dict()
        assert all(tensor.dtype == torch.float32 and tensor.isfinite().all() for tensor in weights.values())
        return loss, weights

    early, mixed = stepped(CPU, 0.1), stepped(MIXED, 0.1)
    assert mixed[0] == pytest.approx(early[0], rel=0.03)
    assert mixed[0] != early[0]
    late, same = stepped(CPU, 0.9), stepped(MIXED, 0.9)
    assert late[0] == same[0]
    assert all(torch.equal(late[1][name], same[1][name]) for name in late[1])


@pytest.mark.parametrize("progress", [0.1, 0.9])
def test_a_step_keeps_to_its_device(recipe, tiny_set, progress):
    state = new_state(recipe)
    state.formats = calibrated_formats(state.ema)
    place = Place(torch.device("meta"))
    with closing(Trainer(recipe, load_dataset(tiny_set, ("static", "moving")), state, False, place)) as trainer:
        trainer._batch = lambda stage: moved(trainer.sampler.batch(state.step, stage), place.device)
        assert trainer.step(progress).device.type == "meta"
        assert trainer.step(progress).device.type == "meta"
    for optimiser in (state.adam, state.adversary.adam):
        averages = [each["exp_avg"] for each in optimiser.state.values()]
        assert averages
        assert all(tensor.device.type == "meta" for tensor in averages)


def test_a_resumed_state_moves_with_its_averages(recipe, tiny_set, tmp_path):
    train(recipe, tiny_set.parent, tmp_path, compiled=False, stop_at=2)
    state = load_checkpoint(tmp_path / "tiny.ckpt", recipe).to(torch.device("meta"))
    parts = [state.generator, state.ema, state.adversary.discriminators]
    assert all(p.device.type == "meta" for part in parts for p in part.parameters())
    for optimiser in (state.adam, state.adversary.adam):
        assert all(each["exp_avg_sq"].device.type == "meta" for each in optimiser.state.values())
        learnt = {id(p) for part in parts for p in part.parameters()}
        assert all(id(p) in learnt for group in optimiser.param_groups for p in group["params"])
        assert all(group["lr"] > 0 for group in optimiser.param_groups)


def test_what_is_measured_and_exported_is_a_copy_on_the_cpu(recipe):
    state = new_state(recipe)
    before = copy.deepcopy(state.ema.state_dict())
    for made in (state.averaged(), state.result()):
        with torch.no_grad():
            next(made.parameters()).zero_()
    assert all(torch.equal(before[name], tensor) for name, tensor in state.ema.state_dict().items())


def test_checkpoints_hold_only_tensors_of_the_cpu(recipe, tmp_path, monkeypatch):
    state = new_state(recipe)
    asked = []
    monkeypatch.setattr(torch.Tensor, "cpu", lambda tensor: asked.append(id(tensor)) or tensor)
    save_checkpoint(tmp_path / "c.ckpt", state, recipe)
    parts = [state.generator, state.ema, state.adversary.discriminators]
    tensors = sum(len(part.state_dict()) for part in parts)
    assert len(asked) == tensors


def test_both_commands_say_in_one_line_that_there_is_no_gpu(without_gpu, tiny_set, tmp_path, capsys):
    said = "--device cuda: torch finds no CUDA device here; allowed are auto and cpu"
    out = tmp_path / "out"
    assert main([str(find_recipe("va")), "--data", str(tiny_set.parent), "--out", str(out), "--device", "cuda"]) == 1
    assert capsys.readouterr() == ("", f"error: {said}\n")
    done = CliRunner().invoke(command, [str(tiny_set), "--out", str(out), "--device", "cuda"])
    assert (str(done.exception), done.output) == (said, "")
    assert not out.exists()

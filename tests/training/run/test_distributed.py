"""Two processes on the CPU train one model: equal weights at every step, another model than one process makes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from accel.errors import SystoleError
from training.run.checkpoint import load_checkpoint
from training.run.device import CPU
from training.run.distributed import ALONE, Ranks, joined, launched
from training.run.recipe import load_recipe
from training.train import train
from training.workflow import make_model

ROOT = Path(__file__).parents[3]
LAUNCHER = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]


def toml(value) -> str:
    """A TOML value; JSON's are, but for tables."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(each)}" for key, each in value.items()) + "}"
    return "[" + ", ".join(map(toml, value)) + "]" if isinstance(value, list) else json.dumps(value)


@pytest.fixture
def recipe_file(recipe_fields, tmp_path) -> Path:
    """Four steps: two in float, two on integers with a discriminator."""
    first, second = recipe_fields["stages"]
    kinds = [{"name": "wave", "channels": 4, "layers": 4}]
    fields = {
        **recipe_fields,
        "steps": 4,
        "stages": [first, {**second, "integers": True}],
        "adversarial": {"start": 0.5, "discriminators": kinds},
    }
    path = tmp_path / "recipe.toml"
    path.write_text("".join(f"{key} = {toml(value)}\n" for key, value in fields.items()))
    return path


def test_two_processes_train_one_model(recipe_file, tiny_set, tmp_path):
    recipe, data = load_recipe(recipe_file), tiny_set.parent
    call = [*LAUNCHER, ROOT / "tests/training/run/ranks.py", recipe_file, data, tmp_path]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(call, capture_output=True, text=True, cwd=ROOT, env=environment, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stderr.splitlines() if "2 processes" in line] == [
        f"tiny: {length} on the CPU, float32, 2 processes; the recipe does not say what to expect"
        for length in ("4 steps", "4 steps from step 2", "4 steps", "0 s of training")
    ]
    assert done.stderr.count("wrote") == 4
    train(recipe, data, tmp_path / "alone", compiled=False)
    whole, parts, alone = (load_checkpoint(tmp_path / run / "tiny.ckpt", recipe) for run in ("whole", "parts", "alone"))
    assert whole.step == parts.step == alone.step == 4
    for resumed, other, single in (
        (parts.generator, whole.generator, alone.generator),
        (parts.adversary.discriminators, whole.adversary.discriminators, alone.adversary.discriminators),
    ):
        weights = [torch.cat([p.detach().flatten() for p in each.parameters()]) for each in (resumed, other, single)]
        assert torch.equal(weights[0], weights[1])
        assert not torch.equal(weights[0], weights[2])


@pytest.fixture
def two_ranks(monkeypatch):
    """`Ranks` of two whose other process holds what the returned list says, last in first out."""
    others: list[torch.Tensor] = []
    monkeypatch.setattr(torch.distributed, "all_reduce", lambda buffer: buffer.add_(others.pop()))
    return others


def test_gradients_become_their_mean(two_ranks):
    network = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Linear(3, 1))
    spare = torch.nn.Parameter(torch.ones(4))  # takes no part: no gradient
    network(torch.ones(1, 2)).sum().backward()
    mine = [p.grad.clone() for p in network.parameters()]
    theirs = [torch.randn_like(gradient) for gradient in mine]
    two_ranks.append(torch.cat([gradient.flatten() for gradient in theirs]))
    Ranks(0, 2).average([*network.parameters(), spare])
    for parameter, a, b in zip(network.parameters(), mine, theirs, strict=True):
        assert torch.allclose(parameter.grad, (a + b) / 2)
    assert spare.grad is None


def test_ranks_draw_from_seeds_of_their_own_and_the_first_as_if_alone():
    seeds = [Ranks(rank, 8).seed(7) for rank in range(8)]
    assert seeds[0] == ALONE.seed(7) == 7
    assert len(set(seeds)) == 8
    assert Ranks(1, 8).seed(8) not in seeds
    assert all(np.random.default_rng((seed, 3)).random() >= 0 for seed in seeds)


def test_a_process_alone_connects_to_nothing(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("connected")

    monkeypatch.setattr(torch.distributed, "init_process_group", refuse)
    for name in ("WORLD_SIZE", "TORCHELASTIC_RUN_ID"):
        monkeypatch.delenv(name, raising=False)
    with joined(CPU) as ranks:
        assert ranks == ALONE
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "1")  # the launcher with one process
    monkeypatch.setenv("WORLD_SIZE", "1")
    with joined(CPU) as ranks:
        assert ranks == ALONE
        assert ranks.agreed(0.25) == 0.25
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.delenv("TORCHELASTIC_RUN_ID")  # a batch system's variable, not the launcher's
    assert not launched()


def test_processes_that_see_other_checkpoints_are_refused(recipe_file, tiny_set, tmp_path, monkeypatch):
    recipe = load_recipe(recipe_file)
    train(recipe, tiny_set.parent, tmp_path, compiled=False, stop_at=1)
    monkeypatch.setattr(Ranks, "agreed", lambda self, value: 0.0)
    with pytest.raises(SystoleError, match=r"tiny\.ckpt: another process starts from another step"):
        train(recipe, tiny_set.parent, tmp_path, compiled=False, ranks=Ranks(1, 2))


def test_the_workflow_is_one_process(tiny_set, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(SystoleError, match=r"torchrun --nproc-per-node N -m training\.train"):
        make_model(tiny_set, "default", tmp_path / "out")

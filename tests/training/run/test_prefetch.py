"""Batches drawn ahead are those that would have been drawn, and the thread that draws them ends."""

import threading
from contextlib import closing
from dataclasses import dataclass, replace

import pytest
import torch

from training.data.dataset import load_dataset
from training.run.checkpoint import load_checkpoint
from training.run.device import Place
from training.run.prefetch import Prefetcher, moved, pinned
from training.run.recipe import recipe_from
from training.run.sampling import Sampler
from training.run.trainer import Trainer
from training.train import train


@dataclass(frozen=True)
class Ahead(Place):
    """A CPU that draws ahead as a GPU's training does."""

    @property
    def prefetches(self) -> bool:
        return True


AHEAD = Ahead(torch.device("cpu"))


@pytest.fixture
def recipe(recipe_fields):
    return recipe_from(recipe_fields)


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("prefetch")]


def test_batches_come_in_order_as_without_it(recipe, tiny_set):
    sampler = Sampler(load_dataset(tiny_set), recipe.architecture.context, seed=1)
    early, late = recipe.stages
    order = [(0, early), (1, early), (2, early), (3, late), (4, late), (9, late), (9, early)]
    with closing(Prefetcher(sampler.batch)) as ahead:
        for step, stage in order:
            expected, found = sampler.batch(step, stage), ahead.batch(step, stage)
            assert torch.equal(expected.excitation, found.excitation)
            assert torch.equal(expected.target, found.target)
            assert torch.equal(expected.control, found.control)
            assert expected.skip == found.skip


def test_batches_are_drawn_before_they_are_asked_for_and_never_twice(recipe):
    drawn, stage, third = [], recipe.stages[0], threading.Event()

    def draw(step, stage):
        drawn.append(step)
        if step == 2:
            third.set()
        return step

    with closing(Prefetcher(draw)) as ahead:
        assert ahead.batch(0, stage) == 0
        assert third.wait(10)
        assert [ahead.batch(step, stage) for step in (1, 2, 3)] == [1, 2, 3]
    assert drawn == sorted(set(drawn))


def test_what_drawing_raised_is_raised_where_the_batch_is_asked_for(recipe):
    def draw(step, stage):
        raise MemoryError("no room")

    with closing(Prefetcher(draw)) as ahead, pytest.raises(MemoryError, match="no room"):
        ahead.batch(0, recipe.stages[0])
    assert not threads()


def test_training_with_it_gives_the_same_weights(recipe, tiny_set, tmp_path):
    for name, place in (("plain", Place(torch.device("cpu"))), ("ahead", AHEAD)):
        train(recipe, tiny_set.parent, tmp_path / name, compiled=False, place=place)
    plain, ahead = (load_checkpoint(tmp_path / name / "tiny.ckpt", recipe).generator for name in ("plain", "ahead"))
    assert all(torch.equal(p, q) for p, q in zip(plain.parameters(), ahead.parameters(), strict=True))
    assert not threads()


def test_the_thread_ends_when_training_fails(recipe, tiny_set, tmp_path, monkeypatch):
    def failing(trainer, loss, rate, levels_only):
        assert threads()
        raise RuntimeError("out of memory")

    monkeypatch.setattr(Trainer, "_update", failing)
    with pytest.raises(RuntimeError, match="out of memory"):
        train(recipe, tiny_set.parent, tmp_path, compiled=False, place=AHEAD)
    assert not threads()


def test_moving_keeps_what_is_no_tensor(recipe, tiny_set):
    batch = Sampler(load_dataset(tiny_set), recipe.architecture.context, seed=1).batch(
        0, replace(recipe.stages[0], cold=0.0)
    )
    there = moved(batch, torch.device("meta"))
    assert there.skip == batch.skip > 0
    assert {tensor.device.type for tensor in (there.excitation, there.control, there.target)} == {"meta"}
    assert pinned(batch, torch.device("cpu")) is batch

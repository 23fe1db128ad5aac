"""Data-parallel training: every process draws its own crops, and all take the same step along the mean gradient.

    torchrun --nproc-per-node 2 -m training.train RECIPE --data DIR --out DIR

The gradients are averaged here, in one buffer between backward pass and optimiser, and not by wrapping the networks in
DistributedDataParallel: two networks with two optimisers learn in one step, the generator in either of two forms that
share their weights, and a wrapper's hooks would cut compiled passes in pieces. What it would gain, sending while the
backward pass still runs, is nothing for some 25 000 weights.

All processes start from one checkpoint and take equal steps, so their weights stay equal without being sent.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import distributed, nn

from training.run.device import Place

__all__ = ["ALONE", "Ranks", "joined", "launched"]


@dataclass(frozen=True)
class Ranks:
    """This process among those that train together; every method does nothing where it is alone.

    All processes must call `average`, `agreed` and `wait` equally often and in the same order.

    Attributes:
        rank: 0 .. size - 1; rank 0 writes files and progress.
        size: number of processes.
    """

    rank: int = 0
    size: int = 1

    @property
    def first(self) -> bool:
        """Whether this process is the one that writes."""
        return self.rank == 0

    def seed(self, seed: int) -> int:
        """The seed of this process's crops; rank 0 draws what a process alone would draw."""
        if self.first:
            return seed
        return int(np.random.SeedSequence((seed, self.rank)).generate_state(1, np.uint64)[0])

    @torch.no_grad()
    def average(self, parameters: Iterable[nn.Parameter]) -> None:
        """Replace the gradients by their mean over all processes; call it before clipping."""
        if self.size == 1:
            return
        gradients = [p.grad for p in parameters if p.grad is not None]
        buffer = torch.cat([gradient.flatten() for gradient in gradients])
        distributed.all_reduce(buffer)
        parts = (buffer / self.size).split([gradient.numel() for gradient in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))

    def agreed(self, value: float) -> float:
        """Rank 0's value, for what may differ between clocks; goes over the network, not through the GPUs' queues."""
        if self.size == 1:
            return value
        shared = torch.tensor(value, dtype=torch.float64)
        distributed.broadcast(shared, 0)
        return float(shared)

    def wait(self) -> None:
        """Until rank 0 gets here."""
        self.agreed(0.0)


ALONE = Ranks()


def launched() -> bool:
    """Whether torch's launcher started this process as one of several."""
    return distributed.is_torchelastic_launched() and int(os.environ.get("WORLD_SIZE", "1")) > 1


@contextmanager
def joined(place: Place) -> Iterator[Ranks]:
    """The processes that the launcher started, connected; a process on its own connects to nothing."""
    if not launched():
        yield ALONE
        return
    distributed.init_process_group("gloo" if place.device.type == "cpu" else "cpu:gloo,cuda:nccl")
    try:
        yield Ranks(distributed.get_rank(), distributed.get_world_size())
    finally:
        distributed.destroy_process_group()

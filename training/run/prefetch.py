"""Batches drawn ahead of their step by one thread, so that a GPU does not wait for NumPy.

Which stage a step belongs to is known only when it begins, where the schedule runs over time. So the stage is taken to
stay what it is, and where that was wrong the batch is drawn anew: batches are pure functions of step and stage, and
drawing ahead can change none of them.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import fields, replace
from typing import Any

import torch
from torch import Tensor

from training.run.recipe import Stage
from training.run.sampling import Batch

__all__ = ["Prefetcher", "moved", "pinned"]

Draw = Callable[[int, Stage], Batch]


class Prefetcher:
    """Batches of a `draw` function, in the order asked for; `close` ends its thread.

    Args:
        draw: batch of a step and stage, a pure function.
        ahead: batches drawn before they are asked for.
    """

    def __init__(self, draw: Draw, ahead: int = 2) -> None:
        self.draw, self.ahead = draw, ahead
        self.pool = ThreadPoolExecutor(1, thread_name_prefix="prefetch")
        self.pending: dict[tuple[int, Stage], Future[Batch]] = {}

    def batch(self, step: int, stage: Stage) -> Batch:
        """The batch of `step`; raises what `draw` raised."""
        wanted = [(step + i, stage) for i in range(self.ahead + 1)]
        for key in [key for key in self.pending if key not in wanted]:
            self.pending.pop(key).cancel()
        for key in wanted:
            if key not in self.pending:
                self.pending[key] = self.pool.submit(self.draw, *key)
        return self.pending.pop(wanted[0]).result()

    def close(self) -> None:
        """Draw nothing more; returns when the thread has ended."""
        self.pool.shutdown(cancel_futures=True)


def pinned(batch: Batch, device: torch.device) -> Batch:
    """The batch in memory that a GPU can copy from while it computes; unchanged if the device is none."""
    if device.type != "cuda":
        return batch
    with torch.cuda.device(device):  # a new thread begins on the first GPU, which is another process's
        return _mapped(batch, Tensor.pin_memory)


def moved(batch: Batch, device: torch.device) -> Batch:
    """The batch on a device; a copy from pinned memory is only queued, in order with what reads it."""
    return _mapped(batch, lambda tensor: tensor.to(device, non_blocking=True))


def _mapped(batch: Batch, change: Callable[[Tensor], Tensor]) -> Batch:
    values = {field.name: getattr(batch, field.name) for field in fields(batch)}
    changed: dict[str, Any] = {name: change(each) for name, each in values.items() if isinstance(each, Tensor)}
    return replace(batch, **changed)

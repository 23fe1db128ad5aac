"""What test_distributed has torch's launcher run: `ranks.py RECIPE DATA OUT`, two processes that train together.

Trains to the end in OUT/whole, the same with a stop at step 2 in OUT/parts, and for a third of a second in OUT/timed;
fails unless all processes hold equal weights after every step, of crops that differ. One launch for all of it, because
starting torch takes longer.
"""

import sys
from contextlib import nullcontext
from pathlib import Path

import torch
from torch import Tensor, distributed

from training import train as command
from training.run.device import CPU
from training.run.distributed import Ranks, joined
from training.run.recipe import load_recipe
from training.run.trainer import Trainer


def gathered(tensor: Tensor, ranks: Ranks) -> list[Tensor]:
    """The tensor of every process."""
    found = [torch.empty_like(tensor) for _ in range(ranks.size)]
    distributed.all_gather(found, tensor.contiguous())
    return found


def check(trainer: Trainer, loss: Tensor) -> None:
    """Fail where weights differ, or crops do not."""
    state, ranks = trainer.state, trainer.ranks
    networks = [state.generator, state.ema, *([state.adversary.discriminators] if state.adversary else [])]
    weights = torch.cat([p.detach().flatten() for network in networks for p in network.parameters()])
    if not all(torch.equal(weights, other) for other in gathered(weights, ranks)):
        raise SystemExit(f"step {state.step}: weights differ")
    first, *others = gathered(loss, ranks)
    if any(torch.equal(first, other) for other in others):
        raise SystemExit(f"step {state.step}: all processes have the loss {first}: are their crops the same?")


def run(recipe: Path, data: Path, out: Path) -> None:
    """One process."""
    step = Trainer.step

    def checked(trainer: Trainer, progress: float) -> Tensor:
        loss = step(trainer, progress)
        check(trainer, loss)
        return loss

    Trainer.step = checked  # type: ignore[method-assign]
    with joined(CPU) as ranks:
        command.joined = lambda place: nullcontext(ranks)  # type: ignore[attr-defined,assignment]
        command.train(load_recipe(recipe), data, out / "parts", compiled=False, stop_at=2, ranks=ranks)
        for name, length in (("parts", []), ("whole", []), ("timed", ["--minutes", 0.005])):
            options = [recipe, "--data", data, "--out", out / name, "--device", "cpu", "--no-compile", *length]
            if status := command.main([str(option) for option in options]):
                raise SystemExit(status)


if __name__ == "__main__":
    run(*(Path(each) for each in sys.argv[1:]))

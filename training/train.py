"""Train one model: `python -m training.train RECIPE --data DIR --out DIR [--minutes M]`.

The run can be killed at any moment; the same command continues from the last checkpoint, drawing the batches that an
uninterrupted run would have drawn. With `--minutes` the schedule runs over time instead of steps: the model is ready
when wanted, but another machine gives other weights. Under torch's launcher several processes train one model
(training/run/distributed.py).
"""

import argparse
import os
import sys
from contextlib import closing
from pathlib import Path

import torch

from accel.errors import SystoleError
from training.data.dataset import Dataset, load_dataset
from training.run.checkpoint import State, load_checkpoint, save_checkpoint
from training.run.device import CPU, DEVICES, PRECISIONS, Place, choose_place
from training.run.distributed import ALONE, Ranks, joined
from training.run.first_levels import begin_with_levels
from training.run.recipe import Recipe, load_recipe
from training.run.session import Session
from training.run.trainer import Trainer

__all__ = ["main", "train"]


def train(
    recipe: Recipe,
    data_dir: Path,
    out: Path,
    compiled: bool = True,
    stop_at: int | None = None,
    every: float = 120.0,
    place: Place = CPU,
    ranks: Ranks = ALONE,
) -> Path:
    """Train to the end of the schedule (or to step `stop_at`), going on from a checkpoint; returns the exported file.

    Args:
        recipe: what to train.
        data_dir: folder that the recipe's `dataset` is relative to.
        out: folder of checkpoint and export; made if missing.
        compiled: compile the step first (needs a C++ compiler; on a GPU Triton).
        stop_at: stop early, as if killed after this step.
        every: seconds between checkpoints.
        place: where to compute, and in what precision.
        ranks: the processes that train together; every one of them must call this.

    Raises:
        SystoleError: unreadable data, a checkpoint of another recipe, or one that not all processes see.
    """
    out.mkdir(parents=True, exist_ok=True)
    stem, checkpoint = data_dir / recipe.dataset, out / f"{recipe.name}.ckpt"
    data = load_dataset(stem, recipe.parts).spread(recipe.share)
    state = _begun(recipe, data, checkpoint, ranks)
    with closing(Trainer(recipe, data, state, compiled, place, ranks)) as trainer:
        session = Session(trainer, load_dataset(stem, ("val_static", "val_moving")), out)
        session.run(stop_at, every)
    return session.export


def _begun(recipe: Recipe, data: Dataset, checkpoint: Path, ranks: Ranks) -> State:
    """The state to go on from: the checkpoint's, or a new one, whose levels are fitted first if the recipe asks for it.

    The first process fits and the others read its checkpoint, because processors differ in the last bit.
    """
    fits = bool(ranks.agreed(recipe.levels is not None and not checkpoint.exists()))
    state = load_checkpoint(checkpoint, recipe)
    if fits and ranks.first:
        begin_with_levels(state, recipe, data)
        save_checkpoint(checkpoint, state, recipe)
    if fits:
        ranks.wait()
    if fits and not ranks.first:
        state = load_checkpoint(checkpoint, recipe)
    if ranks.agreed(state.step) != state.step or (fits and not checkpoint.exists()):
        raise SystoleError(f"{checkpoint}: another process starts from another step; all must share the folder")
    return state


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    try:
        recipe = load_recipe(options.recipe, minutes=options.minutes)
        place = choose_place(options.device, options.precision)
        with joined(place) as ranks:
            train(recipe, options.data, options.out, not options.no_compile, place=place, ranks=ranks)
    except (SystoleError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; the same command continues from the last checkpoint", file=sys.stderr)
        return 130
    finally:
        torch.set_flush_denormal(False)  # a flag of the whole thread, which callers of `main` go on using
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.train", description="Train a model from a recipe.")
    parser.add_argument("recipe", type=Path, help="TOML file, as in training/recipes")
    parser.add_argument("--data", type=Path, required=True, help="folder that the recipe's dataset is relative to")
    parser.add_argument("--out", type=Path, required=True, help="folder of checkpoint and exported weights")
    parser.add_argument("--minutes", type=float, help="train for this long instead of the recipe's steps")
    parser.add_argument("--device", choices=DEVICES, default="auto", help="auto: a GPU where there is one")
    parser.add_argument("--precision", choices=PRECISIONS, default="auto", help="auto: mixed on a GPU")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads (default 1)")
    parser.add_argument("--no-compile", action="store_true", help="plain torch: no C++ compiler needed, half as fast")
    return parser


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main())

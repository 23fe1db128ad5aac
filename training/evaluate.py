"""Measure float weights on held-out clips: `python -m training.evaluate WEIGHTS DATASET`."""

import argparse
import json
import sys
from pathlib import Path

from accel.errors import SystoleError
from training.measure.evaluation import Evaluation, held_out, judge, repeat_floor
from training.measure.summaries import summary
from training.model.render import render_float, render_per_sample
from training.model.weights import load_weights

__all__ = ["evaluate_weights", "main"]


def evaluate_weights(weights: Path, dataset: Path) -> Evaluation:
    """Measure exported float weights on a set's held-out clips.

    Raises:
        SystoleError: weights or data set are unreadable or do not belong together.
    """
    generator, meta = load_weights(weights)
    data, pitched = held_out(dataset, [knob["id"] for knob in meta["knobs"]], str(weights)), meta.get("pitched", True)
    exact = render_per_sample(generator)
    return judge(render_float(generator), data, repeat_floor(dataset, data, pitched), exact=exact, pitched=pitched)


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description="Measure float weights.")
    parser.add_argument("weights", type=Path, help="exported .safetensors")
    parser.add_argument("dataset", type=Path, help="data set without suffix, as in DIR/va/va")
    options = parser.parse_args(arguments)
    try:
        found = evaluate_weights(options.weights, options.dataset)
        print(json.dumps({"model": found.summary, "repeat": summary(found.repeats) or None}, indent=2))
    except SystoleError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

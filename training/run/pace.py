"""What a training says about itself: before it starts, what to expect; once its speed is known, how long it takes."""

from training.run.checkpoint import State
from training.run.device import Place
from training.run.distributed import Ranks
from training.run.recipe import Recipe, Stage

__all__ = ["Pace", "announcement"]

WARM_STEPS = 5
"""First steps of a stage, which may include compiling it: not timed."""
TIMED_STEPS = 50


def announcement(recipe: Recipe, state: State, place: Place, ranks: Ranks) -> str:
    """One line before the first step: length, where, and what the recipe says that such a training reaches."""
    length = f"{recipe.steps} steps" if recipe.steps else f"{duration(60 * (recipe.minutes or 0))} of training"
    start = f" from step {state.step}" if state.step else ""
    together = f", {ranks.size} processes" if ranks.size > 1 else ""
    expected = recipe.expect or "the recipe does not say what to expect"
    return f"{length}{start} on {place}{together}; {expected}"


class Pace:
    """Times the steps of every stage, whose batches cost differently, and says once for each how long the rest takes.

    Args:
        recipe: the schedule.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.stage: Stage | None = None
        self.count, self.start = 0, 0.0

    def after_step(self, state: State, progress: float) -> str | None:
        """Call after every step; a line when the stage's speed has just become known.

        Args:
            state: its `step` and `seconds`.
            progress: of the schedule, 0..1.
        """
        stage = self.recipe.stage(progress)
        if stage is not self.stage:
            self.stage, self.count = stage, 0
        self.count += 1
        if self.count == WARM_STEPS:
            self.start = state.seconds
        if self.count != WARM_STEPS + TIMED_STEPS:
            return None
        rate = TIMED_STEPS / max(state.seconds - self.start, 1e-9)
        if self.recipe.steps:
            left = duration((self.recipe.steps - state.step) / rate)
            condition = "" if stage is self.recipe.stages[-1] else ", if later stages are as fast"
            return f"about {left} left at {rate:.3g} steps/s{condition}"
        left_seconds = max(60 * (self.recipe.minutes or 0) - state.seconds, 0.0)
        return f"{duration(left_seconds)} left, at {rate:.3g} steps/s"


def duration(seconds: float) -> str:
    """A length of time as one reads it: 45 s, 38 min, 2.5 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 120 * 60 else f"{seconds / 3600:.1f} h"

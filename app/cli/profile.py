"""`systole profile`: cProfile and line_profiler of the naive float generator, beside the emulator's time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.cli.options import Seconds, as_json

if TYPE_CHECKING:
    from accel.program import Program
    from app.profiling import Profile

__all__ = ["command"]


@click.command("profile")
@click.argument("model", metavar="[MODEL]", required=False)
@click.option("--seconds", type=Seconds(60), default=1.0, show_default=True, help="Sound to compute, 0 to 60 s.")
@as_json
def command(model: str | None, seconds: float, as_json: bool) -> None:
    """Show where the naive float generator spends its time, and how much faster the emulator is.

    MODEL is a name or a file; without it, a program of the default size (A15) with random weights. The float
    generator is the NumPy twin of the same size: layer by layer, as the paper describes it.
    """
    from app.cli.console import print_json
    from app.profiling import profile

    result = profile(_program(model), seconds)
    if as_json:
        print_json(result.as_dict())
    else:
        _print(result)


def _program(model: str | None) -> Program:
    if model is None:
        import numpy as np

        from accel.random_program import random_program

        return random_program(np.random.default_rng(0))
    from engine.library import find_model, open_model

    return open_model(find_model(model))


def _print(result: Profile) -> None:
    from app.cli.console import print_pairs, print_table

    print_pairs(
        [
            ("Model", f"{result.model}, {result.macs_per_sample:.0f} MAC/sample, {result.samples} samples"),
            (
                "Naive float twin",
                f"{result.naive_seconds:.3f} s, {result.naive_realtime:.2f} times real time",
            ),
            ("Emulator", f"{result.emulator_seconds:.3f} s, {result.emulator_realtime:.2f} times real time"),
            ("Ratio", f"{result.ratio:.1f}"),
            ("Convolutions", f"{result.convolution_share:.1%} of the naive time"),
            ("Their MACs", f"{result.mac_share:.1%} of the naive time"),
            ("Lines of the convolution (line_profiler)", ""),
        ]
    )
    print_table([("LINE", "SHARE", "CODE"), *((str(n), f"{share:.1%}", text) for n, share, text in result.lines)])
    print_pairs([("Functions by their own time (cProfile)", "")])
    rows = [(name, str(count), f"{own:.3f}", f"{total:.3f}") for name, count, own, total in result.functions]
    print_table([("FUNCTION", "CALLS", "OWN s", "TOTAL s"), *rows])

"""`systole verify`: are emulator and RTL still the specification, bit for bit?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.cli.options import ArraySize, Seconds, as_json, seed

if TYPE_CHECKING:
    from accel.program import Program
    from accel.verify import Verification

__all__ = ["command"]

BATCH = 12_000
"""Samples per comparison: short enough for the progress bar to move."""


@click.command("verify")
@click.argument("model", metavar="MODEL")
@click.option("--samples", type=click.IntRange(1, 10**9), metavar="N", help="Samples to compare, at least.")
@click.option("--seconds", type=Seconds(3600), metavar="S", help="The same in seconds, 0 to 3600 s.  [default: 1]")
@click.option("--rtl", is_flag=True, help="Run the SystemVerilog, simulated, as well; needs the extra 'rtl' and g++.")
@click.option("--array", type=ArraySize(), metavar="RxC", help="Its array, 2x2 to 16x16.  [default: 4x8]")
@seed
@as_json
def command(
    model: str,
    samples: int | None,
    seconds: float | None,
    rtl: bool,
    array: tuple[int, int] | None,
    seed: int,
    as_json: bool,
) -> None:
    """Compare the emulator with the integer reference on MODEL, a name or a file, sample for sample.

    Controls are random and extreme, several voices are interleaved, and blocks have odd lengths. Prints how many
    samples were compared and how many differ; exit status 1 if any does.
    """
    from accel.errors import SystoleError
    from app.cli.console import print_json, print_pairs
    from engine.library import find_model, open_model

    if samples is not None and seconds is not None:
        raise click.UsageError("--samples or --seconds, not both")
    program = open_model(find_model(model))
    wanted = samples or max(1, round((1.0 if seconds is None else seconds) * program.rate))
    if array and not rtl:
        raise click.UsageError("--array is the RTL's: give --rtl too")
    if rtl:
        from app.cli.verify_rtl import verify_rtl

        verify_rtl(program, wanted, seed, array, as_json)
        return
    result = _verify(program, wanted, seed)
    if as_json:
        print_json(
            {
                "model": program.name,
                "hash": program.hash,
                "samples": result.samples,
                "different": result.different,
                "takes": result.takes,
                "blocks": result.blocks,
                "seed": seed,
                "first_difference": result.first,
                "passed": result.passed,
            }
        )
    else:
        print_pairs(
            [
                ("Model", f"{program.name} ({program.hash[:12]})"),
                ("Compared", f"{result.samples} samples in {result.takes} takes and {result.blocks} blocks"),
                ("Different", str(result.different)),
            ]
        )
    if not result.passed:
        raise SystoleError(f"{model}: emulator and reference differ: {result.first}")


def _verify(program: Program, samples: int, seed: int) -> Verification:
    """`verify_program` in batches, each with a seed of its own, under a progress bar."""
    from accel.verify import Verification, verify_program
    from app.cli.console import progress

    total = Verification()
    with progress(f"verify {program.name}", samples) as advance:
        while total.samples < samples:
            batch = verify_program(program, samples=min(BATCH, samples - total.samples), seed=seed)
            seed += 1
            total = total.joined(batch)
            advance(total.samples)
    return total

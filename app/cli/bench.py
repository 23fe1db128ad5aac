"""`systole bench`: what this machine can play."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.cli.options import Seconds, as_json

if TYPE_CHECKING:
    from app.capacity import Capacity

__all__ = ["command"]


@click.command("bench")
@click.argument("patch", metavar="[PATCH]", required=False)
@click.option(
    "--voices",
    type=click.IntRange(1, 32),
    default=8,
    show_default=True,
    metavar="N",
    help="Notes held for block times and the safe block, 1 to 32.",
)
@click.option(
    "--block",
    type=click.IntRange(1, 8192),
    default=128,
    show_default=True,
    metavar="N",
    help="Samples per block, 1 to 8192.",
)
@click.option(
    "--seconds",
    type=Seconds(60),
    default=0.5,
    show_default=True,
    help="Time of each of the 14 measurements, 0 to 60 s.",
)
@as_json
def command(patch: str | None, voices: int, block: int, seconds: float, as_json: bool) -> None:
    """Measure voices per core, block times and the smallest safe block size on this machine.

    PATCH is a name or a file; without it, the patch that plays MIDI program 1. All notes are held at full level,
    on one core. A block is safe if the slowest in a thousand takes at most 70 % of its duration, and so do all
    larger ones.
    """
    from app.capacity import BLOCKS, COUNTS, measure_capacity
    from app.cli.console import print_json, progress
    from engine.banks import load_banks
    from engine.library import find_model, open_model
    from engine.patch import load_patch

    chosen = load_patch(patch or load_banks().patch_name(0, 0))
    program = open_model(find_model(chosen.model))
    with progress(f"bench {chosen.name}", len(COUNTS) + 1 + len(BLOCKS)) as advance:
        result = measure_capacity(chosen, program, voices=voices, block=block, seconds=seconds, advance=advance)
    if as_json:
        print_json(result.as_dict())
    else:
        _print(result)


def _print(result: Capacity) -> None:
    from accel.formats import RATE
    from app.capacity import LOAD
    from app.cli.console import print_pairs, print_table

    times = " / ".join(f"{each * 1e6:.0f}" for each in (result.p50, result.p99, result.p999))
    milliseconds = f"{result.block / RATE * 1e3:.2f} ms"
    safe = "none: too many voices" if result.safe_block is None else f"{result.safe_block} samples"
    print_pairs(
        [
            ("Patch", f"{result.patch} (model {result.model}, {result.macs_per_sample:.0f} MAC/sample)"),
            (
                "Voices per core",
                f"{result.voices_per_core} at {LOAD:.0%}, blocks of {result.block} ({milliseconds})",
            ),
            (f"Block time, {result.voices} voices", f"{times} µs (p50 / p99 / p99.9, processor time)"),
            ("Safe block", safe),
            (f"Slowest block in a thousand, {result.voices} voices", ""),
        ]
    )
    rows = [
        (str(each.block), f"{each.block / RATE * 1e3:.2f}", f"{each.p999 * 1e3:.3f}", f"{each.load:.0%}")
        for each in result.blocks
    ]
    print_table([("BLOCK", "LASTS ms", "TAKES ms", "LOAD"), *rows])

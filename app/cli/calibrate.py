"""`systole calibrate`: what an input of a DC-coupled interface gives, in volts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from app.cli.cv import INPUT
from app.cli.options import as_json

if TYPE_CHECKING:
    from engine.live.client import Engine

__all__ = ["command"]

READY_SECONDS = 300.0
VOLTS = click.FloatRange(-10.0, 10.0)


@click.command("calibrate")
@click.argument("number", metavar="INPUT", type=INPUT)
@click.option("--device", metavar="NAME", help="The interface, or a part of its name (see `systole devices`).")
@click.option("--low", type=VOLTS, default=0.0, show_default=True, metavar="VOLTS", help="The first voltage.")
@click.option("--high", type=VOLTS, default=5.0, show_default=True, metavar="VOLTS", help="The second voltage.")
@as_json
def command(number: int, device: str | None, low: float, high: float, as_json: bool) -> None:
    """Calibrate an input for control voltages, counted from 1.

    Apply the two voltages when asked to, from a source that is known to be right; press Enter after each. What was
    measured is remembered for the device, and used wherever `systole play --cv` listens to that input.
    """
    from app.cli.console import note, print_json
    from engine.live.client import Engine
    from engine.live.options import Options
    from engine.live.protocol import CvChannel, DeviceName, OpenStream

    if low == high:
        raise click.BadParameter("is the same as --low; needed: two voltages that differ", param_hint="--high")
    wanted = None if device is None else DeviceName("", device)
    with Engine() as engine:
        engine.start(Options(stream=OpenStream(device=wanted), midi=None, cv=[CvChannel(number - 1, "level")]))
        engine.wait_ready(READY_SECONDS)
        _measure(engine, number, low)
        found = _measure(engine, number, high)
    if as_json:
        print_json({"input": number, "volts_per_unit": found["volts_per_unit"], "offset": found["offset"]})
    else:
        note(f"input {number}: {found['volts_per_unit']:.4f} V per unit, offset {1000 * found['offset']:.1f} mV")


def _measure(engine: Engine, number: int, volts: float) -> dict[str, Any]:
    from engine.live.protocol import CalibrateCv

    click.echo(f"apply {volts:g} V to input {number} and press Enter ", nl=False, err=True)
    sys.stdin.readline()
    found: dict[str, Any] = engine.request(CalibrateCv(channel=number - 1, volts=volts)).result
    return found

"""`systole devices`: what there is to play to."""

from __future__ import annotations

import click

from app.cli.options import as_json

__all__ = ["command"]


@click.command("devices")
@as_json
def command(as_json: bool) -> None:
    """List the sound devices. The one marked * is played to if none is asked for or remembered.

    With `systole play --device` a device is named as here (ALSA: pulse), or by a part of that.
    """
    from app.cli.console import note, print_json, print_table
    from engine.live.devices import choose, list_devices

    devices = list_devices()
    chosen = choose(None, None, devices)
    if as_json:
        print_json(
            [
                {
                    "host": device.host,
                    "name": device.name,
                    "title": device.title,
                    "outputs": device.outputs,
                    "inputs": device.inputs,
                    "rates": list(device.rates),
                    "default_rate": device.rate,
                    "latency_ms": round(1000 * device.latency, 3),
                    "chosen": device is chosen,
                }
                for device in devices
            ]
        )
        return
    if not devices:
        note("no sound device: playing goes on in silence, and can be recorded")
        return
    rows = [("", "DEVICE", "OUT", "IN", "LATENCY", "RATES")]
    for device in devices:
        rates = " ".join(str(rate) for rate in sorted(device.rates)) or "busy, or none that can be used"
        mark = "*" if device is chosen else ""
        latency = f"{1000 * device.latency:.1f} ms"
        rows.append((mark, device.title, str(device.outputs), str(device.inputs), latency, rates))
    print_table(rows)

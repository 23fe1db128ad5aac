"""What an engine remembers of how a device is opened: rate, block and mode hold for that device alone.

One device is remembered, the last that a person asked for. What was only taken because there was nothing else changes
nothing, so a laptop that is away from its interface for an evening comes back to it as it was.
"""

from __future__ import annotations

import msgspec

from engine.live.devices import Device
from engine.live.protocol import OpenStream
from engine.live.settings import Settings, update_settings
from engine.live.stream import Plan

__all__ = ["AHEAD", "blocks_ahead", "filled", "is_wish", "remember"]

AHEAD = 2
"""Blocks, of a safe mode that does not say how many."""


def filled(request: OpenStream, settings: Settings, device: Device) -> OpenStream:
    """The request for a device, with what was set for it last time where it leaves something open.

    Mode and ahead are set; rate and block None: the device's own choice.
    """
    known = settings if device.key == settings.device else Settings()
    return msgspec.structs.replace(
        request,
        device=device.key,
        rate=request.rate or (known.rate if known.rate in device.rates else None),
        block=request.block or known.block,
        mode=request.mode or known.mode or "direct",
        ahead=request.ahead or known.ahead or AHEAD,
    )


def blocks_ahead(opened: OpenStream) -> int:
    """Blocks to render ahead; 0: none, as in direct mode. `opened`: as `filled` made it."""
    return (opened.ahead or AHEAD) if opened.mode == "safe" else 0


def is_wish(request: OpenStream, settings: Settings, plan: Plan) -> bool:
    """Whether a person wants this device, or wants it so; not what was only taken because there was nothing else."""
    if request.device is not None:
        return True
    has_wish = any(each is not None for each in (request.rate, request.block, request.mode))
    return has_wish and settings.device in (None, plan.device)


def remember(plan: Plan, request: OpenStream) -> None:
    """Keep how a device was opened; `request`: as `filled` made it.

    Raises:
        SystoleError: see `settings.save_settings`.
    """

    def change(old: Settings) -> Settings:
        block = plan.block or old.block
        return msgspec.structs.replace(
            old, device=plan.device, rate=plan.rate, block=block, mode=request.mode, ahead=request.ahead
        )

    update_settings(change)

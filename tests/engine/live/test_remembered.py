"""A request is filled with what was set for that device, and only for that one."""

from __future__ import annotations

import pytest

from engine.live.devices import Device
from engine.live.protocol import DeviceName, OpenStream
from engine.live.remembered import AHEAD, blocks_ahead, filled, is_wish
from engine.live.settings import Settings
from engine.live.stream import Plan

CARD = Device("ALSA", "card", 2, 0, (48_000, 44_100), 48_000, 0.005, False)
OTHER = Device("ALSA", "other", 2, 0, (96_000,), 96_000, 0.005, False)
KEPT = Settings(device=CARD.key, rate=44_100, block=256, mode="safe", ahead=3)
PLAN = Plan(CARD.key, 48_000, 128, 2, 0, 0.01, None)


def test_what_is_left_open_is_as_it_was() -> None:
    found = filled(OpenStream(), KEPT, CARD)
    assert found == OpenStream(device=CARD.key, rate=44_100, block=256, mode="safe", ahead=3)
    assert blocks_ahead(found) == 3


def test_what_is_asked_for_wins() -> None:
    request = OpenStream(rate=48_000, block=64, mode="direct", ahead=1)
    found = filled(request, KEPT, CARD)
    assert (found.rate, found.block, found.mode, found.ahead) == (48_000, 64, "direct", 1)
    assert blocks_ahead(found) == 0


def test_another_device_begins_anew() -> None:
    found = filled(OpenStream(), KEPT, OTHER)
    assert found == OpenStream(device=OTHER.key, mode="direct", ahead=AHEAD)
    assert blocks_ahead(filled(OpenStream(mode="safe"), KEPT, OTHER)) == AHEAD


def test_a_rate_that_the_device_has_lost_is_not_asked_for() -> None:
    less = Device("ALSA", "card", 2, 0, (48_000,), 48_000, 0.005, False)
    assert filled(OpenStream(), KEPT, less).rate is None


@pytest.mark.parametrize(
    ("request_", "kept", "is_so"),
    [
        (OpenStream(), None, False),
        (OpenStream(device=DeviceName("", "card")), DeviceName("ALSA", "other"), True),
        (OpenStream(mode="safe"), None, True),
        (OpenStream(mode="direct"), CARD.key, True),
        (OpenStream(mode="safe"), DeviceName("ALSA", "other"), False),
        (OpenStream(block=64), CARD.key, True),
    ],
)
def test_what_counts_as_a_wish(request_: OpenStream, kept: DeviceName | None, is_so: bool) -> None:
    assert is_wish(request_, Settings(device=kept), PLAN) is is_so

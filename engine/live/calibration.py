"""What the inputs of an interface give, in volts: measured with two known voltages, remembered for each device.

Interfaces differ in scale, sign and offset, and a pitch of 1 V/oct wants millivolts. So a person applies a voltage,
says which, applies another, and the line through both points is that input's from then on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from accel.errors import SystoleError
from engine.live.protocol import CvChannel, DeviceName
from engine.live.settings import Calibration, Settings
from engine.realtime.cv_in import calibrate

__all__ = ["MOST_OFFSET", "MOST_SCALE", "Calibrator", "calibrated", "steady"]

READINGS, READING_SECONDS = 40, 0.005
"""Over a fifth of a second, which is ten periods of hum at 50 Hz."""
UNSTEADY, CLIPS = 0.02, 0.995
MOST_SCALE, MOST_OFFSET = 100.0, 10.0


def steady(read: Callable[[], float]) -> float:
    """What an input gives, from many readings; takes a fifth of a second.

    Raises:
        SystoleError: it moves, or is at the end of its range.
    """
    found = []
    for _ in range(READINGS):
        found.append(read())
        time.sleep(READING_SECONDS)
    low, high = min(found), max(found)
    if high - low > UNSTEADY:
        raise SystoleError(f"calibration: the input moves between {low:.3f} and {high:.3f}; needed: a steady voltage")
    mean = sum(found) / len(found)
    if abs(mean) > CLIPS:
        raise SystoleError("calibration: the input is at the end of its range; needed: a smaller voltage")
    return mean


def calibrated(channels: Sequence[CvChannel], device: DeviceName, settings: Settings) -> list[CvChannel]:
    """The channels, with what was measured on the device where they do not say themselves what they mean."""
    found = []
    for each in channels:
        known = settings.calibration(device, each.channel)
        scale, offset = each.volts_per_unit, each.offset
        if known is not None and scale is None and offset is None:
            scale, offset = known.volts_per_unit, known.offset
        found.append(CvChannel(each.channel, each.role, scale, offset))
    return found


class Calibrator:
    """Collects the two points of each input."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str, int], tuple[float, float]] = {}

    def add(self, device: DeviceName, channel: int, volts: float, given: float) -> Calibration | None:
        """A voltage that was applied, and what the input gave then; the calibration, with the second one.

        Raises:
            SystoleError: the two say nothing, or nothing that can be; the next point is a first one again.
        """
        key = (device.host, device.name, channel)
        first = self._first.pop(key, None)
        if first is None or first[0] == volts:
            self._first[key] = (volts, given)
            return None
        scale, offset = calibrate(first, (volts, given))
        if abs(scale) > MOST_SCALE or abs(offset) > MOST_OFFSET:
            raise SystoleError(
                f"calibration: {scale:.3g} V per unit and {offset:.3g} V; allowed: {MOST_SCALE:g} and {MOST_OFFSET:g}: "
                "was each voltage applied to this input?"
            )
        return Calibration(device, channel, scale, offset)

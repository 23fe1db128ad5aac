"""Two voltages make a line; what cannot be one is refused, and what moves is no voltage."""

from __future__ import annotations

import itertools

import pytest

from accel.errors import SystoleError
from engine.live import calibration as module
from engine.live.calibration import Calibrator, calibrated, steady
from engine.live.protocol import CvChannel, DeviceName
from engine.live.settings import Calibration, Settings

ONE, TWO = DeviceName("ALSA", "one"), DeviceName("ALSA", "two")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "READING_SECONDS", 0.0)


def test_two_points_are_a_line_for_each_device_and_channel() -> None:
    found = Calibrator()
    assert found.add(ONE, 0, 0.0, 0.01) is None
    assert found.add(ONE, 1, 0.0, 0.02) is None
    assert found.add(TWO, 0, 0.0, 0.03) is None
    assert found.add(ONE, 0, 0.0, 0.015) is None  # measured again
    line = found.add(ONE, 0, 5.0, 0.515)
    assert line is not None and (line.device, line.channel) == (ONE, 0)
    assert (line.volts_per_unit, line.offset) == (pytest.approx(10.0), pytest.approx(-0.15))
    assert found.add(ONE, 0, 5.0, 0.5) is None  # begins anew


@pytest.mark.parametrize(("given", "line"), [(0.0, "two that differ"), (0.001, "allowed: 100 and 10")])
def test_points_that_make_no_line_are_refused(given: float, line: str) -> None:
    found = Calibrator()
    found.add(ONE, 0, 0.0, 0.0)
    with pytest.raises(SystoleError, match=line):
        found.add(ONE, 0, 5.0, given)
    assert found.add(ONE, 0, 0.0, 0.0) is None


def test_a_voltage_is_measured_through_noise_and_refused_where_it_moves_or_clips() -> None:
    noise = itertools.cycle([0.499, 0.501])
    assert steady(lambda: next(noise)) == pytest.approx(0.5)
    ramp = itertools.count()
    with pytest.raises(SystoleError, match=r"moves between 0\.000 and 0\.390"):
        steady(lambda: next(ramp) / 100)
    with pytest.raises(SystoleError, match="end of its range"):
        steady(lambda: -1.0)


def test_what_was_measured_holds_where_the_channel_does_not_say_itself() -> None:
    settings = Settings().calibrated(Calibration(ONE, 1, 7.0, 0.1)).calibrated(Calibration(TWO, 1, 8.0, 0.2))
    settings = settings.calibrated(Calibration(ONE, 1, 6.0, 0.3))
    assert len(settings.calibrations) == 2
    wanted = [CvChannel(0, "pitch"), CvChannel(1, "gate"), CvChannel(1, "level", 5.0)]
    assert calibrated(wanted, ONE, settings) == [
        CvChannel(0, "pitch"), CvChannel(1, "gate", 6.0, 0.3), CvChannel(1, "level", 5.0),
    ]  # fmt: skip

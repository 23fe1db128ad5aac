"""Control voltages of an engine: which inputs it listens to and as what, and how their volts are measured.

What is wanted outlives devices and models: an input that the device does not have, or a knob that the model does not
have, waits for one that has. What no input sets any more goes back to its rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from accel.errors import SystoleError
from engine.events import Kind
from engine.live.calibration import Calibrator, calibrated, steady
from engine.live.protocol import CvChannel
from engine.live.settings import load_settings, update_settings
from engine.live.stream import Plan
from engine.live.switch import Switch
from engine.midi.rows import Row
from engine.realtime.cv_in import VOLTS_PER_UNIT
from engine.text import plain

__all__ = ["Voltages"]

REST = (("pitch", Kind.CV_PITCH, 0.0), ("level", Kind.CV_LEVEL, 1.0))
"""Of what an input sets: role, kind of event, value without one."""


def _knob(channel: CvChannel) -> str:
    """The knob that an input turns; empty: it is something else."""
    return channel.role.partition("knob:")[2]


class Voltages:
    """What the inputs mean; one thread at a time.

    Args:
        knobs: ids of the knobs of the model that plays; none before the first.
        hint: says a line once.

    Attributes:
        wanted: the inputs to listen to.
    """

    def __init__(self, switch: Switch, knobs: Callable[[], Sequence[str]], hint: Callable[[str], None]) -> None:
        self._switch, self._knobs, self._hint = switch, knobs, hint
        self._calibrator = Calibrator()
        self.wanted: list[CvChannel] = []

    @property
    def inputs(self) -> int:
        """Input channels that a stream needs for them."""
        return max((each.channel + 1 for each in self.wanted), default=0)

    def inputs_within(self, most: int) -> int:
        """Input channels that a stream needs for those of them that a device of `most` inputs has."""
        return max((each.channel + 1 for each in self.wanted if each.channel < most), default=0)

    def want(self, channels: list[CvChannel]) -> None:
        """Take these from the next stream on, whatever it and the model have."""
        self.wanted = channels

    def check(self, channels: Sequence[CvChannel]) -> None:
        """Refuse what the model that plays has no use for.

        Raises:
            SystoleError: it has no such knob.
        """
        knobs = self._knobs()
        for each in channels:
            if knobs and _knob(each) and _knob(each) not in knobs:
                place, allowed = f"cv: input {each.channel + 1}", ", ".join(["pitch", "gate", "level", *knobs])
                raise SystoleError(f"{place}: {plain(_knob(each))}: the model has no such knob; allowed: {allowed}")

    def meant(self, plan: Plan) -> tuple[list[CvChannel], Sequence[str]]:
        """What a stream can give and the model has a use for, in volts; and the ids of that model's knobs."""
        knobs, found = self._knobs(), list[CvChannel]()
        for each in calibrated(self.wanted, plan.device, load_settings()[0]):
            if _knob(each) and _knob(each) not in knobs:
                self._hint(f"cv: the model has no knob {plain(_knob(each))}: input {each.channel + 1} waits for one")
            elif each.channel < plan.inputs:
                found.append(each)
        return found, knobs

    def described(self) -> dict[str, Any]:
        """See `protocol.ListCv`."""
        plan = None if self._switch.stream is None else self._switch.stream.plan
        known = self.wanted if plan is None else calibrated(self.wanted, plan.device, load_settings()[0])
        return {
            "channels": [
                {
                    "channel": each.channel,
                    "role": each.role,
                    "volts_per_unit": VOLTS_PER_UNIT if each.volts_per_unit is None else each.volts_per_unit,
                    "offset": each.offset or 0.0,
                    "is_calibrated": (each.volts_per_unit, each.offset) != (asked.volts_per_unit, asked.offset),
                }
                for asked, each in zip(self.wanted, known, strict=True)
            ],
            "inputs": 0 if plan is None else plan.inputs,
        }

    def listen(self) -> None:
        """Let the stream that plays, if one does, give what is wanted now."""
        stream = self._switch.stream
        if stream is not None:
            self._switch.listen(*self.meant(stream.plan))

    def rest_rows(self, before: Sequence[CvChannel]) -> list[Row]:
        """Rows that let go of what was wanted before and is no more."""
        left = {each.role for each in before} - {each.role for each in self.wanted}
        return [(self._switch.soon, kind, 0, 0, value) for role, kind, value in REST if role in left]

    def calibrate(self, channel: int, volts: float) -> dict[str, Any]:
        """See `protocol.CalibrateCv`.

        Raises:
            SystoleError: nothing is to be measured; or what was measured makes no sense, or cannot be remembered.
        """
        stream = self._switch.stream
        if stream is None:
            raise SystoleError("calibration: no device plays")
        given = steady(lambda: self._switch.input_value(channel))
        found = self._calibrator.add(stream.plan.device, channel, volts, given)
        if found is None:
            return {"given": given, "volts_per_unit": None, "offset": None}
        update_settings(lambda settings: settings.calibrated(found))
        self.wanted = [CvChannel(each.channel, each.role) if each.channel == channel else each for each in self.wanted]
        self.listen()
        return {"given": given, "volts_per_unit": found.volts_per_unit, "offset": found.offset}

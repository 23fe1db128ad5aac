"""What the engine says of an input for control voltages, for the page that shows it. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.window.words import translate

__all__ = ["CvInput", "cv_input_of"]


@dataclass(frozen=True)
class CvInput:
    """A channel (from 0) in the answer to `protocol.ListCv`: volts = input * volts_per_unit + offset."""

    channel: int
    role: str
    volts_per_unit: float
    offset: float
    is_calibrated: bool

    def text(self, inputs: int) -> str:
        """How it is calibrated; inputs: that the stream has now."""
        if self.channel >= inputs:
            return translate("Settings", "waits for a device")
        if not self.is_calibrated:
            return translate("Settings", "{0} V, not calibrated").format(f"{self.volts_per_unit:g}")
        text = translate("Settings", "{0} V, offset {1} V")
        return text.format(f"{self.volts_per_unit:.3f}", f"{self.offset:+.3f}")


def cv_input_of(found: Mapping[str, Any]) -> CvInput:
    """One channel of the answer."""
    return CvInput(
        int(found["channel"]),
        str(found["role"]),
        float(found["volts_per_unit"]),
        float(found["offset"]),
        bool(found["is_calibrated"]),
    )

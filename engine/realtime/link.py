"""What ties a stream of the sound device to the rig: the words whose address its callbacks are given.

Each stream has a token. A stream that hangs while it is closed may call on, and then finds that another one plays.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from accel.formats import RATE
from engine.realtime.cv_in import release_gates
from engine.realtime.rig import SILENT, WORD_AT

if TYPE_CHECKING:
    from engine.realtime.convert import Converter
    from engine.realtime.cv_in import CvInputs
    from engine.realtime.rig import Rig

__all__ = ["LINK", "LINK_AT", "Link"]

LINK = (
    "rig", "token", "rate", "inputs", "outputs", "latency", "converter", "cv", "next_cv", "frame", "next_frame",
    "is_known",
)  # fmt: skip
LINK_AT = {name: at for at, name in enumerate(LINK)}
"""rig, converter, cv: addresses, 0 = none; next_cv: what the callback puts into cv at its next block; token, rate,
inputs, outputs, latency: see `Link`; frame, next_frame: of JACK, where the last cycle began and the next one should;
is_known: whether those are."""

_tokens = itertools.count(SILENT + 1)


class Link:
    """Keeps everything that a stream's callbacks use alive; must itself outlive the stream.

    Args:
        rate: of the device in Hz; where it is not 48000, `converter` must be given.
        inputs, outputs: channels of the stream, interleaved float32.
        latency: samples at 48 kHz from the callback to the jack, as the host tells it.

    Attributes:
        address: the `userdata` of the stream's callbacks.
        token: to be put into the rig's word `owner` (`take_over`) to let this stream play.
    """

    def __init__(
        self,
        rig: Rig,
        *,
        rate: int = RATE,
        inputs: int = 0,
        outputs: int = 2,
        latency: int = 0,
        converter: Converter | None = None,
    ) -> None:
        if (converter is None) != (rate == RATE) or inputs < 0 or outputs < 1:
            raise ValueError("needed: a converter where the rate is not 48000, and only there, and an output")
        self.token = next(_tokens)
        self._rig, self._converter = rig, converter
        self._cv: list[CvInputs] = []
        self._words = np.zeros(len(LINK), np.int64)
        for name, value in (
            ("rig", rig.address), ("token", self.token), ("rate", rate), ("inputs", inputs), ("outputs", outputs),
            ("latency", latency), ("converter", 0 if converter is None else converter.address),
        ):  # fmt: skip
            self._words[LINK_AT[name]] = value
        self.address = int(self._words.ctypes.data)

    def set_latency(self, samples: int) -> None:
        """Tell what the host says once the stream runs."""
        self._words[LINK_AT["latency"]] = samples

    def listen(self, cv: CvInputs | None) -> None:
        """Take these control voltages from the inputs from the next block on; None: none."""
        if self.has_listened:
            self._cv = [each for each in self._cv if each.address == int(self._words[LINK_AT["cv"]])]
        if cv is not None:
            self._cv.append(cv)  # and those before stay alive: the callback may be in them
        self._words[LINK_AT["next_cv"]] = 0 if cv is None else cv.address

    @property
    def has_listened(self) -> bool:
        """The callback has done what `listen` asked for last."""
        return bool(self._words[LINK_AT["cv"]] == self._words[LINK_AT["next_cv"]])

    def input_value(self, channel: int) -> float | None:
        """What an input channel (from 0) that is listened to gave last, -1..1; None: it is not listened to."""
        for each in self._cv:
            if each.address == int(self._words[LINK_AT["cv"]]):
                for row in each.channels[each.channels["input"] == channel]:
                    return float((row["volts"] - row["offset"]) / row["scale"]) if row["scale"] else None
        return None

    def leave(self) -> None:
        """The stream is closed: no key that an input holds stays down. To be called when no callback runs any more."""
        address = int(self._words[LINK_AT["cv"]])
        for each in self._cv:
            if each.address == address:
                release_gates(self._rig, each, int(self._rig.play["now"][0]))

    def take_over(self) -> None:
        """Let this stream play, and no other."""
        self._rig.timing["ticks"] = 0
        self._words[LINK_AT["is_known"]] = 0
        self._rig.words[WORD_AT["audio_thread"]] = 0
        self._rig.words[WORD_AT["owner"]] = self.token

"""What a terminal shows while the instrument is played: lines as they come, and one that tells how it goes."""

from __future__ import annotations

import math
import sys
import threading
import time
import tomllib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from engine.live.protocol import Answer
    from engine.live.snapshot import Snapshot

__all__ = ["Playing", "summary"]

STATUS_SECONDS = 1.0
WIDTH = 118
RATE = 48_000


class Playing:
    """What the terminal shows: lines as they come and, on a terminal, one that tells how it goes.

    Lines from before the first sound wait for `begin`: should it not come to that, the reason is one line.

    Args:
        said: a line that was shown already, and that the engine, which reads the same settings, says again.

    Attributes:
        device, patch: where it plays, and what.
        is_exact: every sample that was lost is known: only JACK tells.
        fault: the last thing that went wrong for good; None: nothing.
        recorded: what the engine says of the recording when it was stopped.
        events: in the journal that was saved.
    """

    def __init__(self, *, quiet: bool, said: str | None = None) -> None:
        self._quiet, self._said = quiet, said
        self._live = sys.stderr.isatty() and not quiet
        self._lock = threading.Lock()
        self._due = 0.0
        self._drawn = False
        self.device = ""
        self.patch = ""
        self.is_exact, self._rate = True, RATE
        self.fault: str | None = None
        self.recording_ended = False
        self.recorded: Any = None
        self.events: int | None = None
        self._waiting: list[str] | None = []

    def notice(self, answer: Answer) -> None:
        """Show what the engine says; called in a thread of its client."""
        from engine.live import protocol

        if isinstance(answer, protocol.Line):
            if answer.text != self._said:
                self._line(answer.text)
            self.fault = answer.text if answer.level == "error" else self.fault
        elif isinstance(answer, protocol.StreamChanged):
            self.device = answer.line
            if answer.device is not None:
                self._rate = answer.rate
                self.is_exact = self.is_exact and answer.device.host.startswith("JACK")
            self._line(f"playing to {answer.line}" if answer.device is not None else answer.line)
        elif isinstance(answer, protocol.PatchChanged):
            self.patch = _name(answer.text)
        elif isinstance(answer, protocol.RecordingStopped):
            self.recording_ended = True
            self.fault = answer.line or self.fault
            self._line(answer.line or f"recorded {answer.path}")

    def ended(self) -> None:
        """The engine has gone for good, though nobody asked it to; it may have said why."""
        if self.fault is None:
            self.fault = "the engine has ended"
            self._line(self.fault)

    def begin(self) -> None:
        """It plays: show what has been said so far, and from now on everything at once."""
        with self._lock:
            waiting, self._waiting = self._waiting, None
        for text in waiting or []:
            self._line(text)

    def _line(self, text: str) -> None:
        with self._lock:
            if self._waiting is not None:
                self._waiting.append(text)
            elif not self._quiet:
                self._wipe()
                click.echo(f"systole: {text}", err=True)

    def status(self, snapshot: Snapshot) -> None:
        """Draw the line anew, once a second."""
        if not self._live or time.monotonic() < self._due:
            return
        self._due = time.monotonic() + STATUS_SECONDS
        meters, counters = snapshot.meters, snapshot.counters
        peak = max(meters["peak_left"], meters["peak_right"])
        text = f"{self.patch}: {int(meters['voices'])} voices, load {meters['load']:.0%}, peak {_decibels(peak)}"
        lost = f"lost {self.lost(counters)} samples" if self.is_exact else f"{counters['underflows']} underflows"
        text += f", {lost}, {counters['midi_messages']} MIDI messages"
        with self._lock:
            self._wipe()
            click.echo(text[:WIDTH], nl=False, err=True)
            self._drawn = True

    def lost(self, counters: Mapping[str, int]) -> int | None:
        """Samples that were due and were not given; None: unknown, since a device played that does not tell."""
        if not self.is_exact:
            return None
        return int(counters["skipped_frames"]) * RATE // self._rate + int(counters["ahead_missing"])

    def _wipe(self) -> None:
        if self._drawn:
            click.echo("\r\x1b[K", nl=False, err=True)
            self._drawn = False

    def clear(self) -> None:
        """Take the line away."""
        with self._lock:
            self._wipe()


def _name(text: str) -> str:
    try:
        return str(tomllib.loads(text).get("name", ""))
    except tomllib.TOMLDecodeError:
        return ""


def _decibels(peak: float) -> str:
    return f"{20 * math.log10(peak):.0f} dB" if peak > 1e-5 else "silent"


def summary(snapshot: Snapshot, shown: Playing) -> dict[str, Any]:
    """For `--json`."""
    counters = {name: int(value) for name, value in snapshot.counters.items()}
    return {
        "seconds": round(counters["samples"] / RATE, 3),
        "patch": shown.patch,
        "device": shown.device,
        "lost_samples": shown.lost(counters),
        "restarts": snapshot.restarts,
        "recording": shown.recorded,
        "journal_events": shown.events,
        "counters": counters,
    }

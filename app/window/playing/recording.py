"""Recording what is heard: into a file of its own in the user folder, with its time and the way to it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from app.window.services import Services
from engine.library import user_folder
from engine.live.protocol import (
    DescribeRecording,
    RecordingStopped,
    StartRecording,
    StopRecording,
)

__all__ = ["Recording", "length_text", "recording_path", "show_in_folder"]

SAVE_SECONDS = 120.0
"""A long recording on a slow disk takes a while to finish."""
_STRANGE = re.compile(r"[^\w .()\-]+")
LONGEST_NAME = 60


def recording_path(name: str, now: datetime, folder: Path | None = None) -> Path:
    """A file that is not there yet, named by time and sound."""
    folder = user_folder() / "recordings" if folder is None else folder
    plain = " ".join(_STRANGE.sub(" ", name).split()).strip(" .")[:LONGEST_NAME].strip()
    stem = f"{now:%Y-%m-%d %H.%M.%S} {plain}".strip()
    found, number = folder / f"{stem}.wav", 2
    while found.exists():
        found, number = folder / f"{stem} {number}.wav", number + 1
    return found


def length_text(seconds: float) -> str:
    """0:07, 12:34, 1:02:03."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def show_in_folder(path: Path) -> None:
    """Open the folder of a file in the desktop's own way."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


class Recording(QObject):
    """The one recording of the engine, whoever asked for it: this window, a command, or an engine before this one.

    Signals:
        changed: another state.

    Attributes:
        state: off, starting, on, or stopping.
    """

    changed = Signal()

    def __init__(
        self,
        services: Services,
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        show: Callable[[Path], None] = show_in_folder,
    ) -> None:
        super().__init__(parent)
        self._services, self._clock, self._show = services, clock, show
        self.state: Literal["off", "starting", "on", "stopping"] = "off"
        self._path, self._began = Path(), 0.0
        services.link.recording_started.connect(lambda notice: self._goes_on(Path(notice.path), notice.seconds))
        services.link.recording_stopped.connect(self._ended)
        services.link.ready.connect(self._ask)
        if services.link.is_ready:
            self._ask()

    @property
    def seconds(self) -> float:
        """How long it has been going on."""
        return self._clock() - self._began if self.state in ("on", "stopping") else 0.0

    def _ask(self) -> None:
        """An engine plays, perhaps another one than before: what does it record?"""
        self._services.link.ask(DescribeRecording(), self._told, lambda _: None, timeout=SAVE_SECONDS)

    def _told(self, result: Any) -> None:
        if isinstance(result, dict):
            self._goes_on(Path(result["path"]), float(result["seconds"]))

    def _goes_on(self, path: Path, seconds: float) -> None:
        if self.state != "stopping":
            self._path, self._began = path, self._clock() - seconds
            self._set("on")

    def toggle(self) -> None:
        """Start, or stop; while either is under way, nothing."""
        if self.state == "off":
            self._start()
        elif self.state == "on":
            self._set("stopping")
            self._services.link.ask(StopRecording(), self._stopped, self._not_stopped, timeout=SAVE_SECONDS)

    def _start(self) -> None:
        self._path = recording_path(self._services.document.sound.patch.name, datetime.now())
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._say(
                "warning", self.tr("{0}: cannot be written: {1}").format(self._path.parent, error.strerror or error)
            )
            return
        self._set("starting")
        self._services.link.ask(StartRecording(path=str(self._path)), self._started, self._refused)

    def _started(self, _: Any) -> None:
        if self.state == "starting":  # else its notice was quicker
            self._began = self._clock()
            self._set("on")

    def _refused(self, line: str) -> None:
        self._set("off")
        self._say("warning", line)

    def _not_stopped(self, line: str) -> None:
        """It goes on, as far as anybody knows; a recording that ended by itself was told of before."""
        if self.state == "stopping":
            self._set("off" if self._services.link.is_over else "on")
            self._say("warning", line)

    def _stopped(self, result: Any) -> None:
        paths = [Path(each) for each in result.get("paths", [])] if isinstance(result, dict) else []
        seconds = float(result.get("seconds", 0.0)) if isinstance(result, dict) else 0.0
        self._finished(paths or [self._path], seconds, result.get("line") if isinstance(result, dict) else None)

    def _ended(self, notice: RecordingStopped) -> None:
        """It ended by itself, or by the command line's wish."""
        if self.state == "off" and notice.line is None:
            return
        self._finished([Path(notice.path)] if notice.path else [self._path], notice.seconds, notice.line)

    def _finished(self, paths: list[Path], seconds: float, line: str | None) -> None:
        if self.state == "off" and line is None:
            return
        self._set("off")
        text = self.tr("Recorded {0}: {1}").format(length_text(seconds), paths[0].name)
        if len(paths) > 1:
            text += self.tr(" and {0} more").format(len(paths) - 1)
        self._say("warning" if line else "info", f"{text}: {line}" if line else text, paths[0])

    def _say(self, level: Literal["info", "warning"], text: str, path: Path | None = None) -> None:
        if path is None:
            self._services.notices.say(level, text)
        else:
            self._services.notices.say(level, text, self.tr("Show"), lambda: self._show(path))

    def _set(self, state: Literal["off", "starting", "on", "stopping"]) -> None:
        self.state = state
        self.changed.emit()

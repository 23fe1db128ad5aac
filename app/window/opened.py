"""The window and all that belongs to it, put together: from an engine and a beginning to something to play.

It is taken apart by us, too, in the window's thread and while everything it uses is there. Left to the end of Python,
PySide deletes widgets that are still shown, whose Python methods Qt then calls though half of them is gone; left to
the garbage collector, it may happen in a thread of the engine's. Both end the process by a segmentation fault.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Iterable, Sequence
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from accel.errors import SystoleError
from app.window.actions import Actions
from app.window.begin import Beginning
from app.window.clock import Frame, FrameClock
from app.window.collecting import Collector
from app.window.fitting import offer_fitting
from app.window.link.link import EngineLink
from app.window.link.port import EnginePort
from app.window.main_window import MainWindow
from app.window.notices import Level, Notices
from app.window.panels import PANELS, PanelSpec
from app.window.preferences import load_preferences
from app.window.services import Remembered, Services
from app.window.session.autosave import Autosave
from app.window.session.document import Document
from app.window.session.reading import sound_from_text
from app.window.session.sync import Sync
from app.window.theme.theme import Theme
from app.window.translation import install
from app.window.words import translate
from engine.live.protocol import CvChannel, SetPatch, StartRecording, StreamChanged
from engine.midi.rows import Row

__all__ = ["Opened", "application"]

SYNC_EVERY, SAVE_EVERY = 6, 30
"""Frames."""
_left: list[Opened] = []
"""Windows that are not yet taken apart. Each lives until then, whether or not anybody else still knows of it."""


@atexit.register  # after PySide's own, which therefore comes later
def _end_what_is_left() -> None:
    for each in [*_left]:
        each.end()


def application(zoom: float = 1.0) -> QApplication:
    """The application, made where there is none yet; one that is there keeps its size."""
    found = QApplication.instance()
    if isinstance(found, QApplication):
        return found
    if zoom != 1.0:
        os.environ.setdefault("QT_SCALE_FACTOR", f"{zoom:g}")  # read by Qt when the application is made
    made = QApplication(["systole"])
    made.setApplicationName("systole")
    made.setApplicationDisplayName("Systole")
    made.setDesktopFileName("systole")
    install(made)
    return made


class _Player:
    """The link as `Sync` wants it."""

    def __init__(self, link: EngineLink, notices: Notices) -> None:
        self._link, self._notices = link, notices
        self.sync: Sync | None = None

    def play(self, rows: Sequence[Row]) -> bool:
        return self._link.play(rows)

    def ask(self, command: SetPatch) -> None:
        self._link.ask(command, otherwise=lambda line: self._refused(command.text, line))

    def _refused(self, text: str, line: str) -> None:
        """What is shown is not what sounds, until somebody chooses another sound or goes back."""
        assert self.sync is not None
        self.sync.refused(text)
        if self._link.is_ready:  # else it is asked for again when it is
            back = translate("Opened", "Back to what plays")
            self._notices.say("warning", line, back, self.sync.go_back)


class Opened(QObject):
    """A window that is open. Build it before the engine is started, so that nothing it says is missed.

    with Opened(engine, begin(None)) as opened:
        engine.start(options)
        opened.run(stop, None)
    """

    def __init__(self, engine: EnginePort, beginning: Beginning, *, panels: tuple[PanelSpec, ...] = PANELS) -> None:
        super().__init__()
        preferences, line = load_preferences()
        app = application(preferences.zoom)
        self._beginning, self._is_closed = beginning, False
        self._collector = Collector()  # no child of ours: it outlives what it protects
        self._collector.start()
        self.window = MainWindow()
        notices = Notices(self)
        for text in (*beginning.lines, *([line] if line else [])):
            notices.say("warning", text, is_kept=True)  # all that the engine is about to say would hide it
        document = Document(beginning.desk.current)
        document.restore(beginning.desk, beginning.files)
        link = EngineLink(engine, self)
        player = _Player(link, notices)
        sync = Sync(document, player, read=sound_from_text)
        player.sync = sync
        sync.begin(beginning.text)
        theme = Theme(preferences.theme, self)
        theme.apply(app)
        theme.changed.connect(lambda: theme.apply(app))
        clock, actions = FrameClock(link.snapshot, self), Actions(self.window)
        remembered = Remembered(preferences)
        self.services = Services(document, link, sync, clock, theme, notices, actions, remembered)
        self.autosave = Autosave(document, beginning.path, lambda text: notices.say("warning", text))
        self._connect()
        self.window.fill(self.services, panels)
        self.window.closed.connect(self.close)
        self.window.show()
        if QGuiApplication.platformName() != "offscreen":  # whose screen is none
            offer_fitting(self.services, self.window.screen().availableSize())
        clock.start()
        _left.append(self)

    def __enter__(self) -> Opened:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def _connect(self) -> None:
        services = self.services
        link, document = services.link, services.document
        link.said.connect(self._said)
        link.failed.connect(self._failed)
        link.stream_changed.connect(self._stream)
        link.patch_changed.connect(self._heard)
        link.ready.connect(services.sync.greeted)
        services.clock.frame.connect(self._frame)
        document.subscribe(lambda change: services.clock.wake())
        services.actions.add("undo", self.tr("Undo"), "Ctrl+Z", document.undo)
        services.actions.add("redo", self.tr("Redo"), "Ctrl+Shift+Z", document.redo)
        services.actions.add("quit", self.tr("Quit"), "Ctrl+Q", self.window.close)

    def _said(self, level: Level, text: str) -> None:
        """The last line of an engine that gave up has the way on, too."""
        if level == "error" and self.services.link.is_over:
            self._failed(text)
        else:
            self.services.notices.say(level, text)

    def _failed(self, text: str) -> None:
        link, notices = self.services.link, self.services.notices

        def again() -> None:
            link.restart(lambda line: notices.say("warning", line))

        notices.say("error", text, self.tr("Start again"), again)

    def _stream(self, notice: StreamChanged) -> None:
        """Where the sound goes now; should it go nowhere, the way to the devices stays until somebody took it."""
        notices, actions = self.services.notices, self.services.actions
        if notice.device is None and "settings" in actions:
            notices.say("warning", notice.line, self.tr("Choose a device"), actions["settings"].trigger)
        else:
            notices.say("info", notice.line)

    def _heard(self, notice: object) -> None:
        try:
            self.services.sync.heard(notice)  # type: ignore[arg-type]
        except SystoleError as error:
            self.services.notices.say("warning", str(error))

    def _frame(self, frame: Frame) -> None:
        if frame.number % SYNC_EVERY == 0 or not frame.is_sounding:
            self.services.sync.frame(frame.snapshot)
        if frame.number % SAVE_EVERY == 0 or not frame.is_sounding:
            self.autosave.tick()

    def follow_voltages(self, channels: Iterable[CvChannel]) -> None:
        """Inputs lead these knobs from now on: they are shown where they stand, but are not part of the sound."""
        roles = [channel.role.partition(":") for channel in channels]
        self.services.sync.led = frozenset(f"knobs.{name}" for role, _, name in roles if role == "knob")

    def record(self, path: str, format: str) -> None:
        """Record to a file as soon as the engine plays; format as `protocol.StartRecording`."""
        link, command = self.services.link, StartRecording(path=path, format=format)  # type: ignore[arg-type]
        link.ready.connect(lambda: link.ask(command), Qt.ConnectionType.SingleShotConnection)

    def run(self, stop: threading.Event, seconds: float | None) -> None:
        """Until the window is closed, `stop` is set, or `seconds` have passed since the engine played.

        An engine that is gone for good is no end: the window stays, and says so.
        """
        loop = QEventLoop(self)
        self.window.closed.connect(loop.quit)
        if seconds is not None:
            self.services.link.ready.connect(
                lambda: QTimer.singleShot(round(1000 * seconds), self.window.close),
                Qt.ConnectionType.SingleShotConnection,
            )

        def look() -> None:
            if stop.is_set():
                self.window.close()

        watch = QTimer(self)
        watch.timeout.connect(look)
        watch.start(100)  # and so Python sees signals, too
        if self.window.isVisible():
            loop.exec()
        watch.stop()

    def close(self) -> None:
        """Keep what is to be kept; the engine goes on until its owner stops it. A second call does nothing."""
        services = self.services
        if self._is_closed:
            return
        self._is_closed = True
        services.clock.stop()
        services.link.close()
        self.autosave.flush()
        if self._beginning.lock is not None:
            self._beginning.lock.unlock()
        try:
            services.remembered.save()
        except SystoleError as error:
            services.notices.say("warning", str(error))

    def end(self) -> None:
        """Close the window and delete all of it; nothing of it may be used afterwards. A second call does nothing."""
        if self not in _left:
            return
        _left.remove(self)
        if self.window.isVisible():
            self.window.close()
        self.close()
        self.window.destroy()  # of the screen: its event filters hear of it, so they must still be there
        for each in (self.window, self):
            each.deleteLater()
            QCoreApplication.sendPostedEvents(each, QEvent.Type.DeferredDelete.value)
        self._collector.stop()

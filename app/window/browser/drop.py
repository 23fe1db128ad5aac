"""Files that are dropped anywhere on the window are brought in: sounds, models, and folders of them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.window.browser.keeping import Keeping
from app.window.theme.fonts import font
from app.window.theme.theme import Theme

__all__ = ["Dropping", "local_files"]

SUFFIXES = {".toml", ".safetensors"}


def local_files(data: QMimeData) -> list[Path]:
    """What of a drag may be brought in: folders, and files that are called like a sound or a model."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix.lower() in SUFFIXES or path.is_dir()]


class _Hint(QWidget):
    """Over the window while something is dragged over it: what will happen."""

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(self.tr("Drop to add to your sounds"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A veil, a frame, a line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(self._theme.colour("ground"))
        veil.setAlphaF(0.8)
        painter.fillRect(self.rect(), veil)
        pen = QPen(self._theme.colour("accent"), 2, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(16, 16, -16, -16), 12, 12)
        painter.setPen(self._theme.colour("text"))
        painter.setFont(font("display"))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.tr("Drop to add to your sounds"))


class Dropping(QObject):
    """Watches a window for drags and drops, as long as it lives."""

    def __init__(self, window: QWidget, theme: Theme, keeping: Keeping) -> None:
        super().__init__(window)
        self._window, self._keeping = window, keeping
        self._hint = _Hint(window, theme)
        self._hint.hide()
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take drags that carry something of ours."""
        if watched is not self._window:
            return False
        if event.type() == QEvent.Type.DragEnter and isinstance(event, QDragEnterEvent):
            return self._enter(event)
        if event.type() == QEvent.Type.DragLeave:
            self._hint.hide()
        elif event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent):
            self._hint.hide()
            paths = local_files(event.mimeData())
            if paths:
                self._keeping.bring_in(paths)
                event.setDropAction(Qt.DropAction.CopyAction)
                event.accept()
                return True
        return False

    def _enter(self, event: QDragEnterEvent) -> bool:
        if not local_files(event.mimeData()):
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._hint.setGeometry(self._window.rect())
        self._hint.raise_()
        self._hint.show()
        return True

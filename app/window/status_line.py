"""The line at the bottom: help for what is under the mouse or has the focus, and what the person should know."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from app.window.notices import Message, Notices
from app.window.theme.fonts import font

__all__ = ["StatusLine"]

INFO_MS = 8000
"""Information goes by itself; warnings and errors stay until they are answered or something newer is said."""


class _Line(QLabel):
    """Ends in dots where there is more than fits; `text` and the tool tip are whole."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """In the colour of its role."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)


class StatusLine(QWidget):
    """Shows the newest message, and help where there is none."""

    def __init__(self, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._message: Message | None = None
        self._kept: list[Message] = []
        self._help = ""
        self._text = _Line(self)
        self._text.setFont(font("small"))
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._act, self._close = QToolButton(self), QToolButton(self)
        self._close.setText("×")
        for button in (self._act, self._close):
            button.setFixedHeight(20)
            button.setFont(font("small"))
            button.setStyleSheet("padding: 0 6px")
        self._close.setAccessibleName(self.tr("Dismiss the message"))
        self._act.clicked.connect(self._go_on)
        self._close.clicked.connect(self._read)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 6, 0)
        row.addWidget(self._text, 1)
        row.addWidget(self._act)
        row.addWidget(self._close)
        self.setFixedHeight(24)
        notices.said.connect(self.show_message)
        for message in notices.history:
            self.show_message(message)
        self._refresh()

    @property
    def text(self) -> str:
        """What can be read."""
        return self._text.text()

    def show_message(self, message: Message) -> None:
        """Show a message instead of the one before."""
        self._message = message
        if message.is_kept:
            self._kept.append(message)
        self._timer.stop()
        if message.level == "info" and message.call is None:
            self._timer.start(INFO_MS)
        self._refresh()

    def show_help(self, text: str) -> None:
        """Show help while there is no message; empty: none."""
        if text != self._help:
            self._help = text
            self._refresh()

    def dismiss(self) -> None:
        """The message goes; one that is kept, and was hidden by it, comes back."""
        self._timer.stop()
        self._message = self._kept[-1] if self._kept else None
        self._refresh()

    def _read(self) -> None:
        self._kept = [each for each in self._kept if each is not self._message]
        self.dismiss()

    def _go_on(self) -> None:
        message = self._message
        self.dismiss()
        if message is not None and message.call is not None:
            message.call()

    def _refresh(self) -> None:
        message = self._message
        often = self.tr(" ({0} times)")
        count = often.format(message.count) if message is not None and message.count > 1 else ""
        self._text.setText(self._help if message is None else message.text + count)
        self._text.setToolTip("" if message is None else message.text)
        level = "muted" if message is None or message.level == "info" else message.level
        if self._text.property("role") != level:
            self._text.setProperty("role", level)
            self._text.style().unpolish(self._text)
            self._text.style().polish(self._text)
        self._act.setVisible(message is not None and message.label is not None)
        self._act.setText(message.label or "" if message is not None else "")
        self._close.setVisible(message is not None)

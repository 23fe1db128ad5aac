"""What is chosen in the list, in words: what it is for, who made it, where it comes from."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.window.browser.collection import Collection
from app.window.browser.entry import Entry
from app.window.browser.icon_button import IconButton
from app.window.services import Services
from app.window.theme.fonts import font

__all__ = ["Details"]

HEIGHT, MOST_LINES, LINE = 78, 3, 16


class Details(QWidget):
    """Three lines of description and one of origin; a button with all that can be done.

    Signals:
        menu_wanted: the Entry, and where.
    """

    menu_wanted = Signal(object, QPoint)

    def __init__(self, services: Services, collection: Collection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._collection = services.theme, collection
        self._entry: Entry | None = None
        self.setFixedHeight(HEIGHT)
        self.more = IconButton(
            services.theme, "more", self.tr("Do something with this sound"), self.tr("Load, rename, delete, export")
        )
        self.more.clicked.connect(self._press)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        services.theme.changed.connect(self.update)
        self.show_entry(None)

    def show_entry(self, entry: Entry | None) -> None:
        """Tell about an entry."""
        self._entry = entry
        self.more.setVisible(entry is not None)
        self.setAccessibleName("" if entry is None else f"{entry.title}: {self._about(entry)}; {self._origin(entry)}")
        self.update()

    @property
    def entry(self) -> Entry | None:
        """Which one it tells about."""
        return self._entry

    def _press(self) -> None:
        if self._entry is not None:
            self.menu_wanted.emit(self._entry, self.more.mapToGlobal(QPoint(0, 0)))

    def _about(self, entry: Entry) -> str:
        if entry.error is not None:
            return self.tr("Cannot be played: {0}").format(entry.error)
        if entry.kind == "model" and entry.description:
            return self.tr("Knobs: {0}").format(entry.description)
        return entry.description

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line above, then the text."""
        painter = QPainter(self)
        if self._entry is None:
            return
        painter.setPen(self._theme.colour("line"))
        painter.drawLine(0, 0, self.width(), 0)
        small = font("small")
        painter.setFont(small)
        width = self.width() - self.more.width() - 8
        painter.setPen(self._theme.colour("danger" if self._entry.error is not None else "text"))
        lines = _wrapped(self._about(self._entry) or self._entry.title, QFontMetrics(small), width)
        for number, line in enumerate(lines):
            painter.drawText(QRect(2, 7 + LINE * number, width, LINE), int(Qt.AlignmentFlag.AlignVCenter), line)
        painter.setPen(self._theme.colour("muted"))
        origin = QFontMetrics(small).elidedText(
            self._origin(self._entry), Qt.TextElideMode.ElideMiddle, self.width() - 4
        )
        painter.drawText(
            QRect(2, HEIGHT - LINE - 2, self.width() - 4, LINE), int(Qt.AlignmentFlag.AlignVCenter), origin
        )

    def _origin(self, entry: Entry) -> str:
        by = self.tr("by {0}").format(entry.author) if entry.author else ""
        whose = self.tr("factory") if entry.origin == "factory" else self.tr("your own")
        return " · ".join(each for each in (by, whose, entry.path.name) if each)


def _wrapped(text: str, metrics: QFontMetrics, width: int) -> list[str]:
    """Words in at most three lines; the last ends in dots where there is more."""
    lines, words = [""], text.split()
    for number, word in enumerate(words):
        longer = f"{lines[-1]} {word}".strip()
        if metrics.horizontalAdvance(longer) <= width or not lines[-1]:
            lines[-1] = longer
        elif len(lines) < MOST_LINES:
            lines.append(word)
        else:
            lines[-1] = " ".join((lines[-1], *words[number:]))
            break
    return [metrics.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in lines]

"""Words under the array: what happens in the shown cycle. Painted, since it may change with every frame."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.window.array.moment import Moment
from app.window.theme.fonts import font
from app.window.theme.theme import Theme

__all__ = ["MomentView"]

LINE = 17
COUNT = 190
"""Room for the number of the cycle."""


class MomentView(QWidget):
    """Three lines: what, how, and what happens besides; at the right the number of the cycle."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._moment: Moment | None = None
        self._cycles = 1
        self._picture: tuple[object, QPixmap] | None = None
        self.setAccessibleName(self.tr("What happens now"))
        self.setStatusTip(self.tr("What the array does in the shown cycle, in words."))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Three lines."""
        return QSize(400, 3 * LINE + 4)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    @property
    def text(self) -> str:
        """All that can be read."""
        now = self._moment
        return "" if now is None else f"{now.headline}. {now.text} {now.aside}".strip()

    def show_moment(self, moment: Moment | None, cycles: int, *, is_told: bool = True) -> None:
        """Show a cycle of a frame of `cycles`; `is_told`: screen readers, too."""
        if moment == self._moment and cycles == self._cycles:
            return
        self._moment, self._cycles = moment, cycles
        if is_told:
            self.setAccessibleDescription(self.text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A picture, painted anew when the words are others."""
        if self._moment is None:
            return
        ratio = self.devicePixelRatioF()
        key = (self._moment, self._cycles, self.size(), ratio, self._theme.palette.name)
        if self._picture is None or self._picture[0] != key:
            picture = QPixmap(self.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            self._paint(painter, self._moment)
            painter.end()
            self._picture = (key, picture)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture[1])
        painter.end()

    def _paint(self, painter: QPainter, now: Moment) -> None:
        """Text that is too long is cut with an ellipsis."""
        lines = (
            ("title", "text", now.headline, self.width() - COUNT),
            ("text", "text", now.text, self.width()),
            ("small", "muted", now.aside, self.width()),
        )
        for number, (role, colour, text, width) in enumerate(lines):
            painter.setFont(font(role))  # type: ignore[arg-type]
            painter.setPen(self._theme.colour(colour))
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)
            where = QRect(0, number * LINE, width, LINE + 2)
            painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setFont(font("number"))
        painter.setPen(self._theme.colour("muted"))
        place = QRect(self.width() - COUNT, 0, COUNT, LINE + 2)
        count = self.tr("cycle {0:,} of {1:,}") if now.cycle >= 0 else self.tr("{1:,} cycles")
        count = count.format(now.cycle, self._cycles)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, count)

"""The name of what plays, as the button that opens the browser."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.window.theme.fonts import font
from app.window.theme.theme import Theme

__all__ = ["NameButton"]

DOT = 3.0


class NameButton(QAbstractButton):
    """Title above, model and author below; a dot stands for changes that no file has yet."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title, self._about, self._is_dirty = "", "", False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(38)
        self.setMinimumWidth(92)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Room for most names."""
        return QSize(200, 38)

    def show_name(self, title: str, about: str, is_dirty: bool) -> None:
        """Show a sound."""
        if (title, about, is_dirty) != (self._title, self._about, self._is_dirty):
            self._title, self._about, self._is_dirty = title, about, is_dirty
            changed = self.tr(", changed since it was saved") if is_dirty else ""
            self.setAccessibleName(f"{title}{changed}")
            self.setAccessibleDescription(about)
            self.setStatusTip(f"{title} · {about}{changed}: {self.tr('open the browser')} (F5)")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """See the class."""
        colour = self._theme.colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        edge = "focus" if self.hasFocus() else "border" if self.underMouse() else ""
        painter.setPen(colour(edge) if edge else Qt.PenStyle.NoPen)
        painter.setBrush(colour("raised"))
        painter.drawRoundedRect(box, 6, 6)
        width = self.width() - 20 - (14 if self._is_dirty else 0)
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for role, text, tint, top, height in (
            ("title", self._title, "text", 3, 18),
            ("small", self._about, "muted", 20, 15),
        ):
            painter.setFont(font(role))  # type: ignore[arg-type]
            painter.setPen(colour(tint))
            room = width if role == "title" else self.width() - 20
            elided = QFontMetrics(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(QRect(10, top, room, height), left, elided)
        if self._is_dirty:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("accent"))
            painter.drawEllipse(QPointF(self.width() - 13, 12.5), DOT, DOT)

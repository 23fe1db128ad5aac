"""Pitch wheel and modulation wheel: two strips beside the keyboard. The pitch wheel springs back when it is let go.

Sliders, so keys and screen readers work; the coral bar is where the person put it, the teal line where the sound is.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from app.window.theme.fonts import font
from app.window.theme.theme import Theme

__all__ = ["MOD_TOP", "PITCH_MIDDLE", "PITCH_TOP", "Wheel"]

PITCH_TOP, PITCH_MIDDLE, MOD_TOP = 16383, 8192, 127
CAPTION = 15
"""Pixels below the strip, for its name."""


class Wheel(QSlider):
    """A strip.

    Signals:
        valueChanged: of QSlider; 0..16383 where it springs back to 8192, else 0..127.
    """

    def __init__(self, name: str, caption: str, theme: Theme, *, springs: bool, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._theme, self._caption, self._springs = theme, caption, springs
        self._rest = PITCH_MIDDLE if springs else 0
        self._live: int | None = None
        self._drag: tuple[float, int] | None = None
        self.setRange(0, PITCH_TOP if springs else MOD_TOP)
        self.setValue(self._rest)
        self.setSingleStep(512 if springs else 4)
        self.setPageStep(2048 if springs else 16)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)
        back = self.tr("; it springs back") if springs else self.tr("; double-click: back to zero")
        self.setStatusTip(self.tr("{0}: drag, turn the mouse wheel, or use the arrow keys{1}").format(name, back))
        self.valueChanged.connect(lambda _: self.update())
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Narrow."""
        return QSize(26, 80)

    def minimumSizeHint(self) -> QSize:
        """The same width."""
        return QSize(26, 48)

    def show_live(self, part: float | None) -> None:
        """Where the sound's own wheel is, 0..1 of the way; None: not known. It may have been turned elsewhere."""
        shown = None if part is None else round(part * self._room)
        if shown != self._live:
            self._live = shown
            self.update()

    def spring(self) -> None:
        """Back to the middle, if it is of that kind; a modulation wheel stays."""
        if self._springs:
            self._drag = None
            self.setValue(PITCH_MIDDLE)

    @property
    def _room(self) -> int:
        return max(1, self.height() - CAPTION - 4)

    # Mouse and keys.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold where it is: it does not jump."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = (event.position().y(), self.value())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move by as much as the mouse."""
        if self._drag is not None:
            start, value = self._drag
            self.setValue(round(value + (start - event.position().y()) / self._room * self.maximum()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._drag = None
        self.spring()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to where it rests."""
        self.setValue(self._rest)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """A key that bent the pitch lets it spring back."""
        super().keyReleaseEvent(event)
        if not event.isAutoRepeat():
            self.spring()

    def wheelEvent(self, event: object) -> None:
        """The pitch cannot be left bent by a mouse wheel, which never says that it is let go."""
        if not self._springs:
            super().wheelEvent(event)  # type: ignore[arg-type]

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show it."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A key's release may go elsewhere from now on."""
        super().focusOutEvent(event)
        self.spring()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing stays bent that cannot be seen."""
        super().hideEvent(event)
        self.spring()

    # Paint.

    def paintEvent(self, event: QPaintEvent) -> None:
        """Strip, fill from where it rests, thumb, live mark, name."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strip = QRectF(3, 2, self.width() - 6, self._room)
        painter.setPen(theme.colour("focus") if self.hasFocus() else theme.colour("line"))
        painter.setBrush(theme.colour("ground"))
        painter.drawRoundedRect(strip.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.setPen(Qt.PenStyle.NoPen)
        at, rest = self._height(self.value()), self._height(self._rest)
        fill = theme.colour("accent")
        painter.setBrush(fill)
        inner = strip.adjusted(5, 0, -5, 0)
        painter.setOpacity(0.45)
        painter.drawRect(QRectF(inner.left(), min(at, rest), inner.width(), abs(at - rest)))
        painter.setOpacity(1.0)
        painter.drawRoundedRect(QRectF(strip.left() + 2, at - 3, strip.width() - 4, 6), 3, 3)
        if self._live is not None:
            y = strip.bottom() - 4 - self._live * (self._room - 8) / self._room
            painter.setBrush(theme.colour("live"))
            painter.drawRect(QRectF(strip.left() + 2, y - 0.75, strip.width() - 4, 1.5))
        painter.setPen(theme.colour("muted"))
        painter.setFont(font("small"))
        box = QRectF(-4, self.height() - CAPTION, self.width() + 8, CAPTION)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._caption)
        painter.end()

    def _height(self, value: int) -> float:
        return 2 + self._room - 4 - value / self.maximum() * (self._room - 8)

"""What the three views share: a plot on a dark ground with lines and figures that are painted once, and the focus."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMarginsF, QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.window.scopes.raster import Raster
from app.window.theme.fonts import font
from app.window.theme.theme import Theme

__all__ = ["PlotView"]

RADIUS = 6.0


class PlotView(QWidget):
    """Base of the views.

    Attributes:
        MARGINS: room for figures around the plot, in pixels.
    """

    MARGINS = QMarginsF(1, 1, 1, 1)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._still: tuple[tuple[object, ...], QPixmap] | None = None
        self._raster: Raster | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 56)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, False)
        theme.changed.connect(self.refresh)

    # What a view is made of; to be overridden.

    def draw_ground(self, painter: QPainter, plot: QRectF) -> None:
        """Lines and figures that stand still."""

    def ground_key(self) -> tuple[object, ...]:
        """What `draw_ground` depends on beside size and theme."""
        return ()

    def refresh(self) -> None:
        """Size or theme are others: draw what was shown last anew."""
        self.update()

    def draw_moving(self, painter: QPainter, plot: QRectF) -> None:
        """What moves; by default the raster."""
        if self._raster is not None:
            self._raster.put(painter, plot.topLeft())

    # What they use.

    def plot(self) -> QRectF:
        """Where the curve goes, in pixels of the layout."""
        return QRectF(self.rect()).marginsRemoved(self.MARGINS)

    def raster(self) -> Raster:
        """The picture of the plot, made anew when its size has changed."""
        ratio, plot = self.devicePixelRatioF(), self.plot()
        size = (round(plot.width() * ratio), round(plot.height() * ratio))
        if self._raster is None or not self._raster.is_for(*size, ratio):
            self._raster = Raster(*size, ratio)
        return self._raster

    def soft(self, role: str, alpha: float) -> QColor:
        """A colour of the theme, partly transparent."""
        found = QColor(self.theme.colour(role))
        found.setAlphaF(alpha)
        return found

    # Qt.

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size."""
        super().resizeEvent(event)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Another screen scale."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.refresh()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The outline appears."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The outline goes."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, what moves, focus."""
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._ground())
        self.draw_moving(painter, self.plot())
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.theme.colour("focus"), 1.5))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        painter.end()

    def _ground(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        key = (self.width(), self.height(), ratio, self.theme.palette, *self.ground_key())
        if self._still is None or self._still[0] != key:
            picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.colour("ground"))
            painter.drawRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setFont(font("small"))
            self.draw_ground(painter, self.plot())
            painter.end()
            self._still = (key, picture)
        return self._still[1]

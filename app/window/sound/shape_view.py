"""A drawn shape with handles: what envelopes and LFOs have in common. What stands still is a picture."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPixmap, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.window.services import Services
from app.window.session.document import Change
from app.window.session.sound import Sound
from app.window.sound.handle import Handle
from app.window.theme.fonts import font
from app.window.values import value_text

__all__ = ["ShapeView"]

DOT = 4.0
READOUT = 18
"""Height of the line of values, px."""
EDGE = 9
"""Room around the curve, px: half a handle."""
Place = tuple[int, int]


class ShapeView(QWidget):
    """Base: holds the numbers of a group of parameters, the picture, the handles, and dots that live upon it.

    Args:
        group: of the parameters.
        names: of those that it shows.
    """

    def __init__(self, services: Services, group: str, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.services, self.group = services, group
        self.ids = tuple(f"{group}.{name}" for name in names)
        self._picture: tuple[Hashable, QPixmap] | None = None
        self._dots: tuple[Place, ...] = ()
        self._readout = ""
        self._sound: Sound | None = None
        self._numbers: dict[str, float] = {}
        self._travels: dict[str, float] = {}
        self.setFont(font("small"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        services.theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Enough to see a curve."""
        return QSize(160, 80)

    def minimumSizeHint(self) -> QSize:
        """Enough to take hold of it."""
        return QSize(120, 48)

    # For the shapes themselves.

    def place_handles(self) -> None:
        """Put the handles where the numbers are. To be overridden."""

    def draw(self, painter: QPainter, box: QRectF) -> None:
        """Draw what stands still. To be overridden."""

    def number(self, name: str) -> float:
        """Of the sound, now."""
        self._look_up()
        return self._numbers[name]

    def travel(self, name: str) -> float:
        """The same as a dial position 0..1."""
        self._look_up()
        return self._travels[name]

    def _look_up(self) -> None:
        """Once for each sound, as dots ask sixty times a second."""
        sound = self.services.document.sound
        if sound is not self._sound:
            self._sound = sound
            entries = {each.rpartition(".")[2]: sound.parameter(each) for each in self.ids}
            self._numbers = {name: sound.number(entry.id) for name, entry in entries.items()}
            self._travels = {name: entry.travel(self._numbers[name]) for name, entry in entries.items()}

    def set_travels(self, travels: dict[str, float]) -> None:
        """Set parameters to dial positions, cut to 0..1; one step."""
        sound, found = self.services.document.sound, dict[str, float]()
        for name, travel in travels.items():
            entry = sound.parameter(f"{self.group}.{name}")
            found[entry.id] = entry.at(travel)
        self.services.document.set_numbers(found)

    def reset(self, *names: str) -> None:
        """Set parameters to their defaults; one step."""
        entries = [self.services.document.sound.parameter(f"{self.group}.{name}") for name in names]
        self.services.document.set_numbers({each.id: each.default for each in entries})

    def add_handle(self, label: str, *names: str) -> Handle:
        """A handle for some of the parameters."""
        sound = self.services.document.sound
        entries = [sound.parameter(f"{self.group}.{name}") for name in names]
        handle = Handle(f"{label}: {', '.join(each.label for each in entries)}", self.services.theme, self)
        handle.setStatusTip(" ".join(f"{each.label}: {each.help}" for each in entries))
        handle.held.connect(self.services.document.hold)
        handle.released.connect(self.services.document.release)
        handle.reset_wanted.connect(lambda: self.reset(*names))
        handle.looked_at.connect(lambda: self._look(handle, names))
        return handle

    @property
    def box(self) -> QRectF:
        """Where the curve is."""
        return QRectF(self.rect()).adjusted(EDGE, EDGE, -EDGE, -EDGE)

    @property
    def readout(self) -> str:
        """The values of the handle that is looked at."""
        return self._readout

    # What it shows.

    def show_sound(self, change: Change | None) -> None:
        """Show what changed; None: all of it."""
        if change is None or not change.ids.isdisjoint(self.ids):
            self.place_handles()
            self._write()
            self.update()

    def show_dots(self, places: Sequence[tuple[float, float]]) -> None:
        """Dots that live upon the curve, px. Repaints only where one has moved."""
        dots = tuple(sorted({(round(x), round(y)) for x, y in places}))
        if dots != self._dots:
            for x, y in {*dots} ^ {*self._dots}:
                self.update(QRect(x - 6, y - 6, 12, 12))
            self._dots = dots

    def _look(self, handle: Handle, names: Sequence[str]) -> None:
        self._looked = tuple(names) if handle.is_looked_at else ()
        self._write()

    _looked: tuple[str, ...] = ()

    def _write(self) -> None:
        sound, texts = self.services.document.sound, []
        for name in self._looked:
            entry = sound.parameter(f"{self.group}.{name}")
            texts.append(value_text(entry, sound.number(entry.id)))
        if (text := "   ".join(texts)) != self._readout:
            self._readout = text
            self.update(0, 0, self.width(), READOUT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The handles move along."""
        super().resizeEvent(event)
        self._dots = ()
        self.place_handles()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, the dots, and the values of what is looked at."""
        painter, theme = QPainter(self), self.services.theme
        painter.drawPixmap(0, 0, self._still())
        if self._dots:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.colour("ground"), 1.0))
            painter.setBrush(theme.colour("live"))
            for x, y in self._dots:
                painter.drawEllipse(QPointF(x, y), DOT, DOT)
        if self._readout:
            wide = self.fontMetrics().horizontalAdvance(self._readout) + 8
            box = QRect(self.width() - wide - 4, 3, wide, READOUT - 4)
            painter.fillRect(box, theme.colour("ground"))
            painter.setPen(theme.colour("text"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._readout)
        painter.end()

    def _still(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        self._look_up()
        key = (self.size().toTuple(), ratio, self.services.theme.palette.name, *self._numbers.values())
        if self._picture is None or self._picture[0] != key:
            picture = QPixmap(self.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(self.services.theme.colour("surface"))  # the panel's own: nothing behind need be painted
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.services.theme.colour("ground"))
            painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
            self.draw(painter, self.box)
            painter.end()
            self._picture = (key, picture)
        return self._picture[1]

    def curve(self, painter: QPainter, points: Sequence[QPointF], floor: float) -> None:
        """Draw a curve in the colour of its source, filled down or up to a height."""
        colour = self.services.theme.colour(f"source.{self.group}")
        faint = colour.toRgb()
        faint.setAlpha(46)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faint)
        ends = [QPointF(points[-1].x(), floor), QPointF(points[0].x(), floor)]
        painter.drawPolygon(QPolygonF([*points, *ends]))
        painter.setPen(QPen(colour, 1.75, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))

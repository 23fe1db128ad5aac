"""The keyboard on the screen: by mouse (harder further down, gliding from key to key), or by arrows and Return."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.window.playing.key_map import note_name
from app.window.playing.keyboard_paint import KeyboardLook
from app.window.playing.keyboard_shape import Shape, shape_of
from app.window.playing.note_player import NotePlayer
from app.window.theme.theme import Theme
from app.window.words import marked

__all__ = ["KeyboardView"]

MOUSE, CURSOR = "mouse", "cursor"
SOFTEST, LOUDEST = 20, 127
"""Velocity at a key's far end and at the player's."""
STEPS = 12
"""Shades in which a sounding key can be told apart."""
HELP = marked("KeyboardView", "Keyboard: click a key to play it, further down is harder; arrows and Return play it too")


class KeyboardView(QWidget):
    """Shows what sounds, and plays."""

    def __init__(self, player: NotePlayer, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._player, self._look = player, KeyboardLook(theme)
        self._shape: Shape = shape_of(800, 80)
        self._lit: dict[int, int] = {}
        self._octave, self._cursor = 3, 60
        self.velocity = 96
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Keyboard"))
        self.setStatusTip(self.tr(HELP))
        theme.changed.connect(self.update)
        self._describe()

    def sizeHint(self) -> QSize:
        """Wide."""
        return QSize(800, 80)

    @property
    def shape_shown(self) -> Shape:
        """Where its keys lie."""
        return self._shape

    def show_octave(self, octave: int) -> None:
        """Print the letters from another octave on."""
        if octave != self._octave:
            self._octave = octave
            self.update()

    def show_levels(self, levels: Mapping[int, float]) -> None:
        """Light the keys that sound, note -> level 0..1; repaints only those that look different."""
        lit = {note: round(STEPS * min(1.0, level)) for note, level in levels.items() if note in self._shape.boxes}
        for note in lit.keys() | self._lit.keys():
            if lit.get(note) != self._lit.get(note):
                self.update(self._shape.boxes[note].toAlignedRect().adjusted(-1, 0, 1, 1))
        self._lit = lit

    def _describe(self) -> None:
        shape = self._shape
        ends = self.tr("{0} to {1}").format(note_name(shape.low), note_name(shape.high))
        self.setAccessibleDescription(
            self.tr("{0} is chosen, of {1}. {2}").format(note_name(self._cursor), ends, self.tr(HELP))
        )

    # Mouse.

    def _play_at(self, place: QPoint) -> None:
        point = place.toPointF()
        note = self._shape.note_at(point)
        if note is None:
            self._player.release(MOUSE)
            return
        hardness = self._shape.depth(note, point)
        self._player.press(MOUSE, note, round(SOFTEST + (LOUDEST - SOFTEST) * hardness))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Strike the key under it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._play_at(event.position().toPoint())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A quick second strike is one too."""
        self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Glide to the next key."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            place = event.position().toPoint()
            if not self.rect().contains(place):
                self._player.release(MOUSE)
            elif not self._is_on(place):
                self._play_at(place)

    def _is_on(self, place: QPoint) -> bool:
        return self._player.note_of(MOUSE) == self._shape.note_at(place.toPointF())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let it go."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._player.release(MOUSE)

    def event(self, event: QEvent) -> bool:
        """The mouse was taken away (a menu, another window): its release will never come."""
        if event.type() in (QEvent.Type.UngrabMouse, QEvent.Type.WindowDeactivate):
            self._release()
        return super().event(event)

    # Keys.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right choose a key, up and down an octave, Return strikes it while it is down."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: -12, Qt.Key.Key_Up: 12}
        if event.key() in steps:
            shape = self._shape
            self._cursor = min(shape.high, max(shape.low, self._cursor + steps[Qt.Key(event.key())]))
            self._player.release(CURSOR)
            self._describe()
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self._player.press(CURSOR, self._cursor, self.velocity)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Return lets the key go."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self._player.release(CURSOR)
        else:
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the chosen key."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What Return holds is let go."""
        super().focusOutEvent(event)
        self._player.release(CURSOR)
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is held that cannot be seen."""
        super().hideEvent(event)
        self._release()

    def _release(self) -> None:
        self._player.release(MOUSE)
        self._player.release(CURSOR)

    # Paint.

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many keys as fit."""
        super().resizeEvent(event)
        self._shape, self._lit = shape_of(self.width(), self.height()), {}
        self._cursor = min(self._shape.high, max(self._shape.low, self._cursor))
        self._describe()

    def paintEvent(self, event: QPaintEvent) -> None:
        """See `keyboard_paint`."""
        painter, ratio = QPainter(self), self.devicePixelRatioF()
        picture = self._look.still(self._shape, self.size(), ratio, self._octave)
        box = event.rect()
        painter.drawPixmap(QRectF(box), picture, _scaled(box, ratio))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for note, step in self._lit.items():
            if self._shape.boxes[note].toAlignedRect().intersects(box):
                self._look.light(painter, self._shape, note, step / STEPS)
        if self.hasFocus():
            self._look.cursor(painter, self._shape, self._cursor)
        painter.end()


def _scaled(box: QRect, ratio: float) -> QRectF:
    """The same part of the picture, which is in pixels of the screen."""
    return QRectF(box.x() * ratio, box.y() * ratio, box.width() * ratio, box.height() * ratio)

"""Help for the keys: the computer's keyboard with the notes it plays, and every shortcut, from the table of actions."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from app.window.playing.key_map import COMMANDS, NOTES, base_note, note_name
from app.window.services import Services
from app.window.theme.fonts import font
from app.window.theme.theme import Theme
from app.window.words import marked, translate

__all__ = ["KeyHelp", "KeysPicture"]

SIZE = QSize(1000, 504)
COLUMNS = 3
SIDE, GAP = 42, 5
ROWS = ((0.0, "QWERTYUIOP"), (0.28, "ASDFGHJKL;'"), (0.75, "ZXCV"))
"""How far a row is moved to the right, in keys, and its places."""
WORDS = {
    "octave down": marked("KeyHelp", "oct −"),
    "octave up": marked("KeyHelp", "oct +"),
    "softer": marked("KeyHelp", "vel −"),
    "louder": marked("KeyHelp", "vel +"),
    "sustain": marked("KeyHelp", "sustain"),
}
MOUSE = (
    (marked("KeyHelp", "Drag up or down"), marked("KeyHelp", "Turn a knob")),
    (marked("KeyHelp", "Shift and drag"), marked("KeyHelp", "Ten times finer")),
    (marked("KeyHelp", "Wheel"), marked("KeyHelp", "Turn a knob step by step")),
    (marked("KeyHelp", "Double-click"), marked("KeyHelp", "Back to the default")),
    (marked("KeyHelp", "Digits, Return"), marked("KeyHelp", "Type a value for the knob")),
    (marked("KeyHelp", "Right-click"), marked("KeyHelp", "Default, MIDI learn, modulation")),
    (marked("KeyHelp", "Alt and drag"), marked("KeyHelp", "Amount of the pressed source")),
    (marked("KeyHelp", "Space"), marked("KeyHelp", "Sustain pedal")),
    (marked("KeyHelp", "Shift+Space"), marked("KeyHelp", "Hold")),
    (marked("KeyHelp", "Escape twice"), marked("KeyHelp", "End every note at once")),
)


class KeysPicture(QWidget):
    """The three rows that play."""

    def __init__(self, theme: Theme, octave: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._octave = theme, octave
        self.setFixedSize(self.sizeHint())
        self.setAccessibleName(self.tr("Keys that play"))
        names = [f"{place} {note_name(base_note(octave) + offset)}" for place, offset in NOTES.items()]
        self.setAccessibleDescription(", ".join(names))
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Eleven keys and a third wide, three rows high."""
        return QSize(round(11.3 * (SIDE + GAP)) + 2, 3 * (SIDE + GAP) + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Keys that play in ivory and ebony, those that do something raised, the rest outlined."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, (shift, places) in enumerate(ROWS):
            for column, place in enumerate(places):
                left = 1 + (column + shift) * (SIDE + GAP)
                self._key(painter, QRectF(left, 1 + row * (SIDE + GAP), SIDE, SIDE), place)
        painter.end()

    def _key(self, painter: QPainter, box: QRectF, place: str) -> None:
        theme, offset = self._theme, NOTES.get(place)
        is_black = offset is not None and "♯" in note_name(offset)
        painter.setPen(theme.colour("border") if offset is not None or place in COMMANDS else theme.colour("line"))
        fill = Qt.BrushStyle.NoBrush
        if offset is not None:
            painter.setBrush(Qt.GlobalColor.black if is_black else Qt.GlobalColor.white)
        elif place in COMMANDS:
            painter.setBrush(theme.colour("raised"))
        else:
            painter.setBrush(fill)
        painter.drawRoundedRect(box, 6, 6)
        light, dark = Qt.GlobalColor.white, Qt.GlobalColor.black
        if offset is not None:
            painter.setPen(light if is_black else dark)
        else:
            painter.setPen(theme.colour("text" if place in COMMANDS else "muted"))
        painter.setFont(font("title"))
        painter.drawText(box.adjusted(0, 3, 0, -17), Qt.AlignmentFlag.AlignCenter, place)
        painter.setFont(font("small"))
        below = note_name(base_note(self._octave) + offset) if offset is not None else ""
        if place in COMMANDS:
            below = translate("KeyHelp", WORDS[COMMANDS[place]])
        painter.drawText(box.adjusted(0, 20, 0, -2), Qt.AlignmentFlag.AlignCenter, below)


def _place(line: tuple[str, str]) -> int:
    """Function keys come first, in their order; the others stay in that of the table."""
    keys = line[0]
    return int(keys[1:]) if keys[0] == "F" and keys[1:].isdigit() else 100


class KeyHelp(QDialog):
    """Beside the window; the same key, Escape, or a click closes it."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.setWindowTitle(self.tr("Keys and shortcuts"))
        self.setModal(False)
        self.resize(SIZE)
        title = QLabel(self.tr("Keys and shortcuts"), self)
        title.setFont(font("display"))
        whole = QFrame(self)
        whole.setProperty("panel", True)
        around = QVBoxLayout(self)
        around.setContentsMargins(8, 8, 8, 8)
        around.addWidget(whole)
        column = QVBoxLayout(whole)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(title)
        picture = KeysPicture(services.theme, services.remembered.value.octave)
        column.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._table(), 1)

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Keys and what they do: the table of actions, then the mouse."""
        actions = [each for each in self._services.actions.all() if not each.shortcut().isEmpty()]
        shortcuts = [(each.shortcut().toString(), each.text().replace("&", "")) for each in actions]
        return [*sorted(shortcuts, key=_place), *((self.tr(keys), self.tr(text)) for keys, text in MOUSE)]

    def _table(self) -> QWidget:
        """In three columns, read downwards."""
        whole = QWidget()
        grid = QGridLayout(whole)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(6)
        lines = self.lines
        deep = -(-len(lines) // COLUMNS)
        for index, (keys, text) in enumerate(lines):
            row, column = index % deep, 2 * (index // deep)
            name = QLabel(keys)
            name.setFont(font("title"))
            what = QLabel(text)
            what.setProperty("role", "muted")
            grid.addWidget(name, row, column)
            grid.addWidget(what, row, column + 1)
        for column in range(COLUMNS):
            grid.setColumnStretch(2 * column + 1, 1)
        grid.setRowStretch(deep, 1)
        return whole

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The key that opened it closes it."""
        if event.key() == Qt.Key.Key_Slash and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.close()
        else:
            super().keyPressEvent(event)

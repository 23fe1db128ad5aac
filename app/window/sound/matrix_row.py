"""One row of the matrix: a source moves a target by an amount, and a bar shows by how much just now."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from app.window.services import Services
from app.window.session.document import Change
from app.window.session.sound import NO_ROW
from app.window.sound.drop_list import DropList
from app.window.sound.routing import SOURCE_NAMES, amount_text, source_label, target_label
from app.window.theme.fonts import font
from app.window.theme.theme import Theme
from app.window.widgets.knob import Knob
from app.window.words import marked, spoken
from engine.parameters import Parameter
from engine.patch import ModulationRow
from engine.vocabulary import SOURCES, target_names

__all__ = ["AMOUNT", "STARTS", "LiveBar", "MatrixHead", "MatrixRow"]

AMOUNT = Parameter(
    "row.amount",
    marked("Parameters", "Amount"),
    "",
    -1.0,
    1.0,
    0.0,
    marked("Parameters", "How much the source moves the target; below 0 the other way round."),
)
STARTS = 0.25
"""Amount of a row whose source is chosen first."""
SIDE, HEIGHT, LIST = 40, 26, 118
NUMBER, AMOUNT_TEXT, CLEAR, GAP = 14, 52, 34, 8


class LiveBar(QWidget):
    """What a row adds to its target now, -1..1, from the middle."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._source: str | None = None
        self._bar: tuple[int, int] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Wide enough to see something move."""
        return QSize(80, 14)

    def minimumSizeHint(self) -> QSize:
        """Narrower if it must be."""
        return QSize(40, 14)

    def show_source(self, source: str | None) -> None:
        """In whose colour."""
        if source != self._source:
            self._source = source
            self.update()

    def show_value(self, value: float | None) -> None:
        """None: nothing sounds. Repaints only for what can be seen."""
        bar = None
        if value is not None:
            middle = self.width() // 2
            left, right = sorted((middle, middle + round((middle - 1) * min(1.0, max(-1.0, value)))))
            bar = (left, max(1, right - left))
        if bar != self._bar:
            self._bar = bar
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Track, middle, bar."""
        painter, theme = QPainter(self), self._theme
        top = self.height() // 2 - 3
        painter.fillRect(self.rect(), theme.colour("surface"))
        painter.fillRect(0, top, self.width(), 6, theme.colour("ground"))
        if self._bar is not None and self._source is not None:
            painter.fillRect(self._bar[0], top, self._bar[1], 6, theme.colour(f"source.{self._source}"))
        painter.fillRect(self.width() // 2, top - 3, 1, 12, theme.colour("border"))
        painter.end()


class MatrixHead(QWidget):
    """What the columns of the rows are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(NUMBER + GAP, 0, CLEAR + GAP, 0)
        row.setSpacing(GAP)
        for text, width in (
            (self.tr("Source"), LIST),
            (self.tr("Amount"), SIDE + GAP + AMOUNT_TEXT),
            (self.tr("Target"), LIST),
            (self.tr("Adds now"), 0),
        ):
            label = QLabel(text)
            label.setFont(font("small"))
            label.setProperty("role", "muted")
            if width:
                label.setFixedWidth(width)
            row.addWidget(label, 0 if width else 1)


class MatrixRow(QWidget):
    """Edits the row of that index, 0..7."""

    def __init__(self, services: Services, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services, self.index = services, index
        number = QLabel(str(index + 1))
        number.setProperty("role", "muted")
        number.setFixedWidth(NUMBER)
        self.source = self._list(self.tr("Source of row {0}").format(index + 1), self.tr("What moves the target."))
        self.source.addItem("–", "none")
        for name in SOURCE_NAMES:
            self.source.addItem(source_label(name), name)
        self.source.activated.connect(self._source_chosen)
        self.amount = Knob(spoken(AMOUNT), services.theme, side=SIDE)
        self.amount.setAccessibleName(self.tr("Amount of row {0}").format(index + 1))
        self.amount.edited.connect(self._amount_edited)
        self.amount.held.connect(services.document.hold)
        self.amount.released.connect(services.document.release)
        self.amount.refused.connect(lambda line: services.notices.say("warning", line))
        self.text = QLabel()
        self.text.setFont(font("number"))
        self.text.setFixedWidth(AMOUNT_TEXT)
        self.target = self._list(self.tr("Target of row {0}").format(index + 1), self.tr("What is moved."))
        self.target.activated.connect(self._target_chosen)
        self.bar = LiveBar(services.theme)
        self.clear = QToolButton()
        self.clear.setText("×")
        self.clear.setFixedWidth(CLEAR)
        self.clear.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clear.setAccessibleName(self.tr("Clear row {0}").format(index + 1))
        self.clear.setStatusTip(self.tr("Nothing moves by this row any more"))
        self.clear.clicked.connect(lambda: self._set(NO_ROW))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        for part in (number, self.source, self.amount, self.text, self.target, self.bar, self.clear):
            row.addWidget(part, 1 if part is self.bar else 0)

    def _list(self, name: str, tip: str) -> DropList:
        found = DropList(self._services.theme)
        found.setAccessibleName(name)
        found.setStatusTip(tip)
        found.setFixedSize(LIST, HEIGHT)
        found.setMaxVisibleItems(20)
        return found

    @property
    def row(self) -> ModulationRow:
        """As the sound has it."""
        return self._services.document.sound.rows[self.index]

    def show_sound(self, change: Change | None) -> None:
        """What changed; None: all of it."""
        if change is None or change.is_other_model:
            self._show_targets()
        if change is None or change.has_other_rows:
            self._show_row()

    def show_live(self, sources: Mapping[str, float] | None) -> None:
        """What it adds now; None: nothing sounds."""
        row = self.row
        is_idle = sources is None or row.source == "none"
        self.bar.show_value(None if is_idle or sources is None else row.amount * sources.get(row.source, 0.0))

    def _show_targets(self) -> None:
        sound = self._services.document.sound
        self.target.clear()
        fixed_first = target_names([knob.name for knob in sound.knobs])
        knobs = [knob.name for knob in sound.knobs]
        for target in [*knobs, *(each for each in fixed_first if each not in knobs)]:
            self.target.addItem(target_label(sound, target), target)

    def _show_row(self) -> None:
        row = self.row
        is_used = row.source != "none"
        self.source.setCurrentIndex(self.source.findData(row.source))
        self.target.setCurrentIndex(self.target.findData(row.target))
        self.amount.setEnabled(is_used)
        self.target.setEnabled(is_used)
        self.source.show_strip(row.source if is_used else None)
        self.amount.show_number(row.amount)
        self.text.setText(amount_text(row.target, row.amount) if is_used else "")
        self.clear.setEnabled(row != NO_ROW)
        self.bar.show_source(row.source if is_used else None)
        self.setAccessibleName(f"{source_label(row.source)} → {self.target.currentText()} {self.text.text()}")

    def _set(self, row: ModulationRow) -> None:
        self._services.document.set_row(self.index, row)

    def _source_chosen(self, place: int) -> None:
        source, row = str(self.source.itemData(place)), self.row
        assert source in SOURCES
        if source == "none":
            self._set(NO_ROW)
        else:
            self._set(ModulationRow(source, row.target, row.amount or STARTS))

    def _target_chosen(self, place: int) -> None:
        row = self.row
        self._set(ModulationRow(row.source, str(self.target.itemData(place)), row.amount))

    def _amount_edited(self, number: float) -> None:
        row = self.row
        self._set(ModulationRow(row.source, row.target, number))

"""The layers of the network as a list: how much of the frame each takes, by kind of work. A click goes there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.window.array.kinds import KIND_OF, KINDS
from app.window.array.occupation import Occupation
from app.window.theme.fonts import font
from app.window.theme.theme import Theme
from app.window.words import translate

__all__ = ["LayerRow", "LayersView", "layer_rows"]

ROW, LEAST_ROW = 22, 19
"""Heights of a row, px, and of one that is drawn together so that the whole network is seen without scrolling."""
TITLE, FIGURES, BAR = 128, 136, 10
"""Widths of the columns beside the bar, and its height."""
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class LayerRow:
    """A group of stages.

    Attributes:
        cycles: of the frame that it takes; share: part of the frame; busy: of those cycles' multipliers.
        parts: kind -> share of the frame.
        first: cycle at which it begins; -1: it is what fills and empties the array.
    """

    title: str
    cycles: int
    share: float
    busy: float
    parts: tuple[tuple[int, float], ...]
    first: int
    stages: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """As it is read aloud."""
        text = translate("Array", "{0}: {1} cycles, {2} of the frame, {3} busy")
        return text.format(self.title, f"{self.cycles:,}", f"{self.share:.1%}", f"{self.busy:.0%}")


def layer_rows(occupation: Occupation) -> list[LayerRow]:
    """A row for each group, and one for the cycles that no tile has; together the cycles of the frame."""
    cycles, work = occupation.stage_cycles(), occupation.stage_multiplications()
    elements = occupation.geometry.rows * occupation.geometry.cols
    found = []
    for group in occupation.groups:
        inside = list(group.stages)
        taken = int(cycles[inside].sum())
        parts = tuple((KIND_OF[occupation.stages[s].op], float(cycles[s]) / occupation.cycles) for s in inside)
        busy = float(work[inside].sum()) / (taken * elements)
        first = occupation.first_cycle(inside[0])
        found.append(LayerRow(group.title, taken, taken / occupation.cycles, busy, parts, first, group.stages))
    rest = occupation.cycles - int(cycles.sum())
    found.append(LayerRow(translate("Array", "Filling and emptying"), rest, rest / occupation.cycles, 0.0, (), -1))
    return found


class _Rows(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[LayerRow] = []

    def put(self, rows: list[LayerRow]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.StatusTipRole):
            return row.text
        return None


class _Painter(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: LayersView) -> None:
        super().__init__(view)
        self._theme, self._view = theme, view
        self._pictures: dict[object, QPixmap] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(TITLE + FIGURES + 60, self._view.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        box, state = option.rect, option.state
        marks = (
            bool(state & QStyle.StateFlag.State_Selected),
            bool(state & QStyle.StateFlag.State_HasFocus),
            index.row() == self._view.here,
        )
        key = (index.row(), marks, box.size(), self._view.devicePixelRatioF(), self._theme.palette.name)
        if key not in self._pictures:
            self._pictures[key] = self._picture(self._view.rows[index.row()], marks, box.size())
        painter.drawPixmap(box.topLeft(), self._pictures[key])

    def forget(self) -> None:
        """Rows are others."""
        self._pictures.clear()

    def _picture(self, row: LayerRow, marks: tuple[bool, bool, bool], size: QSize) -> QPixmap:
        """A row, painted once for each of its looks: text is dear."""
        is_selected, has_focus, is_here = marks
        ratio, box = self._view.devicePixelRatioF(), QRect(QPoint(0, 0), size)
        picture = QPixmap(size * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(self._theme.colour("raised") if is_selected else Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        if has_focus:
            painter.setPen(self._theme.colour("focus"))
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        if is_here:
            painter.fillRect(QRect(0, 3, 3, box.height() - 6), self._theme.colour("text"))
        painter.setPen(self._theme.colour("text" if row.first >= 0 else "muted"))
        self._words(painter, row, box)
        painter.end()
        return picture

    def _words(self, painter: QPainter, row: LayerRow, box: QRect) -> None:
        painter.setFont(font("small"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(box.left() + 9, box.top(), TITLE, box.height()), middle, row.title)
        self._bar(
            painter,
            row,
            QRect(box.left() + 9 + TITLE, (box.height() - 10) // 2, box.width() - TITLE - FIGURES - 16, 10),
        )
        painter.setPen(self._theme.colour("muted"))
        right = box.left() + box.width() - 6
        for text, width, away in (
            (f"{row.cycles:,}", 52, 84),
            (f"{row.share:.1%}", 40, 42),
            (f"{row.busy:.0%}" if row.first >= 0 else "", 40, 0),
        ):
            place = QRect(right - away - width, box.top(), width, box.height())
            painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, text)

    def _bar(self, painter: QPainter, row: LayerRow, room: QRect) -> None:
        """As long as its share, against the longest of the list."""
        most = max(each.share for each in self._view.rows)
        left = float(room.left())
        painter.setPen(Qt.PenStyle.NoPen)
        parts = row.parts or ((-1, row.share),)
        for kind, share in parts:
            width = max(1.0, share / most * room.width())
            name = self._theme.palette.name
            painter.setBrush(QColor(KINDS[kind].colours[name]) if kind >= 0 else self._theme.colour("border"))
            painter.drawRect(QRectF(left, room.top(), width - 0.5, room.height()))
            left += width


class LayersView(QListView):
    """The list; the row that is computed in the shown cycle has a mark.

    Signals:
        sought: the first cycle of the layer that was chosen.
    """

    sought = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows = _Rows(self)
        self.here = -1
        self.row_height = ROW
        self.setModel(self._rows)
        self._painter = _Painter(theme, self)
        self.setItemDelegate(self._painter)
        self.setUniformItemSizes(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setStyleSheet("QListView { background: transparent; border: none; }")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Layers"))
        self.setStatusTip(
            self.tr("The layers of the network, and how much of a frame each takes. Choose one to go there.")
        )
        self.selectionModel().currentChanged.connect(self._chosen)
        self.clicked.connect(self._chosen)
        self.activated.connect(self._chosen)
        theme.changed.connect(self._look_again)

    @property
    def rows(self) -> list[LayerRow]:
        """What is listed."""
        return self._rows.rows

    def minimumSizeHint(self) -> QSize:
        """A few rows; the rest by scrolling."""
        return QSize(TITLE + FIGURES + 90, 6 * ROW)

    def show_occupation(self, occupation: Occupation | None) -> None:
        """Other layers; None: none."""
        self.here = -1
        self._painter.forget()
        self._rows.put([] if occupation is None else layer_rows(occupation))
        self._fit()

    def show_stage(self, stage: int) -> None:
        """Mark the row of a stage; -1: of none."""
        here = next((i for i, row in enumerate(self.rows) if stage in row.stages), len(self.rows) - 1)
        if here == self.here:
            return
        before, self.here = self.here, here
        if stage >= 0 and here >= 0 and not self.underMouse():  # filling and emptying are at every end, and short
            self.scrollTo(self._rows.index(here))
        for row in (before, here):
            if row >= 0:
                self.viewport().update(self.visualRect(self._rows.index(row)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rows of another width are painted anew."""
        self._painter.forget()
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Draw rows together where that spares scrolling."""
        needed = self.height() // max(1, len(self.rows))
        height = min(ROW, needed) if needed >= LEAST_ROW else ROW
        if height != self.row_height:
            self.row_height = height
            self._painter.forget()
            self.scheduleDelayedItemsLayout()

    def _look_again(self) -> None:
        self._painter.forget()
        self.viewport().update()

    def _chosen(self, index: Index, *_: object) -> None:
        if index.isValid() and self.rows[index.row()].first >= 0:
            self.sought.emit(self.rows[index.row()].first)

"""A and B: two settings of a sound, one of which is heard."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from app.window.session.document import Document
from app.window.theme.fonts import font

__all__ = ["CompareButton"]


class CompareButton(QWidget):
    """Two halves; the one that is heard is lit. The other, or the same again, changes over."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        for number, side in enumerate("AB"):
            half = QToolButton()
            half.setText(side)
            half.setFont(font("title"))
            half.setCheckable(True)
            half.setProperty("segment", True)
            half.setFixedSize(25, 28)
            half.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            half.setAccessibleName(self.tr("Hear {0}").format(side))
            corner = "right" if side == "A" else "left"
            half.setStyleSheet(
                f"QToolButton {{ padding: 0; border-top-{corner}-radius: 0; border-bottom-{corner}-radius: 0; }}"
            )
            self._group.addButton(half, number)
            row.addWidget(half)
        self._group.idClicked.connect(self._press)
        self.show_side()

    def show_side(self) -> None:
        """Light the side that is heard, and say how the other differs."""
        desk = self._document.desk
        self._group.button("AB".index(desk.side)).setChecked(True)
        for number, side in enumerate("AB"):
            name = (desk.current if side == desk.side else desk.other).patch.name
            heard = self.tr("heard now") if side == desk.side else self.tr("press to hear it")
            tip = self.tr("{0}: {1}, {2} (Ctrl+D changes over, Ctrl+Shift+D copies)").format(side, name, heard)
            self._group.button(number).setStatusTip(tip)

    def _press(self, number: int) -> None:
        if "AB"[number] != self._document.side:
            self._document.flip()

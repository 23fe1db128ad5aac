"""Asks for name, author, tags and description of a sound. It does not stand in the way: playing goes on behind it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from accel.errors import SystoleError
from app.window.browser.files import Texts, file_name, free_title
from app.window.browser.tag_chips import TagChips
from app.window.theme.fonts import font
from app.window.theme.theme import Theme

__all__ = ["TextsDialog"]

MOST_CHIPS = 24


class TextsDialog(QDialog):
    """Gone when it is closed.

    Args:
        tags: that other sounds have, offered as chips.
        own: the file whose texts these are; None: a new one will be written.

    Signals:
        answered: Texts; whoever hears it calls `finish`.
    """

    answered = Signal(object)

    def __init__(
        self, theme: Theme, texts: Texts, tags: list[str], parent: QWidget, *, own: Path | None = None
    ) -> None:
        super().__init__(parent)
        self._own = own
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Save the sound") if own is None else self.tr("About this sound"))
        self.setMinimumWidth(460)
        self.name, self.author, self.tags = QLineEdit(texts.name), QLineEdit(texts.author), QLineEdit()
        self.tags.setText(", ".join(texts.tags))
        self.description, self.note = QPlainTextEdit(texts.description), QLabel()
        self.chips = TagChips(theme, rows=3)
        self._offered = tags[:MOST_CHIPS]
        self.save, self.cancel = QPushButton(self.tr("Save")), QPushButton(self.tr("Cancel"))
        self._build()
        self.name.textChanged.connect(self._look)
        self.tags.textChanged.connect(self._show_chips)
        self.chips.changed.connect(self._switch)
        self.save.clicked.connect(lambda: self.answered.emit(self.texts))
        self.cancel.clicked.connect(self.reject)
        self._show_chips()
        self._look()
        self.name.selectAll()

    def _build(self) -> None:
        column, form = QVBoxLayout(self), QFormLayout()
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(14)
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(9)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for label, field in (
            (self.tr("Name"), self.name),
            (self.tr("Author"), self.author),
            (self.tr("Tags"), self.tags),
        ):
            field.setFixedHeight(30)
            field.setTextMargins(4, 0, 4, 0)
            field.setAccessibleName(label)
            if field is self.name:
                named = QVBoxLayout()
                named.setSpacing(3)
                named.addWidget(field)
                named.addWidget(self.note)
                form.addRow(self._label(label), named)
            else:
                form.addRow(self._label(label), field)
        self.tags.setPlaceholderText(self.tr("bell, bright, slow"))
        form.addRow("", self.chips)
        self.description.setFixedHeight(66)
        self.description.setTabChangesFocus(True)
        self.description.setAccessibleName(self.tr("Description"))
        self.description.setPlaceholderText(self.tr("What it is for, and what the wheel does"))
        form.addRow(self._label(self.tr("Description")), self.description)
        self.note.setFont(font("small"))
        self.note.setProperty("role", "muted")
        self.note.setWordWrap(True)
        column.addLayout(form)
        row = QHBoxLayout()
        row.addStretch(1)
        for button in (self.cancel, self.save):
            button.setMinimumSize(92, 30)
            button.setAutoDefault(button is self.save)
            row.addWidget(button)
        self.save.setDefault(True)
        column.addLayout(row)

    def _label(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setProperty("role", "muted")
        return label

    @property
    def texts(self) -> Texts:
        """What was typed; a tag twice counts once."""
        description = " ".join(self.description.toPlainText().split())
        return Texts(" ".join(self.name.text().split()), self.author.text().strip(), self._tags(), description)

    def finish(self, is_done: bool) -> None:
        """What was asked for is done, or was refused: then it can be said otherwise."""
        if is_done:
            self.accept()

    def _tags(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(tag for each in self.tags.text().split(",") if (tag := " ".join(each.split()))))

    def _show_chips(self) -> None:
        self.chips.show_tags([(tag, 1) for tag in self._offered], frozenset(self._tags()) & frozenset(self._offered))

    def _switch(self, on: frozenset[str]) -> None:
        """A chip was pressed: its tag comes or goes in the line."""
        kept = [tag for tag in self._tags() if tag in on or tag not in self._offered]
        self.tags.setText(", ".join([*kept, *(tag for tag in self._offered if tag in on and tag not in kept)]))

    def _look(self) -> None:
        """Say what becomes of the name."""
        text = " ".join(self.name.text().split())
        is_same = self._own is not None and file_name(text).casefold() == self._own.stem.casefold()
        try:
            title = text if is_same else free_title(text)
            note = self.tr("Kept among your own sounds")
            if title != text:
                note = self.tr("This name is taken: it becomes “{0}”").format(title)
        except SystoleError as error:
            note, title = str(error), ""
        self.note.setText(note[:1].upper() + note[1:])
        self.save.setEnabled(bool(title))

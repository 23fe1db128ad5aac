"""Rendering to a WAV: what, with which sound, to where, and how far it is. The window can be played meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from accel.errors import SystoleError
from app.window.playing.recording import length_text, show_in_folder
from app.window.render.render_help import dropped, explain, in_row, muted
from app.window.render.render_job import RenderJob
from app.window.render.render_plan import FORMATS, JOURNAL, RATES, SUFFIXES, RenderPlan
from app.window.services import Services
from app.window.session.document import Change
from app.window.theme.fonts import font
from engine.library import user_folder
from engine.patch import patch_text

__all__ = ["RenderDialog"]

SIZE = QSize(600, 380)
STEPS = 1000


class RenderDialog(QDialog):
    """One rendering at a time."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services, self.job = services, RenderJob(self)
        self._written: Path | None = None
        self.setWindowTitle(self.tr("Render to a file"))
        self.setModal(False)
        self.setAcceptDrops(True)
        self.resize(SIZE)
        self.source, self.target = QLineEdit(), QLineEdit()
        self.browse, self.name = QPushButton(self.tr("Choose …")), QPushButton(self.tr("Choose …"))
        self.sound, self.rate, self.format = QComboBox(), QComboBox(), QComboBox()
        self.stems = QCheckBox(self.tr("Also a file for each MIDI channel"))
        self.bar, self.answer = QProgressBar(), QLabel()
        self.go, self.stop = QPushButton(self.tr("Render")), QPushButton(self.tr("Cancel"))
        self.show_file, self.play = QPushButton(self.tr("Show")), QPushButton(self.tr("Play"))
        self._fill()
        self._lay_out()
        explain(self)
        self._connect()
        self._show_state()

    def _fill(self) -> None:
        self.sound.addItem("")
        self.sound.addItem(self.tr("As the file's program changes say"))
        self._name_sound()
        for rate in RATES:
            self.rate.addItem(f"{rate:,} Hz".replace(",", " "), rate)
        for text, value in FORMATS:
            self.format.addItem(self.tr(text), value)
        self.source.setPlaceholderText(self.tr("MIDI file, control voltages or journal: choose it, or drop it here"))
        self.bar.setRange(0, STEPS)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(10)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.answer.setWordWrap(True)
        for button in (self.browse, self.name, self.show_file, self.play, self.stop):
            button.setAutoDefault(False)
        self.go.setDefault(True)

    def _lay_out(self) -> None:
        title = QLabel(self.tr("Render to a file"), self)
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
        column.addLayout(self._form())
        column.addStretch(1)
        column.addWidget(self.answer)
        column.addWidget(self.bar)
        buttons = QHBoxLayout()
        for button in (self.show_file, self.play):
            buttons.addWidget(button)
        buttons.addStretch(1)
        for button in (self.stop, self.go):
            buttons.addWidget(button)
        column.addLayout(buttons)

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(8)
        for text, field, button in (
            (self.tr("From"), self.source, self.browse),
            (self.tr("To"), self.target, self.name),
        ):
            field.setAccessibleName(text)
            button.setAccessibleName(self.tr("Choose: {0}").format(text))
            form.addRow(muted(text), in_row(field, button))
        rows = (
            (self.tr("Sound"), self.sound),
            (self.tr("Rate"), self.rate),
            (self.tr("Samples"), self.format),
            ("", self.stems),
        )
        for text, widget in rows:
            widget.setAccessibleName(text or self.stems.text())
            form.addRow(muted(text), widget)
        return form

    def _connect(self) -> None:
        self.browse.clicked.connect(self._find)
        self.name.clicked.connect(self._choose_name)
        self.source.textEdited.connect(self._sourced)
        self.go.clicked.connect(self.start)
        self.stop.clicked.connect(self.job.cancel)
        self.show_file.clicked.connect(self._show_file)
        self.play.clicked.connect(self._play)
        self.job.progressed.connect(self._progressed)
        self.job.done.connect(self._done)
        self.job.failed.connect(self._failed)
        self.job.cancelled.connect(self._cancelled)
        self._services.document.subscribe(self._sound_changed)

    def _sound_changed(self, change: Change) -> None:
        self._name_sound()

    def _name_sound(self) -> None:
        self.sound.setItemText(0, self.tr("{0}, as it is now").format(self._services.document.sound.patch.name))

    # Files.

    def set_source(self, path: Path) -> None:
        """Take a file to render; the WAV goes beside it."""
        self.source.setText(str(path))
        self._sourced(str(path))

    def _sourced(self, text: str) -> None:
        path = Path(text.strip())
        if path.name:
            self.target.setText(str(path.with_suffix(".wav")))
        self._show_state()

    def _find(self) -> None:
        forms = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        start = self.source.text() or str(user_folder())
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("What to render"), start, self.tr("To render ({0})").format(forms)
        )
        if name:
            self.set_source(Path(name))

    def _choose_name(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("File to write"), self.target.text(), self.tr("WAV (*.wav)")
        )
        if name:
            self.target.setText(name if Path(name).suffix else f"{name}.wav")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file that can be rendered."""
        if dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take it."""
        path = dropped(event)
        if path is not None and not self.job.is_running:
            self.set_source(path)
            event.acceptProposedAction()

    # Rendering.

    @property
    def plan(self) -> RenderPlan:
        """What is asked for now."""
        is_current = self.sound.currentIndex() == 0
        return RenderPlan(
            source=Path(self.source.text().strip()),
            target=Path(self.target.text().strip()),
            patch=patch_text(self._services.document.sound.patch) if is_current else None,
            rate=int(self.rate.currentData()),
            format=self.format.currentData(),
            stems=self.stems.isChecked(),
        )

    def start(self) -> None:
        """Render, or say what is missing."""
        if self.job.is_running:
            return
        self._written = None
        try:
            self.job.start(self.plan)
        except (SystoleError, OSError) as error:
            self._failed(str(error))
            return
        self.bar.setRange(0, 0)  # until it is known how long it takes
        self._say(self.tr("Getting ready …"))
        self._show_state()

    def _progressed(self, part: float) -> None:
        self.bar.setRange(0, STEPS)
        self.bar.setValue(round(STEPS * part))
        if self.job.is_running:
            self._say(f"{100 * part:.0f} %")

    def _done(self, summary: Any) -> None:
        self._written = Path(str(summary["output"]))
        peak = summary.get("peak_dbfs")
        loud = self.tr("silent") if peak is None else self.tr("peak {0} dB").format(f"{peak:.1f}")
        count = len(summary.get("stems") or {})
        stems = self.tr(" and {0} stems").format(count) if count else ""
        length = length_text(float(summary["seconds"]))
        self._say(
            self.tr("{0}{1}: {2}, {3}, {4:.0f} times as fast as it plays").format(
                self._written.name, stems, length, loud, summary["realtime"]
            )
        )
        if not self.isVisible():
            path = self._written
            notices = self._services.notices
            notices.say(
                "info",
                self.tr("Rendered {0}: {1}").format(path.name, length),
                self.tr("Show"),
                lambda: show_in_folder(path),
            )
        self._show_state()

    def _failed(self, line: str) -> None:
        self._say(line, "error")
        if not self.isVisible():
            self._services.notices.say("warning", self.tr("Render: {0}").format(line))
        self._reset()

    def _cancelled(self) -> None:
        self._say(self.tr("Cancelled: nothing was written"))
        self._reset()

    def _reset(self) -> None:
        self.bar.setRange(0, STEPS)
        self.bar.setValue(0)
        self._show_state()

    def _show_file(self) -> None:
        if self._written is not None:
            show_in_folder(self._written)

    def _play(self) -> None:
        if self._written is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written)))

    def _say(self, text: str, role: str = "muted") -> None:
        self.answer.setText(text)
        if self.answer.property("role") != role:
            self.answer.setProperty("role", role)
            self.answer.style().unpolish(self.answer)
            self.answer.style().polish(self.answer)

    def _show_state(self) -> None:
        """What can be done now."""
        is_running, source = self.job.is_running, Path(self.source.text().strip())
        suffix = source.suffix.lower()
        fields = (self.source, self.target, self.browse, self.name, self.rate, self.format)
        for each in fields:
            each.setEnabled(not is_running)
        self.sound.setEnabled(not is_running and suffix != JOURNAL)
        self.stems.setEnabled(not is_running and suffix not in (JOURNAL, ".csv", ".npz"))
        self.go.setEnabled(not is_running)
        self.stop.setEnabled(is_running)
        for each in (self.show_file, self.play):
            each.setVisible(self._written is not None)

    def shut_down(self) -> None:
        """The window closes."""
        self.job.shut_down()

"""The page Analyse: scope and spectrum side by side, and ten seconds of spectrogram below.

Its views are those of the play page, made large: one look, and no plotting library to be loaded while playing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.window.scopes.scopes_panel import ScopesPanel, title_label
from app.window.scopes.spectrogram_view import SpectrogramView
from app.window.scopes.spectrum import BANDS, FLOOR_DB
from app.window.scopes.trace_view import ZOOM
from app.window.services import Services

__all__ = ["AnalyserPanel"]

HEADER = 28
"""Height of a group's title with its buttons, so that neighbours align."""
SILENCE = np.full(BANDS, FLOOR_DB, np.float32)


class AnalyserPanel(ScopesPanel):
    """All three views."""

    NAME = "analyser"

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self.spectrogram = SpectrogramView(services.theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(6)
        column.addLayout(self.header(self.tr("Analyser")))
        upper = QHBoxLayout()
        upper.setSpacing(12)
        upper.addLayout(self._group(self._trace_header(), self.trace), 1)
        upper.addLayout(self._group(self._plain_header(self.tr("Spectrum")), self.spectrum), 1)
        column.addLayout(upper, 1)
        column.addLayout(self._group(self._plain_header(self.tr("Spectrogram")), self.spectrogram), 1)

    def heard(self, levels: NDArray[np.float32], passed: float) -> None:
        """The spectrogram goes on."""
        self.spectrogram.push(levels, passed)

    def rested(self, passed: float) -> None:
        """It goes on in silence too, until all has run out."""
        fall = self.spectrogram.waterfall
        if fall is not None and not fall.is_empty:
            self.spectrogram.push(SILENCE, passed)

    @staticmethod
    def _group(header: QHBoxLayout, view: QWidget) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        strip = QWidget()
        strip.setFixedHeight(HEADER)
        header.setContentsMargins(0, 0, 0, 0)
        strip.setLayout(header)
        column.addWidget(strip)
        column.addWidget(view, 1)
        return column

    @staticmethod
    def _plain_header(title: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(title_label(title))
        return row

    def _trace_header(self) -> QHBoxLayout:
        row = self._plain_header(self.tr("Oscilloscope"))
        row.addStretch(1)
        span = QLabel()
        span.setProperty("role", "muted")
        self.trace.span_changed.connect(lambda ms: span.setText(f"{ms:.3g} ms"))
        span.setText(f"{self.trace.span_ms:.3g} ms")
        row.addWidget(span)
        for text, name, factor in (
            ("−", self.tr("Show more time"), ZOOM),
            ("+", self.tr("Show less time"), 1 / ZOOM),
        ):
            button = QToolButton()
            button.setText(text)
            button.setAccessibleName(name)
            button.setStatusTip(self.tr("{0}, from 1 to 80 ms. The wheel over the trace does so too.").format(name))
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setAutoRepeat(True)
            button.clicked.connect(lambda _=False, by=factor: self.trace.set_span(self.trace.span_ms * by))
            row.addWidget(button)
        return row

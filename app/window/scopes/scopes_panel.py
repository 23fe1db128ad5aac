"""What the small and the large scope have in common: their header, and what they do with a frame."""

from __future__ import annotations

from typing import ClassVar, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QWidget

from app.window.clock import Frame
from app.window.panel import Panel
from app.window.preferences import ScopeView
from app.window.scopes.freeze import freeze_action
from app.window.scopes.listening import SIDES, Side, SpectrumTurn, one_side
from app.window.scopes.spectrum_view import SpectrumView
from app.window.scopes.trace_view import TraceView
from app.window.services import Services
from app.window.theme.fonts import font

__all__ = ["ScopesPanel", "title_label"]

REST_FRAMES = 2
"""Frames still shown after the last sound, so that the trace ends as a flat line."""


def title_label(text: str) -> QLabel:
    """The title of a group."""
    label = QLabel(text)
    label.setFont(font("title"))
    return label


class ScopesPanel(Panel):
    """Base of both panels. What span and side were chosen is kept, for each of the two by itself.

    Attributes:
        trace, spectrum: the views; their place is the heirs' business.
        side: combo box that chooses what is looked at.
        NAME: by which it is kept.
    """

    NAME: ClassVar[str]

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self.trace, self.spectrum = TraceView(services.theme), SpectrumView(services.theme)
        self._turn, self._rest = SpectrumTurn(), 0
        self._freeze = freeze_action(services)
        self.side = QComboBox()
        for name, label in SIDES.items():
            self.side.addItem(self.tr(label), name)
        kept = services.remembered.value.scopes.get(self.NAME, ScopeView())
        self.side.setCurrentIndex(self.side.findData(kept.side))
        self.trace.set_span(kept.span)
        self.side.currentIndexChanged.connect(lambda _: self._keep())
        self.trace.span_changed.connect(lambda _: self._keep())
        self.side.setAccessibleName(self.tr("Side"))
        self.side.setStatusTip(self.tr("What the scopes look at: both sides together, or one of them."))

    def _keep(self) -> None:
        remembered = self.services.remembered
        view = ScopeView(span=self.trace.span_ms, side=cast(Side, self.side.currentData()))
        remembered.change(scopes={**remembered.value.scopes, self.NAME: view})

    def header(self, title: str) -> QHBoxLayout:
        """A title at the left; side and freeze at the right."""
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(title_label(title))
        row.addStretch(1)
        row.addWidget(self.side)
        button = QToolButton()
        button.setDefaultAction(self._freeze)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAccessibleName(self.tr("Freeze"))
        row.addWidget(button)
        return row

    def show_frame(self, frame: Frame) -> None:
        """Show the newest samples, unless frozen or silent."""
        if self._freeze.isChecked():
            return
        self._rest = REST_FRAMES if frame.is_sounding else max(0, self._rest - 1)
        spectrum = self._turn.next(frame.passed, is_sounding=frame.is_sounding)
        count = max(spectrum, self.trace.needed if self._rest else 0)
        if count == 0:
            self.rested(frame.passed)
            return
        mono = one_side(self.services.link.scope(count), cast(Side, self.side.currentData()))
        if self._rest:
            self.trace.show_samples(mono[-self.trace.needed :])
        if spectrum:
            passed = self._turn.take(mono)
            self.spectrum.show_spectrum(self._turn.spectrum)
            self.heard(self._turn.spectrum.levels, passed)

    def heard(self, levels: NDArray[np.float32], passed: float) -> None:
        """A spectrum came: dB by band, `passed` s after the last. To be overridden."""

    def rested(self, passed: float) -> None:
        """A frame in which nothing was to be heard. To be overridden."""

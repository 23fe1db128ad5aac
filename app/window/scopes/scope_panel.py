"""The scope of the play page: a trace above, its spectrum below."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.window.scopes.scopes_panel import ScopesPanel
from app.window.services import Services

__all__ = ["ScopePanel"]


class ScopePanel(ScopesPanel):
    """Trace and spectrum, one above the other."""

    NAME = "scope"

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 10)
        column.setSpacing(6)
        column.addLayout(self.header(self.tr("Scope")))
        column.addWidget(self.trace, 5)
        column.addWidget(self.spectrum, 4)

"""A palette as Qt wants it: QPalette for what paints itself, a style sheet for the standard widgets.

The style sheet is short on purpose: each rule costs time for every widget that is made. What moves is painted by the
widgets themselves.
"""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

from app.window.theme.colours import Palette

__all__ = ["qt_palette", "style_sheet"]

_SHEET = """
QToolTip {{ color: {text}; background: {raised}; border: 1px solid {border}; padding: 6px; }}
QFrame[panel="true"] {{ background: {surface}; border-radius: 8px; }}
QFrame[floats="true"] {{ border: 1px solid {border}; }}
QLabel[role="muted"] {{ color: {muted}; }}
QLabel[role="warning"] {{ color: {warning}; }}
QLabel[role="error"] {{ color: {danger}; }}
QPushButton, QToolButton, QComboBox {{
    background: {raised}; color: {text}; border: 1px solid transparent; border-radius: 5px; padding: 3px 9px; }}
QToolButton {{ padding: 3px 6px; }}
QPushButton:hover, QToolButton:hover, QComboBox:hover {{ border-color: {border}; }}
QPushButton:checked, QToolButton:checked, QPushButton:default {{ background: {accent}; color: {on_accent}; }}
QToolButton[segment="true"]:checked {{
    background: {raised}; color: {accent}; border-color: transparent; border-bottom: 2px solid {accent}; }}
QToolButton[segment="true"]:checked:hover {{ border-color: {border}; border-bottom: 2px solid {accent}; }}
QToolButton[segment="true"]:checked:focus {{ border: 1px solid {focus}; border-bottom: 2px solid {accent}; }}
QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus, QAbstractItemView:focus {{
    border: 1px solid {focus}; }}
QPushButton:disabled, QToolButton:disabled, QComboBox:disabled {{ color: {muted}; }}
QLineEdit, QSpinBox, QDoubleSpinBox, QAbstractItemView {{
    background: {ground}; color: {text}; border: 1px solid {border}; border-radius: 4px;
    selection-background-color: {accent}; selection-color: {on_accent}; }}
QLineEdit {{ padding: 1px 5px; }}
QAbstractSpinBox QLineEdit {{ border: none; background: transparent; padding: 0; }}
QCheckBox::indicator:unchecked, QListWidget::indicator:unchecked {{
    background: {ground}; border: 1px solid {border}; border-radius: 3px; width: 12px; height: 12px; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ width: 0; height: 0; border-left: 4px solid {raised}; border-right: 4px solid {raised};
    border-top: 5px solid {muted}; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: none; width: 16px; }}
QAbstractSpinBox::up-arrow {{ width: 0; height: 0; border-left: 4px solid {ground}; border-right: 4px solid {ground};
    border-bottom: 5px solid {muted}; }}
QAbstractSpinBox::down-arrow {{ width: 0; height: 0; border-left: 4px solid {ground}; border-right: 4px solid {ground};
    border-top: 5px solid {muted}; }}
QListWidget[role="pages"] {{ background: transparent; border-color: transparent; }}
QListWidget[role="pages"]::item {{ padding-left: 8px; border-radius: 5px; }}
QListWidget[role="pages"]::item:selected {{ background: {accent}; color: {on_accent}; }}
QListWidget[role="pages"]:focus {{ border: 1px solid {focus}; }}
QProgressBar {{ background: {raised}; border: none; border-radius: 4px; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 4px; }}
QHeaderView::section {{ background: {surface}; color: {muted}; border: none; padding: 4px; }}
QMenu {{ background: {raised}; color: {text}; border: 1px solid {border}; padding: 4px; }}
QMenu::item {{ padding: 4px 22px; border-radius: 4px; }}
QMenu::item:selected {{ background: {accent}; color: {on_accent}; }}
QMenu::item:disabled {{ color: {muted}; }}
QScrollBar:vertical {{ background: transparent; width: 10px; }}
QScrollBar::handle:vertical {{ background: {border}; border-radius: 4px; min-height: 24px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
QPlainTextEdit {{ background: {ground}; color: {text}; border: 1px solid {border}; border-radius: 4px;
    selection-background-color: {accent}; selection-color: {on_accent}; }}
QPlainTextEdit:focus {{ border: 1px solid {focus}; }}
"""


def style_sheet(palette: Palette) -> str:
    """The style sheet of the application."""
    return _SHEET.format_map(vars(palette))


def qt_palette(palette: Palette) -> QPalette:
    """The colours that standard widgets paint with."""
    roles = QPalette.ColorRole
    found = QPalette()
    for role, colour in (
        (roles.Window, palette.ground),
        (roles.Base, palette.ground),
        (roles.AlternateBase, palette.surface),
        (roles.Button, palette.raised),
        (roles.WindowText, palette.text),
        (roles.Text, palette.text),
        (roles.ButtonText, palette.text),
        (roles.PlaceholderText, palette.muted),
        (roles.ToolTipBase, palette.raised),
        (roles.ToolTipText, palette.text),
        (roles.Highlight, palette.accent),
        (roles.HighlightedText, palette.on_accent),
        (roles.Link, palette.focus),
    ):
        found.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        found.setColor(QPalette.ColorGroup.Disabled, role, QColor(palette.muted))
    return found

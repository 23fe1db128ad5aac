"""What the dialog that renders says of its controls, how they are set in rows, and what may be dropped on them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.window.render.render_plan import SUFFIXES
from app.window.words import translate

if TYPE_CHECKING:
    from app.window.render.render_dialog import RenderDialog

__all__ = ["dropped", "explain", "in_row", "muted"]


def explain(dialog: RenderDialog) -> None:
    """Help for each control, in bubbles: the line for help is the window's."""
    for widget, text in (
        (
            dialog.source,
            translate("RenderDialog", "A MIDI file, control voltages (CSV, NPZ), or a journal of what was played live"),
        ),
        (
            dialog.target,
            translate("RenderDialog", "The WAV to write; one that is there is replaced when the new one is complete"),
        ),
        (
            dialog.sound,
            translate(
                "RenderDialog", "What plays a MIDI file: the sound as it is now, or those of its program changes"
            ),
        ),
        (dialog.rate, translate("RenderDialog", "48 000 Hz is what the instrument computes; others are converted")),
        (
            dialog.format,
            translate("RenderDialog", "24 bits are more than anybody hears; float is never cut, however loud"),
        ),
        (dialog.stems, translate("RenderDialog", "Beside the whole, for a mix of your own")),
        (dialog.go, translate("RenderDialog", "It goes on beside the music, and shows how far it is")),
        (dialog.stop, translate("RenderDialog", "End it; nothing of it stays")),
        (dialog.show_file, translate("RenderDialog", "Open the folder of the file")),
        (dialog.play, translate("RenderDialog", "Hear the file in the system's own player")),
    ):
        widget.setToolTip(text)


def muted(text: str) -> QLabel:
    """A caption."""
    found = QLabel(text)
    found.setProperty("role", "muted")
    return found


def in_row(field: QWidget, button: QWidget) -> QWidget:
    """A field and its button, side by side."""
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(field, 1)
    row.addWidget(button)
    return whole


def dropped(event: QDropEvent) -> Path | None:
    """The one file that is dropped, if it can be rendered."""
    urls = event.mimeData().urls()
    path = Path(urls[0].toLocalFile()) if len(urls) == 1 else Path()
    return path if path.suffix.lower() in SUFFIXES else None

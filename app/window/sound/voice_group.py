"""How the sound is played: notes at once, unison, glide, tuning, level and place."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.window.services import Services
from app.window.session.document import Change
from app.window.sound.group_title import GroupTitle
from app.window.sound.shape_groups import GAP, Group
from app.window.words import marked, translate

__all__ = ["VoiceGroup"]

ABOVE = {
    "voice.level": marked("Shapes", "Level"),
    "voice.pan": marked("Shapes", "Pan"),
    "voice.velocity": marked("Shapes", "Veloc."),
    "voice.transpose": marked("Shapes", "Transp."),
    "voice.tune": marked("Shapes", "Tune"),
    "voice.bend_range": marked("Shapes", "Bend"),
}
BELOW = {
    "voice.polyphony": marked("Shapes", "Voices"),
    "voice.unison": marked("Shapes", "Unison"),
    "voice.detune": marked("Shapes", "Detune"),
    "voice.spread": marked("Shapes", "Spread"),
    "voice.glide": marked("Shapes", "Glide"),
}


class VoiceGroup(Group):
    """All parameters of the table's group `voice`."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        mode = self.add_choice("voice.mode", (self.tr("Poly"), self.tr("Mono"), self.tr("Legato")))
        self.add_head(GroupTitle(self.tr("Voice"), services.theme), mode)
        self.column.addStretch(1)
        self.add_knobs(_spoken(ABOVE))
        self.column.addStretch(1)
        self.add_knobs(_spoken(BELOW))
        self.column.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        glide = (self.tr("Glide always"), self.tr("Glide legato"))
        row.addWidget(self.add_choice("voice.glide_mode", glide, is_list=True), 1)
        phase = (self.tr("Phase random"), self.tr("Phase reset"))
        row.addWidget(self.add_choice("voice.phase", phase, is_list=True), 1)
        self.column.addLayout(row)

    def show_sound(self, change: Change | None) -> None:
        """What has no effect just now is grey."""
        super().show_sound(change)
        sound = self.services.document.sound
        self.knobs["voice.polyphony"].knob.setEnabled(sound.number("voice.mode") == 0)
        self.knobs["voice.detune"].knob.setEnabled(sound.number("voice.unison") > 1)


def _spoken(labels: Mapping[str, str]) -> dict[str, str]:
    return {each: translate("Shapes", label) for each, label in labels.items()}

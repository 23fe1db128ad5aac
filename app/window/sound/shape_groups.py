"""Envelopes and LFOs with all their controls: the drawn shape, and a small knob for each number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.window.services import Services
from app.window.session.document import Change
from app.window.sound.choice import Choice
from app.window.sound.envelope_view import EnvelopeView
from app.window.sound.group_title import GroupTitle
from app.window.sound.labelled_knob import LabelledKnob
from app.window.sound.lfo_view import LfoView
from app.window.words import marked, translate

__all__ = ["SMALL", "EnvelopeGroup", "Group", "LfoGroup", "ShowsSound"]

SMALL = 42
"""Side of a small knob, px."""
GAP = 4
ENVELOPE = ("attack", "decay", "sustain", "release")
LFO = {
    "rate": marked("Shapes", "Rate"),
    "phase": marked("Shapes", "Phase"),
    "depth": marked("Shapes", "Depth"),
    "fade": marked("Shapes", "Fade"),
}
SYNC = (
    marked("Shapes", "Free"),
    marked("Shapes", "4 bars"),
    marked("Shapes", "2 bars"),
    marked("Shapes", "1 bar"),
    *("1/2", "1/4", "1/4 t", "1/8", "1/8 t", "1/16", "1/16 t", "1/32"),
)
SHAPE = (
    marked("Shapes", "Sine"),
    marked("Shapes", "Triangle"),
    marked("Shapes", "Saw"),
    marked("Shapes", "Square"),
    marked("Shapes", "Random"),
)


class ShowsSound(Protocol):
    """What is told of the sound."""

    def show_sound(self, change: Change | None) -> None:
        """What changed; None: all of it."""


class Group(QWidget):
    """A title, and controls that are told of the sound."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.services = services
        self.knobs: dict[str, LabelledKnob] = {}
        self.shown: list[ShowsSound] = []
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(GAP)

    def show_sound(self, change: Change | None) -> None:
        """What changed; None: all of it."""
        for each in self.shown:
            each.show_sound(change)

    def show_live(self, sources: Mapping[str, float] | None) -> None:
        """Where modulated knobs are now; None: nothing sounds."""
        for knob in self.knobs.values():
            if knob.target is not None:
                knob.show_live(sources)

    def add_head(self, *parts: QWidget) -> None:
        """A row of widgets at the top; the first takes the room."""
        row = QHBoxLayout()
        row.setSpacing(GAP)
        for number, part in enumerate(parts):
            row.addWidget(part, 0 if number else 1)
        self.column.addLayout(row)

    def add_choice(self, id: str, words: Sequence[str] = (), *, is_list: bool = False) -> Choice:
        """A choice that is told of the sound; the caller places it."""
        choice = Choice(self.services, id, words=words, is_list=is_list)
        self.shown.append(choice)
        return choice

    def add_knobs(self, labels: Mapping[str, str]) -> None:
        """A row of small knobs: id -> label, empty: the table's."""
        row = QHBoxLayout()
        row.setSpacing(0)
        for each, label in labels.items():
            knob = LabelledKnob(self.services, each, side=SMALL, label=label)
            self.knobs[each] = knob
            self.shown.append(knob)
            row.addWidget(knob, 1)
        self.column.addLayout(row)


class EnvelopeGroup(Group):
    """`amp` or `env2`."""

    def __init__(self, services: Services, group: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self.add_head(GroupTitle(title, services.theme, group))
        self.view = EnvelopeView(services, group)
        self.shown.append(self.view)
        self.column.addWidget(self.view, 1)
        self.add_knobs({f"{group}.{name}": "" for name in ENVELOPE})


class LfoGroup(Group):
    """`lfo1` or `lfo2`."""

    def __init__(self, services: Services, group: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self.add_head(
            GroupTitle(title, services.theme, group),
            self.add_choice(f"{group}.scope", (self.tr("Voice"), self.tr("Global"))),
        )
        self.view = LfoView(services, group)
        self.shown.append(self.view)
        self.column.addWidget(self.view, 1)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(self.add_choice(f"{group}.shape", [translate("Shapes", word) for word in SHAPE]), 1)
        row.addWidget(self.add_choice(f"{group}.sync", [translate("Shapes", word) for word in SYNC]), 1)
        self.column.addLayout(row)
        self.add_knobs({f"{group}.{name}": translate("Shapes", label) for name, label in LFO.items()})

    def show_sound(self, change: Change | None) -> None:
        """A rate that is synced has no say."""
        super().show_sound(change)
        is_free = self.services.document.sound.number(f"{self.view.group}.sync") == 0
        self.knobs[f"{self.view.group}.rate"].knob.setEnabled(is_free)

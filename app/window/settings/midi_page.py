"""MIDI: which ports are listened to, whether anything comes, and which controllers were tied to what."""

from __future__ import annotations

from typing import Any, Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QListWidget, QListWidgetItem, QPushButton, QWidget

from accel.errors import SystoleError
from app.window.clock import Frame
from app.window.services import Services
from app.window.settings.page import Page, label, side_by_side
from engine.library import user_folder
from engine.live.protocol import Forget, Learned, MidiPorts
from engine.live.settings import load_settings
from engine.midi.bindings import Control, load_bindings

__all__ = ["MidiPage"]

ASK_SECONDS = 20.0
LIT_FRAMES = 3
"""Frames, at ten a second, for which a message is seen to have come."""


class MidiPage(Page):
    """See the module."""

    NAME, TITLE = "midi", "MIDI"

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self._messages, self._lit, self._is_asked = 0, 0, False
        self._ports: list[tuple[str, bool]] = []
        self.all = QCheckBox("All, also those that are plugged in later")
        self.virtual = QCheckBox("Offer a port that other programs can play to")
        self.ports, self.tied = QListWidget(), QListWidget()
        self.again, self.forget = QPushButton("Look again"), QPushButton("Forget")
        self.activity = label("–", "", self)
        self.activity.setWordWrap(False)
        self.row("Listen to", self.all, "Every MIDI input of this machine")
        self.ports.setFixedHeight(86)
        self.row("Ports", self.ports, "Those that are there; a tick: it is listened to")
        self.row("Own port", self.virtual, "Where the system knows such a thing")
        self.row("Activity", side_by_side(self.activity, self.again), "Messages that came, from all ports")
        self.tied.setFixedHeight(86)
        self.row("Learned", self.tied, "Controllers that were tied to a knob by its menu, MIDI learn")
        self.row("", side_by_side(self.forget), "Untie the controller that is chosen")
        self.finish()
        self.all.clicked.connect(self._changed)
        self.virtual.clicked.connect(self._changed)
        self.ports.itemChanged.connect(lambda _: self._changed())
        self.again.clicked.connect(self.ask)
        self.forget.clicked.connect(self._forget)
        self.tied.itemSelectionChanged.connect(self._can_forget)
        services.link.learned.connect(self._learned)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask which ports there are, the first time."""
        super().showEvent(event)
        self.show_tied()
        if not self._is_asked:
            self._is_asked = True
            self.ask()

    def ask(self) -> None:
        """Ask for the ports that are wanted already: the answer lists all."""
        kept, _ = load_settings()
        self._ask(MidiPorts(names=kept.ports, virtual=kept.virtual), "Looking for ports …")

    def _ask(self, request: MidiPorts, text: str) -> None:
        self.say(text)
        self._enable(False)
        self.services.link.ask(request, self._listed, self.refused, timeout=ASK_SECONDS)

    def _enable(self, is_on: bool) -> None:
        for each in (self.all, self.virtual, self.again):
            each.setEnabled(is_on)
        self.ports.setEnabled(is_on and not self.all.isChecked())

    def _listed(self, result: Any) -> None:
        self._ports = [(str(name), bool(is_open)) for name, is_open in result or []]
        count = sum(is_open for _, is_open in self._ports)
        ports = "port" if count == 1 else "ports"
        self.say(f"Listening to {count} {ports}" if self._ports else "There is no MIDI port besides our own")
        self.show_truth()

    def _changed(self) -> None:
        items = [self.ports.item(row) for row in range(self.ports.count())]
        chosen = [each.text() for each in items if each.checkState() == Qt.CheckState.Checked]
        names: list[str] | Literal["all"] = "all" if self.all.isChecked() else chosen
        self._ask(MidiPorts(names=names, virtual=self.virtual.isChecked()), "Opening …")

    def show_truth(self) -> None:
        """Show which are open."""
        kept, _ = load_settings()
        self.all.setChecked(kept.ports == "all")
        self.virtual.setChecked(kept.virtual)
        self.ports.blockSignals(True)
        self.ports.clear()
        for name, is_open in self._ports:
            item = QListWidgetItem(name, self.ports)
            item.setCheckState(Qt.CheckState.Checked if is_open else Qt.CheckState.Unchecked)
        self.ports.blockSignals(False)
        self._enable(True)

    # Learned controllers.

    def _learned(self, notice: Learned) -> None:
        self.show_tied()
        self.say(f"{notice.controller} turns {self._label(notice.target)}")

    def show_tied(self) -> None:
        """Read what is tied from the file in which the engine keeps it."""
        ties: dict[Control, str] = {}
        try:
            ties = load_bindings(user_folder() / "midi.toml")[0].ties
        except SystoleError as error:
            self.say(str(error), "error")
        self.tied.clear()
        for control, target in ties.items():
            item = QListWidgetItem(f"{control.text}  →  {self._label(target)}", self.tied)
            item.setData(Qt.ItemDataRole.UserRole, target)
        self._can_forget()

    def _label(self, target: str) -> str:
        try:
            return self.services.document.sound.parameter(target).label
        except SystoleError:  # a knob of another model
            return target

    def _can_forget(self) -> None:
        self.forget.setEnabled(self.tied.currentItem() is not None and bool(self.tied.selectedItems()))

    def _forget(self) -> None:
        item = self.tied.currentItem()
        if item is not None:
            target = str(item.data(Qt.ItemDataRole.UserRole))
            done = f"{self._label(target)} is free again"
            self.services.link.ask(Forget(target=target), lambda _: self._forgotten(done), self.refused)

    def _forgotten(self, text: str) -> None:
        self.show_tied()
        self.say(text)

    def show_frame(self, frame: Frame) -> None:
        """Whether anything comes."""
        count, ports = int(frame.snapshot.counters["midi_messages"]), int(frame.snapshot.meters["midi_count"])
        self._lit = LIT_FRAMES if count > self._messages else max(0, self._lit - 1)
        self._messages = count
        text = f"{'●' if self._lit else '○'} {count} messages, {ports} port{'s' if ports != 1 else ''} open"
        if text != self.activity.text():
            self.activity.setText(text)

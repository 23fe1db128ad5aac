"""MIDI: which ports are listened to, whether anything comes, and which controllers were tied to what.

Ports come and go, so while the page can be seen the engine is asked for them every two seconds; looking opens nothing.
"""

from __future__ import annotations

from typing import Any, Literal

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QListWidget, QListWidgetItem, QPushButton, QWidget

from accel.errors import SystoleError
from app.window.clock import Frame
from app.window.services import Services
from app.window.settings.page import Page, label, side_by_side
from app.window.settings.port_facts import PortFacts, ports_of
from app.window.words import marked
from engine.library import user_folder
from engine.live.protocol import Forget, Learned, ListPorts, MidiPorts
from engine.midi.bindings import Control, load_bindings
from engine.midi.port_names import ALL, is_wanted

__all__ = ["MidiPage"]

ASK_SECONDS = 20.0
LOOK_MS = 2000
LIT_FRAMES = 3
"""Frames, at ten a second, for which a message is seen to have come."""


class MidiPage(Page):
    """See the module."""

    NAME, TITLE = "midi", marked("Settings", "MIDI")

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self._messages, self._lit, self._is_busy, self._is_changing = 0, 0, False, False
        self._facts: PortFacts | None = None
        self._turn = 0  # counts the choices that were carried out
        self.all = QCheckBox(self.tr("All, also those that are plugged in later"))
        self.virtual = QCheckBox(self.tr("Offer a port that other programs can play to"))
        self.ports, self.tied = QListWidget(), QListWidget()
        self.forget = QPushButton(self.tr("Forget"))
        self.activity = label("–", "", self)
        self.activity.setWordWrap(False)
        self.row(self.tr("Listen to"), self.all, self.tr("Every MIDI input of this machine"))
        self.ports.setFixedHeight(86)
        self.row(
            self.tr("Ports"),
            self.ports,
            self.tr("Those that are there, by the system that has them; a tick: it is listened to"),
        )
        self.row(self.tr("Own port"), self.virtual, self.tr("Where the system knows such a thing"))
        self.row(self.tr("Activity"), side_by_side(self.activity), self.tr("Messages that came, from all ports"))
        self.tied.setFixedHeight(86)
        self.row(self.tr("Learned"), self.tied, self.tr("Controllers that were tied to a knob by its menu, MIDI learn"))
        self.row("", side_by_side(self.forget), self.tr("Untie the controller that is chosen"))
        self.finish()
        self.all.clicked.connect(self._changed)
        self.virtual.clicked.connect(self._changed)
        self.ports.itemChanged.connect(lambda _: self._changed())
        self.forget.clicked.connect(self._forget)
        self.tied.itemSelectionChanged.connect(self._can_forget)
        services.link.learned.connect(self._learned)
        services.link.ready.connect(self.look)
        self._watch = QTimer(self)
        self._watch.setInterval(LOOK_MS)
        self._watch.timeout.connect(self.look)
        self._enable()

    def showEvent(self, event: QShowEvent) -> None:
        """Look for ports for as long as they can be seen."""
        super().showEvent(event)
        self.show_tied()
        self.look()
        self._watch.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._watch.stop()

    def look(self) -> None:
        """Ask which ports there are, unless that is being asked or changed."""
        if self.isVisible() and not self._is_busy:
            self._is_busy = True
            turn = self._turn
            self.services.link.ask(
                ListPorts(), lambda result: self._listed(result, turn), self._not_listed, timeout=ASK_SECONDS
            )

    def _listed(self, result: Any, turn: int) -> None:
        self._is_busy = False
        if turn != self._turn:  # of before the last choice
            self.look()
            return
        facts = None if result is None else ports_of(result)
        if facts != self._facts:
            self._facts = facts
            if facts is not None:
                self.say(facts.sentence)
            self.show_truth()

    def _not_listed(self, line: str) -> None:
        """Such as while the engine starts: once is enough, and then it is looked again."""
        self._is_busy, self._facts = False, None
        self.refused(line)

    def _enable(self) -> None:
        """What can be chosen: nothing while it is unknown what there is, nor while a choice is being carried out."""
        is_on = self._facts is not None and not self._is_changing
        for each in (self.all, self.virtual):
            each.setEnabled(is_on)
        self.ports.setEnabled(is_on and not self.all.isChecked())

    def _changed(self) -> None:
        items = [self.ports.item(row) for row in range(self.ports.count())]
        there = [str(each.data(Qt.ItemDataRole.UserRole)) for each in items]
        chosen = [name for name, each in zip(there, items, strict=True) if each.checkState() == Qt.CheckState.Checked]
        away = (
            []
            if self._facts is None or self._facts.names == ALL
            else [name for name in self._facts.names if not any(is_wanted(each, [name]) for each in there)]
        )  # unplugged now, and still wished for
        names: list[str] | Literal["all"] = ALL if self.all.isChecked() else list(dict.fromkeys([*chosen, *away]))
        self.say(self.tr("Opening …"))
        self._is_changing = True
        self._enable()
        request = MidiPorts(names=names, virtual=self.virtual.isChecked())
        self.services.link.ask(request, self._opened, self._not_opened, timeout=ASK_SECONDS)

    def _opened(self, _: Any) -> None:
        """It is done; now what came of it."""
        self._is_changing, self._facts = False, None
        self._turn += 1
        self.look()

    def _not_opened(self, line: str) -> None:
        self._is_changing = False
        self.refused(line)

    def show_truth(self) -> None:
        """Show what the engine listens to."""
        facts = self._facts
        self.ports.blockSignals(True)
        self.ports.clear()
        if facts is not None:
            self.all.setChecked(facts.names == ALL)
            self.virtual.setChecked(facts.virtual)
            for port in facts.ports:
                item = QListWidgetItem(port.title, self.ports)
                item.setData(Qt.ItemDataRole.UserRole, port.name)
                item.setCheckState(Qt.CheckState.Checked if port.is_open else Qt.CheckState.Unchecked)
        self.ports.blockSignals(False)
        self._enable()

    # Learned controllers.

    def _learned(self, notice: Learned) -> None:
        self.show_tied()
        self.say(self.tr("{0} turns {1}").format(notice.controller, self._label(notice.target)))

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
            done = self.tr("{0} is free again").format(self._label(target))
            self.services.link.ask(Forget(target=target), lambda _: self._forgotten(done), self.refused)

    def _forgotten(self, text: str) -> None:
        self.show_tied()
        self.say(text)

    def show_frame(self, frame: Frame) -> None:
        """Whether anything comes."""
        count, ports = int(frame.snapshot.counters["midi_messages"]), int(frame.snapshot.meters["midi_count"])
        self._lit = LIT_FRAMES if count > self._messages else max(0, self._lit - 1)
        self._messages = count
        many, one = self.tr("{0} messages, {1} ports open"), self.tr("{0} messages, 1 port open")
        text = f"{'●' if self._lit else '○'} {(one if ports == 1 else many).format(count, ports)}"
        if text != self.activity.text():
            self.activity.setText(text)

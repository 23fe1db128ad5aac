"""Control voltages: what each input of a DC-coupled interface means, what it gives, and its calibration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QGridLayout, QLabel, QPushButton, QWidget

from app.window.clock import Frame
from app.window.services import Services
from app.window.session.document import Change
from app.window.settings.cv_input import cv_input_of
from app.window.settings.page import Page, label, side_by_side
from app.window.settings.swing import Swing
from app.window.words import marked, translate
from engine.live.protocol import CalibrateCv, CvChannel, ListCv, SetCv

__all__ = ["CvPage", "led_by"]

INPUTS = 8
ASK_SECONDS = 40.0
ROLES = (
    (marked("Settings", "not used"), ""),
    (marked("Settings", "pitch, 1 V/oct"), "pitch"),
    (marked("Settings", "gate"), "gate"),
    (marked("Settings", "level"), "level"),
)


def led_by(channels: Iterable[CvChannel]) -> frozenset[str]:
    """Knobs that inputs lead, as `Sync.led` wants them."""
    roles = [channel.role.partition(":") for channel in channels]
    return frozenset(f"knobs.{name}" for role, _, name in roles if role == "knob")


class CvPage(Page):
    """See the module."""

    NAME, TITLE = "cv", marked("Settings", "Control voltages")

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self._channels: list[CvChannel] = []
        self._known: dict[int, str] = {}  # of an input that is listened to: how it is calibrated, in words
        self._turn = 0  # counts what was asked to change: answers of before it are not shown
        self.roles: list[QComboBox] = []
        self.known: list[QLabel] = []
        self.meters: list[Swing] = []
        words = self.tr(
            "Inputs of a DC-coupled interface can play and turn knobs; full scale is 10 V until it is calibrated."
        )
        self.form.addRow(label(words, "muted", self))
        self.add(self._table())
        self.input, self.volts, self.measure = QComboBox(), QDoubleSpinBox(), QPushButton(self.tr("Measure"))
        for number in range(INPUTS):
            self.input.addItem(self.tr("Input {0}").format(number + 1), number)
        self.volts.setRange(-10.0, 10.0)
        self.volts.setDecimals(3)
        self.volts.setSuffix(" V")
        self.volts.setFixedSize(96, 26)
        self.input.setAccessibleName(self.tr("Input to calibrate"))
        self.volts.setAccessibleName(self.tr("Voltage that is applied"))
        caption = label(self.tr("Calibrate"), "muted", self)
        caption.setWordWrap(False)
        self.add(side_by_side(caption, self.input, self.volts, self.measure))
        tip = self.tr(
            "Apply a known voltage, say which, and measure; then another: the line through both is that input's"
        )
        for each in (self.input, self.volts, self.measure):
            each.setStatusTip(tip)
            each.setToolTip(tip)
        self.measure.clicked.connect(self._measure)
        self.finish()
        services.document.subscribe(self._sound_changed)
        services.link.ready.connect(self.ask)
        self._fill()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask what is listened to: by the command line's wish, for instance."""
        super().showEvent(event)
        self.ask()

    def ask(self) -> None:
        """Ask which inputs the engine listens to, and how they are calibrated."""
        if self.isVisible():
            turn = self._turn
            self.services.link.ask(
                ListCv(), lambda result: self._listed(result, turn), self.refused, timeout=ASK_SECONDS
            )

    def _listed(self, result: Any, turn: int) -> None:
        if result is None or turn != self._turn:
            return
        channels = [cv_input_of(each) for each in result["channels"]]
        self._channels = [CvChannel(each.channel, each.role) for each in channels]
        self._known = {each.channel: each.text(int(result["inputs"])) for each in channels}
        self.services.sync.led = led_by(self._channels)
        self._fill()

    def _table(self) -> QWidget:
        whole = QWidget(self)
        grid = QGridLayout(whole)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(5)
        for number in range(INPUTS):
            role, meter = QComboBox(), Swing(self.tr("What input {0} gives").format(number + 1), self.services.theme)
            role.setAccessibleName(self.tr("Meaning of input {0}").format(number + 1))
            role.setStatusTip(self.tr("What this input does"))
            role.activated.connect(lambda _: self._changed())
            name = label(self.tr("Input {0}").format(number + 1), "muted", self)
            name.setWordWrap(False)
            grid.addWidget(name, number, 0)
            grid.addWidget(role, number, 1)
            known = label("", "muted", self)
            known.setWordWrap(False)
            grid.addWidget(meter, number, 2)
            grid.addWidget(known, number, 3)
            self.known.append(known)
            self.roles.append(role)
            self.meters.append(meter)
        grid.setColumnStretch(2, 1)
        return whole

    def _fill(self) -> None:
        """The roles that there are with this model, and which of them are used."""
        sound, one = self.services.document.sound, self.tr("knob: {0}")
        knobs = [(one.format(sound.parameter(knob.id).label), f"knob:{knob.name}") for knob in sound.knobs]
        roles = [*((translate("Settings", text), role) for text, role in ROLES), *knobs]
        used = {each.channel: each.role for each in self._channels}
        for number, box in enumerate(self.roles):
            box.clear()
            for text, role in roles:
                box.addItem(text, role)
            role = used.get(number, "")
            if box.findData(role) < 0:
                box.addItem(self.tr("{0} (not of this model)").format(role), role)
            box.setCurrentIndex(box.findData(role))
            self.known[number].setText(self._known.get(number, ""))

    def _sound_changed(self, change: Change) -> None:
        if change.is_other_model:
            self._fill()

    def _changed(self) -> None:
        chosen = [CvChannel(number, str(box.currentData())) for number, box in enumerate(self.roles)]
        channels = [each for each in chosen if each.role]
        self.say(self.tr("Opening the inputs …"))
        self._turn += 1
        request = SetCv(channels=channels)
        self.services.link.ask(request, lambda _: self._taken(channels), self.refused, timeout=ASK_SECONDS)

    def _taken(self, channels: list[CvChannel]) -> None:
        self._channels = channels
        self.services.sync.led = led_by(channels)
        self.ask()
        count = len(channels)
        text = self.tr("Listening to 1 input") if count == 1 else self.tr("Listening to {0} inputs").format(count)
        self.say(text if count else self.tr("Listening to no input"))

    def _measure(self) -> None:
        self.say(self.tr("Measuring …"))
        request = CalibrateCv(channel=int(self.input.currentData()), volts=self.volts.value())
        self.services.link.ask(request, self._measured, self.refused)

    def _measured(self, result: Any) -> None:
        self.ask()
        given = float(result["given"])
        if result.get("offset") is None:
            text = self.tr("The input gives {0}. Now apply another voltage, and measure again")
            self.say(text.format(f"{given:.4f}"))
        else:
            scale, offset = float(result["volts_per_unit"]), float(result["offset"])
            text = self.tr("Calibrated and remembered: {0} V per unit, {1} V")
            self.say(text.format(f"{scale:.4f}", f"{offset:+.4f}"))

    def show_truth(self) -> None:
        """The roles that the engine took."""
        self._fill()

    def show_frame(self, frame: Frame) -> None:
        """What the inputs give."""
        for number, meter in enumerate(self.meters):
            meter.show_value(float(frame.snapshot.meters[f"cv{number}"]))

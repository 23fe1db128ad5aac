"""Where the sound goes: device, rate, block, mode, a test tone, what it costs. The engine does it all; this asks."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QWidget

from app.window.clock import Frame
from app.window.playing.levels import LOST, NATIVE, lost_text
from app.window.playing.stream_watch import StreamWatch
from app.window.services import Services
from app.window.settings.device_choice import BLOCKS, MODES, DeviceFacts, Wish, devices_of, request_of
from app.window.settings.engine_row import RESTART_TIP, EngineRow
from app.window.settings.page import Page, label, side_by_side
from app.window.words import marked, translate
from engine.live.layout import State
from engine.live.protocol import CloseStream, ListDevices, OpenStream, TestTone

__all__ = ["AudioPage"]

OPEN_SECONDS, LIST_SECONDS = 40.0, 30.0


class AudioPage(Page):
    """See the module."""

    NAME, TITLE = "audio", marked("Settings", "Sound")

    def __init__(self, services: Services, stream: StreamWatch, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self._stream = stream
        self._devices: list[DeviceFacts] = []
        self._mode, self._is_listed = 0, False
        self.device, self.rate, self.block, self.mode = QComboBox(), QComboBox(), QComboBox(), QComboBox()
        self.again, self.tone = QPushButton(self.tr("Look again")), QPushButton(self.tr("Test tone"))
        self.engine = EngineRow(services.link, self.say, self.refused)
        for text, *_ in MODES:
            self.mode.addItem(translate("Settings", text))
        self.device.setMinimumWidth(300)
        self.device.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.row(self.tr("Device"), self.device, self.tr("What plays the sound. It is opened at once, and remembered"))
        self.row(
            self.tr("Sample rate"),
            self.rate,
            self.tr("48 000 Hz is what the instrument computes: no conversion is needed there"),
        )
        self.row(
            self.tr("Block"),
            self.block,
            self.tr("Samples that are computed at a time: fewer answer quicker, more are safer"),
        )
        self.row(
            self.tr("Mode"), self.mode, self.tr("Safe mode computes ahead: for machines that do not let us be on time")
        )
        self.row(
            "", side_by_side(self.tone, self.again), self.tr("A note of one second; devices that were plugged in since")
        )
        self.row(self.tr("Engine"), self.engine, translate("Settings", RESTART_TIP))
        self.latency, self.load, self.lost, self.late = (label("–", "", self) for _ in range(4))
        self._readings()
        self.finish()
        for box in (self.device, self.rate, self.block, self.mode):
            box.activated.connect(lambda _, box=box: self._chosen(box))
        self.again.clicked.connect(self.look)
        self.tone.clicked.connect(self._play_tone)
        stream.changed.connect(self.show_truth)
        services.link.ready.connect(self._greeted)
        self.show_truth()

    def _readings(self) -> None:
        for text, value, tip in (
            (self.tr("Latency"), self.latency, self.tr("From a key to the loudspeaker, as far as the device tells")),
            (self.tr("Load"), self.load, self.tr("Of the time that a block may take: now, and the worst of late")),
            (self.tr("Lost"), self.lost, self.tr("Sound that could not be computed in time and was silence")),
            (
                self.tr("Late blocks"),
                self.late,
                self.tr("Blocks that took too long themselves, and those that the system held up"),
            ),
        ):
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setWordWrap(False)
            self.row(text, value, tip)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask once what there is."""
        super().showEvent(event)
        if not self._is_listed:
            self._is_listed = True
            self.look()

    def look(self) -> None:
        """Ask the engine what there is to play to."""
        self._busy(self.tr("Looking for devices …"))
        self.services.link.ask(ListDevices(), self._listed, self.refused, timeout=LIST_SECONDS)

    def _listed(self, result: Any) -> None:
        self._devices = devices_of(result or [])
        count = len(self._devices)
        found = self.tr("1 device found") if count == 1 else self.tr("{0} devices found").format(count)
        self.say(found if count else self.tr("There is no sound device"))
        self.show_truth()

    def _greeted(self) -> None:
        """Another engine may find other devices: a sound server that was started since, for instance."""
        self._is_listed = self.isVisible()
        if self._is_listed:
            self.look()

    # What is chosen.

    def _chosen(self, box: QComboBox) -> None:
        index = self.device.currentIndex()
        if index == 0:
            self._busy(self.tr("Closing …"))
            self.services.link.ask(CloseStream(), self._opened, self.refused, timeout=OPEN_SECONDS)
            return
        if not 0 < index <= len(self._devices):
            return
        self._mode = self.mode.currentIndex()
        is_other = box is self.device
        rate = 0 if is_other else int(self.rate.currentData() or 0)
        block = 0 if is_other else int(self.block.currentData() or 0)
        self._open(request_of(Wish(self._devices[index - 1], rate, block, self._mode)))

    def _open(self, request: OpenStream) -> None:
        self._busy(self.tr("Opening …"))
        self.services.link.ask(request, self._opened, self.refused, timeout=OPEN_SECONDS)

    def _opened(self, result: Any) -> None:
        line = result.get("line", "") if isinstance(result, dict) else ""
        self.say(f"{line[:1].upper()}{line[1:]}" if line else self.tr("Done"))
        self.show_truth()

    def _play_tone(self) -> None:
        self.say(self.tr("A note of one second …"))
        self.services.link.ask(TestTone(), lambda _: self.say(self._stream.sentence), self.refused)

    def _busy(self, text: str) -> None:
        self.say(text)
        for each in (self.device, self.rate, self.block, self.mode, self.again):
            each.setEnabled(False)

    # What is.

    def show_truth(self) -> None:
        """Show what is open, whatever was asked for."""
        for each in (self.device, self.rate, self.block, self.mode, self.again):
            each.setEnabled(True)
        device = self._show_devices()
        last = self._stream.last
        is_open = device is not None and last is not None
        self._fill(
            self.rate,
            [(f"{rate:,} Hz".replace(",", " "), rate) for rate in (device.rates if device else ())] or [("–", 0)],
        )
        blocks = dict.fromkeys((*BLOCKS, last.block if last is not None else 0))
        own, samples = self.tr("As the device likes"), self.tr("{0} samples")
        texts = {size: samples.format(size) if size else own for size in sorted(blocks)}
        self._fill(self.block, [(text, size) for size, text in texts.items()])
        if is_open and last is not None:
            self.rate.setCurrentIndex(self.rate.findData(last.rate))
            self.block.setCurrentIndex(self.block.findData(last.block))
            self.mode.setCurrentIndex(self._mode)
        for box in (self.rate, self.block, self.mode):
            box.setEnabled(is_open)

    def _show_devices(self) -> DeviceFacts | None:
        """Fill the list; the device that is open."""
        last = self._stream.last
        now = last.device if last is not None else None
        if now is not None and now not in [each.key for each in self._devices]:
            rates = (last.rate,) if last is not None else ()
            self._devices = [*self._devices, DeviceFacts(now.host, now.name, rates, False)]
        self._fill(
            self.device,
            [(self.tr("No device: play in silence"), -1), *((each.title, at) for at, each in enumerate(self._devices))],
        )
        found = next((at for at, each in enumerate(self._devices) if each.key == now), -1)
        self.device.setCurrentIndex(found + 1)
        return self._devices[found] if found >= 0 else None

    def _show_mode(self, blocks_ahead: int) -> None:
        """What the clock tells, unless another choice is on its way."""
        if blocks_ahead != self._mode and self.mode.isEnabled():
            self._mode = blocks_ahead
            self.mode.setCurrentIndex(blocks_ahead)

    @staticmethod
    def _fill(box: QComboBox, items: list[tuple[str, int]]) -> None:
        box.clear()
        for text, value in items:
            box.addItem(text, value)

    def show_frame(self, frame: Frame) -> None:
        """Readings."""
        snapshot, clock = frame.snapshot, frame.snapshot.clock
        meters, counters = snapshot.meters, snapshot.counters
        self.engine.show_state(snapshot.state, snapshot.restarts)
        rate, is_playing = clock["rate"] or NATIVE, snapshot.state == State.PLAYING
        block, out = 1000 * clock["block"] / rate, 1000 * clock["latency"] / rate
        latency = self.tr("{0} ms: block {1}, device {2}").format(f"{block + out:.1f}", f"{block:.1f}", f"{out:.1f}")
        _set(self.latency, latency if is_playing else "–")
        if is_playing and clock["block"]:
            self._show_mode(min(round((clock["delay"] - clock["block"]) / clock["block"]), len(MODES) - 1))
        now, worst = f"{100 * meters['load']:.0f}", f"{100 * meters['load_worst']:.0f}"
        load = self.tr("{0} %, at worst {1} %").format(now, worst)
        _set(self.load, load if is_playing else "–")
        count = sum(int(counters[name]) for name in LOST)
        _set(
            self.lost,
            self.tr("{0} ({1} samples)").format(lost_text(count, rate), count) if count else self.tr("nothing"),
        )
        own = int(counters["overruns_own"])
        held_up = int(counters["overruns_preempted"]) + int(counters["late_starts"])
        _set(self.late, self.tr("{0} by us, {1} by the system").format(own, held_up))


def _set(label: QLabel, text: str) -> None:
    """Only if it is another: a label that is set is laid out anew."""
    if label.text() != text:
        label.setText(text)

"""Envelopes, LFOs and voice, side by side below the pages' upper row."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.window.clock import Frame
from app.window.panel import Panel
from app.window.services import Services
from app.window.session.document import Change
from app.window.sound.arming import Arming
from app.window.sound.envelope_view import EnvelopeView, Voice
from app.window.sound.published import live_sources
from app.window.sound.shape_groups import EnvelopeGroup, Group, LfoGroup
from app.window.sound.voice_group import VoiceGroup

__all__ = ["ShapesPanel"]

GAP = 12
TEMPO = 120.0


class ShapesPanel(Panel):
    """Thirty a second are enough for its dots."""

    EVERY: ClassVar[int] = 2

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self._arming, self._time, self._is_still = Arming.of(services), 0.0, False
        self.amp = EnvelopeGroup(services, "amp", self.tr("Amp envelope"))
        self.env2 = EnvelopeGroup(services, "env2", self.tr("Envelope 2"))
        self.lfos = {name: LfoGroup(services, name, f"LFO {name[-1]}") for name in ("lfo1", "lfo2")}
        self.voice = VoiceGroup(services)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(GAP)
        self.groups: tuple[Group, ...] = (self.amp, self.env2, *self.lfos.values(), self.voice)
        for group in self.groups:
            row.addWidget(group, 7 if group is self.voice else 5)

    def show_sound(self, change: Change | None) -> None:
        """Pass it on."""
        for group in self.groups:
            group.show_sound(change)

    def show_frame(self, frame: Frame) -> None:
        """Dots upon the curves, rings on what is modulated."""
        passed, self._time = frame.time - self._time, frame.time
        if self._is_still and not frame.is_sounding:
            return
        self._is_still = not frame.is_sounding
        sources = live_sources(frame)
        for group in (*self.lfos.values(), self.voice):
            group.show_live(sources)
        tempo = float(frame.snapshot.meters["tempo"]) or TEMPO
        for name, lfo in self.lfos.items():
            value = None if sources is None else sources[name]
            lfo.view.show_value(value, self._depth(name, sources or {}), tempo, passed)
        self._show_voices(frame)

    def _depth(self, name: str, sources: dict[str, float]) -> float:
        """Of an LFO, with what modulates it."""
        knob = self.lfos[name].knobs[f"{name}.depth"]
        return knob.travel_at(sources)

    def _show_voices(self, frame: Frame) -> None:
        voices = frame.snapshot.sound["voices"]
        running = [
            (number, stage, env, env2)
            for number, (stage, _, env, env2) in enumerate(voices[voices["stage"] != 0].tolist())
        ]
        amp: list[Voice] = [(stage, env) for _, stage, env, _ in running]
        self.amp.view.show_voices(amp)
        view: EnvelopeView = self.env2.view
        view.show_voices([view.guessed(number, stage, env2) for number, stage, _, env2 in running])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape disarms."""
        if event.key() == Qt.Key.Key_Escape and self._arming.armed is not None:
            self._arming.arm(None)
        else:
            super().keyPressEvent(event)

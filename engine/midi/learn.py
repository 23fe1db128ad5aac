"""Controllers that a person has tied to parameters and knobs, with soft take-over.

A hardware knob rarely stands where the sound's knob stands. It therefore moves nothing until it has come to where the
sound's is, or past it; then it holds on until the sound is moved by something else. A tied controller loses its fixed
meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from accel.errors import SystoleError
from accel.formats import RATE
from engine.events import Kind
from engine.midi.bindings import CC, NRPN, RESERVED, Bindings, Control
from engine.midi.numbers import Entry, ParameterNumbers
from engine.midi.rows import Row
from engine.midi.targets import Targets
from engine.midi.wide import fourteen_bits

__all__ = ["Learn", "Learned"]

Learned = Callable[[str, str], None]
"""Called with a target and the control that was tied to it, as text."""

NEAR = 0.02
"""Share of a dial's travel within which a control catches it."""
LAG = RATE // 4
"""Samples after which the sound must be where the control has put it; else something else has moved it."""
_FULL = 127.0
_FRAMING = frozenset({6, 38, *range(96, 102)})
"""Controllers by which an NRPN comes: no mistake of the person that is learning."""


@dataclass(slots=True)
class _Grip:
    """How one control holds its target."""

    target: str
    serial: int
    last: float | None = None  # where the control stood, 0..1
    is_caught: bool = False
    sent: float = 0.0
    sent_time: int = 0


class Learn:
    """One port's controls.

    Args:
        bindings: of all ports.
        targets: where the sound stands.
        learned: told of each new tie.
        report: told a line for a person.
    """

    def __init__(self, bindings: Bindings, targets: Targets, learned: Learned, report: Callable[[str], None]) -> None:
        self._bindings, self._targets = bindings, targets
        self._learned, self._report = learned, report
        self._numbers = ParameterNumbers()
        self._fine: set[tuple[int, int]] = set()  # (channel, NRPN) of which a fine half has come
        self._grips: dict[Control, _Grip] = {}
        self._refused: tuple[str | None, int] = (None, -1)

    def feed(self, row: Row, is_member: bool = False) -> list[Row]:
        """The row, or what its controller is tied to.

        Args:
            row: any; controllers with their fine halves in.
            is_member: the channel belongs to a finger (MPE): it is not learnt, as its controllers move by themselves.
        """
        time, kind, channel, number, value = row
        entry = self._numbers.feed(row)
        if entry is not None and not entry.registered:
            moved = self._move(Control(NRPN, entry.number, channel), self._travel(channel, entry), time, is_member)
            return [row, *(moved or [])]
        if kind != Kind.CONTROL:
            return [row]
        if number in RESERVED:
            self._refuse(number, is_member)
            return [row]
        moved = self._move(Control(CC, number, channel), value / _FULL, time, is_member)
        return [row] if moved is None else moved

    def _travel(self, channel: int, entry: Entry) -> float:
        """What an NRPN's data entry is worth, 0..1."""
        key = channel, entry.number
        if entry.low is not None:
            self._fine.add(key)
        elif key not in self._fine:
            return entry.high / _FULL
        return fourteen_bits(entry.high, entry.low or 0.0) / _FULL

    def _refuse(self, number: int, is_member: bool) -> None:
        """Say once that a controller cannot be learnt, to somebody who seems to try."""
        wanted = self._bindings.wanted
        if wanted is not None and number not in _FRAMING and not is_member and self._refused != (wanted, number):
            self._refused = wanted, number
            self._report(f"CC {number} cannot be tied to {wanted}: it has a fixed meaning in MIDI")

    def _move(self, control: Control, value: float, time: int, is_member: bool) -> list[Row] | None:
        """What follows from a control at 0..1; None if it is not tied."""
        wanted = self._bindings.wanted
        if wanted is not None and not is_member:
            self._tie(control, wanted)
        target = self._bindings.target(*control)
        if target is None:
            self._grips.pop(control, None)
            return None
        grip = self._grips.get(control)
        if grip is None or grip.target != target:
            grip = self._grips[control] = _Grip(target, self._targets.serial)
        if not self._holds(grip, value, time):
            return []
        row = self._targets.row(time, target, value)
        if row is None:
            return []
        grip.sent, grip.sent_time = self._targets.reached(target, value), time
        return [row]

    def _tie(self, control: Control, wanted: str) -> None:
        self._bindings.wanted = None
        try:
            self._bindings.tie(control, wanted)
        except SystoleError as error:
            self._report(str(error))
        else:
            self._learned(wanted, control.text)

    def _holds(self, grip: _Grip, value: float, time: int) -> bool:
        """Whether the control moves its target now that it stands at `value`."""
        present, last = self._targets.travel(grip.target), grip.last
        grip.last = value
        if present is None:
            grip.is_caught = False
            return False
        if grip.serial != self._targets.serial:
            grip.serial, grip.is_caught = self._targets.serial, False
        elif grip.is_caught and time - grip.sent_time > LAG and abs(present - grip.sent) > NEAR:
            grip.is_caught = False
        if not grip.is_caught:
            has_crossed = last is not None and (last - present) * (value - present) <= 0.0
            is_there = abs(value - present) <= NEAR or self._targets.reached(grip.target, value) == present
            grip.is_caught = has_crossed or is_there
        return grip.is_caught

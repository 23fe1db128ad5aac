"""What a controller can be tied to: parameters of the table and knobs of the model that plays, as they stand now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from numpy.typing import NDArray

from accel.errors import SystoleError
from engine.events import Kind
from engine.midi.rows import Row
from engine.parameters import TABLE, Parameter, Value, knob_parameter, parameter
from engine.text import plain

__all__ = ["KNOBS", "Targets", "check_target"]

KNOBS = "knobs."
_INDEX = {entry.id: place for place, entry in enumerate(TABLE)}


class _Place(NamedTuple):
    kind: Kind
    number: int
    entry: Parameter


def check_target(target: str) -> str:
    """The target, if it may be one: a parameter's id or `knobs.ID`, whether or not the present model has that knob.

    Raises:
        SystoleError: neither; the line names what is allowed.
    """
    if not target.startswith(KNOBS):
        parameter(target)
    elif not target[len(KNOBS) :].strip() or not target.isprintable():
        raise SystoleError(f"{plain(target)}: names no knob; needed: {KNOBS}ID")
    return target


class Targets:
    """Reads the sound's state from the shared block, and writes events for it.

    Args:
        shared: the parts of the shared block by name (`layout.PARTS`); read are `sound`, `parameters`, `knobs`.
        knob_ids: gives the ids of the present model's knobs, in their order.
    """

    def __init__(self, shared: Mapping[str, NDArray[Any]], knob_ids: Callable[[], Sequence[str]]) -> None:
        self._shared, self._knob_ids = shared, knob_ids

    @property
    def serial(self) -> int:
        """Serial number of the patch that plays."""
        return int(self._shared["sound"]["patch"][0])

    def _place(self, target: str) -> _Place | None:
        if target in _INDEX:
            return _Place(Kind.PARAMETER, _INDEX[target], TABLE[_INDEX[target]])
        ids = list(self._knob_ids())
        name = target.removeprefix(KNOBS)
        if not target.startswith(KNOBS) or name not in ids:
            return None
        return _Place(Kind.KNOB, ids.index(name), knob_parameter(name, name, "", 0.0, 0))

    def travel(self, target: str) -> float | None:
        """Where a target stands on its dial, 0..1; None if the present model has no such knob."""
        place = self._place(target)
        if place is None:
            return None
        array = self._shared["parameters" if place.kind == Kind.PARAMETER else "knobs"]
        entry = place.entry
        return entry.travel(min(max(float(array[place.number]), entry.low), entry.high))

    def reached(self, target: str, travel: float) -> float:
        """The dial position that results from a wish 0..1: whole numbers and choices have few."""
        place = self._place(target)
        return travel if place is None else place.entry.travel(place.entry.at(travel))

    def row(self, time: int, target: str, travel: float) -> Row | None:
        """The event that puts a target at a dial position 0..1; None as in `travel`."""
        place = self._place(target)
        if place is None:
            return None
        # A dial's end computed by powers may lie an ulp outside the range that the engine's guard allows.
        value = min(max(place.entry.at(travel), place.entry.low), place.entry.high)
        return time, place.kind, 0, place.number, value

    def assign(self, time: int, target: str, value: Value) -> Row:
        """The event that gives a target a value as people write it (choices by name, knobs 0..1).

        Raises:
            SystoleError: no such target, or a value that is not allowed; the line says what is.
        """
        place = self._place(check_target(target))
        if place is None:
            ids = ", ".join(plain(each) for each in self._knob_ids()) or "none"
            raise SystoleError(f"{plain(target)}: the model has no such knob; it has: {ids}")
        return time, place.kind, 0, place.number, place.entry.encode(value)

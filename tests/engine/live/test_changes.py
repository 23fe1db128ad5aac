"""A part that got the events is where a part made from the new patch is, whatever was turned on it before."""

from __future__ import annotations

import numpy as np

from accel.program import Program
from engine.event_check import first_refused
from engine.events import event_array
from engine.library import program_knobs
from engine.live.changes import patch_events
from engine.parameters import TABLE, Parameter, Value
from engine.part import Part
from engine.patch import ModulationRow, Patch


def other(entry: Parameter) -> Value:
    """A value of a parameter that is not its default."""
    return entry.decode(entry.high if entry.default != entry.high else entry.low)


def settled(patch: Patch, program: Program, *rows: object) -> Part:
    part = Part(patch, program, seed=3, room=(32, 8))
    part.render(event_array([*rows]), 0, 0, np.zeros((64, 2), np.float32))  # type: ignore[list-item]
    return part


def test_every_parameter_knob_and_row_goes_over(tiny: Program) -> None:
    knobs = program_knobs(tiny)
    plain = Patch("a", "tiny", knobs={knobs[0].name: 1.0}, modulation=(ModulationRow("lfo1", "voice.pitch", 0.5),) * 3)
    changed = Patch(
        "b",
        "tiny",
        knobs={knobs[1].name: 0.125},
        parameters={entry.id: other(entry) for entry in TABLE},
        modulation=(ModulationRow("wheel", knobs[1].name, -0.25),),
    )
    for old, new in ((plain, changed), (changed, plain)):
        rows = patch_events(old, new, knobs)
        assert rows is not None
        assert first_refused(event_array(rows)) == -1
        moved, made = settled(old, tiny, *rows), settled(new, tiny)
        assert moved.values.tolist() == made.values.tolist()
        assert moved.state.knobs.tolist() == made.state.knobs.tolist()
        used = len(new.modulation)
        assert moved.state.rows[:used].tolist() == made.state.rows[:used].tolist()
        assert not moved.state.rows[used:]["amount"].any()


def test_knobs_that_were_turned_since_come_back(tiny: Program) -> None:
    patch, knobs = Patch("a", "tiny"), program_knobs(tiny)
    rows = patch_events(patch, patch, knobs)
    assert rows is not None
    moved = settled(patch, tiny, (0, 9, 0, 0, 0.77), *rows)
    assert moved.state.knobs.tolist() == [knob.default for knob in knobs]


def test_no_event_leads_to_another_model(tiny: Program) -> None:
    assert patch_events(Patch("a", "tiny"), Patch("a", "other"), program_knobs(tiny)) is None

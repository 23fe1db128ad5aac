"""Another sound near this one: random, but within taste, in tune, at its level, and the same for the same seed.

The knobs move towards places where sounds of the same model stand that somebody made by ear, and a little beside
them; envelopes stay what the tags promise, so a pluck remains a pluck. What sets loudness, tuning and the number of
voices is left alone, and so is whatever moves the pitch or the level through the matrix; what would make notes swell
sooner or ring longer, and so be louder in sum, changes only a little at a time. The places of a model themselves differ
in loudness, and neither the places nor the levels of the sounds there foretell it: only playing does. So whoever has
an engine asks it for both loudnesses, and `lowered` takes away what is more.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.window.session.sound import Sound
from app.window.words import marked
from engine.parameters import Value, parameter
from engine.patch import ModulationRow, Patch

__all__ = ["AMOUNTS", "lowered", "random_patch"]

AMOUNTS: dict[str, float] = {
    marked("Random", "A little"): 0.2,
    marked("Random", "Some"): 0.5,
    marked("Random", "A lot"): 1.0,
}
"""How far it may go, by words, marked for translation."""
_SPREAD = 0.12
"""Standard deviation of a knob beside its aim at full amount, of its travel."""
_CLASSES: tuple[tuple[frozenset[str], tuple[float, float], tuple[float, float], tuple[float, float]], ...] = (
    (frozenset({"drum", "percussion"}), (0.001, 0.004), (0.03, 0.8), (0.02, 0.5)),
    (frozenset({"pluck", "bell", "mallet", "guitar", "piano"}), (0.001, 0.01), (0.3, 5.0), (0.1, 2.5)),
    (frozenset({"pad", "drone", "choir", "strings"}), (0.08, 2.0), (0.5, 6.0), (0.4, 5.0)),
    (frozenset({"bass", "lead", "mono", "keys", "organ"}), (0.001, 0.03), (0.1, 2.5), (0.03, 0.6)),
    (frozenset(), (0.003, 0.3), (0.1, 3.0), (0.05, 1.5)),
)
"""By tags, the first that fits: s from and to for attack, decay and release."""
_STEPS = {"attack": (0.5, 8.0), "decay": (0.25, 1.5), "release": (0.25, 1.5)}
"""Least and most that a time of the loudness envelope changes by at once."""
_FIXED = ("voice.pitch", "voice.level")
"""Targets whose rows, and the sources that drive them, stay as they are."""


def random_patch(sound: Sound, others: Sequence[Patch], amount: float, seed: int) -> Patch:
    """A variation of a sound.

    Args:
        others: patches to lean on; those of other models are not used.
        amount: 0 (as it is) to 1 (far away).
        seed: of the draw; the same gives the same.
    """
    draw = random.Random(seed)
    near = [each for each in others if each.model == sound.patch.model and each.knobs != sound.patch.knobs]
    aim = _aim(near, amount, draw)
    patch = replace(sound.patch, knobs=_knobs(sound, aim, amount, draw))
    kept = {row.source for row in sound.rows if row.amount and row.target in _FIXED}
    values: dict[str, Value] = {}
    if "amp" not in kept:
        values |= _envelope(sound, "amp", amount, draw)
    if "env2" not in kept:
        values |= _envelope(sound, "env2", amount, draw)
    for group in ("lfo1", "lfo2"):
        if group not in kept:
            values |= _lfo(sound, group, amount, draw)
    values["voice.spread"] = _near(sound, "voice.spread", amount, draw)
    changed = {each: value for each, value in values.items() if value != sound.patch.value(each)}
    rows = tuple(_row(row, amount, draw) for row in patch.modulation)
    return replace(patch, parameters={**patch.parameters, **changed}, modulation=rows)


def lowered(patch: Patch, before: float | None, after: float | None) -> Patch:
    """The patch at most as loud as what it came from.

    Args:
        before, after: loudness of that and of this one, LUFS; None: silent, or unknown.
    """
    more = 0.0 if before is None or after is None else math.ceil(10 * (after - before)) / 10
    if more <= 0.0:
        return patch
    entry = parameter("voice.level")
    level = max(entry.low, round(patch.number(entry.id) - more, 1))
    return replace(patch, parameters={**patch.parameters, entry.id: level})


@dataclass(frozen=True)
class _Aim:
    """Where the knobs go: some of the way towards a mix of two sounds of this model, the same way for all of them."""

    sounds: tuple[Patch, ...]
    mix: float
    way: float

    def towards(self, here: float, there: Sequence[float]) -> float:
        """A number on its way; `there`: what the sounds have for it."""
        if not there:
            return here
        return here + self.way * (self.mix * there[0] + (1 - self.mix) * there[-1] - here)


def _aim(near: Sequence[Patch], amount: float, draw: random.Random) -> _Aim:
    return _Aim(tuple(draw.sample(near, min(2, len(near)))), draw.random(), amount * draw.uniform(0.4, 1.0))


def _knobs(sound: Sound, aim: _Aim, amount: float, draw: random.Random) -> dict[str, float]:
    """On their way, and a little beside."""
    if not amount:
        return dict(sound.patch.knobs)
    found = dict[str, float]()
    for knob in sound.knobs:
        there = [float(each.knobs.get(knob.name, knob.default)) for each in aim.sounds]
        place = aim.towards(sound.number(knob.id), there) + draw.gauss(0, _SPREAD * amount)
        found[knob.name] = round(min(1.0, max(0.0, place)), 4)
    return found


def _envelope(sound: Sound, group: str, amount: float, draw: random.Random) -> dict[str, Value]:
    tags = {tag.casefold() for tag in sound.patch.tags}
    ranges = next(each[1:] for each in _CLASSES if not each[0] or each[0] & tags)
    found: dict[str, Value] = {}
    for name, (low, high) in zip(("attack", "decay", "release"), ranges, strict=True):
        here = sound.number(f"{group}.{name}")
        aim = math.exp(draw.uniform(math.log(low), math.log(high)))
        factor = (aim / here) ** (amount * draw.random())
        if group == "amp":
            least, most = _STEPS[name]
            factor = min(most, max(least, factor))
        time = here * factor
        found[f"{group}.{name}"] = _rounded(time) if amount else here
    if group != "amp":  # a higher one there would be louder, and a lower one softer at every draw
        found[f"{group}.sustain"] = _near(sound, f"{group}.sustain", amount, draw)
    return found


def _lfo(sound: Sound, group: str, amount: float, draw: random.Random) -> dict[str, Value]:
    """Rate, start and shape; free ones stay below what is heard as a tone, synced ones go to a neighbouring length."""
    found: dict[str, Value] = {}
    rate = sound.number(f"{group}.rate")
    if rate <= 20:
        found[f"{group}.rate"] = _rounded(min(20.0, max(0.05, rate * 2 ** draw.gauss(0, 1.2 * amount))))
    found[f"{group}.phase"] = _near(sound, f"{group}.phase", amount, draw)
    sync = sound.parameter(f"{group}.sync")
    at = int(sound.number(sync.id))
    if at and draw.random() < amount:
        found[sync.id] = sync.choices[min(len(sync.choices) - 1, max(1, at + draw.choice((-1, 1))))]
    shape = sound.parameter(f"{group}.shape")
    if draw.random() < 0.4 * amount:
        found[shape.id] = draw.choice(shape.choices)
    return found


def _near(sound: Sound, id: str, amount: float, draw: random.Random) -> float:
    entry, here = sound.parameter(id), sound.number(id)
    if not amount:
        return here
    return _rounded(min(entry.high, max(entry.low, here + draw.gauss(0, 0.2 * amount) * (entry.high - entry.low))))


def _row(row: ModulationRow, amount: float, draw: random.Random) -> ModulationRow:
    """A row's amount between half and half as much again; its direction stays."""
    factor = 1 + 0.5 * amount * draw.uniform(-1, 1)
    if row.target in _FIXED or not row.amount or not amount:
        return row
    return replace(row, amount=round(min(1.0, max(-1.0, row.amount * factor)), 4))


def _rounded(value: float) -> float:
    """Four digits that matter: a patch file is read by people."""
    return float(f"{value:.4g}")

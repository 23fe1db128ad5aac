"""Whether a chosen FPGA could play the sound, as one plain sentence. No Qt here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from accel.cycles import Target
from app.window.array.occupation import Occupation

__all__ = ["Verdict", "board_name", "budget_sentence", "refusal_sentence", "voices_sentence"]

_MEMORIES = {
    "act_depth": "activation memory",
    "wgt_depth": "weight memory",
    "row_depth": "bias memory",
    "cond_depth": "conditioning memory",
    "ctl_depth": "control memory",
    "stream_depth": "residual memory",
    "skip_depth": "skip memory",
    "desc_depth": "descriptors",
    "out_depth": "output queue",
}
_NEED = re.compile(r"(\w+_depth) (\d+) \(there are (\d+)\)")


@dataclass(frozen=True)
class Verdict:
    """A sentence, and the colour (role of the palette) that it is said in.

    Attributes:
        level: good: plays in real time; warning: fits, but is too slow; danger: does not fit, or there is no model.
        margin: available cycles / needed ones; voices: that the array could compute; 0 where it does not fit.
    """

    level: Literal["good", "warning", "danger"]
    headline: str
    text: str
    margin: float = 0.0
    voices: int = 0


def board_name(target: Target) -> str:
    """As people call it: `Tiliqua (ECP5-25F)`."""
    board = re.search(r"\((\w+)\)", target.title)
    return f"{board[1] if board else target.title} ({target.name.upper()})"


def budget_sentence(occupation: Occupation, target: Target, clock: float | None = None) -> Verdict:
    """What `app.budget` says of a program that fits.

    Args:
        clock: MHz; that of the routed design if not given.
    """
    clock = clock or target.clock
    available = clock * 1e6 / occupation.rate
    needed = occupation.cycles_per_sample
    margin = available / needed
    size = f"{target.geometry.rows}×{target.geometry.cols}"
    text = f"{needed:.0f} of {available:.0f} cycles per sample at {clock:g} MHz; the {size} PEs are busy "
    text += f"{occupation.utilisation:.0%} of the time."
    name = board_name(target)
    if margin < 1:
        return Verdict("warning", f"Too slow on a {name}: {margin:.2f} of real time", text, margin)
    return Verdict("good", f"Fits a {name} with {margin:.1f}× margin", text, margin, int(margin))


def refusal_sentence(reason: str, target: Target) -> Verdict:
    """Of a program that does not fit; `reason`: the line of the SystoleError."""
    needs = [
        f"{_MEMORIES.get(name, name)} for {int(need):,} entries, there are {int(there):,}"
        for name, need, there in _NEED.findall(reason)
    ]
    text = f"It needs {'; '.join(needs)}." if needs else reason
    return Verdict("danger", f"Does not fit a {board_name(target)}", text)


def voices_sentence(sounding: int, verdict: Verdict | None) -> str:
    """Of voices that sound now."""
    if verdict is None or verdict.voices < 1:
        return f"{sounding} sounding, this array could play none" if sounding else ""
    could = f"{verdict.voices} voice{'s' * (verdict.voices > 1)}"
    if sounding > verdict.voices:
        return f"{sounding} sounding, {sounding - verdict.voices} more than the {could} of this array"
    return f"{sounding} of the {could} that this array could play"

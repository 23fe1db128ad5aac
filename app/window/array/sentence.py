"""Whether a chosen FPGA could play the sound, as one plain sentence. No Qt here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from accel.cycles import Target
from app.window.array.occupation import Occupation
from app.window.words import marked, translate

__all__ = ["Verdict", "board_name", "budget_sentence", "refusal_sentence", "voices_sentence"]

_MEMORIES = {
    "act_depth": marked("Array", "activation memory"),
    "wgt_depth": marked("Array", "weight memory"),
    "row_depth": marked("Array", "bias memory"),
    "cond_depth": marked("Array", "conditioning memory"),
    "ctl_depth": marked("Array", "control memory"),
    "stream_depth": marked("Array", "residual memory"),
    "skip_depth": marked("Array", "skip memory"),
    "desc_depth": marked("Array", "descriptors"),
    "out_depth": marked("Array", "output queue"),
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
    text = translate("Array", "{0} of {1} cycles per sample at {2} MHz; the {3} PEs are busy {4} of the time.")
    text = text.format(f"{needed:.0f}", f"{available:.0f}", f"{clock:g}", size, f"{occupation.utilisation:.0%}")
    name = board_name(target)
    if margin < 1:
        slow = translate("Array", "Too slow on a {0}: {1} of real time").format(name, f"{margin:.2f}")
        return Verdict("warning", slow, text, margin)
    fits = translate("Array", "Fits a {0} with {1}× margin").format(name, f"{margin:.1f}")
    return Verdict("good", fits, text, margin, int(margin))


def refusal_sentence(reason: str, target: Target) -> Verdict:
    """Of a program that does not fit; `reason`: the line of the SystoleError."""
    each = translate("Array", "{0} for {1} entries, there are {2}")
    needs = [
        each.format(translate("Array", _MEMORIES.get(name, name)), f"{int(need):,}", f"{int(there):,}")
        for name, need, there in _NEED.findall(reason)
    ]
    text = translate("Array", "It needs {0}.").format("; ".join(needs)) if needs else reason
    return Verdict("danger", translate("Array", "Does not fit a {0}").format(board_name(target)), text)


def voices_sentence(sounding: int, verdict: Verdict | None) -> str:
    """Of voices that sound now."""
    if verdict is None or verdict.voices < 1:
        none = translate("Array", "{0} sounding, this array could play none")
        return none.format(sounding) if sounding else ""
    could = verdict.voices
    if sounding > could and could == 1:
        more = translate("Array", "{0} sounding, {1} more than the 1 voice of this array")
    elif sounding > could:
        more = translate("Array", "{0} sounding, {1} more than the {2} voices of this array")
    elif could == 1:
        more = translate("Array", "{0} of the 1 voice that this array could play")
    else:
        more = translate("Array", "{0} of the {2} voices that this array could play")
    return more.format(sounding, sounding - could, could)

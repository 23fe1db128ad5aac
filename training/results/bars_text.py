"""What training.bars found, for reading: rows of a table, the misses in words, Markdown for a page."""

from __future__ import annotations

from collections.abc import Sequence

from training.results.figures import GROUPS, LABELS, label, number
from training.results.must_reach import Verdict
from training.results.report_page import markdown_table
from training.results.shipped import Measured

__all__ = ["markdown_text", "missed_lines", "rows"]

STATE = {True: "reached", False: "MISSED", None: "not measured"}


def rows(found: Sequence[Measured]) -> list[list[str]]:
    """Heading and rows: model, figure, measured, bar, whether it is reached."""
    cells = [["MODEL", "FIGURE", "MEASURED", "BAR", ""]]
    for model in found:
        for each in model.verdicts:
            text = label(each.bar.figure)[0]
            cells.append([model.name, text, number(each.measured), each.bar.text, STATE[each.reached]])
    return cells


def missed_lines(found: Sequence[Measured]) -> list[str]:
    """One line that counts, then one for each bar that is missed or was not measured."""
    every = [(model.name, each) for model in found for each in model.verdicts]
    open_bars = [(name, each) for name, each in every if not each.reached]
    lines = [f"{len(every) - len(open_bars)} of {len(every)} bars reached"]
    for name, each in open_bars:
        text, unit = label(each.bar.figure)
        value = "not measured" if each.measured is None else f"{number(each.measured)} {unit}".rstrip()
        lines.append(f"{name}: {text}: {value}, bar {each.bar.text}")
    return lines


def markdown_text(found: Sequence[Measured]) -> str:
    """Two Markdown tables with a column per model: figures with their bars, and distances by part and note band."""
    barred = {each.bar.figure for model in found for each in model.verdicts}
    heads = [model.name for model in found]
    table = [["Figure", *heads]]
    for figure in sorted(barred, key=_order):
        text, unit = label(figure)
        table.append([f"{text}, {unit}" if unit else text, *(_cell(model, figure) for model in found)])
    bands = [["Clips", *heads]]
    for name, text in GROUPS.items():
        if any(name in model.groups for model in found):
            bands.append([text, *(_distances(model.groups.get(name, {})) for model in found)])
    reached = missed_lines(found)[0]
    return "\n\n".join(
        [
            f"Integers, held-out clips; the bar in parentheses, missed ones bold: {reached}.",
            markdown_table(table),
            "Log-spectral distance in dB by part and note band, and after the stroke how much of it, from another "
            "start phase, is beyond the synth's own.",
            markdown_table(bands),
        ]
    )


def _order(figure: str) -> tuple[int, int]:
    """The place of a figure in LABELS; of all clips first, then static, then moving ones."""
    part = next((each for each in ("static", "moving") if f"lsd_{each}" in figure), "")
    whole = figure.replace(f"lsd_{part}", "lsd") if part else figure
    place = list(LABELS).index(whole) if whole in LABELS else len(LABELS)
    return place, ("", "static", "moving").index(part)


def _cell(model: Measured, figure: str) -> str:
    verdict = next((each for each in model.verdicts if each.bar.figure == figure), None)
    value = number(model.summary.get(figure))
    if verdict is None:
        return value
    value = value if verdict.reached else f"**{value or 'not measured'}**"
    return f"{value} ({_limit(verdict)})"


def _limit(verdict: Verdict) -> str:
    sign = "≥" if verdict.bar.at_least else "±" if verdict.bar.either_sign else "≤"
    return f"{sign} {verdict.bar.limit:g}"


def _distances(figures: dict[str, float]) -> str:
    """Distance / excess; empty for a group without clips."""
    values = (figures.get(key) for key in ("lsd_db", "lsd_above_floor_db"))
    return " / ".join(f"{value:.2f}" for value in values if value is not None)

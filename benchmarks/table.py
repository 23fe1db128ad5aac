"""A report as Markdown: the table of docs/speed.md, the details, and what was demanded and met."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.measure import Row
from benchmarks.report import Report, Single
from benchmarks.targets import check

__all__ = ["contest_table", "detail_table", "target_table"]


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, [":--", *("--:" for _ in header[1:])], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _figure(value: float, digits: int = 2) -> str:
    """Significant digits, never in powers of ten."""
    return f"{value:.0f}" if value >= 10**digits else f"{value:.{digits}g}"


def _thousands(value: float) -> str:
    return f"{value / 1e6:.2f} M" if value >= 1e6 else f"{value / 1e3:.1f} k"


def _ratio(row: Row) -> str:
    return "–" if row.missing or not row.ratio else f"{_figure(row.ratio)}×"


def _about(report: Report) -> str:
    machine = report.machine
    packages = ", ".join(f"{name} {version}" for name, version in machine.packages.items())
    quick = " **A quick run: the figures only show that it works.**" if report.quick else ""
    return (
        f"Measured on {machine.cpu} ({', '.join(machine.features)}; {machine.system}), one thread, {machine.date}; "
        f"Python {machine.python}, {packages}. Blocks of {report.block} samples, state carried over; medians of rounds "
        "in which all take turns. Both sides compute oscillator, control network, interpolation, layers and head; "
        f"ours makes its noise as well, the float peers are given it.{quick}"
    )


def contest_table(report: Report) -> str:
    """The main table: ours in figures, the peers as multiples of our time."""
    singles = report.singles
    ours = [single.contest.rows[0] for single in singles]
    rows = [
        ["MAC per sample", *(_thousands(single.macs_per_sample) for single in singles)],
        ["**Systole**, µs per block", *(f"**{_figure(row.seconds * 1e6, 3)}**" for row in ours)],
        ["times real time, one voice", *(_figure(row.realtime) for row in ours)],
        ["GMAC/s", *(_figure(row.macs / 1e9, 3) for row in ours)],
        ["share of the core's integer peak", *(f"{single.contest.share:.0%}" for single in singles)],
        ["voices on 70 % of a core", *(str(single.voices) for single in singles)],
    ]
    for index, row in enumerate(singles[0].contest.rows):
        if index:
            rows.append([f"{row.title} takes", *(_ratio(single.contest.rows[index]) for single in singles)])
    peak = max(singles, key=lambda single: single.contest.peak).contest
    header = ["", *(f"{single.title}, {single.rate // 1000} kHz" for single in singles)]
    notes = [f"{single.title}: {single.note}." for single in singles if single.note]
    ruler = f"Peak: {peak.peak / 1e9:.0f} GMAC/s of `{peak.instruction}`, in the same rounds."
    return "\n\n".join([_table(header, rows), " ".join([_about(report), ruler, *notes])])


def _fit(single: Single, axis: str) -> str:
    return next((f"{fit.deviation:.1%}" for fit in single.fits if fit.axis == axis), "–")


def _remarks(report: Report) -> list[str]:
    """Which form a peer chose, and who did not take part."""
    rows = [(single.title, row) for single in report.singles for row in single.contest.rows]
    lines = [f"- {title}: {row.title}: {row.detail}" for title, row in rows if row.detail]
    lines += sorted({f"- {row.title} took no part: {row.missing}" for _, row in rows if row.missing})
    return ["\n".join(lines)] if lines else []


def detail_table(report: Report) -> str:
    """How even, how linear, how thrifty."""
    rows = []
    for single in report.singles:
        times = single.percentiles
        points = (times.p50, times.p99, times.p999, times.largest)
        rows.append(
            [
                single.title,
                " / ".join(_figure(point * 1e6, 3) for point in points),
                str(times.blocks),
                f"{times.p999 / times.p50:.1f} ({times.machine:.1f})",
                f"{single.block_cost.ratio:.2f}",
                *(_fit(single, axis) for axis in ("voices", "layers", "samples")),
                str(single.allocations.numba + single.allocations.python),
            ]
        )
    header = [
        "",
        "block p50 / p99 / p99.9 / max, µs",
        "blocks",
        "p99.9 : p50 (of a loop in registers of that length)",
        "cost 32 : 512",
        "off the line: voices",
        "layers",
        "samples",
        "allocations",
    ]
    parts = [_table(header, rows), *_remarks(report)]
    if report.memory:
        used = report.memory
        parts.append(
            f"Rendering {used.long_minutes:g} minutes took {used.long_seconds:.0f} s and "
            f"{used.long_bytes / 1e6:.0f} MB at most; {used.short_minutes:g} minutes, {used.short_bytes / 1e6:.0f} MB."
        )
    if report.startup:
        cold = f", {report.startup.cold:.1f} s on an empty cache" if report.startup.cold >= 0 else ""
        parts.append(f"`systole --help`: {report.startup.help:.2f} s. First block: {report.startup.warm:.1f} s{cold}.")
    return "\n\n".join(parts)


def target_table(report: Report) -> str:
    """Every demand, its figure, its limit."""
    rows = [
        [each.what, _figure(each.value, 3), ("≥ " if each.at_least else "≤ ") + _figure(each.limit, 3),
         "met" if each.met else "**missed**"]
        for each in check(report)
    ]  # fmt: skip
    return _table(["demand", "measured", "limit", ""], rows)

"""What a check of a data set found: the currency of `training.checks.check` and its parts."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np

Severity = Literal["error", "warning"]

NAMED = 8
"""Clips that a line names before it counts the rest."""


@dataclass(frozen=True)
class Finding:
    """One fault.

    Attributes:
        severity: `error`: the set cannot be used, or would teach or measure something false; `warning`: look at it.
        field: column, array of the .npz, or property of the audio that is at fault.
        found, allowed: in words, with figures.
        clips: positions in the file, empty where the whole set is meant.
    """

    severity: Severity
    field: str
    found: str
    allowed: str
    clips: tuple[int, ...] = ()

    @property
    def line(self) -> str:
        """One line for a person."""
        where = f" in clips {self.named_clips}" if self.clips else ""
        return f"{self.field}: {self.found}{where}; allowed: {self.allowed}"

    @property
    def named_clips(self) -> str:
        """The clips for reading: the first few, and how many more."""
        first = ", ".join(map(str, self.clips[:NAMED]))
        more = len(self.clips) - NAMED
        return f"{first} and {more} more" if more > 0 else first


@dataclass(frozen=True)
class Report:
    """Everything that `training.checks.check.check_dataset` says of one set.

    Attributes:
        name: the set's name or path, as it was given.
        findings: errors first.
        facts: what was measured, where it applies: clips, seconds, parts, columns, lag_samples, lag_from, tuning_cents.
    """

    name: str
    findings: tuple[Finding, ...]
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(each.severity == "error" for each in self.findings)

    @property
    def warnings(self) -> int:
        """How many findings are warnings."""
        return len(self.findings) - self.errors

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "name": self.name,
            "errors": self.errors,
            "warnings": self.warnings,
            "facts": self.facts,
            "findings": [asdict(each) for each in self.findings],
        }


def error(where: str, found: str, allowed: str, clips: Iterable[int] | np.ndarray = ()) -> Finding:
    """A finding that makes the set unusable."""
    return Finding("error", where, found, allowed, tuple(int(each) for each in clips))


def warning(where: str, found: str, allowed: str, clips: Iterable[int] | np.ndarray = ()) -> Finding:
    """A finding to look at."""
    return Finding("warning", where, found, allowed, tuple(int(each) for each in clips))


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors before warnings, otherwise as found."""
    return tuple(sorted(findings, key=lambda each: each.severity != "error"))

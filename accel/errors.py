"""The one exception that a user may see: its text is the single line that is printed."""

from __future__ import annotations

__all__ = ["SystoleError"]


class SystoleError(Exception):
    """A failure with one clear line: what (file, field), what is wrong, what is allowed.

    Raised for anything a person can cause or meet: a bad file, an unknown knob, a full disk.
    Programming errors stay ordinary exceptions.
    """

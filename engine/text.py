"""Text from outside inside a message: a message is one line, whatever a file or a key is called."""

from __future__ import annotations

__all__ = ["plain"]


def plain(text: object) -> str:
    r"""`text` with every character that is not printable (line ends, controls) as its escape, such as \n."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in str(text))

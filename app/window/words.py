"""Texts of modules that have no Qt: English until `speak` is given a translation. Others may use it as well as `tr`.

Tools that collect texts read the code, not what it does: `translate` gets both arguments as literals where it is
called, what is put into a text comes by `format` afterwards, and words of a table pass `marked` where they stand.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["marked", "speak", "translate"]

Voice = Callable[[str, str], str]
_voice: Voice | None = None


def speak(voice: Voice | None) -> None:
    """Translate by a function of context and text from now on; None: speak English."""
    global _voice
    _voice = voice


def translate(context: str, text: str) -> str:
    """A text in the language of the window.

    Args:
        context: groups texts for those who translate; the same English may mean different things in two of them.
    """
    return text if _voice is None else _voice(context, text)


def marked(context: str, text: str) -> str:
    """The English text, marked to be collected; `translate` with the same context translates it when it is shown."""
    return text

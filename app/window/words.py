"""Texts of modules that have no Qt: English until `speak` is given a translation. Others may use it as well as `tr`.

Tools that collect texts read the code, not what it does: `translate` gets both arguments as literals where it is
called, what is put into a text comes by `format` afterwards, and words of a table pass `marked` where they stand.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace

from engine.parameters import Parameter

__all__ = ["TABLE_CONTEXT", "marked", "speak", "spoken", "translate"]

TABLE_CONTEXT = "Parameters"
"""Of the texts of the parameter table and of models' knobs, which `scripts/translations.py` collects."""
Voice = Callable[[str, str], str]
_voice: Voice | None = None


def speak(voice: Voice | None) -> None:
    """Translate by a function of context and text from now on; None: speak English."""
    global _voice
    _voice = voice
    _spoken.cache_clear()


def translate(context: str, text: str) -> str:
    """A text in the language of the window.

    Args:
        context: groups texts for those who translate; the same English may mean different things in two of them.
    """
    return text if _voice is None else _voice(context, text)


def marked(context: str, text: str) -> str:
    """The English text, marked to be collected; `translate` with the same context translates it when it is shown."""
    return text


def spoken(entry: Parameter) -> Parameter:
    """An entry of the parameter table, or a model's knob, with label and help in the language of the window."""
    return entry if _voice is None else _spoken(entry, _voice)


@functools.lru_cache(maxsize=1024)  # it is asked for at every turn of a knob
def _spoken(entry: Parameter, voice: Voice) -> Parameter:
    about = voice(TABLE_CONTEXT, entry.help) if entry.help else ""
    return replace(entry, label=voice(TABLE_CONTEXT, entry.label), help=about)

"""What a command says where an optional package is not installed: one line with the extra to install."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

__all__ = ["needs"]

_OURS = {"accel", "app", "engine", "presets", "training"}


@contextlib.contextmanager
def needs(extra: str) -> Iterator[None]:
    """Around imports: a foreign package that is missing becomes one line that names the extra.

    Raises:
        SystoleError: in place of ModuleNotFoundError.
    """
    from accel.errors import SystoleError

    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if not package or package in _OURS:
            raise
        raise SystoleError(
            f"{package} is missing: install the extra '{extra}' (pip install 'systole-synth[{extra}]')"
        ) from error

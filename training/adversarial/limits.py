"""Checks of a recipe's fields: each passes, or raises ValueError with the field, its value and what is allowed."""

import math
from collections.abc import Sequence


def whole(field: str, value: object, low: int, high: int) -> None:
    """An integer from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{field} = {value!r}: must be a whole number from {low} to {high}")


def wholes(field: str, value: object, low: int, high: int, least: int = 1) -> None:
    """A list of at least `least` integers from `low` to `high`."""
    if not isinstance(value, list | tuple) or len(value) < least:
        raise ValueError(f"{field} = {value!r}: must be a list of {least} or more whole numbers from {low} to {high}")
    for item in value:
        whole(field, item, low, high)


def number(field: str, value: object, low: float, high: float) -> None:
    """A finite number from `low` to `high`."""
    fine = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not fine or not low <= float(value) <= high:  # type: ignore[arg-type]
        raise ValueError(f"{field} = {value!r}: must be a number from {low:g} to {high:g}")


def flag(field: str, value: object) -> None:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError(f"{field} = {value!r}: must be true or false")


def one_of(field: str, value: object, allowed: Sequence[str]) -> None:
    """One of the words `allowed`."""
    if value not in allowed:
        raise ValueError(f"{field} = {value!r}: must be one of {', '.join(allowed)}")


def known(field: str, keys: Sequence[str], allowed: Sequence[str]) -> None:
    """No keys of table `field` besides those `allowed`."""
    for key in keys:
        if key not in allowed:
            raise ValueError(f"{field}.{key} is not known: must be one of {', '.join(allowed)}")

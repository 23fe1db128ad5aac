"""Which patch a command's `--patch` and `--model` mean."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.patch import Patch

__all__ = ["choose_patch", "default_patch"]


def choose_patch(patch_name: str | None, model: str | None) -> Patch | None:
    """The patch to play; None leaves the choice to the engine.

    `model` alone is played by a plain patch. With both, the patch is played on that model, which must have
    every knob that the patch sets or modulates.

    Raises:
        SystoleError: no such patch or model, or a knob that the model does not have.
    """
    from engine.library import find_model, model_knobs
    from engine.patch import Patch, load_patch, patch_text, read_patch

    if model is None:
        return None if patch_name is None else load_patch(patch_name)
    path = find_model(model)
    if patch_name is None:
        return Patch(name=path.stem, model=str(path))
    moved = replace(load_patch(patch_name), model=str(path))
    return read_patch(patch_text(moved), f"{patch_name} on the model {model}", model_knobs(path))


def default_patch() -> Patch:
    """What the bank gives the first channel before any program change.

    Raises:
        SystoleError: the bank or its patch is broken.
    """
    from engine.banks import load_banks
    from engine.patch import load_patch

    return load_patch(load_banks().patch_name(0, 0))

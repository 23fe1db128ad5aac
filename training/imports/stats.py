"""`stats.h5` or `stats.npy` beside a checkpoint: mean and scale of each mel band over the training set."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError

__all__ = ["load_stats"]

Floats = NDArray[np.float64]


def load_stats(path: Path, bands: int) -> tuple[Floats, Floats]:
    """(mean [bands], scale [bands]).

    Raises:
        SystoleError: unreadable, another number of bands, not finite, or a scale that is not positive.
    """
    try:
        mean, scale = _read(path)
    except (OSError, ValueError, KeyError, EOFError, TypeError, AttributeError, IndexError) as error:
        raise SystoleError(f"{path}: no statistics of features: {' '.join(str(error).split())}") from None
    for name, values in (("mean", mean), ("scale", scale)):
        if len(values) != bands:
            raise SystoleError(f"{path}: {name} has {len(values)} mel bands, the generator needs {bands}")
        if not np.isfinite(values).all():
            raise SystoleError(f"{path}: {name} holds a value that is not finite")
    if not (scale > 0).all():
        raise SystoleError(f"{path}: scale of band {int(np.argmin(scale))} is {scale.min():g}, needed: above 0")
    return mean, scale


def _read(path: Path) -> tuple[Floats, Floats]:
    if path.suffix == ".npy":
        table = np.load(path, allow_pickle=False)
        if not isinstance(table, np.ndarray) or table.ndim < 2 or len(table) != 2:
            raise ValueError("needed: an array [2, bands], mean and scale")
        return np.ravel(table[0]).astype(np.float64), np.ravel(table[1]).astype(np.float64)
    import h5py

    with h5py.File(path, "r") as file:
        return np.ravel(file["mean"][()]).astype(np.float64), np.ravel(file["scale"][()]).astype(np.float64)

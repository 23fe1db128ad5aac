"""Maps on disk: how bright and how noisy a model sounds over two of its knobs, as safetensors.

One file holds the maps of one model, as many pairs of knobs as were rendered. It names the model by its content hash:
a map of another version of the model is no map of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from accel.program_file import read_tensors, write_tensors
from engine.library import user_folder

__all__ = ["Dots", "MapFile", "TimbreMap", "find_map", "liveliest_pair", "map_path", "read_maps", "write_maps"]

Floats = NDArray[np.float32]
SCHEMA = 1
MOST_CELLS, MOST_DOTS = 256, 65_536


@dataclass(frozen=True)
class Dots:
    """Sounds of the training set by their places, each of a family.

    Attributes:
        places: float32 [m, 2], x and y, 0..1; family: uint8 [m], index into `families`.
    """

    places: Floats
    family: NDArray[np.uint8]
    families: tuple[str, ...]


@dataclass(frozen=True)
class TimbreMap:
    """Over two knobs; row 0 is y = 0, column 0 is x = 0.

    Attributes:
        x, y: ids of the knobs.
        brightness: centre of the spectrum in Hz; noisiness: share of the power between the harmonics, 0..1. Both
            float32 [n, n], NaN where nothing was rendered yet.
    """

    x: str
    y: str
    brightness: Floats
    noisiness: Floats
    dots: Dots | None = None

    @property
    def reach(self) -> float:
        """Octaves by which the lesser of both knobs changes the brightness, on average over the other."""
        octaves = np.log2(np.maximum(np.nan_to_num(self.brightness, nan=20.0), 20.0))
        return float(min(np.ptp(octaves, axis=0).mean(), np.ptp(octaves, axis=1).mean()))

    @property
    def turned(self) -> TimbreMap:
        """The same with x and y exchanged."""
        dots = self.dots and Dots(np.ascontiguousarray(self.dots.places[:, ::-1]), self.dots.family, self.dots.families)
        return TimbreMap(self.y, self.x, self.brightness.T, self.noisiness.T, dots)


class _Header(msgspec.Struct, frozen=True):
    model_hash: str
    pairs: tuple[tuple[str, str], ...]
    families: tuple[str, ...] = ()
    licence: str = ""
    schema: int = SCHEMA


@dataclass(frozen=True)
class MapFile:
    """All maps of a model. Dots belong to the first pair."""

    model_hash: str
    maps: tuple[TimbreMap, ...]
    licence: str = ""
    where: str = field(default="", compare=False)

    def of(self, x: str, y: str) -> TimbreMap | None:
        """The map over two knobs, in whichever order it was rendered."""
        for each in self.maps:
            if (each.x, each.y) == (x, y):
                return each
            if (each.x, each.y) == (y, x):
                return each.turned
        return None


def write_maps(path: Path, file: MapFile) -> None:
    """Write a file in one rename; its folder is made.

    Raises:
        OSError: it cannot be written.
    """
    first = file.maps[0]
    header = _Header(file.model_hash, tuple((each.x, each.y) for each in file.maps), licence=file.licence)
    tensors: dict[str, NDArray[Any]] = {
        "brightness": np.stack([each.brightness for each in file.maps]).astype(np.float32),
        "noisiness": np.stack([each.noisiness for each in file.maps]).astype(np.float32),
    }
    if first.dots is not None:
        tensors |= {"places": first.dots.places.astype(np.float32), "family": first.dots.family}
        header = msgspec.structs.replace(header, families=first.dots.families)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_tensors(path, tensors, header)


def read_maps(path: Path) -> MapFile:
    """Read and check a file.

    Raises:
        SystoleError: it is missing, or not a file of maps.
    """
    tensors, text = read_tensors(path)
    try:
        header = msgspec.json.decode(text, type=_Header)
        if header.schema > SCHEMA:
            raise SystoleError(f"{path}: a timbre map of a newer version (schema {header.schema})")
        bright, noisy = tensors["brightness"], tensors["noisiness"]
        cells = bright.shape[-1]
        shape = (len(header.pairs), cells, cells)
        if bright.shape != shape or noisy.shape != shape or not 2 <= cells <= MOST_CELLS or not header.pairs:
            raise ValueError(f"maps of {bright.shape} and {noisy.shape} for {len(header.pairs)} pairs")
        dots = _dots(tensors, header.families)
    except (msgspec.MsgspecError, KeyError, ValueError, IndexError) as error:
        raise SystoleError(f"{path}: not a timbre map: {error}") from None
    maps = [
        TimbreMap(x, y, bright[at].astype(np.float32), noisy[at].astype(np.float32), None if at else dots)
        for at, (x, y) in enumerate(header.pairs)
    ]
    return MapFile(header.model_hash, tuple(maps), header.licence, str(path))


def _dots(tensors: dict[str, NDArray[np.generic]], families: Sequence[str]) -> Dots | None:
    if "places" not in tensors:
        return None
    places, family = tensors["places"].astype(np.float32), tensors["family"].astype(np.uint8)
    if places.ndim != 2 or places.shape != (len(family), 2) or not 0 < len(family) <= MOST_DOTS:
        raise ValueError(f"dots of shape {places.shape}")
    if not np.all((places >= 0) & (places <= 1)) or int(family.max()) >= len(families):
        raise ValueError("dots outside the map, or of no family")
    return Dots(places, family, tuple(families))


def map_path(model_hash: str, x: str, y: str) -> Path:
    """Where the map that was rendered for the user is kept."""
    return user_folder() / "maps" / f"{model_hash[:32]}-{x}-{y}.safetensors"


def _candidates(name: str, model_hash: str, x: str, y: str) -> Iterator[Path]:
    import importlib.resources

    yield from (map_path(model_hash, x, y), map_path(model_hash, y, x))
    yield Path(str(importlib.resources.files("presets"))) / "maps" / f"{Path(name).stem}.safetensors"


def find_map(name: str, model_hash: str, x: str, y: str) -> TimbreMap | None:
    """The map of a model over two knobs: the user's or the one that ships; None: there is none that can be used.

    Args:
        name: of the model, or its file.
    """
    for path in _candidates(name, model_hash, x, y):
        try:
            if path.is_file() and (file := read_maps(path)).model_hash == model_hash:
                found = file.of(x, y)
                if found is not None:
                    return found
        except SystoleError:
            continue  # a broken cache is rendered anew
    return None


def liveliest_pair(name: str, model_hash: str) -> tuple[str, str] | None:
    """The two knobs of a model that ships by which its sound changes most; None: no file of maps says so.

    Args:
        name: of the model, or its file.
    """
    shipped = [*_candidates(name, model_hash, "", "")][-1]
    try:
        file = read_maps(shipped) if shipped.is_file() else None
    except SystoleError:
        return None
    if file is None or file.model_hash != model_hash:
        return None
    best = max(file.maps, key=lambda each: each.reach)
    return best.x, best.y

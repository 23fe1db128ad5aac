"""Maps are kept as they are, checked when they are read, and belong to one version of a model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from accel.errors import SystoleError
from accel.program_file import write_tensors
from app.window.theme.colours import PALETTES
from app.window.theme.oklab import to_oklab
from app.window.timbre.map_file import Dots, MapFile, TimbreMap, find_map, map_path, read_maps, write_maps
from app.window.timbre.map_picture import dots_image, family_colours, field_image
from engine.library import list_models

PRESETS = Path(__file__).parents[4] / "presets"


def ramps(cells: int = 8) -> TimbreMap:
    """Brighter to the right, noisier upwards."""
    line = np.linspace(0, 1, cells, dtype=np.float32)
    return TimbreMap("a", "b", np.tile(200 * 16**line, (cells, 1)), np.tile(line[:, None], (1, cells)))


def dots(count: int = 4000) -> Dots:
    random = np.random.default_rng(1)
    families = ("saw", "voice", "bell")
    return Dots(random.random((count, 2), np.float32), (np.arange(count) % 3).astype(np.uint8), families)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    plain = ramps()
    first = TimbreMap(plain.x, plain.y, plain.brightness, plain.noisiness, dots())
    path = tmp_path / "deep" / "map.safetensors"
    write_maps(path, MapFile("abc", (first, TimbreMap("a", "c", plain.noisiness, plain.brightness)), "CC0-1.0"))
    found = read_maps(path)
    assert (found.model_hash, found.licence, len(found.maps)) == ("abc", "CC0-1.0", 2)
    np.testing.assert_array_equal(found.maps[0].brightness, plain.brightness)
    assert found.maps[0].dots is not None
    np.testing.assert_array_equal(found.maps[0].dots.family, dots().family)
    turned = found.of("c", "a")
    assert turned is not None
    np.testing.assert_array_equal(turned.brightness, plain.noisiness.T)
    assert found.of("b", "c") is None


@pytest.mark.parametrize(
    ("tensors", "header"),
    [
        ({"brightness": np.zeros((1, 4, 4), np.float32)}, {"model_hash": "x", "pairs": [["a", "b"]]}),
        (
            {"brightness": np.zeros((1, 4, 4), np.float32), "noisiness": np.zeros((1, 4, 5), np.float32)},
            {"model_hash": "x", "pairs": [["a", "b"]]},
        ),
        (
            {"brightness": np.zeros((2, 4, 4), np.float32), "noisiness": np.zeros((2, 4, 4), np.float32)},
            {"model_hash": "x", "pairs": [["a", "b"]]},
        ),
        ({"brightness": np.zeros(3, np.float32)}, {"pairs": 3}),
        ({"brightness": np.zeros(3, np.float32)}, {"model_hash": "x", "pairs": [], "schema": 9}),
    ],
)
def test_what_is_no_map_is_refused_in_a_line(tmp_path: Path, tensors: dict, header: dict) -> None:
    path = tmp_path / "map.safetensors"
    write_tensors(path, tensors, header)
    with pytest.raises(SystoleError, match=r"map\.safetensors: "):
        read_maps(path)


def test_a_map_of_another_version_of_the_model_is_not_taken(user_folder: Path) -> None:
    path = map_path("old", "a", "b")
    assert path.is_relative_to(user_folder)
    write_maps(path, MapFile("new", (ramps(),)))
    assert find_map("tiny", "old", "a", "b") is None
    write_maps(path, MapFile("old", (ramps(),)))
    assert find_map("tiny", "old", "b", "a") is not None
    path.write_bytes(b"broken")
    assert find_map("tiny", "old", "a", "b") is None


def test_every_shipped_map_belongs_to_its_model_and_all_are_small() -> None:
    models = {entry.path.stem: entry.program for entry in list_models() if entry.origin == "factory"}
    files = sorted((PRESETS / "maps").glob("*.safetensors"))
    assert files
    for path in files:
        program, found = models[path.stem], read_maps(path)
        assert program is not None
        assert found.model_hash == program.hash, f"{path.name} is stale: python scripts/timbre_maps.py"
        assert len(found.maps) == len(program.knobs) * (len(program.knobs) - 1) // 2
        assert all(np.isfinite(each.brightness).all() and np.isfinite(each.noisiness).all() for each in found.maps)
    assert sum(path.stat().st_size for path in files) < 5_000_000


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_brighter_sounds_are_lighter_and_noise_is_another_hue(palette: object) -> None:
    picture = to_oklab(field_image(ramps(), palette) / 255.0)  # type: ignore[arg-type]
    assert picture[24, 40, 0] > picture[24, 8, 0] + 0.1
    tone, noise = picture[-2, 24], picture[1, 24]
    assert noise[1] > tone[1] + 0.06
    assert abs(noise[0] - tone[0]) < 0.06


def test_what_is_not_rendered_yet_is_ground() -> None:
    growing = ramps()
    growing.brightness[4:] = np.nan
    picture = field_image(growing, PALETTES["dark"])
    assert picture[2, 5].tolist() == [0x12, 0x15, 0x1A]
    assert picture[-2, 5].tolist() != [0x12, 0x15, 0x1A]


def test_thousands_of_dots_are_one_picture() -> None:
    picture = dots_image(dots(), 300, 200, PALETTES["dark"])
    assert picture.shape == (200, 300)
    full = {int(word) for word in np.unique(picture) if word >> 24 == 255}
    assert len(full) == 3
    assert len({tuple(each) for each in family_colours(12, PALETTES["light"]).tolist()}) == 12

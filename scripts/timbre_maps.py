"""Render the timbre maps that ship, presets/maps/MODEL.safetensors, for all models of presets/models.

Some ten seconds for each pair of knobs on one core; a map that fits its model already is left as it is:

    python scripts/timbre_maps.py            # all
    python scripts/timbre_maps.py va noise   # some
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from accel.errors import SystoleError
from app.window.timbre.map_file import read_maps
from engine.library import open_model

ROOT = Path(__file__).parents[1]


def is_fresh(model: Path, target: Path) -> bool:
    """The map was rendered of this very model."""
    try:
        return read_maps(target).model_hash == open_model(model).hash
    except SystoleError:
        return False


def main(names: list[str]) -> int:
    """Render what is missing; the exit status."""
    for model in sorted((ROOT / "presets" / "models").glob("*.safetensors")):
        target = ROOT / "presets" / "maps" / model.name
        if (names and model.stem not in names) or is_fresh(model, target) or len(open_model(model).knobs) < 2:
            continue
        code = "from app.cli.entry import main; main()"
        done = subprocess.run([sys.executable, "-c", code, "map", str(model), "-o", str(target)], cwd=ROOT, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

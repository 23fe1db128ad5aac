"""Variants change what they name and nothing else, runs are not repeated, and the table says what was measured."""

import json

import pytest

from accel.errors import SystoleError
from training import ablations
from training.ablations import load_variants, main, markdown, run


@pytest.fixture
def base(tiny_set, recipe_fields, tmp_path):
    """A recipe file of the tiny set, and a list of variants of it."""
    stage = "batch = 2\ncrop = 512\ncold = 0.3\nwaveform = 0.5\nspectral = 1.0\nsizes = [64, 256]\n"
    stage += "convergence = 0.5\nlevel = 0.1\n"
    recipe = tmp_path / "base.toml"
    recipe.write_text(
        'name = "tiny"\ntitle = "T"\ndescription = ""\nlicence = "CC0-1.0"\ncredit = ""\ndataset = "tiny"\nseed = 1\n'
        "steps = 9\n[optimiser]\nrate = 4e-3\nwarm_up = 3\nfinal = 0.01\nclip = 1.0\nema = 0.9\n"
        "[model]\nchannels = 4\nskip_channels = 4\ndilations = [1, 2, 4]\n"
        '[[knobs]]\nid = "bright"\nlabel = "Bright"\nhelp = ""\ndefault = 0.5\n'
        f"[[stages]]\nuntil = 1.0\n{stage}"
    )
    return recipe


def listed(base, rows: str) -> str:
    path = base.with_name("variants.toml")
    path.write_text(f'steps = 2\n[[table]]\ntitle = "Things"\nbase = "{base}"\nrow = [{rows}]\n')
    return path


def test_a_variant_changes_what_it_names(base):
    path = listed(
        base,
        '{ name = "plain" }, { name = "wide", change = { "model.channels" = 6, "stages.0.waveform" = 0.0 } }',
    )
    steps, (plain, wide) = load_variants(path)
    assert steps == 2
    first, second = plain.recipe(1, steps), wide.recipe(1, steps)
    assert (first.architecture.channels, second.architecture.channels) == (4, 6)
    assert (first.stages[0].waveform, second.stages[0].waveform) == (0.5, 0.0)
    assert first.optimiser == second.optimiser
    assert plain.recipe(5, steps).seed == 5
    assert plain.folder(1) != wide.folder(1) != wide.folder(2)


def test_a_run_is_measured_once(base, tiny_set, tmp_path, monkeypatch):
    steps, (variant,) = load_variants(listed(base, '{ name = "plain" }'))
    monkeypatch.setattr(ablations, "train", lambda *a, kept=ablations.train: kept(*a, compiled=False))
    figures = run(variant, 1, steps, tiny_set.parent, tmp_path / "runs")
    assert figures["lsd_static_db"] > 0
    assert figures["bytes"] > 4 * 4 * 2 * 2 * 3
    monkeypatch.setattr(ablations, "train", None)  # a second training would fail
    assert run(variant, 1, steps, tiny_set.parent, tmp_path / "runs") == figures
    done = tmp_path / "runs" / variant.folder(1) / "figures.json"
    done.write_text(json.dumps({**json.loads(done.read_text()), "steps": 3}))
    with pytest.raises(TypeError):
        run(variant, 1, steps, tiny_set.parent, tmp_path / "runs")


@pytest.mark.parametrize(
    "rows",
    [
        '{ change = { "model.channels" = 6 } }',
        '{ name = "x", change = { "model.colour" = 6 } }',
        '{ name = "x", change = { "stages.7.level" = 6 } }',
        '{ name = "x", base = "unheard" }',
    ],
)
def test_a_wrong_variant_is_refused_before_anything_runs(base, rows, capsys, tmp_path):
    path = listed(base, rows)
    with pytest.raises(SystoleError):
        load_variants(path)
    assert main([str(path), "--data", str(tmp_path), "--out", str(tmp_path / "runs")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "runs").exists()


def test_the_table_has_mean_and_spread():
    figures = dict.fromkeys([*ablations.SHOWN, "minutes"], 2.0) | {"macs": 14000.0, "bytes": 24000}
    other = {**figures, "lsd_static_db": 3.0}
    lines = markdown("Sizes", [("one", [figures]), ("two seeds", [figures, other])]).splitlines()
    assert lines[0].startswith("| Sizes | LSD static |")
    assert lines[2] == "| one | 2.00 | 2.00 | 2.00 | 2.00 | 14.0 k | 24.0 | 2.0 |"
    assert lines[3].startswith("| two seeds | 2.50 ± 0.50 | 2.00 ± 0.00 |")


def test_the_committed_list_is_readable():
    steps, variants = load_variants(ablations.Path(ablations.__file__).with_name("ablations.toml"))
    assert steps > 0
    assert len({variant.folder(seed) for variant in variants for seed in variant.seeds}) == sum(
        len(variant.seeds) for variant in variants
    )

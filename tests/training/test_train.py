from dataclasses import replace

import pytest
import torch

from accel.compiler import compile_network
from accel.errors import SystoleError
from accel.network import load_network
from training.data.dataset import load_dataset
from training.model.weights import load_weights
from training.run.checkpoint import load_checkpoint
from training.run.recipe import load_recipe, recipe_from
from training.run.sampling import Sampler
from training.ship import quantisation_snr
from training.train import train


@pytest.fixture
def recipe(recipe_fields):
    return recipe_from(recipe_fields)


def test_resumed_equals_uninterrupted_bit_for_bit(recipe, tiny_set, tmp_path):
    whole = train(recipe, tiny_set.parent, tmp_path / "whole", compiled=False)
    for stop in (1, 5, 8, None):
        parts = train(recipe, tiny_set.parent, tmp_path / "parts", compiled=False, stop_at=stop)
    first, second = load_weights(whole)[0].state_dict(), load_weights(parts)[0].state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)
    a, b = (load_checkpoint(tmp_path / run / "tiny.ckpt", recipe) for run in ("whole", "parts"))
    assert a.step == b.step == recipe.steps
    assert all(torch.equal(p, q) for p, q in zip(a.generator.parameters(), b.generator.parameters(), strict=True))


def test_training_learns_and_describes_itself(recipe, tiny_set, tmp_path):
    longer = replace(recipe, steps=150, optimiser=replace(recipe.optimiser, rate=1e-2))
    path = train(longer, tiny_set.parent, tmp_path, compiled=False, every=0.2)
    history = load_checkpoint(tmp_path / "tiny.ckpt", longer).history
    assert history[-1][3] < history[0][3]
    _, meta = load_weights(path)
    assert meta["schema"] == "systole-float/1"
    assert meta["knobs"] == [{"id": "bright", "label": "Bright", "help": "Brightness", "default": 0.5}]
    assert meta["dilations"] == [1, 2, 4]
    assert meta["metrics"]["steps"] == 150


def test_a_checkpoint_of_another_recipe_is_refused(recipe, tiny_set, tmp_path):
    train(recipe, tiny_set.parent, tmp_path, compiled=False, stop_at=1)
    with pytest.raises(SystoleError, match="made by another recipe"):
        train(replace(recipe, seed=8), tiny_set.parent, tmp_path, compiled=False)
    (tmp_path / "tiny.ckpt").write_bytes(b"not a checkpoint")
    with pytest.raises(SystoleError, match="not a readable checkpoint"):
        train(recipe, tiny_set.parent, tmp_path, compiled=False)


def adversarial(recipe_fields):
    """The tiny recipe with a small discriminator of each kind for its second half."""
    kinds = [
        {"name": "wave", "channels": 4, "layers": 4},
        {"name": "spectral", "channels": 4, "sizes": [128]},
        {"name": "period", "channels": [4, 8], "periods": [3]},
    ]
    return recipe_from({**recipe_fields, "adversarial": {"start": 0.5, "discriminators": kinds}})


def test_discriminators_join_learn_and_resume_bit_for_bit(recipe_fields, tiny_set, tmp_path):
    recipe = adversarial(recipe_fields)
    whole = train(recipe, tiny_set.parent, tmp_path / "whole", compiled=False)
    for stop in (3, 7, 9, None):
        parts = train(recipe, tiny_set.parent, tmp_path / "parts", compiled=False, stop_at=stop)
    plain = train(recipe_from(recipe_fields), tiny_set.parent, tmp_path / "plain", compiled=False)
    first, second, without = (load_weights(each)[0].state_dict() for each in (whole, parts, plain))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not all(torch.equal(first[name], without[name]) for name in first)
    start = load_checkpoint(tmp_path / "new.ckpt", recipe).adversary
    end = load_checkpoint(tmp_path / "whole" / "tiny.ckpt", recipe).adversary
    pairs = zip(start.discriminators.parameters(), end.discriminators.parameters(), strict=True)
    assert all(not torch.equal(p, q) for p, q in pairs)


def rounded(recipe_fields):
    """The tiny recipe with the accelerator's arithmetic in its second stage."""
    first, second = recipe_fields["stages"]
    return recipe_from({**recipe_fields, "stages": [first, {**second, "integers": True}]})


def test_training_on_integers_resumes_bit_for_bit_and_exports_what_the_compiler_keeps(
    recipe_fields, tiny_set, tmp_path
):
    recipe = rounded(recipe_fields)
    whole = train(recipe, tiny_set.parent, tmp_path / "whole", compiled=False)
    for stop in (3, 9, 10, None):
        parts = train(recipe, tiny_set.parent, tmp_path / "parts", compiled=False, stop_at=stop)
    first, second = load_weights(whole)[0].state_dict(), load_weights(parts)[0].state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)
    network = load_network(whole)
    assert quantisation_snr(network, compile_network(network)) > 50  # the streams' rounding alone
    average = load_checkpoint(tmp_path / "whole" / "tiny.ckpt", recipe).ema
    assert any(not torch.equal(first[name], tensor) for name, tensor in average.state_dict().items())


def test_weights_of_four_bits_stay_so_through_a_resume_and_the_last_gain(recipe_fields, tiny_set, tmp_path):
    recipe = replace(rounded(recipe_fields), weight_bits=4, trim=True)
    whole = train(recipe, tiny_set.parent, tmp_path / "whole", compiled=False)
    for stop in (9, None):
        parts = train(recipe, tiny_set.parent, tmp_path / "parts", compiled=False, stop_at=stop)
    first, second = load_weights(whole)[0].state_dict(), load_weights(parts)[0].state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)
    for name in ("conv_layers.0.conv.weight", "conv_layers.1.conv1x1_skip.weight", "last_conv_layers.3.weight"):
        for row in first[name].flatten(1):
            largest = float(row.abs().max())
            steps = [row * 2.0**exponent for exponent in range(24) if largest * 2.0**exponent < 8]
            assert any(torch.equal(each, each.round()) for each in steps), name


def test_fewer_bits_need_a_stage_that_rounds(recipe_fields):
    for bits, reason in ((4, "with integers = true"), (1, r"2\.\.8"), (9, r"2\.\.8")):
        with pytest.raises(ValueError, match=f"weight_bits is {bits}; allowed: {reason}"):
            recipe_from({**recipe_fields, "weight_bits": bits})


def test_rounding_is_not_taken_back(recipe_fields):
    first, second = recipe_fields["stages"]
    with pytest.raises(ValueError, match=r"stages\.integers must stay true"):
        recipe_from({**recipe_fields, "stages": [{**first, "integers": True}, second]})


def test_crops_too_short_for_a_discriminator_are_refused(recipe_fields):
    kinds = [{"name": "spectral", "sizes": [1024]}]
    with pytest.raises(ValueError, match=r"stages.crop is 512; the discriminators need"):
        recipe_from({**recipe_fields, "adversarial": {"start": 0.5, "discriminators": kinds}})


def test_batches_depend_on_the_step_alone(recipe, tiny_set):
    sampler = Sampler(load_dataset(tiny_set), recipe.architecture.context, seed=1)
    stage = replace(recipe.stages[0], cold=0.0)
    first, again, other = (sampler.batch(step, stage) for step in (4, 4, 5))
    assert torch.equal(first.excitation, again.excitation)
    assert torch.equal(first.target, again.target)
    assert not torch.equal(first.target, other.target)
    assert first.target.shape == (2, 512 + recipe.architecture.context)
    assert first.skip == recipe.architecture.context


def test_cold_crops_are_the_start_of_a_clip(recipe, tiny_set):
    data = load_dataset(tiny_set)
    batch = Sampler(data, recipe.architecture.context, seed=1).batch(0, replace(recipe.stages[0], cold=1.0))
    starts = torch.from_numpy(data.audio[:, : batch.target.shape[1]])
    assert batch.skip == 0
    assert all(any(torch.equal(crop, start) for start in starts) for crop in batch.target)


def test_excitation_of_a_crop_keeps_the_clip_s_phase(recipe, tiny_set):
    data = load_dataset(tiny_set, filtered=False)
    batch = Sampler(data, recipe.architecture.context, seed=1).batch(2, replace(recipe.stages[0], cold=0.0))
    window = torch.hann_window(batch.target.shape[1])
    for target, driven in zip(batch.target, batch.excitation, strict=True):
        in_phase, quadrature = ((target * window) @ driven[:, i] for i in (0, 1))
        assert in_phase > 0
        assert quadrature.abs() < 0.1 * in_phase  # the set's fundamental is a sine of its phase


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colour": "red"}, "colour"),
        ({"optimiser": {"rate": 1.0}}, "missing"),
        ({"stages": []}, "until = 1.0"),
        ({"seed": None}, "seed"),
    ],
)
def test_faulty_recipes_are_refused(recipe_fields, change, message):
    fields = {**recipe_fields, **change}
    if fields["seed"] is None:
        del fields["seed"]
    with pytest.raises((TypeError, ValueError), match=message):
        recipe_from(fields)


def test_an_unreadable_recipe_is_named(tmp_path):
    (tmp_path / "r.toml").write_text("name = ")
    with pytest.raises(SystoleError, match=r"r\.toml: not a readable recipe"):
        load_recipe(tmp_path / "r.toml")


def test_a_damaged_weight_file_is_named(tmp_path):
    (tmp_path / "w.safetensors").write_bytes(b"\x00" * 64)
    with pytest.raises(SystoleError, match=r"w\.safetensors: not a readable weight file"):
        load_weights(tmp_path / "w.safetensors")

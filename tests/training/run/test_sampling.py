from dataclasses import replace

import torch

from training.data.dataset import load_dataset
from training.model.generator import Generator
from training.run.recipe import recipe_from
from training.run.sampling import Sampler


def test_crops_drive_the_generator_that_is_asked_for(recipe_fields, tiny_set):
    model = {"channels": 4, "skip_channels": 4, "dilations": [1, 2], "harmonics": [1], "sines": [2, 3, 16]}
    recipe = recipe_from({**recipe_fields, "model": model})
    arch, data = recipe.architecture, load_dataset(tiny_set)
    stage = replace(recipe.stages[0], cold=0.0)
    octaves = Sampler(data, arch.context, 3).batch(5, stage)
    chosen = Sampler(data, arch.context, 3, arch.sources).batch(5, stage)
    assert torch.equal(chosen.target, octaves.target)
    assert torch.equal(chosen.control, octaves.control)
    channels = chosen.excitation.unbind(2)
    for here, there in ((0, 0), (1, 1), (2, 2), (4, 8), (5, 12)):  # sin 1, cos 1, sin 2, sin 16, noise
        torch.testing.assert_close(channels[here], octaves.excitation[..., there], rtol=0, atol=2e-5)
    assert Generator(arch)(chosen.excitation, chosen.control).shape == chosen.target.shape

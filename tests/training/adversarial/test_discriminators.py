import pytest
import torch

from training.adversarial.discriminator_specs import SPECS, build, specification
from training.adversarial.discriminators import WaveDiscriminator, control_samples

SMALL = {
    "wave": {"channels": 4},
    "spectral": {"channels": 4, "sizes": (128, 512)},
    "period": {"channels": (4, 8, 8), "periods": (2, 3, 5)},
}


def small(name: str, controls: int = 0, **sizes):
    torch.manual_seed(1)
    return build(name, controls, **SMALL[name], **sizes)


def crops(length: int = 2000, batch: int = 2) -> torch.Tensor:
    return 0.3 * torch.randn(batch, length, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("emphasis", [0.0, 0.9])
@pytest.mark.parametrize("length", [1000, 1001, 1537])
def test_score_maps_cover_crops_of_any_length(length, emphasis):
    seen = length - bool(emphasis)
    expected = {
        "wave": [(1, seen)],
        "spectral": [((seen - 128) // 32 + 1, 9), ((seen - 512) // 128 + 1, 33)],
        "period": [(-(-seen // (p * 9)), p) for p in (2, 3, 5)],
    }
    for name, sizes in expected.items():
        features = small(name, emphasis=emphasis)(crops(length))
        assert [tuple(maps[-1].shape) for maps in features] == [(2, 1, *size) for size in sizes], name
        assert all(torch.isfinite(m).all() for maps in features for m in maps)


def test_defaults_have_the_papers_sizes():
    wave, period = build("wave"), specification("period")
    convolutions = wave.stacks[0].convolutions
    assert [c.out_channels for c in convolutions] == [64] * 9 + [1]
    assert [c.dilation[1] for c in convolutions] == [1, 1, 2, 3, 4, 5, 6, 7, 8, 1]
    assert period.channels == (32, 128, 512, 1024, 1024)
    assert period.periods == (2, 3, 5, 7, 11)


@pytest.mark.parametrize(("layers", "kernel", "field"), [(10, 3, 77), (4, 3, 11), (5, 5, 33)])
def test_the_wave_discriminator_hears_one_receptive_field(layers, kernel, field):
    torch.manual_seed(3)
    network = WaveDiscriminator(4, layers, kernel, leak=0.2)
    x = crops(301, 1).requires_grad_()
    network(x)[0][-1][0, 0, 0, 150].backward()
    heard = torch.nonzero(x.grad[0]).flatten()
    assert network.receptive_field == field
    assert (heard.min(), heard.max()) == (150 - field // 2, 150 + field // 2)


def test_emphasis_is_that_of_the_waveform():
    x = crops()
    plain, emphasised = small("wave"), small("wave", emphasis=0.9)
    assert torch.equal(emphasised(x)[0][-1], plain(x[:, 1:] - 0.9 * x[:, :-1])[0][-1])


def test_period_planes_are_the_waveform_in_rows():
    x, network = crops(1000), small("period")
    for i, period in enumerate((2, 3, 5)):
        rows = network.view(i, x, None)[0]
        assert rows.shape == (2, 1, -(-1000 // period), period)
        assert torch.equal(rows.flatten(1)[:, :1000], x)


def test_spectral_planes_show_level_and_not_phase():
    network, linear = small("spectral"), small("spectral", magnitude="linear")
    turns = 2 * torch.pi * 10 / 128 * torch.arange(1024, dtype=torch.float64)
    full, half, turned = (torch.stack([x.float()]) for x in (turns.sin(), 0.5 * turns.sin(), (turns + 1).sin()))
    planes = [network.view(0, x, None)[0][0, 0] for x in (full, half, turned, torch.zeros(1, 1024))]
    assert planes[0][:, 10].tolist() == pytest.approx([1.0] * 29, abs=1e-3)
    assert (planes[0] - planes[1])[:, 10].tolist() == pytest.approx([6.02 / 40] * 29, abs=1e-3)
    assert (planes[0] - planes[2])[:, 8:13].abs().max() < 1e-2
    assert planes[3].flatten().tolist() == pytest.approx([-1.0] * 29 * 65, abs=0.03)
    assert linear.view(0, half, None)[0][0, 0, :, 10].tolist() == pytest.approx([0.5] * 29, abs=1e-3)


@pytest.mark.parametrize("name", SPECS)
def test_crops_are_judged_as_they_are(name):
    x, network = crops(), small(name)
    scores = network(x)[0][-1]
    assert (network(0.5 * x)[0][-1] - scores).abs().max() > 0.01, "level must be heard"
    assert (network(x + 0.3)[0][-1] - scores).abs().max() > 0.01, "DC must be heard"


@pytest.mark.parametrize("magnitude", ["log", "linear"])
def test_silence_has_finite_gradients(magnitude):
    x = torch.zeros(2, 1024, requires_grad=True)
    sum(maps[-1].sum() for maps in small("spectral", magnitude=magnitude)(x)).backward()
    assert torch.isfinite(x.grad).all()


@pytest.mark.parametrize("emphasis", [0.0, 0.9])
def test_control_acts_at_its_own_samples(emphasis):
    first = int(bool(emphasis))  # sample of the crop that a plane starts with
    x, control = crops(2000 + first), torch.zeros(2, 2000 + first, 3)
    changed = control.clone()
    changed[:, 1000:] = 1.0
    at = {
        "wave": [torch.arange(2000)[None]],
        "spectral": [64 + 32 * torch.arange(59)[:, None], 256 + 128 * torch.arange(12)[:, None]],
        "period": [p * 3 * torch.arange(-(-2000 // (3 * p)))[:, None] + torch.arange(p) for p in (2, 3, 5)],
    }
    for name, samples in at.items():
        network = small(name, 3, conditioned=True, emphasis=emphasis)
        for before, after, sample in zip(network(x, control), network(x, changed), samples, strict=True):
            differs = (before[0] != after[0]).any(1).any(0)
            assert torch.equal(differs, (first + sample >= 1000).expand_as(differs)), name


@pytest.mark.parametrize("name", SPECS)
def test_control_must_be_there_and_fit(name):
    network = small(name, 3, conditioned=True)
    for wrong in (None, torch.zeros(2, 2000, 2), torch.zeros(2, 1999, 3)):
        with pytest.raises(ValueError, match=r"control is .* must be \(2, 2000, 3\)"):
            network(crops(), wrong)
    with pytest.raises(ValueError, match=f"discriminators.{name}.conditioned is true, but there are no controls"):
        build(name, 0, conditioned=True)
    unconditioned = small(name, 3)
    assert torch.equal(unconditioned(crops(), torch.zeros(2, 2000, 3))[0][-1], unconditioned(crops())[0][-1])


@pytest.mark.parametrize("emphasis", [0.0, 0.9])
@pytest.mark.parametrize("name", SPECS)
def test_a_recipe_knows_the_shortest_crop(name, emphasis):
    shortest = specification(name, **SMALL[name], emphasis=emphasis).shortest
    network = small(name, emphasis=emphasis)
    network(crops(shortest))
    with pytest.raises(ValueError, match=f"crops of {shortest - 1} samples: .* needs {shortest} or more"):
        network(crops(shortest - 1))


def test_control_of_every_sample():
    rows = torch.tensor([[[0.0, 5.0], [64.0, 5.0], [0.0, -59.0]]])
    samples = control_samples(rows, skip=60)
    assert samples.shape == (1, 68, 2)
    assert samples[0, :8, 0].tolist() == [60, 61, 62, 63, 64, 63, 62, 61]
    assert samples[0, :8, 1].tolist() == [5, 5, 5, 5, 5, 4, 3, 2]


@pytest.mark.parametrize(
    ("name", "sizes", "complaint"),
    [
        ("waves", {}, r"discriminators.name = 'waves': must be one of wave, spectral, period"),
        ("wave", {"width": 3}, r"discriminators.wave.width is not known: must be one of .*channels"),
        ("wave", {"channels": 0}, r"discriminators.wave.channels = 0: must be a whole number from 1"),
        ("wave", {"channels": 2.5}, r"channels = 2.5: must be a whole number"),
        ("wave", {"kernel": 4}, r"kernel = 4: must be odd"),
        ("wave", {"layers": 2}, r"layers = 2: must be a whole number from 3"),
        ("wave", {"emphasis": 1.0}, r"emphasis = 1.0: must be a number from 0 to 0.999"),
        ("wave", {"conditioned": 1}, r"conditioned = 1: must be true or false"),
        ("spectral", {"sizes": []}, r"discriminators.spectral.sizes = \(\): must be a list of 1 or more"),
        ("spectral", {"sizes": [8]}, r"sizes = 8: must be a whole number from 16"),
        ("spectral", {"magnitude": "mel"}, r"magnitude = 'mel': must be one of log, linear"),
        ("spectral", {"floor_db": float("nan")}, r"floor_db = nan: must be a number from -140 to -20"),
        ("period", {"periods": 3}, r"discriminators.period.periods = 3: must be a list"),
        ("period", {"channels": [8]}, r"channels = \(8,\): must be a list of 2 or more"),
        ("period", {"leak": "0.1"}, r"leak = '0.1': must be a number from 0 to 1"),
    ],
)
def test_wrong_sizes_are_refused_by_name(name, sizes, complaint):
    with pytest.raises(ValueError, match=complaint):
        specification(name, **sizes)

import copy
import io
from dataclasses import replace

import pytest
import torch

from training.adversarial.adversary import (
    Adversary,
    feature_matching,
    hinge_discriminator,
    hinge_generator,
    lsgan_discriminator,
    lsgan_generator,
)
from training.adversarial.discriminator_specs import specification
from training.adversarial.recipe import AdversarialRecipe, adversarial_from

WAVE = specification("wave", channels=4, layers=5)
SPECTRAL = specification("spectral", channels=4, sizes=(128, 256))
PERIOD = specification("period", channels=(4, 8, 8), periods=(2, 3))
ALL = (WAVE, SPECTRAL, PERIOD)


def adversary(*specs, controls: int = 0, seed: int = 1, **fields) -> Adversary:
    return Adversary(AdversarialRecipe(start=0.0, discriminators=specs or ALL, **fields), controls, seed)


def crops(seed: int, length: int = 600) -> torch.Tensor:
    return 0.3 * torch.randn(2, length, generator=torch.Generator().manual_seed(seed))


def weights(opponent: Adversary) -> list[torch.Tensor]:
    return [p.detach().clone() for p in opponent.discriminators.parameters()]


def same(a: list[torch.Tensor], b: list[torch.Tensor]) -> bool:
    return all(torch.equal(x, y) for x, y in zip(a, b, strict=True))


# Losses


def test_losses_at_known_scores():
    one, zero, half, two = (torch.full((2, 1, 1, 5), value) for value in (1.0, 0.0, 0.5, 2.0))
    assert lsgan_discriminator(one, zero) == 0
    assert lsgan_discriminator(half, half) == 0.5
    assert lsgan_discriminator(zero, two) == 5
    assert lsgan_generator(one) == 0
    assert lsgan_generator(-one) == 4
    assert hinge_discriminator(two, -two) == 0
    assert hinge_discriminator(zero, zero) == 2
    assert hinge_discriminator(half, -two) == 0.5
    assert hinge_generator(two) == -2


def test_feature_matching_counts_relative_error_at_any_depth_and_size():
    real = [[torch.randn(2, 4, 1, 50), 100 * torch.randn(2, 8, 1, 9), torch.randn(2, 1, 1, 9)]]
    off = [[1.1 * m for m in real[0][:-1]] + [torch.full((2, 1, 1, 9), 1e6)]]
    assert feature_matching(real, off).item() == pytest.approx(0.1, rel=1e-4)
    assert feature_matching(real, [[real[0][0], 1.1 * real[0][1], real[0][2]]]).item() == pytest.approx(0.05, rel=1e-4)
    assert feature_matching([[1e3 * m for m in real[0]]], [[1.1e3 * m for m in real[0]]]).item() == pytest.approx(0.1)


def test_losses_and_gradients_stay_finite_in_silence():
    opponent = adversary(WAVE, SPECTRAL, specification("period", channels=(4, 8), periods=(2,), features=True))
    fake = (1e-4 * crops(3)).requires_grad_()
    loss = opponent.generator_loss(torch.zeros(2, 600), fake)
    loss.backward()
    assert loss.item() < 20
    assert torch.isfinite(fake.grad).all()


# Who gets gradients


def test_generator_loss_reaches_the_generator_only():
    opponent, fake = adversary(), crops(3).requires_grad_()
    opponent.generator_loss(crops(2), fake).backward()
    assert fake.grad.abs().min(1).values.max() > 0
    assert all(p.grad is None and p.requires_grad for p in opponent.discriminators.parameters())


def test_step_reaches_every_weight_of_the_discriminators_only():
    opponent = adversary(*(replace(spec, conditioned=True) for spec in ALL), controls=3)
    fake, before = crops(3).requires_grad_(), weights(opponent)
    opponent.step(crops(2), fake, torch.ones(2, 600, 3))
    assert fake.grad is None
    assert not any(torch.equal(a, b) for a, b in zip(before, weights(opponent), strict=True))


def test_weights_of_the_losses_count():
    fake, real = crops(3), crops(2)

    def loss(*specs, **fields) -> float:
        return adversary(*specs, **fields).generator_loss(real, fake).item()

    deceive, match = loss(SPECTRAL, feature_weight=0.0), loss(SPECTRAL, weight=0.0, feature_weight=1.0)
    assert loss(SPECTRAL, weight=3.0, feature_weight=5.0) == pytest.approx(3 * deceive + 5 * match, rel=1e-5)
    assert loss(WAVE, feature_weight=5.0) == loss(WAVE, feature_weight=0.0), "features of waveforms depend on phase"
    assert match > 0


def test_the_learning_rate_follows_the_schedule():
    opponent = adversary()
    before = weights(opponent)
    opponent.step(crops(2), crops(3), scale=0.0)
    assert same(before, weights(opponent))


def test_crops_must_be_alike():
    with pytest.raises(ValueError, match=r"recorded crops \(2, 600\), generated ones \(2, 601\): must be alike"):
        adversary().step(crops(2), crops(3, 601))


# Reproducibility


def test_first_weights_depend_on_the_seed_alone():
    torch.manual_seed(5)
    first = weights(adversary())
    torch.manual_seed(6)
    state = torch.random.get_rng_state()
    assert same(first, weights(adversary()))
    assert torch.equal(state, torch.random.get_rng_state()), "what runs afterwards must not change either"
    assert not torch.equal(first[1], weights(adversary(seed=2))[1])


def test_another_discriminator_changes_nothing_in_the_first():
    alone, accompanied = adversary(WAVE), adversary(WAVE, SPECTRAL)
    for i in range(3):
        for opponent in (alone, accompanied):
            opponent.step(crops(i), crops(10 + i))
    both = [p.detach() for p in accompanied.discriminators[0].parameters()]
    assert same(weights(alone), both)


def test_two_of_a_kind_start_differently():
    pair = adversary(WAVE, WAVE)
    first, second = (d.stacks[0].convolutions[0].weight for d in pair.discriminators)
    assert not torch.equal(first, second)


def test_a_resumed_run_is_the_uninterrupted_one():
    run, file = adversary(), io.BytesIO()
    for i in range(3):
        run.step(crops(i), crops(10 + i))
    torch.save(run.state_dict(), file)
    file.seek(0)
    resumed = adversary(seed=9)
    resumed.load_state_dict(torch.load(file, weights_only=True))
    for i in range(3, 6):
        assert run.step(crops(i), crops(10 + i)) == resumed.step(crops(i), crops(10 + i))
    assert same(weights(run), weights(resumed))
    assert torch.equal(run.generator_loss(crops(1), crops(2)), resumed.generator_loss(crops(1), crops(2)))


def test_a_foreign_state_is_refused():
    with pytest.raises(RuntimeError, match=r"size mismatch|Missing key"):
        adversary(WAVE).load_state_dict(adversary(SPECTRAL).state_dict())


def test_averages_move_with_the_weights():
    opponent = adversary(WAVE)
    opponent.step(crops(2), crops(3))
    assert opponent.to("meta") is opponent
    averages = [s[key] for s in opponent.adam.state.values() for key in ("exp_avg", "exp_avg_sq")]
    assert averages
    assert all(tensor.is_meta for tensor in [*averages, *opponent.discriminators.parameters()])


# Do they learn?


def voices(g: torch.Generator, batch: int = 2) -> tuple[torch.Tensor, torch.Tensor]:
    """Random note, MIDI 40..76, and start phase in cycles; [batch, 1] each."""
    return 40 + 36 * torch.rand(batch, 1, generator=g), torch.rand(batch, 1, generator=g)


def saw(voice: tuple[torch.Tensor, torch.Tensor], knob: torch.Tensor | float | None = None) -> torch.Tensor:
    """Band-limited saws [batch, 1024]; a knob of 0..1 low-passes them at 500 Hz * 2^(5 knob), 12 dB per octave."""
    note, phase = voice
    f0 = 440 * torch.exp2((note - 69) / 12)
    k = torch.arange(1, 49)[:, None, None]
    amplitude = (k * f0 < 18000) / k
    if knob is not None:
        amplitude = amplitude / torch.sqrt(1 + (k * f0 / (500 * 2 ** (5 * knob))) ** 4)
    turns = phase + f0 * torch.arange(1024) / 48000
    return 0.25 * (amplitude * torch.sin(2 * torch.pi * k * turns)).sum(0)


def preferred(
    opponent: Adversary, real: torch.Tensor, fake: torch.Tensor, control: torch.Tensor | None = None
) -> float:
    """Share of pairs whose recorded crop scores higher, all sub-discriminators taken together."""

    def score(audio: torch.Tensor) -> torch.Tensor:
        features = opponent.discriminators[0](audio, control)
        return torch.stack([maps[-1].mean((1, 2, 3)) for maps in features]).mean(0)

    with torch.no_grad():
        return (score(real) > score(fake)).float().mean().item()


LEARNERS = {
    "wave": specification("wave", channels=8, emphasis=0.9),
    "spectral": specification("spectral", channels=8, sizes=(128, 512)),
    "period": specification("period", channels=(8, 16, 16), periods=(2, 3, 5), emphasis=0.9),
}


@pytest.mark.parametrize(("name", "loss"), [("wave", "lsgan"), ("spectral", "hinge"), ("period", "lsgan")])
def test_it_learns_to_hear_a_low_pass(name, loss):
    opponent, g = adversary(LEARNERS[name], loss=loss, rate=2e-3), torch.Generator().manual_seed(4)
    losses = []
    for _ in range(150):
        voice = voices(g)
        losses.append(opponent.step(saw(voice), saw(voice, 0.6)))  # 4 kHz
    chance = {"lsgan": 0.5, "hinge": 2.0}[loss]
    assert sum(losses[-30:]) / 30 < 0.9 * chance
    unseen = voices(g, 64)
    assert preferred(opponent, saw(unseen), saw(unseen, 0.6)) > 0.9


def mismatch(conditioned: bool) -> float:
    """How often it prefers the crop whose timbre fits the knob, having been trained to."""
    spec = specification("spectral", channels=8, sizes=(128, 512), conditioned=conditioned)
    opponent, g = adversary(spec, controls=2, rate=3e-3), torch.Generator().manual_seed(5)

    def told(voice: tuple[torch.Tensor, torch.Tensor], knob: torch.Tensor) -> torch.Tensor:
        return torch.stack([(voice[0] - 60) / 36, 2 * knob - 1], 2).expand(-1, 1024, 2)

    for _ in range(200):
        voice, (knob, wrong) = voices(g), torch.rand(2, 2, 1, generator=g)
        opponent.step(saw(voice, knob), saw(voice, wrong), told(voice, knob))
    voice, knob = voices(g, 128), torch.rand(128, 1, generator=g)
    return preferred(opponent, saw(voice, knob), saw(voice, (knob + 0.5) % 1), told(voice, knob))


def test_only_a_conditioned_one_hears_a_timbre_that_is_wrong_for_its_knob():
    assert mismatch(conditioned=True) > 0.8
    assert mismatch(conditioned=False) < 0.65


def treble(audio: torch.Tensor) -> float:
    """Level above 6 kHz against the whole, dB."""
    power = torch.fft.rfft(audio * torch.hann_window(1024)).abs().square().mean(0)
    return 10 * torch.log10(power[128:].sum() / power.sum()).item()


def test_a_generator_learns_from_scores_alone():
    g = torch.Generator().manual_seed(6)
    opponent = adversary(LEARNERS["spectral"], feature_weight=0.0, rate=2e-3)
    taps = torch.zeros(1, 1, 9)
    taps[..., 4] = 1.0  # at first it lets everything through
    taps.requires_grad_()
    adam = torch.optim.Adam([taps], 5e-3, betas=(0.5, 0.9))

    def generate(audio: torch.Tensor) -> torch.Tensor:
        return torch.conv1d(audio[:, None], taps, padding=4)[:, 0]

    for _ in range(150):
        real, fake = saw(voices(g), 0.5), generate(saw(voices(g)))
        opponent.step(real, fake)
        adam.zero_grad()
        opponent.generator_loss(real, fake).backward()
        adam.step()
    unseen = voices(g, 64)
    with torch.no_grad():
        before, after, wanted = (treble(x) for x in (saw(unseen), generate(saw(unseen)), saw(unseen, 0.5)))
    assert abs(after - wanted) < 0.4 * abs(before - wanted)


# Recipe

TABLE = {
    "start": 0.25,
    "loss": "hinge",
    "betas": [0.8, 0.99],
    "discriminators": [
        {"name": "wave", "channels": 16, "conditioned": True},
        {"name": "spectral", "sizes": [256, 1024]},
        {"name": "period", "channels": [8, 16, 16]},
    ],
}


def test_a_recipe_table():
    recipe = adversarial_from(TABLE)
    assert [spec.name for spec in recipe.discriminators] == ["wave", "spectral", "period"]
    assert recipe.discriminators[1].sizes == (256, 1024)
    assert recipe.betas == (0.8, 0.99)
    assert recipe.shortest == 1024
    assert [recipe.active(at) for at in (0.0, 0.2499, 0.25, 1.0)] == [False, False, True, True]
    assert TABLE["discriminators"][0]["name"] == "wave", "the table is left as it was"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"start": 1.5}, r"adversarial.start = 1.5: must be a number from 0 to 1"),
        ({"start": None}, r"adversarial.start is missing"),
        ({"loss": "wgan"}, r"adversarial.loss = 'wgan': must be one of lsgan, hinge"),
        ({"weight": -1}, r"adversarial.weight = -1: must be a number from 0"),
        ({"weight": 0, "feature_weight": 0}, r"adversarial.weight = 0: must be above"),
        ({"weight": 0, "discriminators": [{"name": "wave"}]}, r"adversarial.weight = 0: must be above"),
        ({"rate": 0}, r"adversarial.rate = 0: must be a number from 1e-07"),
        ({"betas": [0.5]}, r"adversarial.betas = \(0.5,\): must be two numbers"),
        ({"betas": 0.5}, r"adversarial.betas = 0.5: must be two numbers"),
        ({"betas": [0.5, 1.0]}, r"adversarial.betas = 1.0: must be a number from 0"),
        ({"clip": True}, r"adversarial.clip = True: must be a number"),
        ({"momentum": 0.5}, r"adversarial.momentum is not known: must be one of start, .*clip"),
        ({"discriminators": []}, r"adversarial.discriminators is empty: must name one or more"),
        ({"discriminators": {"name": "wave"}}, r"adversarial.discriminators: must be tables"),
        ({"discriminators": [{"channels": 8}]}, r"discriminators: each needs a name, one of wave"),
        ({"discriminators": [{"name": "wave", "channels": -8}]}, r"discriminators.wave.channels = -8"),
    ],
)
def test_wrong_fields_are_refused_by_name(change, complaint):
    table = {key: value for key, value in {**copy.deepcopy(TABLE), **change}.items() if value is not None}
    with pytest.raises(ValueError, match=complaint):
        adversarial_from(table)

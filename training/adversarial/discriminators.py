"""Discriminators: networks that learn to hear whether a crop was recorded or generated.

Three views of a waveform, one kind of network. Each view lays the waveform out as a plane (the signal itself; a
spectrogram; rows of one period), and a stack of weight-normalised 2-D convolutions judges every spot of it. The wave
and period views hear phase relations, the spectrogram hears none; all are judges of plausibility, not of equality, so
they assume nothing about the phase of a synth. Crops are judged as they come: level and DC are part of the sound.

`training/adversarial/discriminator_specs.py` names them and has the papers' sizes, which are for a GPU; a CPU wants a
quarter of the channels or less.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from training.adversarial.convolution_stack import Layer, Stack
from training.model.excitation import rows_to_samples

Features = list[list[Tensor]]
"""One list per sub-discriminator: its feature maps [B, C, H, W] from the input on, the score [B, 1, H, W] last."""


class Discriminator(nn.Module):
    """What the three have in common: crops and control voltages in, features and scores out.

    Args:
        stacks: the sub-discriminators.
        shortest: samples that a crop must have.
        emphasis: a of the pre-emphasis x[n] - a x[n-1] (which drops the first sample); 0: none.
        controls: values per sample of the control voltages; 0: not conditioned, any control given is ignored.
    """

    def __init__(self, stacks: Sequence[Stack], shortest: int, emphasis: float, controls: int) -> None:
        super().__init__()
        self.stacks = nn.ModuleList(stacks)
        self.shortest, self.emphasis, self.controls = shortest, emphasis, controls

    def forward(self, audio: Tensor, control: Tensor | None = None) -> Features:
        """Features of crops [B, T], full scale +-1.

        Args:
            audio: crops, at least `shortest` samples long.
            control: what the synth was told, [B, T, controls], about +-1; see `control_samples`.

        Raises:
            ValueError: the crops are too short, or the control is missing or of another shape.
        """
        if audio.shape[1] < self.shortest:
            raise ValueError(f"crops of {audio.shape[1]} samples: this discriminator needs {self.shortest} or more")
        if not self.controls:
            control = None
        elif control is None or control.shape != (*audio.shape, self.controls):
            shape = None if control is None else tuple(control.shape)
            raise ValueError(f"control is {shape}: must be {(*audio.shape, self.controls)}")
        if self.emphasis:
            audio = audio[:, 1:] - self.emphasis * audio[:, :-1]
            control = None if control is None else control[:, 1:]
        if control is not None:
            control = control.transpose(1, 2)
        return [stack(*self.view(i, audio, control)) for i, stack in enumerate(self.stacks)]

    def view(self, index: int, audio: Tensor, control: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """The plane [B, 1, H, W] that sub-discriminator `index` judges, and its control; from [B, T], [B, n, T]."""
        raise NotImplementedError


class WaveDiscriminator(Discriminator):
    """Parallel WaveGAN's: dilated convolutions over the waveform, one score per sample.

    Yamamoto et al. 2020, section 4.1. First and last layer are dense, dilations grow linearly between them. It hears
    `receptive_field` samples: the shape of an edge and the texture of noise, not a low note's pitch.

    Args:
        channels: of every layer but the last.
        layers: convolutions, the one that gives the score included.
        kernel: taps of every convolution, odd.
        leak: slope of the leaky ReLU below zero.
        emphasis: as in `Discriminator`.
        controls: as in `Discriminator`.
    """

    def __init__(
        self, channels: int, layers: int, kernel: int, leak: float, emphasis: float = 0.0, controls: int = 0
    ) -> None:
        dilations = wave_dilations(layers)
        widths = [channels] * (layers - 1) + [1]
        stack = [Layer(c, (1, kernel), dilation=(1, d)) for c, d in zip(widths, dilations, strict=True)]
        self.receptive_field = 1 + (kernel - 1) * sum(dilations)
        super().__init__([Stack(stack, leak, controls)], self.receptive_field + bool(emphasis), emphasis, controls)

    def view(self, index: int, audio: Tensor, control: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """The waveform as a plane of height 1."""
        return audio[:, None, None], None if control is None else control[:, :, None]


class SpectralDiscriminator(Discriminator):
    """UnivNet's: convolutions over magnitude spectrograms of several resolutions (Jang et al. 2021, section 2.2).

    Unlike the paper's, windows are as long as the FFT and hop by a share of it, frames stay inside the crop, strides
    run along frequency (crops are a few frames long), and the first layer has a bias and a projection of the controls
    per bin: convolutions alone cannot tell 1 kHz from 5 kHz, so would not know where a filter ought to cut.

    Args:
        sizes: FFT sizes, one sub-discriminator each.
        overlap: frames per window length.
        channels: of every layer.
        strided: layers that halve the number of bins.
        leak: slope of the leaky ReLU below zero.
        floor_db: level that is as good as silence, for log magnitudes (0 dB: a sine of amplitude 1); None: linear ones.
        emphasis: as in `Discriminator`.
        controls: as in `Discriminator`; a frame's control is that at its middle.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        overlap: int,
        channels: int,
        strided: int,
        leak: float,
        floor_db: float | None,
        emphasis: float = 0.0,
        controls: int = 0,
    ) -> None:
        wide, narrow = (3, 9), (3, 3)
        layers = [Layer(channels, wide)] + [Layer(channels, wide, stride=(1, 2))] * strided
        layers += [Layer(channels, narrow), Layer(1, narrow)]
        stacks = [Stack(layers, leak, controls, places=size // 2 + 1) for size in sizes]
        super().__init__(stacks, max(sizes) + bool(emphasis), emphasis, controls)
        self.sizes, self.overlap, self.floor_db = tuple(sizes), overlap, floor_db
        for size in sizes:
            window = torch.hann_window(size)
            self.register_buffer(f"window_{size}", window / window.sum() * 2, persistent=False)

    def view(self, index: int, audio: Tensor, control: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Spectrogram [B, 1, frames, bins]; log magnitudes run from -1 at the floor to 1 at full scale."""
        size = self.sizes[index]
        hop = size // self.overlap
        frames = audio.float().unfold(1, size, hop) * self.get_buffer(f"window_{size}")
        spectrum = torch.fft.rfft(frames)
        least = 1e-5 if self.floor_db is None else 10 ** (self.floor_db / 20)
        # The square root's slope is infinite at zero; a tenth of the least level takes the edge off.
        plane = torch.sqrt(spectrum.real.square() + spectrum.imag.square() + (0.1 * least) ** 2)
        if self.floor_db is not None:
            plane = 1 - 40 / self.floor_db * torch.log10(plane + least)
        if control is not None:
            control = control[:, :, size // 2 :: hop, None][:, :, : plane.shape[1]]
        return plane[:, None], control


class PeriodDiscriminator(Discriminator):
    """HiFi-GAN's: the waveform in rows of p samples, convolved down the columns (Kong et al. 2020, section 2.3).

    Each column is the waveform at every p-th sample. A crop's end is mirrored to fill the last row.

    Args:
        periods: samples per row, one sub-discriminator each; primes overlap least.
        channels: one per layer before the score; all layers but the last of these skip two rows of three.
        leak: slope of the leaky ReLU below zero.
        emphasis: as in `Discriminator`.
        controls: as in `Discriminator`.
    """

    STRIDE = 3

    def __init__(
        self,
        periods: Sequence[int],
        channels: Sequence[int],
        leak: float,
        emphasis: float = 0.0,
        controls: int = 0,
    ) -> None:
        layers = [Layer(c, (5, 1), stride=(self.STRIDE, 1)) for c in channels[:-1]]
        layers += [Layer(channels[-1], (5, 1)), Layer(1, (3, 1))]
        shortest = max(periods) * self.STRIDE ** (len(channels) - 1)
        super().__init__(
            [Stack(layers, leak, controls) for _ in periods], shortest + bool(emphasis), emphasis, controls
        )
        self.periods = tuple(periods)

    def view(self, index: int, audio: Tensor, control: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Rows of one period [B, 1, ceil(T/p), p]."""
        period = self.periods[index]
        missing = -audio.shape[1] % period
        rows = pad(audio[:, None], (0, missing), mode="reflect").unflatten(2, (-1, period))
        if control is not None:
            control = pad(control, (0, missing), mode="reflect").unflatten(2, (-1, period))[:, :, :: self.STRIDE]
        return rows, control


def wave_dilations(layers: int) -> tuple[int, ...]:
    """Dilations of Parallel WaveGAN's discriminator: 1, then 1, 2, ... `layers`-2, then 1."""
    return (1, *range(1, layers - 1), 1)


def control_samples(rows: Tensor, skip: int = 0) -> Tensor:
    """Control of every sample [B, T, n] from rows [B, R, n] of `control_input`, without the first `skip` samples."""
    batch, _, columns = rows.shape
    samples = rows_to_samples(rows.transpose(1, 2).flatten(0, 1))
    return samples.unflatten(0, (batch, columns)).transpose(1, 2)[:, skip:]

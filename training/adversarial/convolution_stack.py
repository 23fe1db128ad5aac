"""A stack of weight-normalised 2-D convolutions that returns all its feature maps: the network in every discriminator.

Signals are planes (a waveform has height 1). Convolutions run channels last, which on a CPU saves up to half the time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu
from torch.nn.utils.parametrizations import weight_norm


@dataclass(frozen=True)
class Layer:
    """One convolution of a stack; sizes along (height, width), kernels odd, padded so that stride 1 keeps the size."""

    channels: int
    kernel: tuple[int, int]
    stride: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)


class Stack(nn.Module):
    """Convolutions with leaky ReLUs between; the last one gives the score.

    Args:
        layers: from the input on; the last has one channel.
        leak: slope of the leaky ReLU below zero.
        controls: channels of the conditioning that is projected and added to the first layer; 0: none.
        places: width of the first layer's output if bias and projection are to be learned for each place along it;
            0: the same everywhere.
    """

    def __init__(self, layers: Sequence[Layer], leak: float, controls: int = 0, places: int = 0) -> None:
        super().__init__()
        self.leak = leak
        self.convolutions = nn.ModuleList()
        for before, layer in pairwise([Layer(1, (1, 1)), *layers]):
            self.convolutions.append(weight_norm(_convolution(before.channels, layer, leak)))
        first = layers[0].channels
        self.control = nn.Conv2d(controls, first, 1, bias=False) if controls else None
        self.place = nn.Parameter(torch.zeros(first, 1, places)) if places else None
        self.control_place = nn.Parameter(torch.zeros(controls, first, places)) if controls and places else None

    def forward(self, plane: Tensor, control: Tensor | None = None) -> list[Tensor]:
        """Feature maps of a plane [B, 1, H, W]; control [B, controls, H', W' or 1] at the first layer's outputs."""
        maps: list[Tensor] = []
        x = plane
        for i, convolution in enumerate(self.convolutions):
            x = convolution(x)
            if i == 0:
                x = self._told(x.contiguous(memory_format=torch.channels_last), control)
            if i < len(self.convolutions) - 1:
                x = leaky_relu(x, self.leak)
            maps.append(x)
        return maps

    def _told(self, x: Tensor, control: Tensor | None) -> Tensor:
        """Add what is expected: for these controls, at this place."""
        if self.control is not None:
            x = x + self.control(control)
        if self.place is not None:
            x = x + self.place
        if self.control_place is not None and control is not None:
            x = x + torch.einsum("bnh,ncw->bchw", control[..., 0], self.control_place)
        return x


def _convolution(inputs: int, layer: Layer, leak: float) -> nn.Conv2d:
    (height, width), (down, along) = layer.kernel, layer.dilation
    same = (down * (height - 1) // 2, along * (width - 1) // 2)
    convolution = nn.Conv2d(inputs, layer.channels, layer.kernel, layer.stride, same, layer.dilation)
    with torch.no_grad():
        # Torch's default shrinks the signal at every layer: after ten, only the biases would be left.
        nn.init.kaiming_normal_(convolution.weight, a=leak)
        convolution.get_parameter("bias").zero_()
    return convolution

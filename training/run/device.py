"""Where a training computes, and in what precision: the CPU in float32, or a GPU, by choice in bfloat16.

Mixed precision halves what a network's layers read and write, at eight bits of mantissa. That leaves rounding noise
some 44 dB under the sound (trained weights of va and waveshaping), of which a spectral loss that looks down 65 dB hears
much: 0.71 instead of va's 0.15. So it serves to get near, and the last stage of a schedule is exact, as is every stage
that rounds as the accelerator does, whose grids need all bits of a float32. Losses are float32 everywhere. TF32 is not
asked for, so that torch's matrix products in float32 keep all 24 bits on a GPU as well.
"""

import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch

from accel.errors import SystoleError

__all__ = ["CPU", "DEVICES", "PRECISIONS", "Place", "choose_place"]

DEVICES = ("auto", "cpu", "cuda")
PRECISIONS = ("auto", "float32", "mixed")


@dataclass(frozen=True)
class Place:
    """A device and the precision that networks run in there.

    Attributes:
        device: one CPU or one GPU; every process of a data-parallel training has its own.
        mixed: bfloat16 where autocast and the stage allow it.
    """

    device: torch.device
    mixed: bool = False

    @property
    def prefetches(self) -> bool:
        """Whether batches are drawn ahead by a thread; on the CPU that thread would take the training's own time."""
        return self.device.type == "cuda"

    def autocast(self, exact: bool = False) -> AbstractContextManager[object]:
        """Around a network's forward pass; does nothing in float32, nor where the pass must be `exact`."""
        if not self.mixed or exact:
            return nullcontext()
        return torch.autocast(self.device.type, torch.bfloat16)

    def __str__(self) -> str:
        name = "the CPU" if self.device.type == "cpu" else torch.cuda.get_device_name(self.device)
        return f"{name}, {'mixed precision' if self.mixed else 'float32'}"


CPU = Place(torch.device("cpu"))


def choose_place(device: str = "auto", precision: str = "auto") -> Place:
    """The device and precision that a command asks for; torch's launcher says which GPU is this process's.

    Args:
        device: `auto` (a GPU where torch finds one), `cpu` or `cuda`.
        precision: `auto` (mixed on a GPU that computes in bfloat16), `float32` or `mixed` (GPU only).

    Raises:
        SystoleError: another word, no such device, or mixed precision on a CPU.
    """
    for option, value, allowed in (("device", device, DEVICES), ("precision", precision, PRECISIONS)):
        if value not in allowed:
            raise SystoleError(f"--{option} {value}: allowed are {', '.join(allowed)}")
    gpu = torch.cuda.is_available()
    if device == "cuda" and not gpu:
        raise SystoleError("--device cuda: torch finds no CUDA device here; allowed are auto and cpu")
    if device == "cpu" or not gpu:
        if precision == "mixed":
            raise SystoleError("--precision mixed: needs a CUDA device; allowed on the CPU are auto and float32")
        return CPU
    index, count = int(os.environ.get("LOCAL_RANK", "0")), torch.cuda.device_count()
    if index >= count:
        raise SystoleError(
            f"--device {device}: {index + 1} processes or more, {count} GPUs; one GPU for each is needed"
        )
    chosen = torch.device("cuda", index)
    torch.cuda.set_device(chosen)
    native = torch.cuda.is_bf16_supported(including_emulation=False)
    return Place(chosen, precision == "mixed" or (precision == "auto" and native))

"""Checkpoints as `parallel_wavegan` itself makes them: its model, its trainer's layout, its way to write config.yml.

Version 0.6.1 wants `scipy.signal.kaiser`, which SciPy has moved.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import scipy.signal
import torch
import yaml

if not hasattr(scipy.signal, "kaiser"):
    scipy.signal.kaiser = scipy.signal.windows.kaiser

from parallel_wavegan.models import ParallelWaveGANGenerator

V1 = {
    "in_channels": 1,
    "out_channels": 1,
    "kernel_size": 3,
    "layers": 30,
    "stacks": 3,
    "residual_channels": 64,
    "gate_channels": 128,
    "skip_channels": 64,
    "aux_channels": 80,
    "aux_context_window": 2,
    "dropout": 0.0,
    "use_weight_norm": True,
    "upsample_net": "ConvInUpsampleNetwork",
    "upsample_params": {"upsample_scales": [4, 5, 3, 5]},
}
"""`parallel_wavegan.v1` at 24 kHz."""

SMALL = {
    "kernel_size": 3,
    "layers": 6,
    "stacks": 2,
    "residual_channels": 8,
    "gate_channels": 16,
    "skip_channels": 6,
    "aux_channels": 10,
    "aux_context_window": 1,
    "upsample_params": {"upsample_scales": [4, 4, 4]},
}
CAUSAL = {**SMALL, "use_causal_conv": True}


def make_generator(params: dict[str, Any], seed: int = 0) -> ParallelWaveGANGenerator:
    """A generator with random weights, biases and upsampling filters included."""
    torch.manual_seed(seed)
    generator = ParallelWaveGANGenerator(**copy.deepcopy(params)).eval()
    for name, values in generator.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.normal_(values, 0, 0.1)
        elif "up_layers" in name and not name.endswith("_g"):
            torch.nn.init.normal_(values, 1 / values.shape[-1], 0.1 / values.shape[-1])
        elif name.startswith("last_conv_layers.3") and name.endswith("_g"):
            torch.nn.init.constant_(values, 0.3)  # inside full scale, as trained ones are
    return generator


def write_checkpoint(folder: Path, params: dict[str, Any], seed: int = 0, **config: Any) -> Path:
    """`checkpoint-1steps.pkl` and `config.yml` in a folder, as the trainer leaves them."""
    generator = make_generator(params, seed)
    optimizer = torch.optim.Adam(generator.parameters(), lr=1e-4)
    state = {
        "optimizer": {"generator": optimizer.state_dict()},
        "scheduler": {"generator": torch.optim.lr_scheduler.StepLR(optimizer, 200000).state_dict()},
        "steps": 1,
        "epochs": 1,
        "model": {"generator": generator.state_dict(), "discriminator": {}},
    }
    path = folder / "checkpoint-1steps.pkl"
    torch.save(state, path)
    hop = int(np.prod(params["upsample_params"]["upsample_scales"]))
    described = {
        "sampling_rate": 24000,
        "hop_size": hop,
        "num_mels": params["aux_channels"],
        "generator_type": "ParallelWaveGANGenerator",
        "generator_params": copy.deepcopy(params),
        "version": "0.6.1",
        **config,
    }
    (folder / "config.yml").write_text(yaml.dump(described, Dumper=yaml.Dumper))
    return path

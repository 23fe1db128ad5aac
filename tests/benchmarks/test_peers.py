"""Every contestant computes the float network, whatever the block; ours computes the reference's bits."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from accel import reference
from benchmarks.peers import OURS, PEERS, open_peer
from benchmarks.peers.base import Frames
from benchmarks.peers.folded import fold
from benchmarks.workloads import WORKLOADS, take_of

FLOAT = [name for name in PEERS if name != OURS and not name.endswith("int8")]
INT8 = [name for name in PEERS if name.endswith("int8")]
SMALL = [name for name in WORKLOADS if name != "pwg"]
LEAST_SNR_FLOAT = 50.0
"""dB: in float32 a phase loses digits as it grows, and ONNX's has no doubles; harmonics multiply what is lost."""
LEAST_SNR_INT8 = 15.0


def rendered(peer: str, workload: str, block: int, blocks: int) -> np.ndarray:
    contestant = open_peer(peer)
    contestant.prepare(WORKLOADS[workload], block)
    return np.concatenate([contestant.run_block().copy() for _ in range(blocks)])


@functools.cache
def float_output(workload: str) -> np.ndarray:
    take = take_of(WORKLOADS[workload])
    rows = 2 + 2048 // WORKLOADS[workload].shape.hop
    noise = take.noise[: (rows - 1) * WORKLOADS[workload].shape.hop]
    return WORKLOADS[workload].network.run(take.volts[:rows], take.knobs[:rows], noise)


def signal_to_noise(workload: str, found: np.ndarray) -> float:
    wanted = float_output(workload)[: len(found)]
    return float(10 * np.log10((wanted**2).sum() / ((wanted - found) ** 2).sum()))


@pytest.mark.parametrize("workload", SMALL)
@pytest.mark.parametrize("peer", FLOAT)
def test_float_peers_equal_the_network(peer: str, workload: str) -> None:
    assert signal_to_noise(workload, rendered(peer, workload, 64, 12)) > LEAST_SNR_FLOAT


@pytest.mark.parametrize("block", [16, 32, 128, 256])
@pytest.mark.parametrize("peer", FLOAT)
def test_any_block_gives_the_same_stream(peer: str, block: int) -> None:
    assert signal_to_noise("a15", rendered(peer, "a15", block, max(2, 640 // block))) > LEAST_SNR_FLOAT


@pytest.mark.parametrize("workload", ["a15", "a60", "odd24"])
@pytest.mark.parametrize("peer", INT8)
def test_int8_peers_resemble_the_network(peer: str, workload: str) -> None:
    assert signal_to_noise(workload, rendered(peer, workload, 64, 12)) > LEAST_SNR_INT8


@pytest.mark.parametrize("peer", [*FLOAT, *(pytest.param(name, marks=pytest.mark.slow) for name in INT8)])
def test_vocoder_on_every_peer(peer: str) -> None:
    limit = LEAST_SNR_INT8 if peer in INT8 else LEAST_SNR_FLOAT
    assert signal_to_noise("pwg", rendered(peer, "pwg", 128, 5)) > limit


@pytest.mark.parametrize("workload", [*SMALL, "pwg"])
def test_ours_equals_the_reference(workload: str) -> None:
    block, blocks = (128, 3) if workload == "pwg" else (96, 7)
    take, program = take_of(WORKLOADS[workload]), WORKLOADS[workload].program
    rows = block * blocks // program.hop + 2
    wanted = reference.run(program, take.pitch[:rows], take.counts[:rows], seed=take.seed)
    assert (rendered(OURS, workload, block, blocks) == wanted[: block * blocks]).all()


def test_history_buffers_move_without_a_seam() -> None:
    """More blocks than a buffer holds, of a peer whose oscillator keeps its phase in double."""
    assert signal_to_noise("odd17", rendered("numpy", "odd17", 16, 60)) > LEAST_SNR_FLOAT


def test_a_block_that_does_not_fit_the_frames_is_refused() -> None:
    with pytest.raises(ValueError, match="divide the hop"):
        Frames(WORKLOADS["a15"], 48)


def test_interpolation_weights() -> None:
    frames = Frames(WORKLOADS["a15"], 32)
    assert frames.phases == 2
    assert frames.weights[1, 0].tolist() == [0.5, 0.5]
    assert np.allclose(Frames(WORKLOADS["a15"], 128).weights.sum(axis=2), 1)


def test_folding_keeps_a_scale_for_int8() -> None:
    network = WORKLOADS["pwg"].network
    assert fold(network).carry == 1.0
    assert fold(network, scale_too=False).carry == pytest.approx(0.5**0.5)

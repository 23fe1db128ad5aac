"""The specification as code: a program run whole-sequence in NumPy int64, one obvious step after another.

Slow on purpose. Every accumulation is done in the RTL's order (tap by tap, column by column) and saturates
after each step, so this is right for every program, proven or not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from accel.formats import (
    ACCUMULATOR_BITS,
    QUARTER_BITS,
    Op,
    Source,
    activate,
    channel_parts,
    gate_q15,
    harmonic_gain,
    lfsr_next,
    phase_increment,
    pitch_counts,
    requantise,
    saturate,
    shift_round,
    sine_q15,
)
from accel.oscillators import gate_rises, ratio_ramp, start_phases
from accel.program import Pass, Program

__all__ = ["DEFAULT_SEED", "conditioning", "excitation", "noise_words", "oscillators", "run", "skip_sum"]

Ints = NDArray[np.int64]
DEFAULT_SEED = 0x5EED_CAFE


def interpolate(rows: Ints, hop: int) -> Ints:
    """previous * (hop - r) + current * r for r = 0..hop-1 of every frame: [N, ...] -> [(N-1)*hop, ...]."""
    ramp = np.arange(hop).reshape((1, hop) + (1,) * (rows.ndim - 1))
    spread = rows[:-1, None] * (hop - ramp) + rows[1:, None] * ramp
    return spread.reshape((-1, *rows.shape[1:]))


def accumulate(start: Ints, each: Pass, taps: list[Ints]) -> Ints:
    """start + sum over taps and columns of weight * input, saturating int32 after each step, [T, rows]."""
    total = saturate(start, ACCUMULATOR_BITS)
    for tap, inputs in enumerate(taps):
        for column in range(each.cols):
            step = inputs[:, column, None] * each.weight[:, tap, column].astype(np.int64)
            total = saturate(total + step, ACCUMULATOR_BITS)
    return total


def dense(each: Pass, inputs: Ints) -> Ints:
    """A 1x1 pass with its requantisation and activation: [T, cols] -> int16 range [T, rows]."""
    start = np.broadcast_to(each.bias.astype(np.int64), (len(inputs), each.rows))
    return activate(requantise(accumulate(start, each, [inputs]), each.shift), each.activation)


def conditioning(program: Program, pitch: NDArray[np.int32], knobs: NDArray[np.int16]) -> Ints:
    """The control network: pitch words [N] and knob counts [N, knobs] -> conditioning [N, layers, 2C]."""
    values = np.concatenate([pitch_counts(pitch)[:, None], np.asarray(knobs, np.int64)], axis=1)
    for each in program.of(Op.CONTROL):
        values = dense(each, values)
    return values.reshape(len(pitch), program.layers, 2 * program.channels)


def noise_words(count: int, seed: int) -> Ints:
    """The LFSR's first `count` words from state `seed`."""
    words = np.zeros(count, np.int64)
    state = seed
    for index in range(count):
        state, words[index] = lfsr_next(state)
    return words


def oscillators(
    program: Program, pitch: NDArray[np.int32], knobs: NDArray[np.int16], phase: int
) -> list[tuple[Ints, Ints]]:
    """Phase before its increment is added, and increment, of each oscillator at every sample, [(N-1)*hop] each."""
    hop, offset = program.hop, program.of(Op.EXCITE)[0].multiplier
    glide, found = interpolate(pitch.astype(np.int64), hop), []
    for each, start in zip(program.bank, start_phases(program.bank, phase), strict=True):
        counts = knobs[:, each.knob - 1] if each.knob else np.zeros(len(pitch))
        increment = phase_increment(glide, hop, offset + ratio_ramp(each.ratio(counts), hop))
        frames = increment.reshape(-1, hop)
        phases, now = np.zeros_like(frames), start
        for frame, risen in enumerate(gate_rises(each, knobs)):
            now = each.start if risen else now
            phases[frame] = now + np.concatenate([[0], np.cumsum(frames[frame])[:-1]])
            now += int(frames[frame].sum())
        found.append((phases.reshape(-1) & 0xFFFFFFFF, increment))
    return found


def excitation(program: Program, pitch: NDArray[np.int32], knobs: NDArray[np.int16], seed: int, phase: int) -> Ints:
    """NCOs and LFSR: pitch words [N], knob counts [N, knobs] -> excitation Q0.15 [(N-1)*hop, channels]."""
    bank = oscillators(program, pitch, knobs, phase)
    noise = noise_words(len(bank[0][0]), seed)
    channels = []
    for code in program.of(Op.EXCITE)[0].bias.tolist():
        source, oscillator, harmonic = channel_parts(code)
        if source == Source.NOISE:
            channels.append(noise)
            continue
        phases, increment = bank[oscillator]
        turned = phases * harmonic + (1 << QUARTER_BITS if source == Source.COSINE else 0)
        channels.append(shift_round(sine_q15(turned) * harmonic_gain(increment, harmonic), 15))
    return np.stack(channels, axis=1)


def delayed(stream: Ints, samples: int) -> Ints:
    """The stream `samples` later, with the zero history of a reset in front."""
    return np.concatenate([np.zeros((samples, stream.shape[1]), np.int64), stream])[: len(stream)]


def held(rows: Ints, late: int) -> Ints:
    """Rows of controls `late` rows later, row 0 held in front: [N, ...] -> [N, ...]."""
    return rows[np.maximum(np.arange(len(rows)) - late, 0)]


def gated(each: Pass, stream: Ints, condition: Ints, hop: int) -> Ints:
    """Dilated convolution + interpolated conditioning, then tanh * sigmoid: [T, C] -> Q0.15 [T, C]."""
    ramp = interpolate(condition, hop) << each.ramp_shift.astype(np.int64)
    start = saturate(each.bias.astype(np.int64) + ramp, ACCUMULATOR_BITS)
    taps = [delayed(stream, each.reach - tap * each.dilation) for tap in range(each.taps)]
    rows = requantise(accumulate(start, each, taps), each.shift)
    half = each.rows // 2
    return gate_q15(rows[:, :half], rows[:, half:])


def mix(each: Pass, gate: Ints, stream: Ints, skip: Ints) -> tuple[Ints, Ints]:
    """Residual and skip 1x1 of a layer: the new residual stream (int16) and skip sum (int32).

    `stream` and `skip` are as old as the gate: the caller has delayed them by the layer's lag.
    """
    start = np.broadcast_to(each.bias.astype(np.int64), (len(gate), each.rows))
    total = accumulate(start, each, [gate])
    skip_rows = shift_round(total, each.shift)[:, each.split :]
    skip = saturate(skip + saturate(skip_rows, ACCUMULATOR_BITS), ACCUMULATOR_BITS)
    if each.split:
        residual = requantise(total, each.shift)[:, : each.split]
        stream = requantise((stream + residual) * each.multiplier, 15)
    return stream, skip


def skip_sum(
    program: Program,
    pitch: NDArray[np.int32],
    knobs: NDArray[np.int16],
    *,
    seed: int = DEFAULT_SEED,
    phase: int = 0,
) -> Ints:
    """Everything before the head, arguments as `run`: int32 range [(N-1) * hop, S]."""
    stream = dense(program.of(Op.INPUT)[0], excitation(program, pitch, knobs, seed, phase))
    condition = conditioning(program, pitch, knobs)
    skip = np.zeros((len(stream), program.skip_channels), np.int64)
    layers = zip(program.of(Op.GATED), program.of(Op.MIX), strict=True)
    for layer, (convolution, one_by_one) in enumerate(layers):
        delay, lag = program.delays[layer], convolution.lag
        gate = gated(convolution, stream, held(condition[:, layer], delay // program.hop), program.hop)
        stream, skip = mix(one_by_one, gate, delayed(stream, lag), delayed(skip, lag))
        stream[:delay] = 0  # before its own first sample a layer is silent, as a padded convolution has it
    return skip


def run(
    program: Program,
    pitch: NDArray[np.int32],
    knobs: NDArray[np.int16],
    *,
    seed: int = DEFAULT_SEED,
    phase: int = 0,
) -> NDArray[np.int16]:
    """Render a whole take from reset.

    Args:
        program: a validated program.
        pitch: pitch words [N], row k at sample k * hop.
        knobs: CV counts [N, knobs].
        seed: LFSR state, not 0.
        phase: start phase, 2**32 is a cycle; of the first NCO, and in the bits of those that run free.

    Returns:
        int16 [(N-1) * hop]; sample n belongs to the excitation of sample n - program.card.latency.
    """
    skip = skip_sum(program, pitch, knobs, seed=seed, phase=phase)
    head, output = program.of(Op.HEAD)[0], program.of(Op.OUTPUT)[0]
    hidden = dense(head, np.maximum(requantise(skip, head.pre_shift), 0))
    return dense(output, hidden)[:, 0].astype(np.int16)

"""The block function: events in, stereo out. Live and offline call this and nothing else.

The result does not depend on the block size. Each voice has its own clock of control frames from its note-on
sample; its network computes QUANTUM samples at a time into the voice's own buffer; loudness, gains and the bus run
sample by sample with recursions and IEEE arithmetic only (no sine or exponential whose vector form could round
otherwise at a block's end). Events are applied between the samples where they belong.

Latency: a note starts on its sample; loudness changes (key up, pedal) act on their sample; pitch, knobs, pan and
level change as `control` says; volume, expression and pan of the channel follow with 5 ms smoothing.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from accel.emulator.kernels import voice_render
from accel.formats import RATE
from engine.apply import apply_event
from engine.control import set_controls, start_networks
from engine.envelope import IDLE, advance_env2, amplitude
from engine.jit import compiled, inlined
from engine.state import BUS_CHUNK, QUANTUM

__all__ = ["is_silent", "render_block"]

SMOOTH = 1.0 - math.exp(-1.0 / (0.005 * RATE))
LEAK = math.exp(-1.0 / (0.0015 * RATE))
BLOCKER = math.exp(-2.0 * math.pi * 5.0 / RATE)
"""Pole of the DC blocker: 5 Hz. A network's output has an offset that an envelope would turn into a thump."""
NOTHING = 1e-9
"""Below this (-180 dB) the bus counts as silent: no subnormal numbers, and idle parts cost nothing."""
FAINT = 1e-12
"""Below this a gain of the bus is 0, or it would creep towards 0 for ever, in subnormal numbers."""


@inlined
def _next_quantum(packed: Any, states: Any, state: Any, slot: int, now: int) -> None:
    """Render the voice's next QUANTUM samples; at the end of a control frame, begin the next one first."""
    voice, stride = state.voices[slot], state.lanes.shape[1]
    if voice.frame == state.part[0].hop:
        if now > voice.born:
            advance_env2(voice, state.coefficients[0], state.parameters[0].env2_sustain)
        set_controls(packed, states, state, slot, now, voice.frame == 0)
        voice.frame = 0
    for index in range(voice.lanes):
        voice_render(packed, states, slot * stride + index, QUANTUM, state.samples[slot, index], 0)
    voice.frame += QUANTUM
    voice.ready = 0


@compiled
def _mix_voice(packed: Any, states: Any, state: Any, slot: int, count: int, now: int) -> None:
    """Add `count` samples of a voice to the bus; `now` is the sample position of the first."""
    voice, envelope, bus, hop = state.voices[slot], state.envelope, state.bus, state.part[0].hop
    sustain = state.parameters[0].amp_sustain
    done: Any = np.int64(0)
    while done < count and voice.stage != IDLE:
        if voice.ready == QUANTUM:
            _next_quantum(packed, states, state, slot, now + done)
        ready = voice.ready
        part = min(QUANTUM - ready, count - done)
        alive = amplitude(voice, state.coefficients[0], sustain, envelope, part)
        position = voice.frame - QUANTUM + ready
        voice.last_left = voice.last_right = 0.0
        for index in range(voice.lanes):
            lane, samples = state.lanes[slot, index], state.samples[slot, index]
            left, right = lane.left, lane.right
            left_step, right_step = (lane.left_to - left) / hop, (lane.right_to - right) / hop
            for i in range(alive):
                value = samples[ready + i] * envelope[i]
                bus[done + i, 0] += value * (left + left_step * (position + i))
                bus[done + i, 1] += value * (right + right_step * (position + i))
            if alive == part:
                value = samples[ready + part - 1] * envelope[part - 1]
                voice.last_left += value * (left + left_step * (position + part - 1))
                voice.last_right += value * (right + right_step * (position + part - 1))
        voice.ready += part
        done += part
    if voice.stage == IDLE:
        state.part[0].active -= 1


@compiled
def _bus(part: Any, bus: Any, out: Any, start: int, count: int) -> None:
    """DC blocker, then smoothed gains: bus[:count] -> out[start:], float32."""
    left, right, left_to, right_to = part.left, part.right, part.left_to, part.right_to
    leak_left, leak_right = part.leak_left, part.leak_right
    in_left, in_right, out_left, out_right = part.in_left, part.in_right, part.out_left, part.out_right
    for i in range(count):
        left += SMOOTH * (left_to - left)
        right += SMOOTH * (right_to - right)
        left = left if left > FAINT else 0.0
        right = right if right > FAINT else 0.0
        leak_left = leak_left * LEAK if abs(leak_left) > NOTHING else 0.0
        leak_right = leak_right * LEAK if abs(leak_right) > NOTHING else 0.0
        x, y = bus[i, 0] + leak_left, bus[i, 1] + leak_right
        out_left = x - in_left + BLOCKER * out_left
        out_right = y - in_right + BLOCKER * out_right
        in_left, in_right = x, y
        out_left = out_left if abs(out_left) > NOTHING else 0.0
        out_right = out_right if abs(out_right) > NOTHING else 0.0
        out[start + i, 0] = out_left * left
        out[start + i, 1] = out_right * right
    part.left, part.right = left, right
    part.leak_left, part.leak_right = leak_left, leak_right
    part.in_left, part.in_right, part.out_left, part.out_right = in_left, in_right, out_left, out_right


@compiled
def is_silent(part: Any) -> bool:
    """No voice sounds, and the bus has nothing left to give: rendering would give exact zeros."""
    if part.active > 0 or part.leak_left != 0.0 or part.leak_right != 0.0:
        return False
    return part.out_left == 0.0 and part.out_right == 0.0 and part.in_left == 0.0 and part.in_right == 0.0


@inlined
def _segment(packed: Any, states: Any, state: Any, out: Any, start: int, count: int, now: int) -> None:
    """Render out[start : start + count] (at most BUS_CHUNK samples) with no event inside."""
    part = state.part[0]
    if is_silent(part):
        out[start : start + count, :] = 0.0
        return
    state.bus[:count, :] = 0.0
    for slot in range(state.voices.shape[0]):
        if state.voices[slot].stage != IDLE:
            _mix_voice(packed, states, state, slot, count, now)
    _bus(part, state.bus, out, start, count)


@inlined
def _start_voice(packed: Any, states: Any, state: Any, now: int) -> None:
    """Start the networks of the voice that the last event began, with the controls of this moment.

    A network whose histories are zero errs by up to its full level until its receptive field has filled. The
    module's oscillator runs always and never shows this; a note here runs unheard for that long first.
    """
    slot = state.part[0].starting - 1
    if slot >= 0:
        start_networks(packed, states, state, slot, now)
        stride, frames = state.lanes.shape[1], state.part[0].warm_frames
        fresh = slot >= 0  # true, as a variable: for a literal Numba would compile set_controls a second time
        for frame in range(frames + 1):
            set_controls(packed, states, state, slot, now, fresh)
            for index in range(state.voices[slot].lanes if frame < frames else 0):
                for _ in range(state.part[0].hop // QUANTUM):
                    voice_render(packed, states, slot * stride + index, QUANTUM, state.samples[slot, index], 0)
        state.part[0].starting = 0


@compiled
def render_block(
    packed: Any, states: Any, state: Any, values: Any, events: Any, first: int, now: int, out: Any, count: int
) -> int:
    """Render `count` samples of one part into out[:count] (float32 [.., 2], overwritten).

    Args:
        packed, states: the model and its voices' networks (`accel.emulator`).
        state: `state.PartState`.
        values: `state.parameters` seen as float64 [parameters], for PARAMETER events.
        events: records of `events.EVENT` in the order of time.
        first: index of the first event that was not applied yet.
        now: sample position of out[0]. Events before it are applied at once.

    Returns:
        Index of the first event that is still to come.
    """
    done: Any = np.int64(0)
    while done < count:
        while first < events.shape[0] and events[first].time <= now + done:
            apply_event(state, values, events[first], now + done)
            _start_voice(packed, states, state, now + done)
            first += 1
        part: Any = min(BUS_CHUNK, count - done)
        if first < events.shape[0] and events[first].time - now < done + part:
            part = events[first].time - now - done
        _segment(packed, states, state, out, done, part, now + done)
        done += part
    return first

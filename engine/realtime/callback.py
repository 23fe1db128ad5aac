"""The callback of the sound device: a C function that takes no lock, allocates nothing and never enters Python.

In the mode DIRECT it renders; in the mode SAFE it copies what a thread has rendered ahead. Around that: the clock by
which events are placed, frames that the device left out, conversion of the rate, control voltages, and a record of
every call, so that a gap can be laid at the right door. A stream that no longer plays gives silence.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import cfunc, types

from accel.emulator.entry import address_of
from accel.jit import JIT
from accel.once import once
from engine.arrays import array_at, table_at
from engine.jit import compiled, inlined
from engine.realtime.ahead_ring import take_ahead
from engine.realtime.callback_log import log_callback
from engine.realtime.convert import Converter, convert, most_frames, needed
from engine.realtime.cv_in import CvInputs, collect, hand_over, release_gates
from engine.realtime.deliver import clear, deliver
from engine.realtime.link import LINK, LINK_AT
from engine.realtime.native import call_u32, load_acquire, now_ns, store_release, thread_id, thread_ns
from engine.realtime.produce import produce, rig_at
from engine.realtime.rig import RING_AT, SAFE, WORD_AT
from engine.realtime.stream_clock import publish_clock, tick

__all__ = ["audio_address", "finished_address"]

MODE, OWNER, FINISHED, AUDIO_THREAD = (WORD_AT[name] for name in ("mode", "owner", "finished", "audio_thread"))
JACK_FRAMES, JACK_CLIENT = WORD_AT["jack_frames"], WORD_AT["jack_client"]
AHEAD, AHEAD_BASE = WORD_AT["ahead"], WORD_AT["ahead_base"]
RIG, TOKEN, DEVICE_RATE, INPUTS, OUTPUTS, LATENCY, CONVERTER, CV, NEXT_CV, FRAME, NEXT_FRAME, IS_KNOWN = (
    LINK_AT[name] for name in LINK
)
WORDS, WORD, AHEAD_RING = len(LINK), 8, RING_AT["ahead"]
UNSIGNED_LONG = 0xFFFFFFFF
"""What of frames and flags counts: C's unsigned long has 32 bits on Windows, above which anything may stand."""
OUTPUT_UNDERFLOW = 4
FRAMES_WRAP = 1 << 32
AFTER_GAP = 2
"""Word is_known: as 1, and frames were left out just before the last callback."""
PIECE = 1024
ZERO: Any = np.int64(0)
"""Typed: for a literal, Numba compiles a function a second time."""

_words_at, _floats_at = array_at(np.dtype(np.int64)), array_at(np.dtype(np.float32))
_converter_at, _cv_at = table_at(Converter), table_at(CvInputs)


@compiled
def _fetch(rig: Any, out: Any, start: int, count: int) -> None:
    """The next `count` samples at 48 kHz."""
    if count == 0:
        return
    if rig.words[MODE] == SAFE:
        take_ahead(rig, out, start, count)
    else:
        produce(rig, out, start, count)


@inlined
def _play_straight(rig: Any, out: Any, channels: int, frames: int) -> None:
    """Fill the device's buffer, whose rate is ours."""
    done = ZERO
    while done < frames:
        part = min(frames - done, PIECE)
        _fetch(rig, rig.converted, ZERO, part)
        deliver(rig, rig.converted, out, channels, done, part)
        done += part


@inlined
def _play_converted(rig: Any, converter: Any, out: Any, channels: int, frames: int) -> None:
    """Fill the device's buffer at another rate."""
    done, most = ZERO, min(most_frames(converter), PIECE)
    while done < frames:
        part = min(frames - done, most)
        took = needed(converter, part)
        _fetch(rig, converter.history, converter.ratio[0].filled, took)
        convert(converter, took, rig.converted, ZERO, part)
        deliver(rig, rig.converted, out, channels, done, part)
        done += part


@inlined
def _skipped(rig: Any, link: Any, frames: int) -> int:
    """Frames that JACK left out since the last callback; it may call several times in a cycle.

    Negative where an earlier answer was too high: a callback that ran late is told the frame of the cycle after its
    own, and whether the one after it belongs to the same cycle is only seen at the next.
    """
    frames_at = rig.words[JACK_FRAMES]  # once: another thread may take it away
    if frames_at == 0:
        return 0
    frame = call_u32(frames_at, rig.words[JACK_CLIENT])
    lost: Any = 0
    if link[IS_KNOWN] != 0 and frame == link[FRAME]:
        link[NEXT_FRAME] = (link[NEXT_FRAME] + frames) % FRAMES_WRAP
        return 0
    if link[IS_KNOWN] != 0:
        half = FRAMES_WRAP // 2
        lost = (frame - link[NEXT_FRAME] + half) % FRAMES_WRAP - half
        lost = lost if lost >= -frames else 0
    link[FRAME], link[NEXT_FRAME], link[IS_KNOWN] = frame, (frame + frames) % FRAMES_WRAP, 1
    return lost


@inlined
def _frame(rig: Any, link: Any, frames: int, lost: int) -> int:
    """JACK's frame at which this callback begins, after `_skipped`; 0 without JACK.

    A cycle may hold several callbacks, and then tells its own frame to all. But where frames were left out and are then
    told again, the callback before was late: JACK told it the frame of this one already.
    """
    if rig.words[JACK_FRAMES] == 0:
        return 0
    if lost > 0:
        link[IS_KNOWN] = AFTER_GAP
    elif link[IS_KNOWN] == AFTER_GAP:
        link[IS_KNOWN] = 1
        return link[FRAME]
    return (link[NEXT_FRAME] - frames) % FRAMES_WRAP


@inlined
def _keep_time(rig: Any, link: Any, frames: int, start: int) -> float:
    """Clock and lost frames at the start of a callback; by how many ns it is late."""
    lost = _skipped(rig, link, frames)
    rig.counters[0].skipped_frames += lost
    rate = link[DEVICE_RATE]
    late = tick(rig.timing[0], start, frames, float(rate), lost)
    is_safe = rig.words[MODE] == SAFE
    sample = rig.ring_tails[AHEAD_RING] + rig.words[AHEAD_BASE] if is_safe else rig.play[0].now
    ahead = rig.words[AHEAD] if is_safe else 0
    publish_clock(rig, sample, frames, float(rate), ahead, link[LATENCY], _frame(rig, link, frames, lost))
    return late


@inlined
def _collect_cv(rig: Any, link: Any, source: int, frames: int) -> None:
    """Control voltages of this block act in it; where it was rendered ahead already, in the next that is rendered."""
    cv, inputs, wanted = link[CV], link[INPUTS], load_acquire(address_of(link) + WORD * NEXT_CV)
    time = rig.clock[0].sample + (rig.clock[0].delay if rig.words[MODE] == SAFE else 0)
    if wanted != cv:
        if cv != 0 and wanted != 0:
            hand_over(rig, _cv_at(cv), _cv_at(wanted), time)
        elif cv != 0:
            release_gates(rig, _cv_at(cv), time)
        cv = wanted
        store_release(address_of(link) + WORD * CV, wanted)  # nothing of the old one is used any more
    if cv != 0 and inputs > 0 and source != 0:
        collect(rig, _cv_at(cv), _floats_at(source, frames * inputs), inputs, frames, time, link[DEVICE_RATE])


def _audio(source: Any, target: Any, frames: Any, _time: Any, flags: Any, address: Any) -> Any:
    """PaStreamCallback; always goes on."""
    link = _words_at(address, WORDS)
    count: Any = np.int64(frames & UNSIGNED_LONG)
    rig = rig_at(link[RIG])
    out = _floats_at(target, count * link[OUTPUTS])
    if load_acquire(address_of(rig.words) + WORD * OWNER) != link[TOKEN]:
        clear(out, count * link[OUTPUTS])
        return 0
    if count == 0:
        return 0
    start, spent = now_ns(rig.words), thread_ns(rig.words)
    if rig.words[AUDIO_THREAD] == 0:
        rig.words[AUDIO_THREAD] = thread_id(rig.words)
    late = _keep_time(rig, link, count, start)
    _collect_cv(rig, link, source, count)
    if link[CONVERTER] != 0:
        _play_converted(rig, _converter_at(link[CONVERTER]), out, link[OUTPUTS], count)
    else:
        _play_straight(rig, out, link[OUTPUTS], count)
    if flags & OUTPUT_UNDERFLOW:
        rig.counters[0].underflows += 1
    log_callback(rig, start, now_ns(rig.words) - start, thread_ns(rig.words) - spent, late, count, link[DEVICE_RATE])
    return 0


def _finished(address: Any) -> None:
    """PaStreamFinishedCallback: the stream has ended, asked to or not."""
    link = _words_at(address, WORDS)
    rig = rig_at(link[RIG])
    store_release(address_of(rig.words) + WORD * FINISHED, link[TOKEN])


@once
def _compiled_audio() -> Any:
    signature = types.int32(types.int64, types.int64, types.uint64, types.int64, types.uint64, types.int64)
    return cfunc(signature, **JIT)(_audio)


@once
def _compiled_finished() -> Any:
    return cfunc(types.void(types.int64), **JIT)(_finished)


def audio_address() -> int:
    """Address of the `PaStreamCallback *`; its user data is `link.Link.address`. Compiles it, or loads it."""
    return int(_compiled_audio().address)


def finished_address() -> int:
    """Address of the `PaStreamFinishedCallback *`, with the same user data: puts the token into the word `finished`."""
    return int(_compiled_finished().address)

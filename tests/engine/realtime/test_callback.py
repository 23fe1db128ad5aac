"""The callback, called through C as PortAudio does it: every block size, every kind of device, every refusal."""

from __future__ import annotations

import ctypes
import threading
import time

import numpy as np
import pytest

from accel.program import Program
from engine.events import Kind
from engine.midi.stamps import Placement
from engine.realtime import callback as module
from engine.realtime.ahead_ring import set_safe
from engine.realtime.convert import allocate_converter
from engine.realtime.rig import RING_AT, WORD_AT
from tests.engine.machine_code import allocators
from tests.engine.realtime.bench import Bench, on
from tests.engine.realtime.device import Device


def playing(program: Program, **link) -> tuple[Bench, Device]:
    bench = Bench(program)
    device = Device(bench.rig, **link)
    device.link.take_over()
    return bench, device


def test_every_block_size_gives_what_the_journal_gives(tiny: Program) -> None:
    bench, device = playing(tiny)
    sizes = [1, 2, 3, 7, 16, 63, 64, 65, 127, 128, 441, 480, 512, 1000, 1023, 1024, 1025, 2048, 4097, 8191, 8192]
    heard = []
    for number, size in enumerate(sizes):
        bench.midi.push([on(0, 40 + number), on(0, 70 + number % 3)])
        heard.append(device.call(size))
    sound = np.concatenate(heard)
    bench.drain()
    assert np.abs(sound).max() > 0.01
    assert np.array_equal(bench.replay(0, len(sound)), sound)
    assert bench.count("callbacks") == len(sizes) and bench.count("samples") == sum(sizes)
    assert bench.rig.log["frames"][: len(sizes)].tolist() == sizes and bench.rig.log_head[0] == len(sizes)
    assert bench.word("audio_thread") == threading.get_native_id()


def test_above_32_bits_anything_may_stand(tiny: Program) -> None:
    bench, device = playing(tiny)
    device.call(100, high=0xDEAD, flags=4)
    assert bench.rig.play["now"][0] == 100 and bench.count("underflows") == 1


def test_a_stream_that_no_longer_plays_is_silent(tiny: Program) -> None:
    bench, old = playing(tiny)
    bench.midi.push([on(0, 60)])
    assert old.call(2000).any()
    new = Device(bench.rig)
    new.link.take_over()
    assert not old.call(500).any() and bench.rig.play["now"][0] == 2000
    assert new.call(500).any() and bench.rig.play["now"][0] == 2500
    bench.rig.words[WORD_AT["owner"]] = 0
    assert not new.call(500).any()


def test_a_stream_that_ended_says_so(tiny: Program) -> None:
    bench, device = playing(tiny)
    device.finish()
    assert bench.word("finished") == device.link.token > 1


@pytest.mark.parametrize("outputs", [1, 2, 5])
def test_any_number_of_channels(tiny: Program, outputs: int) -> None:
    bench, device = playing(tiny, outputs=outputs)
    bench.midi.push([on(0, 60)])
    out = device.call(3000)
    bench.drain()
    stereo = bench.replay(0, 3000)
    if outputs == 1:
        assert np.allclose(out[:, 0], stereo.mean(axis=1), atol=1e-7)
    else:
        assert np.array_equal(out[:, :2], stereo) and not out[:, 2:].any()


def test_what_is_no_number_or_too_large_never_reaches_the_device(tiny: Program) -> None:
    bench, device = playing(tiny)
    set_safe(bench.rig, 128, 2)
    bench.rig.ahead[:6] = [[np.nan, np.inf], [-np.inf, 2.0], [-3.0, 0.5], [1.0, -1.0], [0, 0], [0, 0]]
    bench.rig.ring_heads[RING_AT["ahead"]] = 6
    out = device.call(4)
    assert out.tolist() == [[0.0, 0.0], [0.0, 1.0], [-1.0, 0.5], [1.0, -1.0]]
    assert bench.count("nonfinite") == 3


def test_another_rate_gives_the_same_whatever_the_block(tiny: Program) -> None:
    sounds = []
    for size in (64, 1000, 8192):
        bench, device = playing(tiny, rate=44_100, converter=allocate_converter(44_100))
        bench.rig.cost[:] = 0.0
        bench.midi.push([on(1000, 60), on(9000, 67)])
        sounds.append(np.concatenate([device.call(size) for _ in range(16_384 // size)])[:16_000])
        assert abs(bench.rig.play["now"][0] - len(range(16_384 // size)) * size * 48_000 / 44_100) < 200
    assert np.abs(sounds[0]).max() > 0.01
    assert np.array_equal(sounds[0], sounds[1]) and np.array_equal(sounds[0], sounds[2])


def test_another_rate_of_what_was_rendered_ahead(tiny: Program) -> None:
    """Some calls of one frame need no new sample at all."""
    bench, device = playing(tiny, rate=192_000, converter=allocate_converter(192_000))
    set_safe(bench.rig, 128, 3)
    bench.rig.ahead[:] = 0.25
    bench.rig.ring_heads[RING_AT["ahead"]] = 300
    sound = np.concatenate([device.call(1) for _ in range(1000)])
    assert np.abs(sound[400:] - 0.25).max() < 1e-6 and bench.count("ahead_underruns") == 0


def test_a_callback_for_no_frames_does_nothing(tiny: Program) -> None:
    bench, device = playing(tiny)
    device.call(0)
    assert bench.count("callbacks") == 0


def test_the_clock_says_where_the_next_sample_is(tiny: Program) -> None:
    bench, device = playing(tiny, latency=99)
    for _ in range(10):
        device.call(480)
        time.sleep(0.01)
    clock = bench.shared["clock"][0]
    assert clock["sample"] == 9 * 480 and clock["seq"] == 20 and clock["seq"] % 2 == 0
    assert (clock["block"], clock["rate"], clock["delay"], clock["latency"]) == (480, 48_000, 480, 99)
    assert abs(clock["time"] - time.perf_counter_ns()) < 100_000_000
    assert clock["period"] == pytest.approx(1e9 / 48_000, rel=0.0501)


def test_frames_that_jack_left_out_are_counted(tiny: Program) -> None:
    frames = iter([2**32 - 256, 2**32 - 128, 0, 384, 384, 640])

    @ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_void_p)
    def last_frame_time(client) -> int:
        return next(frames)

    bench, device = playing(tiny)
    bench.rig.words[WORD_AT["jack_frames"]] = ctypes.cast(last_frame_time, ctypes.c_void_p).value
    lost, told = [], []
    for _ in range(6):
        device.call(128)
        lost.append(bench.count("skipped_frames"))
        told.append(int(bench.shared["clock"]["jack_frame"][0]))
    assert lost == [0, 0, 0, 256, 256, 256]  # the fourth and fifth belong to one cycle of 256
    assert told[:4] == [2**32 - 256, 2**32 - 128, 0, 384] and told[5] == 640


def test_a_callback_that_ran_late_has_lost_nothing(tiny: Program) -> None:
    frames = iter([0, 128, 384, 384, 512, 640])  # the third was told the frame of the cycle after its own

    @ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_void_p)
    def last_frame_time(client) -> int:
        return next(frames)

    bench, device = playing(tiny)
    bench.rig.words[WORD_AT["jack_frames"]] = ctypes.cast(last_frame_time, ctypes.c_void_p).value
    for _ in range(6):
        device.call(128)
    assert bench.count("skipped_frames") == 0
    assert bench.shared["clock"]["jack_frame"][0] == 640


@pytest.mark.parametrize(
    ("told", "truth"),
    [
        ([0, 0, 256, 256], [0, 128, 256, 384]),  # two callbacks in each cycle of 256
        ([0, 128, 384, 384, 512], [0, 128, 384, 384, 512]),  # the third ran late
    ],
)
def test_the_clock_tells_the_frame_of_its_own_callback(tiny: Program, told: list[int], truth: list[int]) -> None:
    frames = iter(told)

    @ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_void_p)
    def last_frame_time(client) -> int:
        return next(frames)

    bench, device = playing(tiny)
    bench.rig.words[WORD_AT["jack_frames"]] = ctypes.cast(last_frame_time, ctypes.c_void_p).value
    found = []
    for _ in told:
        device.call(128)
        found.append(int(bench.shared["clock"]["jack_frame"][0]))
    assert found == truth


def onset(sound: np.ndarray) -> int:
    """First sample above a twentieth of the peak."""
    level = np.abs(sound).max(axis=1)
    return int(np.argmax(level > level.max() / 20))


@pytest.mark.parametrize(("rate", "block"), [(48_000, 128), (96_000, 256), (44_100, 128), (44_100, 1024)])
def test_midi_of_jack_sounds_one_block_after_its_frame(tiny: Program, rate: int, block: int) -> None:
    """From JACK's frame through the clock, the placement and the converter to what the device gets."""
    converter = None if rate == 48_000 else allocate_converter(rate)
    bench, device = playing(tiny, rate=rate, converter=converter)
    begin = 2**32 - 5 * block + 3  # the frames begin anew on the way
    cycle = begin

    @ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_void_p)
    def last_frame_time(client) -> int:
        return cycle % 2**32

    bench.rig.words[WORD_AT["jack_frames"]] = ctypes.cast(last_frame_time, ctypes.c_void_p).value
    place, heard, came = Placement(bench.shared), [], 20 * block + 37
    for number in range(20 + 9600 // block):
        if number == 21:
            bench.midi.push([on(place.at_frame((begin + came) % 2**32), 60)])
        cycle = begin + number * block
        heard.append(device.call(block))
    bench.drain()
    ahead = 0 if converter is None else converter.taps.shape[1] // 2 + 1  # that the converter looks
    struck = int(bench.journal["time"][bench.journal["kind"] == Kind.NOTE_ON][0])
    assert struck == pytest.approx((came + block) * 48_000 / rate + ahead, abs=2.0)
    assert bench.count("late_events") == 0
    rise = onset(bench.replay(0, bench.rig.play["now"][0])) - struck
    rise += 0 if converter is None else converter.latency
    assert onset(np.concatenate(heard)) == pytest.approx(came + block + rise * rate / 48_000, abs=rate / 2000)


def test_who_is_to_blame_for_a_block_that_took_too_long(tiny: Program) -> None:
    bench, device = playing(tiny)
    bench.midi.push([on(0, 40 + number) for number in range(12)])
    device.call(1)
    own, preempted = bench.count("overruns_own"), bench.count("overruns_preempted")
    assert own + preempted == 1  # a note does not start within 21 us
    assert bench.shared["meters"]["load_worst"][0] > 1.0


def test_nothing_is_allocated() -> None:
    module.audio_address(), module.finished_address()
    assert allocators(module._compiled_audio()) == []

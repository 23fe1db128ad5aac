"""The block function: independence of the block size, exact starts, pitch, no clicks."""

from __future__ import annotations

import numpy as np
import pytest

from accel.emulator.registers import REGISTER_AT
from accel.formats import RATE, midi_to_volts, pitch_word
from accel.program import Program
from accel.random_program import Shape, random_program
from engine.events import Kind
from engine.parameters import TABLE, parameter
from engine.patch import ModulationRow

PURE = {"knobs": {"shape": 0.0, "cutoff": 0.3, "resonance": 0.0}}
BEND_RANGE = [entry.id for entry in TABLE].index("voice.bend_range")
STEADY = {"voice.velocity": 0.0, "voice.spread": 0.0, "voice.phase": "reset"}


def random_rows(rng: np.random.Generator, count: int, samples: int) -> list[tuple[int, int, int, int, float]]:
    rows: list[tuple[int, int, int, int, float]] = []
    controllers = (1, 6, 7, 10, 11, 20, 21, 38, 64, 66, 74, 98, 100, 101, 120, 121, 123)
    index_of = [entry.id for entry in TABLE].index
    for time in sorted(rng.integers(0, samples, count).tolist()):
        kind = int(rng.choice([Kind.NOTE_ON] * 8 + [Kind.NOTE_OFF] * 5 + [Kind.CONTROL] * 5 + list(range(3, 10))))
        channel, index, value = int(rng.integers(0, 2)), int(rng.integers(48, 72)), float(rng.integers(0, 128))
        if kind == Kind.CONTROL:
            index = int(rng.choice(controllers))
        elif kind == Kind.BEND:
            value = rng.uniform(-1, 1)
        elif kind == Kind.KNOB:
            index, value = int(rng.integers(0, 3)), rng.uniform(0, 1)
        elif kind == Kind.PARAMETER:
            entry = parameter(str(rng.choice(["amp.release", "lfo1.rate", "voice.pan", "amp.sustain", "voice.glide"])))
            index, value = index_of(entry.id), entry.at(rng.uniform(0, 1))
        elif kind == Kind.TEMPO:
            value += 30
        rows.append((time, kind, channel, index, value))
    return rows


@pytest.mark.parametrize("mode", ["poly", "mono", "legato"])
def test_block_size_never_matters(play, mode) -> None:
    samples = 20_000
    rows = random_rows(np.random.default_rng(len(mode)), 160, samples)
    settings = {
        "voice.mode": mode, "voice.polyphony": 3, "voice.unison": 2, "voice.glide": 0.03, "amp.release": 0.01,
        "lfo1.shape": "random", "lfo1.rate": 30.0, "lfo2.sync": "1/16", "lfo2.scope": "global", "lfo1.fade": 0.1,
    }  # fmt: skip
    matrix = tuple(
        ModulationRow(source, target, 0.2)
        for source, target in (
            ("lfo1", "voice.pitch"), ("lfo2", "knob0"), ("env2", "knob1"), ("random", "voice.pan"),
            ("wheel", "lfo1.depth"), ("pressure", "voice.level"), ("amp", "knob0"),
        )
    )  # fmt: skip
    expected = play(rows, samples, settings, modulation=matrix)[1]
    assert np.abs(expected).max() > 0.001
    for block in (1, 64, 333):
        got = play(rows, samples, settings, modulation=matrix, block=block)[1]
        assert np.array_equal(got, expected), block


def test_other_hops_work_and_do_not_depend_on_the_block_either(play) -> None:
    for hop in (16, 256):
        shape = Shape(channels=4, skip=4, dilations=(1,), harmonics=(1,), knobs=1, hidden=(4,), hop=hop)
        program = random_program(np.random.default_rng(hop), shape)
        rows = [(5, Kind.NOTE_ON, 0, 60, 100.0), (777, Kind.BEND, 0, 0, 0.5), (2500, Kind.NOTE_OFF, 0, 60, 0.0)]
        whole = play(rows, 4000, program=program)[1]
        assert np.abs(whole).max() > 0
        assert np.array_equal(play(rows, 4000, program=program, block=7)[1], whole)


def test_note_starts_on_its_sample(play) -> None:
    for start in (0, 1, 17, 1234):
        out = play([(start, Kind.NOTE_ON, 0, 60, 127.0)], start + 400)[1]
        assert not out[:start].any()
        assert np.flatnonzero(out[:, 0])[0] <= start + 4


def test_release_acts_on_its_sample(play) -> None:
    on = (0, Kind.NOTE_ON, 0, 60, 100.0)
    held = play([on], 6000)[1]
    let_go = play([on, (3001, Kind.NOTE_OFF, 0, 60, 0.0)], 6000, {"amp.release": 0.005})[1]
    shorter = play([on], 6000, {"amp.release": 0.005})[1]
    assert np.array_equal(let_go[:3001], shorter[:3001]) and np.array_equal(held[:3001], shorter[:3001])
    assert not np.array_equal(let_go[3001:3020], shorter[3001:3020])


def test_latency_of_pitch_is_the_next_frame_boundary(play) -> None:
    """A bend at sample 100 is read at 128 and is where the frame 128..192 ends."""
    rows = [(0, Kind.NOTE_ON, 0, 60, 100.0), (100, Kind.BEND, 0, 0, 1.0)]
    for samples, previous, current in ((127, 60, 60), (129, 60, 62), (193, 62, 62)):
        registers = play(rows, samples, block=1)[0].states.registers[0]
        assert registers[REGISTER_AT["pitch_previous"]] == pitch_word(midi_to_volts(previous))
        assert registers[REGISTER_AT["pitch_current"]] == pitch_word(midi_to_volts(current))


def frequency(signal: np.ndarray) -> float:
    """Frequency of the strongest partial below 3 kHz, from the phase advance between two windows."""
    size, hop = 16384, 1024
    window = np.hanning(size)
    first, second = (np.fft.rfft(signal[at : at + size] * window) for at in (0, hop))
    peak = int(np.argmax(np.abs(first[: 3000 * size // RATE])))
    advance = np.angle(second[peak] / first[peak]) / (2 * np.pi)
    expected = peak * hop / size
    return float((expected + (advance - expected + 0.5) % 1 - 0.5) * RATE / hop)


def cents(signal: np.ndarray, hertz: float) -> float:
    return 1200 * float(np.log2(frequency(signal) / hertz))


@pytest.mark.parametrize(("note", "hertz"), [(33, 55.0), (45, 110.0), (69, 440.0), (81, 880.0)])
def test_pitch(play, va: Program, note: int, hertz: float) -> None:
    out = play([(0, Kind.NOTE_ON, 0, note, 100.0)], 24_000, STEADY, program=va, **PURE)[1]
    assert abs(cents(out[4000:, 0], hertz)) < 1


@pytest.mark.parametrize(
    ("rows", "semitones"),
    [
        ([(Kind.BEND, 0, 1.0)], 2.0),
        ([(Kind.BEND, 0, -0.5)], -1.0),
        ([(Kind.CONTROL, 101, 0), (Kind.CONTROL, 100, 0), (Kind.CONTROL, 6, 12), (Kind.BEND, 0, -1.0)], -12.0),
        (
            [
                (Kind.CONTROL, 101, 0),
                (Kind.CONTROL, 100, 0),
                (Kind.CONTROL, 6, 3),
                (Kind.CONTROL, 38, 50),
                (Kind.BEND, 0, 1.0),
            ],
            3.5,
        ),
        ([(Kind.CONTROL, 101, 127), (Kind.CONTROL, 100, 127), (Kind.CONTROL, 6, 12), (Kind.BEND, 0, 1.0)], 2.0),
        ([(Kind.CONTROL, 99, 0), (Kind.CONTROL, 98, 0), (Kind.CONTROL, 6, 12), (Kind.BEND, 0, 1.0)], 2.0),
        ([(Kind.CONTROL, 101, 0), (Kind.CONTROL, 100, 2), (Kind.CONTROL, 6, 65)], 1.0),
        ([(Kind.CONTROL, 101, 0), (Kind.CONTROL, 100, 1), (Kind.CONTROL, 6, 32)], -0.5),
        ([(Kind.CONTROL, 101, 0), (Kind.CONTROL, 100, 1), (Kind.CONTROL, 6, 80), (Kind.CONTROL, 38, 64)], 0.2578125),
        (
            [(Kind.CONTROL, 101, 0), (Kind.CONTROL, 100, 1), (Kind.CONTROL, 38, 127), (Kind.CONTROL, 38, 0)],
            0.0,
        ),
        ([(Kind.BEND, 0, 1.0), (Kind.CONTROL, 121, 0)], 0.0),
        ([(Kind.BEND, 0, 1.0), (Kind.PARAMETER, BEND_RANGE, 7.0)], 7.0),
        (
            [
                (Kind.CONTROL, 101, 0),
                (Kind.CONTROL, 100, 0),
                (Kind.CONTROL, 6, 3),
                (Kind.PARAMETER, BEND_RANGE, 7.0),
                (Kind.BEND, 0, 1.0),
            ],
            3.0,
        ),
        ([(Kind.CV_PITCH, 0, 0.25)], 3.0),
    ],
)
def test_pitch_messages(play, va: Program, rows, semitones: float) -> None:
    events = [(0, kind, 0, index, float(value)) for kind, index, value in rows]
    events.append((0, Kind.NOTE_ON, 0, 57, 100.0))
    out = play(events, 24_000, STEADY, program=va, **PURE)[1]
    assert abs(cents(out[4000:, 0], 220 * 2 ** (semitones / 12))) < 1


@pytest.mark.parametrize(("settings", "semitones"), [({"voice.transpose": 7}, 7), ({"voice.tune": 50.0}, 0.5)])
def test_pitch_parameters(play, va: Program, settings, semitones: float) -> None:
    out = play([(0, Kind.NOTE_ON, 0, 57, 100.0)], 24_000, {**STEADY, **settings}, program=va, **PURE)[1]
    assert abs(cents(out[4000:, 0], 220 * 2 ** (semitones / 12))) < 1


def test_glide_ends_on_the_new_note(play, va: Program) -> None:
    settings = {**STEADY, "voice.mode": "legato", "voice.glide": 0.1}
    rows = [(0, Kind.NOTE_ON, 0, 45, 100.0), (9600, Kind.NOTE_ON, 0, 57, 100.0)]
    out = play(rows, 40_000, settings, program=va, **PURE)[1][:, 0]
    assert abs(cents(out[16_000:], 220)) < 1
    crossings = np.flatnonzero(np.diff(np.signbit(out[9600:14_400])))
    periods = np.diff(crossings[::2])
    assert periods[0] > 400 and periods[-1] < 240 and np.all(np.diff(periods) <= 3)  # 110 Hz to 220 Hz, one way


def roughness(signal: np.ndarray) -> np.ndarray:
    """Magnitude of the third difference: a click stands out of a low smooth tone."""
    return np.abs(np.diff(signal, 3))


@pytest.mark.parametrize("mode", ["poly", "mono"])
def test_no_click_at_start_steal_retrigger_and_end(play, va: Program, mode: str) -> None:
    """Low, nearly pure tones: no event may be rougher than a few times the tone itself."""
    settings = {**STEADY, "voice.mode": mode, "voice.polyphony": 2, "amp.attack": 0.005, "amp.release": 0.03}
    rows = [(300 + 4000 * index, Kind.NOTE_ON, 0, 36 + index, 110.0) for index in range(8)]
    rows += [(33_000 + index, Kind.NOTE_OFF, 0, 36 + index, 0.0) for index in range(8)]
    out = play(rows, 36_000, settings, program=va, **PURE)[1][:, 0].astype(np.float64)
    steady = play([(0, Kind.NOTE_ON, 0, 43, 110.0)], 20_000, settings, program=va, **PURE)[1][8000:, 0]
    assert roughness(out).max() < 8 * roughness(steady.astype(np.float64)).max()
    jump = np.abs(np.diff(out)).max()
    assert jump < 4 * np.abs(np.diff(steady.astype(np.float64))).max()


def test_more_steals_than_spare_voices_leak_without_a_jump(play, va: Program) -> None:
    settings = {**STEADY, "voice.polyphony": 2, "amp.attack": 0.001}
    rows = [(6000 + 3 * index, Kind.NOTE_ON, 0, 36 + index, 110.0) for index in range(12)]
    out = play([(0, Kind.NOTE_ON, 0, 33, 110.0), *rows], 12_000, settings, program=va, **PURE)[1][:, 0]
    assert np.abs(np.diff(out[5000:])).max() < 0.05 * np.abs(out).max() + 4 * np.abs(np.diff(out[3000:5000])).max()


def test_silence_is_exact_and_idle_voices_leave_nothing(play) -> None:
    rows = [(0, Kind.NOTE_ON, 0, 60, 100.0), (1000, Kind.NOTE_OFF, 0, 60, 0.0)]
    part, out = play(rows, 60_000, {"amp.release": 0.01})
    assert part.is_silent and not out[55_000:].any()


def test_a_decay_to_nothing_frees_the_voice(play) -> None:
    part, _ = play([(0, Kind.NOTE_ON, 0, 60, 100.0)], 6000, {"amp.sustain": 0.0, "amp.decay": 0.05})
    assert part.is_idle


def test_envelope_times(play) -> None:
    """Attack, decay and release take the stated times within a sample or two of their exponential segments."""
    settings = {"amp.attack": 0.05, "amp.decay": 0.1, "amp.sustain": 0.0, "amp.release": 0.2}
    part, _ = play([(0, Kind.NOTE_ON, 0, 60, 127.0)], 2390, settings)
    assert 0.98 < part.state.voices["env"][0] < 1.0
    assert part.state.voices["stage"][0] == 1
    part, _ = play([(0, Kind.NOTE_ON, 0, 60, 127.0)], 2405 + 4800 - 50, settings)
    assert part.state.voices["env"][0] > 0
    part, _ = play([(0, Kind.NOTE_ON, 0, 60, 127.0)], 2405 + 4800 + 5, settings)
    assert part.is_idle

"""Whole renders: scores, voltages, stems, tails, program changes, seeds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from accel.emulator import Emulator
from accel.emulator.registers import REGISTER_AT
from accel.errors import SystoleError
from accel.formats import knob_counts, midi_to_volts, pitch_word
from engine.banks import Banks, load_banks
from engine.cv import CvTake
from engine.events import Kind, event_array
from engine.library import list_patches
from engine.offline import CvModelRenderer, CvPatchRenderer, ScoreRenderer
from engine.part import Part
from engine.patch import ModulationRow, Patch, load_patch
from engine.score import Score
from engine.strip import Strip


def score(rows, end: int) -> Score:
    rows = sorted(rows, key=lambda row: row[0])
    channels = sorted({row[2] for row in rows if row[1] == Kind.NOTE_ON})
    return Score(event_array(rows), end, tuple(channels))


def render(renderer) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    blocks = list(renderer.blocks())
    stems = {name: np.concatenate([block.stems[name] for block in blocks]) for name in renderer.stems}
    return np.concatenate([block.mix for block in blocks]), stems


ROWS = [
    (0, Kind.TEMPO, 0, 0, 100.0),
    (0, Kind.NOTE_ON, 0, 60, 100.0),
    (3000, Kind.NOTE_ON, 4, 64, 90.0),
    (5000, Kind.NOTE_OFF, 0, 60, 0.0),
    (9001, Kind.NOTE_OFF, 4, 64, 0.0),
]


@pytest.mark.parametrize("tail", [None, 0.05, 0.0])
def test_the_bytes_do_not_depend_on_the_block(home: Path, tail: float | None) -> None:
    results = [
        render(ScoreRenderer(score(ROWS, 9001), load_patch("tiny"), block=block, tail=tail, seed=1))
        for block in (4096, 333, 64, 1)
    ]
    for mix, stems in results[1:]:
        assert np.array_equal(mix, results[0][0])
        assert all(np.array_equal(stems[name], results[0][1][name]) for name in stems)
    length = len(results[0][0])
    if tail is not None:
        assert length == 9001 + round(tail * 48_000)
    else:
        assert (length - 9001) % 4800 == 0 and np.abs(results[0][0][-100:]).max() < 1e-4


def test_stems_add_up_to_the_mix_below_the_limiter(home: Path) -> None:
    patch = Patch("x", "tiny", parameters={"voice.level": -9.0})
    mix, stems = render(ScoreRenderer(score(ROWS, 9001), patch, block=1000, tail=0.1))
    assert list(stems) == ["channel-01", "channel-05"]
    assert np.array_equal(mix, stems["channel-01"] + stems["channel-05"]) and all(s.any() for s in stems.values())
    assert not stems["channel-05"][:3000].any()


def test_seeds(home: Path) -> None:
    def mix(seed: int) -> np.ndarray:
        return render(ScoreRenderer(score(ROWS, 9001), load_patch("tiny"), tail=0.0, seed=seed))[0]

    assert np.array_equal(mix(1), mix(1)) and not np.array_equal(mix(1), mix(2))


def test_automatic_tail_waits_for_the_release_and_has_a_limit(home: Path) -> None:
    patch = Patch("x", "tiny", parameters={"amp.release": 0.7, "voice.polyphony": 1})
    mix, _ = render(ScoreRenderer(score(ROWS[:2], 4000), patch, tail=None))
    assert 4000 + 0.7 * 48_000 <= len(mix) <= 4000 + 0.95 * 48_000


def test_held_notes_end_with_the_piece(home: Path) -> None:
    rows = [(0, Kind.CONTROL, 0, 64, 127.0), (0, Kind.NOTE_ON, 0, 60, 100.0)]
    patch = Patch("x", "tiny", parameters={"amp.release": 0.01})
    mix, _ = render(ScoreRenderer(score(rows, 4000), patch, tail=0.2))
    assert mix[3990:4000].any() and np.abs(mix[-1000:]).max() < 1e-3 * np.abs(mix).max() + 1e-4


def test_banks_cover_everything_with_patches_that_load() -> None:
    banks = load_banks()
    names = {entry.name for entry in list_patches() if entry.error is None}
    assert len(banks.programs) == 128 and {*banks.programs, banks.drums} <= names
    assert banks.patch_name(9, 0) == banks.drums and banks.patch_name(0, 32) == "bass"
    assert banks.patch_name(3, 0, bank=127) == banks.drums and banks.patch_name(9, 0, bank=121) == "keys"


@pytest.mark.parametrize(
    "text", ["", "x = [", "drums = 3", 'drums = "tap"\n[[range]]\nfirst = 1\nlast = 2\npatch = "a"']
)
def test_bad_banks(tmp_path: Path, text: str) -> None:
    path = tmp_path / "banks.toml"
    path.write_text(text)
    with pytest.raises(SystoleError) as caught:
        load_banks(path)
    assert "banks.toml" in str(caught.value) and "\n" not in str(caught.value)


@pytest.fixture
def two_banks(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Program 0 is `tiny`, program 1 `other`, which is panned to the right."""
    other = 'schema = 1\nname = "Other"\nmodel = "tiny"\n[voice]\npan = 1.0\nspread = 0.0\n[amp]\nrelease = 0.01\n'
    (home / "patches" / "other.toml").write_text(other)
    left = 'schema = 1\nname = "Tiny"\nmodel = "tiny"\n[voice]\npan = -1.0\nspread = 0.0\n[amp]\nrelease = 0.01\n'
    (home / "patches" / "tiny.toml").write_text(left)
    banks = Banks(("tiny", "other", *["tiny"] * 126), "tiny")
    monkeypatch.setattr("engine.strip.load_banks", lambda: banks)


def test_program_change_lets_the_old_sound_ring(two_banks) -> None:
    rows = [
        (0, Kind.CONTROL, 0, 7, 127.0),
        (0, Kind.NOTE_ON, 0, 60, 100.0),
        (2000, Kind.PROGRAM, 0, 1, 0.0),
        (2500, Kind.NOTE_ON, 0, 64, 100.0),
        (6000, Kind.NOTE_OFF, 0, 60, 0.0),
        (9000, Kind.NOTE_OFF, 0, 64, 0.0),
    ]
    mixes = [render(ScoreRenderer(score(rows, 9000), None, block=block, tail=0.1))[0] for block in (4096, 100, 1)]
    assert np.array_equal(mixes[0], mixes[1]) and np.array_equal(mixes[0], mixes[2])
    left, right = np.abs(mixes[0][:, 0]), np.abs(mixes[0][:, 1])
    assert right[:2500].max() < 1e-6 and right[2600:9000].max() > 1e-3
    assert left[5000:6000].max() > 1e-3 and np.abs(np.diff(left[7500:])).max() < 1e-4


def test_a_part_that_opens_late_stands_as_if_it_had_heard_everything(tiny) -> None:
    rng = np.random.default_rng(5)
    numbers = (1, 6, 7, 10, 11, 20, 21, 32, 38, 64, 66, 74, 98, 99, 100, 101, 120, 121, 123)
    kinds = (Kind.CONTROL,) * 12 + (Kind.BEND, Kind.PRESSURE, Kind.KEY_PRESSURE, Kind.TEMPO, Kind.PROGRAM)
    for count in (0, 1, 3, 30, 300):
        rows = []
        for time in sorted(rng.integers(0, 40_000, count).tolist()):
            kind = kinds[rng.integers(len(kinds))]
            index = int(rng.choice(numbers) if kind == Kind.CONTROL else rng.integers(0, 3))
            rows.append((time, kind, 2, index, float(rng.integers(1, 127)) / (127 if kind == Kind.BEND else 1)))
        events = event_array(rows)
        patch = Patch("x", "tiny", parameters={"lfo1.sync": "1/4", "lfo2.rate": 3.0})
        whole, short = Part(patch, tiny, seed=1), Part(patch, tiny, seed=1)
        whole.skip(events, 50_000)
        strip = Strip(2, event_array([(0, Kind.NOTE_ON, 2, 60, 1.0)]), patch, seed=1)
        strip._settings = events
        strip._settings_before(10_000)
        heard = strip._settings_before(50_000)
        short.skip(heard, 50_000)
        assert count < 300 or len(heard) < 250
        for name in whole.state.part.dtype.names:
            assert whole.state.part[name] == pytest.approx(short.state.part[name], abs=1e-12), name
        assert np.array_equal(whole.state.channels, short.state.channels)
        assert np.array_equal(whole.state.knobs, short.state.knobs)
        assert np.array_equal(whole.state.key_pressure, short.state.key_pressure)


def test_many_program_changes_open_parts_only_for_notes_and_drop_them(two_banks) -> None:
    rows = [(20 * index, Kind.PROGRAM, 0, index % 2, 0.0) for index in range(1, 500)]
    rows += [(at, Kind.NOTE_ON, 0, 60, 100.0) for at in (1005, 9005)]
    rows += [(at, Kind.NOTE_OFF, 0, 60, 0.0) for at in (1300, 9100)]
    given = score(rows, 90_000)
    renderer = ScoreRenderer(given, None, tail=0.0)
    strip = renderer._channels[0]
    assert [change.time for change in strip._changes] == [1000, 9000]
    most = max(len(strip._parts) for _ in renderer.blocks())
    assert most == 2 and strip._parts == []
    mixes = [render(ScoreRenderer(given, None, block=block, tail=0.0))[0].tobytes() for block in (4096, 37)]
    assert mixes[0] == mixes[1]


def test_program_change_before_the_first_note(two_banks) -> None:
    rows = [(0, Kind.PROGRAM, 0, 1, 0.0), (0, Kind.NOTE_ON, 0, 60, 100.0), (3000, Kind.NOTE_OFF, 0, 60, 0.0)]
    renderer = ScoreRenderer(score(rows, 3000), None, tail=0.0)
    mix, _ = render(renderer)
    assert np.abs(mix[:, 0]).max() < 1e-6 < np.abs(mix[:, 1]).max()


@pytest.mark.parametrize(
    ("settings", "text"), [({"block": 0}, "block"), ({"tail": -1.0}, "tail"), ({"tail": 1e9}, "tail")]
)
def test_bad_settings(home: Path, settings, text: str) -> None:
    with pytest.raises(SystoleError, match=text):
        ScoreRenderer(score(ROWS, 9001), load_patch("tiny"), **{"block": 64, **settings})


def take(rows: int, **columns: np.ndarray) -> CvTake:
    volts = midi_to_volts(np.linspace(48, 72, rows))
    gate = columns.pop("gate", None)
    level = columns.pop("level", None)
    return CvTake(volts, columns, gate, level, "x.csv")


def test_bare_model_is_the_emulator_sample_for_sample(tiny) -> None:
    given = take(20, knob1=np.linspace(0, 1, 20))
    knobs = np.stack([np.full(20, tiny.knobs[0].default), given.knobs["knob1"]], axis=1)
    expected = Emulator(tiny).run(pitch_word(given.volts), knob_counts(knobs), seed=5)
    for block in (1, 100, 4096):
        renderer = CvModelRenderer(given, tiny, block=block, seed=5)
        got = np.concatenate(list(renderer.blocks()))
        assert got.dtype == np.int16 and len(got) == renderer.total_samples == 19 * 64
        assert np.array_equal(got, expected)


def test_voltages_through_a_patch_reach_the_network_on_their_row(home: Path) -> None:
    given = take(30, knob0=np.linspace(0, 1, 30))
    renderer = CvPatchRenderer(given, load_patch("tiny"), block=1, tail=0.0)
    registers = renderer._part.states.registers[0]
    words = pitch_word(given.volts)
    for sample, _ in enumerate(renderer.blocks()):
        row = sample // 64
        if sample % 64 < 16:
            assert registers[REGISTER_AT["pitch_previous"]] == words[row]
            assert registers[REGISTER_AT["pitch_current"]] == words[row + 1]
    assert sample == 29 * 64 - 1


def test_the_voltage_alone_decides_the_pitch(home: Path) -> None:
    """Nothing that moves a keyboard moves a voltage; what moves around the note still does."""
    given = take(30)
    words = pitch_word(given.volts)
    shifts = {"voice.transpose": -12, "voice.tune": 37.0, "voice.glide": 1.0, "voice.mode": "poly"}
    renderer = CvPatchRenderer(given, Patch("x", "tiny", parameters=shifts), block=64, tail=0.0)
    registers = renderer._part.states.registers[0]
    for row, _ in enumerate(renderer.blocks()):
        assert registers[REGISTER_AT["pitch_current"]] == words[row + 1]
    vibrato = Patch("x", "tiny", modulation=(ModulationRow("velocity", "voice.pitch", 0.5),))
    renderer = CvPatchRenderer(given, vibrato, block=64, tail=0.0)
    next(renderer.blocks())
    assert renderer._part.states.registers[0][REGISTER_AT["pitch_current"]] > words[1] + 300_000


def test_gate_and_level(home: Path) -> None:
    gate = np.arange(100) % 40 < 20
    level = np.where(np.arange(100) < 40, 1.0, 0.0)
    patch = Patch("x", "tiny", parameters={"amp.release": 0.005})
    given = take(100, gate=gate, level=level)
    results = [render(CvPatchRenderer(given, patch, block=block, tail=0.0))[0] for block in (4096, 77, 1)]
    assert np.array_equal(results[0], results[1]) and np.array_equal(results[0], results[2])
    loud = np.abs(results[0][:, 0])
    assert loud[1000:1280].max() > 1e-3
    assert np.abs(np.diff(loud[2700:])).max() < 1e-3 * np.abs(np.diff(loud[:1280])).max()


def test_gate_is_open_without_a_column_and_the_tail_rings(home: Path) -> None:
    patch = Patch("x", "tiny", parameters={"amp.release": 0.3})
    mix, stems = render(CvPatchRenderer(take(50), patch, tail=None))
    assert len(mix) > 49 * 64 + 0.3 * 48_000 and list(stems) == ["voice"]
    assert mix[49 * 64 - 1].any()


def test_unknown_columns_are_refused(home: Path, tiny) -> None:
    given = take(5, cutoff=np.zeros(5))
    for build in (lambda: CvPatchRenderer(given, load_patch("tiny")), lambda: CvModelRenderer(given, tiny)):
        with pytest.raises(SystoleError, match="unknown column 'cutoff'; allowed: note, volts, gate, level, knob0"):
            build()


def test_model_at_another_rate_is_refused(home: Path) -> None:
    from accel.program_file import save_program
    from accel.random_program import Shape, random_program

    shape = Shape(channels=4, skip=4, dilations=(1,), harmonics=(1,), knobs=1, hidden=(4,), rate=24_000)
    save_program(random_program(np.random.default_rng(0), shape), home / "models" / "slow.safetensors")
    with pytest.raises(SystoleError, match="24000 Hz; patches need 48000 Hz"):
        render(ScoreRenderer(score(ROWS, 9001), Patch("x", "slow")))

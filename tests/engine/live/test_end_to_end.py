"""The whole of it: an engine process on a JACK server, MIDI from another client, and a recording of what came out.

The recording must be what the journal renders to, bit for bit; every event must stand where its frame says.
"""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from accel.program_file import save_program
from accel.random_program import random_program
from engine.banks import load_banks
from engine.events import Kind
from engine.journal import Journal, read_journal
from engine.live import protocol
from engine.live.client import Engine
from engine.live.layout import State
from engine.live.options import Options
from engine.live.protocol import OpenStream, SaveJournal, SetPatch
from engine.patch import load_patch, patch_text
from engine.realtime.convert import allocate_converter, convert, needed
from engine.replay import JournalRenderer
from tests.app.support import COMMAND, interrupts_count
from tests.engine.conftest import TINY
from tests.engine.live.comparison import Comparison, compare
from tests.engine.live.performance import BASS, performance
from tests.support.jack import Probe, jack_server, needs_jack, output_ports, wait_for

pytestmark = needs_jack

START_SECONDS = 300
"""All of it may have to be compiled first, on a machine that does other things too."""
MOST_LOST = 0.05
Notices = list[protocol.Answer]


@pytest.fixture
def sounds(home: Path) -> str:
    """A user folder with a patch, TOML of which is returned, one that a program change asks for, another model's."""
    save_program(random_program(np.random.default_rng(7), TINY, spread=70), home / "models" / "second.safetensors")
    (home / "patches" / "second.toml").write_text('schema = 1\nname = "Second"\nmodel = "second"\n')
    other = load_banks().patch_name(0, BASS)
    (home / "patches" / f"{other}.toml").write_text(
        'schema = 1\nname = "Other"\nmodel = "tiny"\n[lfo1]\nrate = 5.0\ndepth = 1.0\n[amp]\nrelease = 0.2\n'
    )
    return patch_text(load_patch("tiny"))


@pytest.fixture
def start(sounds: str) -> Iterator[Callable[[], tuple[Engine, Notices]]]:
    engines = []

    def begin() -> tuple[Engine, Notices]:
        engine, notices = Engine(), Notices()
        engines.append(engine)
        engine.on_notice(notices.append)
        engine.start(Options(patch=sounds))
        engine.wait_ready(START_SECONDS)
        wait_for(lambda: engine.snapshot().state == State.PLAYING, 10, f"playing: {notices}")
        return engine, notices

    yield begin
    for engine in engines:
        engine.stop()


def listen(probe: Probe) -> None:
    """Record the engine's outputs."""
    probe.listen(*output_ports(probe))


def connect(probe: Probe) -> None:
    """Record it, and play to its MIDI, to which it may have connected us itself by now."""
    listen(probe)
    (port,) = wait_for(lambda: probe.ports("^systole-midi:in"), 10, "the engine's MIDI")
    probe.play_to(port)


def play(probe: Probe, seed: int, seconds: float, *, program: bool = False) -> list[tuple[int, bytes]]:
    """Play a performance to its end and a moment longer."""
    messages = performance(seed, probe.now + probe.rate // 4, seconds, probe.rate, program=program)
    probe.play(messages)
    probe.wait_until(messages[-1][0] + probe.rate // 4)
    return messages


def recorded(probe: Probe) -> list[tuple[int, np.ndarray]]:
    """What was recorded up to now, all of which a journal that is saved afterwards has: it is filled every 10 ms."""
    segments = probe.segments()
    time.sleep(0.3)
    return segments


def rendered(path: Path) -> tuple[Journal, np.ndarray]:
    journal = read_journal(path)
    return journal, np.concatenate([block.mix for block in JournalRenderer(journal).blocks()])


def check(found: Comparison, rate: int, seconds: float, period: int, underruns: int = 0) -> None:
    """All that sounded is in the rendering, but for the fades beside each time that nothing was rendered ahead."""
    assert len(found.odd) <= 2 * underruns, found.odd
    assert found.equal >= (1 - MOST_LOST) * found.sounding
    assert found.sounding >= 0.5 * seconds * rate / period


def check_counters(engine: Engine) -> None:
    counters = engine.snapshot().counters
    for name in ("journal_lost", "nonfinite", "refused_events", "midi_bad", "midi_overflow"):
        assert counters[name] == 0, (name, counters)
    # A processor that two threads share counts the time of both: the soak, which has it to itself, allows none.
    assert counters["overruns_own"] <= counters["callbacks"] / 1000, counters


def places(journal: Journal, probe: Probe, messages: list[tuple[int, bytes]], rate: int = 48_000) -> np.ndarray:
    """Position in frames of the server less frame of each note-on that can be told: a key and velocity that came once.

    A message is lost where the engine missed the cycle that brought it: JACK does not keep it.
    """
    starts = journal.events[journal.events["kind"] == Kind.NOTE_ON]
    played = {}
    for event in starts:
        played.setdefault((int(event["index"]), float(event["value"])), []).append(int(event["time"]))
    sent: dict[tuple[int, float], list[int]] = {}
    for frame, (_, data) in zip(probe.sent, messages, strict=False):
        if data[0] & 0xF0 == 0x90 and data[2]:
            sent.setdefault((data[1], float(data[2])), []).append(frame)
    pairs = [
        (played[key][0], frames[0]) for key, frames in sent.items() if len(frames) == 1 == len(played.get(key, []))
    ]
    return np.array([place * rate // 48_000 - frame for place, frame in pairs])


def test_what_was_heard_is_what_the_journal_renders(tmp_path: Path, start: Callable[[], tuple]) -> None:
    with jack_server(tmp_path) as server:
        engine, notices = start()
        with Probe(seconds=60) as probe:
            connect(probe)
            messages = play(probe, 7, 3.0, program=True)
            sent = list(messages)
            assert any(isinstance(each, protocol.ProgramWanted) for each in notices)
            # Another sound while notes are held, then the same device in the other mode.
            later = performance(8, probe.now + 12_000, 2.0, program=False)
            probe.play(later)
            probe.wait_until(later[0][0] + 30_000)
            engine.request(SetPatch(text=patch_text(load_patch("second")), how="replace"))
            probe.wait_until(later[-1][0] + 12_000)
            engine.request(OpenStream(mode="safe", ahead=2), 30)
            listen(probe)
            safe = play(probe, 9, 1.5)
            check_counters(engine)
            skipped = engine.snapshot().counters["skipped_frames"]
            segments = recorded(probe)
            underruns = engine.snapshot().counters["ahead_underruns"]
            engine.request(SaveJournal(path=str(tmp_path / "journal.json")))
        journal, sound = rendered(tmp_path / "journal.json")
    assert journal.complete
    assert len(journal.patches) >= 3
    found = compare(segments, sound, server.period)
    check(found, 48_000, 6.5, server.period, underruns)
    # An event is placed exactly one block after its frame; where a cycle was missed, whole blocks away.
    away = places(journal, probe, sent) - found.offsets[0] - server.period
    assert len(away) > 5
    assert np.mean(away % server.period == 0) > 0.7, away
    assert np.median(np.abs(away)) <= 20 * server.period + skipped  # by a busy machine
    assert len(safe) > 50


def at_rate(sound: np.ndarray, rate: int) -> np.ndarray:
    """48 kHz as the engine converts it for a device of another rate, which it never gives more than full scale."""
    converter = allocate_converter(rate)
    frames, at, parts = 64, 0, []
    while at + (count := int(needed(converter, frames))) <= len(sound):
        filled = int(converter.ratio["filled"][0])
        converter.history[filled : filled + count] = sound[at : at + count]
        at += count
        parts.append(np.zeros((frames, 2), np.float32))
        convert(converter, count, parts[-1], 0, frames)
    return np.clip(np.concatenate(parts), -1.0, 1.0)


def test_a_server_at_96_khz_hears_the_same_converted(tmp_path: Path, start: Callable[[], tuple]) -> None:
    with jack_server(tmp_path, rate=96_000, period=256) as server:
        engine, _ = start()
        assert engine.snapshot().clock["rate"] == 96_000
        with Probe(seconds=30) as probe:
            connect(probe)
            sent = list(play(probe, 3, 1.5))
            check_counters(engine)
            skipped = engine.snapshot().counters["skipped_frames"]
            segments = recorded(probe)
            engine.request(SaveJournal(path=str(tmp_path / "journal.json")))
        journal, sound = rendered(tmp_path / "journal.json")
        found = compare(segments, at_rate(sound, 96_000), server.period)
        check(found, 96_000, 1.5, server.period)
        # A block after its frame, and as much later as the converter looks ahead; else whole blocks away, as above.
        ahead = round(2 * allocate_converter(96_000).latency)
        away = places(journal, probe, sent, 96_000) - found.offsets[0] - server.period - ahead
        assert len(away) > 5
        assert np.mean((away + 4) % server.period <= 8) > 0.7, away
        assert np.median(np.abs(away)) <= 20 * server.period + skipped  # by a busy machine


def run(*arguments: str | Path) -> None:
    subprocess.run([*COMMAND, *map(str, arguments)], check=True, capture_output=True, timeout=START_SECONDS)


def test_the_command_until_ctrl_c(tmp_path: Path, sounds: str) -> None:
    """`systole play` as a person would run it; what it recorded is a piece of what `systole render` makes of it."""
    journal, recording, again = (tmp_path / name for name in ("played.json", "heard.wav", "again.wav"))
    options = ["--headless", "--patch", "tiny", "--journal", journal, "--record", recording, "--format", "float"]
    with jack_server(tmp_path) as server, (tmp_path / "stderr").open("w+") as log:
        call = [*COMMAND, "play", *map(str, options), "--json"]
        player = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=log, preexec_fn=interrupts_count)
        try:
            with Probe(seconds=400) as probe:
                wait_for(lambda: probe.ports("^systole:out_.*"), START_SECONDS, "the command's outputs")
                connect(probe)
                wait_for(lambda: list(tmp_path.glob("heard.wav*")), 20, "a recording")
                play(probe, 11, 1.5)
                segments = recorded(probe)  # up to here; the fade at the end comes after the journal's
                player.send_signal(signal.SIGINT)
                out, _ = player.communicate(timeout=30)
        finally:
            player.kill()
            player.wait()
        assert player.returncode in (0, 130), (tmp_path / "stderr").read_text()
    assert json.loads(out)
    run("render", journal, "-o", again, "--format", "float")
    sound, _ = soundfile.read(again, dtype="float32")
    heard, rate = soundfile.read(recording, dtype="float32")
    first = int(np.flatnonzero(np.abs(heard[:, 0]) > 0)[0])
    places = np.flatnonzero(sound[:, 0] == heard[first, 0])
    length = min(len(heard) - first, 48_000)
    assert rate == 48_000
    assert any(np.array_equal(sound[at : at + length], heard[first : first + length]) for at in places)
    check(compare(segments, sound, server.period), 48_000, 1.5, server.period)


def test_a_server_that_dies_and_comes_back(tmp_path: Path, start: Callable[[], tuple]) -> None:
    with jack_server(tmp_path) as server:
        engine, notices = start()
        server.kill()
        wait_for(lambda: engine.snapshot().restarts == 1, 20, f"a new engine: {notices}")
        wait_for(lambda: engine.snapshot().state == State.SILENT, 60, f"playing without a device: {notices}")
        server.start()
        wait_for(lambda: engine.snapshot().state == State.PLAYING, 30, f"playing to JACK again: {notices}")
        with Probe(seconds=20) as probe:
            connect(probe)
            time.sleep(0.2)
            play(probe, 5, 0.5)
            assert max(float(np.abs(part).max()) for _, part in probe.segments()) > 0.01
        assert engine.snapshot().restarts == 1

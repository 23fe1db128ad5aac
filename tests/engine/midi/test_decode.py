"""The decoder: MIDI's framing on good streams, and on streams that are not."""

from __future__ import annotations

import random

import mido
import pytest

from engine.midi.decode import MAX_SYSEX, SYSEX, Decoder, Message


@pytest.mark.parametrize(
    ("data", "messages", "bad"),
    [
        ([0x90, 60, 100], [(0x90, 60, 100)], 0),
        ([0x90, 60, 100, 62, 0, 64, 1], [(0x90, 60, 100), (0x90, 62, 0), (0x90, 64, 1)], 0),  # running status
        ([0xC3, 5, 6, 0xD0, 7], [(0xC3, 5), (0xC3, 6), (0xD0, 7)], 0),
        ([0x90, 0xF8, 60, 0xFE, 100], [(0xF8,), (0xFE,), (0x90, 60, 100)], 0),  # real time inside a message
        ([0xF2, 1, 2, 0xF3, 9, 0xF6, 0xF1, 4], [(0xF2, 1, 2), (0xF3, 9), (0xF6,), (0xF1, 4)], 0),
        ([0x90, 60, 100, 0xF3, 1, 60, 100], [(0x90, 60, 100), (0xF3, 1)], 2),  # system common ends running status
        ([0x90, 60, 0x80, 61, 0], [(0x80, 61, 0)], 1),  # cut off
        ([0xF2, 1, 0x90, 60, 1], [(0x90, 60, 1)], 1),
        ([0xF2, 0x90, 60, 1], [(0x90, 60, 1)], 1),
        ([60, 100], [], 2),  # no status
        ([0xF4, 1, 0xF5, 0xF9, 0xFD], [], 5),  # undefined, and data after one
        ([0xF7, 0x90, 60, 1], [(0x90, 60, 1)], 1),
        ([0xF0, 1, 0x90, 60, 1], [(0x90, 60, 1)], 1),  # a status ends what does not end itself
        ([0xF0, 1, 2, 0xF0, 3, 0xF7], [(SYSEX, 0, 0, b"\3")], 1),
        ([0xF0, 1, 0xF8, 2, 0xF7, 60], [(0xF8,), (SYSEX, 0, 0, b"\1\2")], 1),
    ],
)
def test_framing(data, messages, bad) -> None:
    for cut in range(len(data) + 1):  # however the bytes come
        decoder = Decoder()
        found = decoder.feed(data[:cut]) + decoder.feed(bytes(data[cut:]))
        assert found == [Message(*each) for each in messages]
        assert decoder.bad == bad


def test_a_sysex_of_the_greatest_length_passes_and_a_longer_one_is_counted() -> None:
    decoder = Decoder()
    found = decoder.feed([SYSEX, *[1] * MAX_SYSEX, 0xF7])
    assert [len(each.payload) for each in found] == [MAX_SYSEX] and decoder.bad == 0
    assert decoder.feed([SYSEX, *[1] * (MAX_SYSEX + 1), 0xF7, 0xF8]) == [Message(0xF8)]
    assert decoder.bad == 1


KINDS = (
    "note_on", "note_off", "polytouch", "control_change", "program_change", "aftertouch", "pitchwheel", "sysex",
    "quarter_frame", "songpos", "song_select", "tune_request", "clock", "start", "continue", "stop", "active_sensing",
    "reset",
)  # fmt: skip


def message(draw: random.Random) -> mido.Message:
    kind = draw.choice(KINDS)
    made = mido.Message(kind)
    for name in vars(made):
        if name in ("note", "velocity", "value", "control", "program", "song", "frame_value"):
            setattr(made, name, draw.randrange(16 if name == "frame_value" else 128))
        elif name in ("channel", "pos", "pitch"):
            setattr(made, name, draw.randrange(16))
    if kind == "sysex":
        made.data = [draw.randrange(128) for _ in range(draw.randrange(20))]
    return made


def test_agrees_with_mido_on_good_streams() -> None:
    draw = random.Random(1)
    messages = [message(draw) for _ in range(5000)]
    stream = [byte for each in messages for byte in each.bytes()]
    found = Decoder().feed(stream)
    parser = mido.Parser()
    parser.feed(stream)
    assert len(found) == len(messages)
    for ours, theirs in zip(found, parser, strict=True):
        body = [SYSEX, *ours.payload, 0xF7] if ours.status == SYSEX else [ours.status, ours.first, ours.second]
        assert body[: len(theirs.bytes())] == theirs.bytes()


def test_running_status_gives_the_same_as_none() -> None:
    draw, decoder, running = random.Random(2), Decoder(), 0
    messages, stream = [], []
    for _ in range(5000):
        status = draw.choice([0x90, 0x80, 0xB2, 0xC2, 0xD1])
        data = [draw.randrange(128) for _ in range(1 if status & 0xE0 == 0xC0 else 2)]
        messages.append(Message(status, *data))
        stream += data if status == running else [status, *data]
        running = status
    assert decoder.feed(stream) == messages and decoder.bad == 0


def test_a_million_random_bytes_are_survived_and_the_next_message_is_whole() -> None:
    draw, decoder, kept = random.Random(3), Decoder(), 0
    for _ in range(100):
        for each in decoder.feed(draw.randbytes(10_000)):
            assert 0 <= each.first < 128 and 0 <= each.second < 128 and len(each.payload) <= MAX_SYSEX
            kept += 1
        assert decoder.feed([0x90, 60, 100])[-1] == Message(0x90, 60, 100)
    assert kept > 100_000 and decoder.bad > 100_000


def test_a_sysex_without_end_takes_no_memory() -> None:
    decoder = Decoder()
    decoder.feed([SYSEX])
    for _ in range(100):
        assert decoder.feed(bytes(10_000)) == []
    assert len(decoder._payload) == MAX_SYSEX

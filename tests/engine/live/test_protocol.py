"""Messages between the processes: round trips, and one line for whatever is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import msgspec
import pytest

from accel.errors import SystoleError
from accel.formats import FULL_SCALE_VOLTS
from engine.event_check import first_refused
from engine.events import Kind, event_array
from engine.journal import Journal, JournalPatch, read_journal, write_journal
from engine.live import protocol
from engine.live.protocol import decode_answer, decode_request, encode, request_id

DEVICE = protocol.DeviceName("ALSA", "hw:0")
REQUESTS = [
    protocol.SetPatch(id=1, text="schema = 1", how="replace"),
    protocol.OpenStream(id=2, device=DEVICE, rate=44_100, block=64, mode="safe", ahead=3),
    protocol.OpenStream(id=3),
    protocol.SetTuning(volts=[0.25] * 128),
    protocol.StartRecording(path="a.wav", format="float"),
    protocol.SaveJournal(path="j.json"),
    protocol.MidiPorts(names=["a", "b"], virtual=False),
    protocol.Learn(target="amp.decay"),
    protocol.Learn(),
    protocol.Forget(target="knobs.timbre"),
    protocol.SetCv(channels=[protocol.CvChannel(2, "knob:timbre", 8.0, -0.1)]),
    protocol.CalibrateCv(channel=2, volts=-5.0),
    protocol.SetSeed(seed=7),
    protocol.MeasureLoudness(texts=["schema = 1", ""]),
    *(kind(id=9) for kind in (protocol.CloseStream, protocol.ListDevices, protocol.StopRecording)),
    *(
        kind(id=9)
        for kind in (protocol.DescribeStream, protocol.DescribeRecording, protocol.ListPorts, protocol.ListCv)
    ),
    *(kind(id=10) for kind in (protocol.Panic, protocol.TestTone, protocol.Stop)),
]
ANSWERS = [
    protocol.Done(1, {"path": "a.wav", "seconds": 2.5}),
    protocol.Done(2),
    protocol.Refused(3, "no"),
    protocol.Ready(1.5),
    protocol.StreamChanged(None, 48_000, 128, 0, "no device"),
    protocol.PatchChanged("schema = 1", 4),
    protocol.ProgramWanted("bass"),
    protocol.Learned("amp.decay", "CC 30"),
    protocol.RecordingStarted("a-2.wav", 12.5),
    protocol.RecordingStopped("a.wav", 3.0, "disk full"),
    protocol.Line("warning", "late"),
]


def test_every_message_comes_back() -> None:
    assert {type(each) for each in REQUESTS} == set(get_args(protocol.Request))
    assert {type(each) for each in ANSWERS} == set(get_args(protocol.Answer))
    for request in REQUESTS:
        assert decode_request(encode(request)) == request
        assert request_id(encode(request)) == request.id
    for answer in ANSWERS:
        assert decode_answer(encode(answer)) == answer


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{"do": "Explode", "id": 1}', "Explode"),
        ('{"do": "SetPatch", "id": 1}', "text"),
        ('{"do": "SetPatch", "text": "", "how": "loudly"}', "how"),
        ('{"do": "OpenStream", "rate": 1}', "rate"),
        ('{"do": "OpenStream", "block": 0}', "block"),
        ('{"do": "OpenStream", "block": 1e400}', "block"),
        ('{"do": "OpenStream", "colour": 1}', "colour"),
        ('{"do": "OpenStream", "mode": "quick"}', "mode"),
        ('{"do": "OpenStream", "ahead": 4}', "ahead"),
        ('{"do": "SetTuning", "volts": [0]}', "volts"),
        ('{"do": "SetSeed", "seed": -1}', "seed"),
        ('{"do": "SetCv", "channels": [{"channel": 0, "role": "smell"}]}', "role"),
        ('{"do": "Stop"', "request"),
        ("[" * 5000, "request"),
        ("null", "request"),
    ],
)
def test_what_is_wrong_is_one_line(text: str, named: str) -> None:
    with pytest.raises(SystoleError) as caught:
        decode_request(text.encode())
    assert named in str(caught.value) and "\n" not in str(caught.value)


def test_what_the_protocol_allows_of_a_tuning_and_a_seed_can_be_journaled(tmp_path: Path) -> None:
    for sign in (-1.0, 1.0):
        tuning = protocol.SetTuning(volts=[sign * FULL_SCALE_VOLTS] * 128)
        assert decode_request(encode(tuning)) == tuning
        events = event_array([(0, Kind.TUNE, 0, key, volts) for key, volts in enumerate(tuning.volts)])
        assert first_refused(events) == -1
        seed = decode_request(encode(protocol.SetSeed(seed=0xFFFFFFFF))).seed
        patch = JournalPatch(0, 'schema = 1\nname = "x"\nmodel = "x"\n', "", seed, tuning.volts)
        head = {"version": "0", "form": "portable", "room": (32, 8), "start": 0, "end": 1, "complete": True}
        write_journal(Journal(**head, seed=seed, patches=(patch,), events=events), tmp_path / "j.json")
        assert read_journal(tmp_path / "j.json").patches[0] == patch
        beyond = encode(protocol.SetTuning(volts=[sign * (FULL_SCALE_VOLTS + 0.001)] * 128))
        with pytest.raises(SystoleError, match=r"8\.192.*volts"):
            decode_request(beyond)


def test_bytes_that_are_no_text_and_what_is_too_large() -> None:
    for data in (b"\xff\xfe", b"", b" " * (protocol.MAX_BYTES + 1)):
        with pytest.raises(SystoleError, match="request"):
            decode_request(data)
        assert request_id(data[:9]) == -1
    with pytest.raises(SystoleError, match="answer"):
        decode_answer(b'{"is": "Stop"}')


def test_an_id_survives_a_request_that_is_refused() -> None:
    assert request_id(b'{"do": "Explode", "id": 12}') == 12
    assert request_id(b'{"id": "twelve"}') == -1


def test_messages_are_json() -> None:
    assert msgspec.json.decode(encode(protocol.Stop(id=3))) == {"do": "Stop", "id": 3}

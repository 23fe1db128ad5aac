"""What the next engine is told is what was carried out last."""

from __future__ import annotations

from collections.abc import Callable

from engine.live.options import Options, decode_options
from engine.live.protocol import (
    CloseStream,
    CvChannel,
    DeviceName,
    MidiPorts,
    OpenStream,
    PatchChanged,
    RecordingStopped,
    SetCv,
    SetSeed,
    SetTuning,
    StartRecording,
    StopRecording,
    StreamChanged,
)
from engine.live.wishes import Wishes

CARD = DeviceName("ALSA", "card")


def told(wishes: Wishes) -> Options:
    return decode_options(wishes.first_message())


def test_the_device_that_was_opened_is_the_one_to_come_back_to() -> None:
    wishes = Wishes()
    wishes.noticed(StreamChanged(CARD, 48_000, 128, 256, "ALSA: card"))  # as it began by itself
    assert told(wishes).stream == OpenStream(device=CARD)
    wishes.noticed(StreamChanged(None, 48_000, 512, 0, "card is gone"))
    assert told(wishes).stream == OpenStream(device=CARD)
    opened = {"device": {"host": "ALSA", "name": "other"}, "rate": 1, "block": 1, "latency": 0, "line": ""}
    wishes.carried_out(OpenStream(rate=96_000), {**opened, "is": "StreamChanged"})
    assert told(wishes).stream == OpenStream(device=DeviceName("ALSA", "other"), rate=96_000)
    wishes.carried_out(OpenStream(mode="safe"), {**opened, "device": None, "is": "StreamChanged"})
    assert told(wishes).stream == OpenStream(mode="safe")
    wishes.carried_out(CloseStream(), None)
    wishes.noticed(StreamChanged(CARD, 48_000, 128, 256, "late"))
    assert told(wishes).stream is None


def test_the_last_of_each_kind_holds() -> None:
    wishes = Wishes()
    wishes.carried_out(SetSeed(seed=1), None)
    wishes.carried_out(SetTuning(volts=[0.5] * 128), None)
    wishes.carried_out(SetSeed(seed=2), None)
    wishes.carried_out(MidiPorts(names=["a"]), None)
    wishes.carried_out(SetCv(channels=[CvChannel(0, "gate")]), None)
    wishes.noticed(PatchChanged("text", 3))
    assert wishes.rest() == [SetSeed(seed=2), SetTuning(volts=[0.5] * 128)]
    options = told(wishes)
    assert (options.patch, options.midi, options.cv) == ("text", MidiPorts(names=["a"]), [CvChannel(0, "gate")])


def test_a_recording_goes_on_until_it_is_stopped_or_ends() -> None:
    ends: list[Callable[[Wishes], None]] = [
        lambda wishes: wishes.carried_out(StopRecording(), None),
        lambda wishes: wishes.noticed(RecordingStopped("a", 1.0)),
    ]
    for end in ends:
        wishes = Wishes()
        wishes.carried_out(StartRecording(path="a"), None)
        assert wishes.rest() == [StartRecording(path="a", resume=True)]
        end(wishes)
        assert wishes.rest() == []

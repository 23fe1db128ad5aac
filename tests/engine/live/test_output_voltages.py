"""Control voltages of a device: inputs come, go, rest and are calibrated, and no key stays down."""

from __future__ import annotations

from typing import Any

import pytest

from accel.errors import SystoleError
from engine.events import Kind
from engine.live.layout import State
from engine.live.protocol import CvChannel, DeviceName, Line
from engine.live.settings import load_settings
from tests.engine.live.output_bench import Bench, Machine, device, played, wait


def listen(bench: Bench, *channels: CvChannel) -> None:
    bench.output.listen(list(channels)).result(20)


def test_control_voltages_need_inputs_and_get_them(bench: Bench, machine: Machine) -> None:
    bench.open(device=DeviceName("ALSA", "other"))
    assert machine.open[0].plan.inputs == 0
    bench.output.listen([CvChannel(1, "knob:shape"), CvChannel(0, "gate")]).result(20)
    assert machine.open[0].plan.inputs == 2
    with pytest.raises(SystoleError, match="no such knob"):
        bench.output.listen([CvChannel(1, "knob:nothing")]).result(20)
    with pytest.raises(SystoleError, match="cv: input 6: ALSA: other has 4"):
        bench.output.listen([CvChannel(5, "gate")]).result(20)
    bench.output.refresh()
    bench.output.listen([]).result(20)


def test_no_key_stays_down_when_an_input_is_no_gate_any_more(bench: Bench, machine: Machine) -> None:
    notes = (Kind.NOTE_ON, Kind.NOTE_OFF)
    bench.open(device=DeviceName("ALSA", "other"))
    listen(bench, CvChannel(0, "gate"), CvChannel(1, "level"))
    machine.given = 0.5
    wait(bench)
    assert [kind for kind, _ in played(bench, *notes)] == [Kind.NOTE_ON]
    bench.output.refresh()  # another patch: the gate is still up
    wait(bench)
    assert played(bench, *notes) == []
    listen(bench, CvChannel(1, "level"))
    wait(bench)
    assert [kind for kind, _ in played(bench, *notes)] == [Kind.NOTE_OFF]


@pytest.mark.parametrize("how", ["closed", "opened anew", "unplugged"])
def test_no_key_stays_down_when_the_stream_ends(bench: Bench, machine: Machine, how: str) -> None:
    bench.open(device=DeviceName("ALSA", "other"))
    listen(bench, CvChannel(0, "gate"))
    machine.given = 0.5
    wait(bench)
    played(bench)
    if how == "closed":
        bench.output.close_stream().result(20)
    elif how == "unplugged":
        machine.devices.pop()
        machine.open[0].unplug()
        bench.until(lambda: bench.state == State.SILENT)
    else:
        machine.given = 0.0
        bench.open(device=DeviceName("ALSA", "other"), mode="safe")
    wait(bench, 9600)
    assert [kind for kind, _ in played(bench, Kind.NOTE_ON, Kind.NOTE_OFF)][-1] == Kind.NOTE_OFF


def test_what_no_input_sets_any_more_goes_back_to_its_rest(bench: Bench, machine: Machine) -> None:
    bench.open(device=DeviceName("ALSA", "other"), mode="safe")
    machine.given = 0.1
    listen(bench, CvChannel(0, "pitch"), CvChannel(1, "level"))
    wait(bench)
    found = played(bench, Kind.CV_PITCH, Kind.CV_LEVEL)
    assert (Kind.CV_PITCH, pytest.approx(1.0, abs=1e-3)) in found
    assert (Kind.CV_LEVEL, pytest.approx(0.2, abs=1e-3)) in found
    listen(bench)
    wait(bench)
    assert played(bench, Kind.CV_PITCH, Kind.CV_LEVEL)[-2:] == [(Kind.CV_PITCH, 0.0), (Kind.CV_LEVEL, 1.0)]


def test_inputs_and_knobs_that_are_not_there_are_waited_for(bench: Bench, machine: Machine) -> None:
    bench.output.want([CvChannel(1, "knob:shape"), CvChannel(0, "knob:shape")]).result(20)
    bench.open(device=DeviceName("ALSA", "card"))
    assert Line("info", "cv: ALSA: card has 0 inputs: playing without control voltages") in bench.notices
    machine.given = 0.25
    machine.devices.append(device("mono", inputs=1))
    bench.open(device=DeviceName("ALSA", "mono"))
    assert machine.open[0].plan.inputs == 1
    line = "cv: ALSA: mono has 1 inputs: the others wait for a device that has them"
    assert Line("info", line) in bench.notices
    wait(bench)
    assert played(bench, Kind.KNOB) == [(Kind.KNOB, pytest.approx(0.5, abs=1e-3))]
    bench.open(device=DeviceName("ALSA", "other"))
    wait(bench)
    assert played(bench, Kind.KNOB) == [(Kind.KNOB, pytest.approx(0.5, abs=1e-3))] * 2
    bench.knobs = ["tone"]
    bench.output.refresh()
    bench.until(lambda: Line("info", "cv: the model has no knob shape: input 1 waits for one") in bench.notices)
    wait(bench)
    machine.given = 0.3
    wait(bench)
    assert played(bench, Kind.KNOB) == []


def test_an_input_is_calibrated_with_two_voltages_and_that_is_remembered(bench: Bench, machine: Machine) -> None:
    with pytest.raises(SystoleError, match="calibration: no device plays"):
        bench.output.calibrate(1, 0.0).result(20)
    bench.open(device=DeviceName("ALSA", "other"))
    with pytest.raises(SystoleError, match="input 2: is not listened to"):
        bench.output.calibrate(1, 0.0).result(20)
    listen(bench, CvChannel(1, "pitch"))
    (described,) = bench.output.voltages().result(20)["channels"]
    assert (described["volts_per_unit"], described["offset"], described["is_calibrated"]) == (10.0, 0.0, False)
    scale, offset = -6.2, 0.05  # of an interface that inverts

    def apply(volts: float) -> Any:
        machine.given = (volts - offset) / scale
        wait(bench, 1000)
        return bench.output.calibrate(1, volts).result(20)

    assert apply(0.0)["volts_per_unit"] is None
    found = apply(5.0)
    described = bench.output.voltages().result(20)
    assert described["inputs"] == 2
    assert described["channels"] == [
        {"channel": 1, "role": "pitch", "volts_per_unit": found["volts_per_unit"], "offset": found["offset"],
         "is_calibrated": True},
    ]  # fmt: skip
    assert (found["volts_per_unit"], found["offset"]) == (
        pytest.approx(scale, rel=1e-4),
        pytest.approx(offset, abs=1e-4),
    )
    machine.given = (2.0 - offset) / scale
    wait(bench)
    assert played(bench, Kind.CV_PITCH)[-1][1] == pytest.approx(2.0, abs=1e-3)
    bench.output.close_stream().result(20)
    wait(bench)
    played(bench)
    machine.given = (3.0 - offset) / scale
    bench.open(device=DeviceName("ALSA", "other"))  # as after a restart: from the settings
    wait(bench)
    assert played(bench, Kind.CV_PITCH)[-1][1] == pytest.approx(3.0, abs=1e-3)
    (kept,) = load_settings()[0].calibrations
    assert (kept.device.name, kept.channel) == ("other", 1)

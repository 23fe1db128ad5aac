"""`systole midi`: which MIDI ports there are, and what they send."""

from __future__ import annotations

import contextlib
import json
import queue
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from app.cli.options import Seconds, as_json

if TYPE_CHECKING:
    from engine.midi.decode import Decoder
    from engine.midi.ports import Ports

__all__ = ["command"]

LONGEST = 86_400.0
_QUEUE = 16_384
_LOOK_SECONDS = 1.0
_Arrival = tuple[str, bytes, int]
"""Port, bytes, ns."""


@click.group("midi")
def command() -> None:
    """Show the MIDI ports, or what they send."""


def _rtmidi(*, sysex: bool = False) -> Ports:
    from engine.midi.ports import Ports

    return Ports(sysex=sysex)


def _jack() -> Any:
    """A JACK client for MIDI, or None where no server runs."""
    from accel.errors import SystoleError
    from engine.midi.jack_client import JackMidi

    try:
        return JackMidi("systole-monitor")
    except SystoleError:
        return None


@command.command("ports")
@as_json
def ports(as_json: bool) -> None:
    """List the MIDI ports that can be listened to.

    With `systole play --midi` and `systole midi monitor --port` a port is named as here, or by a part of that.
    """
    from app.cli.console import note, print_json, print_table
    from engine.text import plain

    system = _rtmidi()
    found = [(each.name, "system") for each in system.listed()]
    problem = system.problem
    system.close()
    jack = _jack()
    if jack is not None:
        with jack:
            found += [(name, "JACK") for name in jack.sources()]
    elif problem:
        note(f"no MIDI: {problem}")
    if as_json:
        print_json([{"name": name, "from": origin} for name, origin in found])
    elif found:
        print_table([("PORT", "FROM"), *((plain(name), origin) for name, origin in found)])
    elif jack is not None or not problem:
        note("no MIDI port: nothing is plugged in")


@command.command("monitor")
@click.option("--port", "names", multiple=True, metavar="NAME", help="A port, or a part of its name; may be repeated.")
@click.option("--all", "everything", is_flag=True, help="Show clock and active sensing too.")
@click.option("--seconds", type=Seconds(LONGEST), help="Stop after this time. [default: at Ctrl-C]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
def monitor(names: tuple[str, ...], everything: bool, seconds: float | None, as_json: bool) -> None:
    """Show what MIDI ports send, one line per message, until Ctrl-C.

    All ports are listened to if none is named. Times are seconds since the start. Other programs can play to the port
    `systole` that is there meanwhile. Without a sequencer of the system, JACK is listened to.
    """
    from app.cli.console import note
    from app.midi_lines import STEADY, facts, line
    from engine.midi.decode import Decoder

    start, decoders = time.perf_counter_ns(), dict[str, Decoder]()
    until = None if seconds is None else start + round(seconds * 1e9)
    try:
        for port, data, stamp in _messages(list(names), note, until):
            for message in decoders.setdefault(port, Decoder()).feed(data):
                if message.status in STEADY and not everything:
                    continue
                when = max(0.0, (stamp - start) / 1e9)
                if as_json:
                    found = {"time": round(when, 6), "port": port, **facts(message)}
                    click.echo(json.dumps(found, ensure_ascii=False))
                else:
                    click.echo(line(when, port, message))
    except KeyboardInterrupt:  # how a monitor is meant to end
        pass
    _report_bad(decoders, note)


def _report_bad(decoders: dict[str, Decoder], note: Callable[[str], None]) -> None:
    from engine.text import plain

    for port, decoder in decoders.items():
        if decoder.bad:
            note(f"{plain(port)}: {decoder.bad} bytes or messages made no sense")


def _messages(names: list[str], note: Callable[[str], None], until: int | None) -> Iterator[_Arrival]:
    """What comes, until the time given; from JACK if the system has no sequencer.

    Raises:
        SystoleError: there is no MIDI at all.
    """
    from accel.errors import SystoleError

    system = _rtmidi(sysex=True)
    try:
        arrivals = _Arrivals()
        lines = system.start(arrivals.push, names or "all")
        if not system.problem:
            yield from arrivals.follow(system, lines, note, until)
            return
    finally:
        system.close()
    jack = _jack()
    if jack is None:
        raise SystoleError(f"no MIDI: {system.problem}; and no JACK server is running")
    with jack:
        yield from _follow_jack(jack, names, note, until)


class _Arrivals:
    """Messages from drivers' threads to ours; when nobody reads, the newest are lost and counted."""

    def __init__(self) -> None:
        self._queue: queue.Queue[_Arrival] = queue.Queue(_QUEUE)
        self.lost = 0

    def push(self, port: str, data: bytes, stamp: int) -> None:
        """As `ports.Push`."""
        try:
            self._queue.put_nowait((port, data, stamp))
        except queue.Full:
            self.lost += 1

    def follow(
        self, ports: Ports, lines: list[str], note: Callable[[str], None], until: int | None
    ) -> Iterator[_Arrival]:
        """What comes, while ports are plugged in and out."""
        for each in lines or ["MIDI: no port yet; listening to what is plugged in, and to `systole`"]:
            note(each)
        look = time.perf_counter_ns() + round(_LOOK_SECONDS * 1e9)
        while until is None or time.perf_counter_ns() < until:
            with contextlib.suppress(queue.Empty):
                yield self._queue.get(timeout=_wait(until))
            if time.perf_counter_ns() >= look:
                look = time.perf_counter_ns() + round(_LOOK_SECONDS * 1e9)
                for each in ports.rescan():
                    note(each)
        while not self._queue.empty():
            yield self._queue.get_nowait()
        if self.lost:
            note(f"{self.lost} messages came faster than they could be shown")


def _wait(until: int | None) -> float:
    """Seconds to wait for a message at most."""
    left = _LOOK_SECONDS if until is None else (until - time.perf_counter_ns()) / 1e9
    return min(max(left, 0.0), _LOOK_SECONDS / 4)


def _follow_jack(jack: Any, names: list[str], note: Callable[[str], None], until: int | None) -> Iterator[_Arrival]:
    """What comes through JACK, from ports that are connected as they appear."""
    from engine.midi.port_names import ALL, is_wanted
    from engine.text import plain

    connected: set[str] = set()
    note(f"MIDI: listening through JACK; connect to {jack.port}")
    look = 0
    while jack.is_alive and (until is None or time.perf_counter_ns() < until):
        if time.perf_counter_ns() >= look:
            look = time.perf_counter_ns() + round(_LOOK_SECONDS * 1e9)
            present = [each for each in jack.sources() if is_wanted(each, names or ALL)]
            for source in present:
                if source not in connected and jack.connect(source):
                    note(f"MIDI: listening to {plain(source)}")
            connected = set(present)
        for _, data in jack.read(_wait(until)):
            yield jack.port, data, time.perf_counter_ns()
    if not jack.is_alive:
        note("JACK: the server has gone")

"""`systole play`: the instrument, played live from MIDI, in this terminal."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.cv import InputMeaning, channels
from app.cli.options import Seconds, as_json, seed

if TYPE_CHECKING:
    from app.cli.playing import Playing
    from engine.live.client import Engine
    from engine.live.options import Options

__all__ = ["command"]

LONGEST = 7 * 86_400.0
READY_SECONDS = 300.0
LOOK_SECONDS = 0.1
SAVE_SECONDS = 120.0
NONE, ALL = "none", "all"
FORMATS = ("pcm16", "pcm24", "float")


@dataclass(frozen=True)
class _Request:
    """What was asked for on the command line."""

    headless: bool
    device: str | None
    rate: int | None
    block: int | None
    midi: tuple[str, ...]
    patch: str | None
    model: str | None
    safe: int | None
    direct: bool
    record: str | None
    record_format: str
    journal: str | None
    osc: int | None
    cv: tuple[tuple[int, str], ...]
    seconds: float | None
    seed: int
    quiet: bool
    as_json: bool


@click.command("play")
@click.option("--headless", is_flag=True, help="Play without a window.")
@click.option("--patch", metavar="NAME", help="Patch to begin with, by name or file (see `systole patches`).")
@click.option("--model", metavar="NAME", help="Model, by name or file (see `systole models`).")
@click.option("--device", metavar="NAME", help="Where to play to, or a part of its name (see `systole devices`); none.")
@click.option("--rate", type=click.IntRange(8000, 768_000), metavar="HZ", help="Sample rate of the device.")
@click.option("--block", type=click.IntRange(1, 8192), metavar="N", help="Samples that the device takes at a time.")
@click.option(
    "--safe",
    type=click.IntRange(1, 3),
    is_flag=False,
    flag_value=2,
    metavar="[N]",
    help="Render N blocks ahead, 1 to 3 (2): for machines without real-time priority.",
)
@click.option("--direct", is_flag=True, help="Render when the device asks: the way back from --safe.")
@click.option(
    "--midi", multiple=True, metavar="NAME", help="MIDI port, or part of its name; may be repeated; all; none."
)
@click.option("--osc", type=click.IntRange(1, 65_535), metavar="PORT", help="Also play by OSC, at this UDP port.")
@click.option(
    "--cv",
    multiple=True,
    type=InputMeaning(),
    metavar="N=MEANING",
    help="Take input N as pitch, gate, level or a knob of the model, as 1=pitch; may be repeated.",
)
@click.option("--record", metavar="FILE.wav", help="Record what is heard.")
@click.option(
    "--format",
    "record_format",
    type=click.Choice(FORMATS),
    default="pcm24",
    show_default=True,
    help="Samples of the recording.",
)
@click.option("--journal", metavar="FILE.json", help="Save all that is played, for `systole render`, at the end.")
@click.option("--seconds", type=Seconds(LONGEST), help="Stop after this time instead of at Ctrl-C.")
@seed
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@as_json
@click.pass_context
def command(context: click.Context, **options: Any) -> None:
    """Play live: MIDI in, sound out, until Ctrl-C or until the window is closed.

    Device, rate, block, mode and MIDI ports that are named are remembered; without a device all goes on in silence, and
    can be recorded. With `--device none` no device is opened, with `--midi none` no port, with `--midi all` all again.
    """
    from app.cli.console import note, print_json
    from app.cli.playing import Playing, summary
    from engine.live.client import Engine

    request = _Request(**options)
    if request.direct and request.safe is not None:
        raise click.UsageError("--direct and --safe exclude each other")
    _check_files(request)
    begin, line = _options(request)
    say = (lambda _: None) if request.quiet else note
    has_window = not request.headless and _can_show(say)
    with Engine() as engine:
        shown = Playing(quiet=request.quiet or has_window, said=line)
        engine.on_notice(shown.notice)
        if has_window:
            _in_a_window(engine, request, begin, shown, line)
        else:
            if line is not None:
                say(f"systole: {line}")
            engine.start(begin)
            _wait(engine, say)
            shown.begin()
            _session(engine, request, shown)
        figures = summary(engine.snapshot(), shown)
    shown.clear()
    if request.as_json:
        print_json(figures)
    if shown.fault is not None:  # it was shown when it happened
        context.exit(1)


def _can_show(say: Any) -> bool:
    """Whether there is a display; if not, say that it goes on without a window."""
    from app.window.display import no_display

    reason = no_display()
    if reason is not None:
        say(f"systole: no window: {reason}: playing without one, as with --headless")
    return reason is None


def _in_a_window(engine: Engine, request: _Request, begin: Options, shown: Playing, line: str | None) -> None:
    """Play until the window is closed; then finish what is being written. `line` is for the person."""
    from msgspec.structs import replace

    from app.window.begin import begin as beginning_of
    from app.window.opened import Opened
    from engine.patch import read_patch

    beginning = beginning_of(None if begin.patch is None else read_patch(begin.patch, "patch"))
    if line is not None:
        beginning.lines.append(line)
    with Opened(engine, beginning) as opened:
        opened.follow_voltages(begin.cv)
        if request.record is not None:
            opened.record(str(Path(request.record).absolute()), request.record_format)
        engine.start(replace(begin, patch=beginning.text))
        with _signals() as stop:
            opened.run(stop, request.seconds)
    _finish(engine, request, shown)


def _check_files(request: _Request) -> None:
    """Refuse at once what could not be written at the end."""
    for option, name in (("--record", request.record), ("--journal", request.journal)):
        if name is None:
            continue
        path = Path(name)
        if path.is_dir() or not path.absolute().parent.is_dir():
            raise click.BadParameter(f"{name}: is a folder, or in none that there is", param_hint=option)


def _options(request: _Request) -> tuple[Options, str | None]:
    """What to start with, and a line for the person where what is remembered could not be read."""
    from msgspec.structs import replace

    from app.cli.sounds import choose_patch
    from engine.live.options import Options
    from engine.live.protocol import DeviceName, MidiPorts, OpenStream
    from engine.live.settings import load_settings
    from engine.patch import patch_text

    patch, (settings, line) = choose_patch(request.patch, request.model), load_settings()
    stream = None
    if request.device != NONE:
        device = None if request.device is None else DeviceName("", request.device)
        wanted = OpenStream(device=device, rate=request.rate, block=request.block)
        if request.safe is not None:
            stream = replace(wanted, mode="safe", ahead=request.safe)
        else:
            stream = replace(wanted, mode="direct") if request.direct else wanted
    names = settings.ports if not request.midi else "all" if request.midi == (ALL,) else list(request.midi)
    midi = None if request.midi == (NONE,) else MidiPorts(names=names, virtual=settings.virtual)
    options = Options(
        patch=None if patch is None else patch_text(patch),
        seed=request.seed,
        stream=stream,
        midi=midi,
        osc=request.osc,
        cv=channels(request.cv),
    )
    return options, line


def _wait(engine: Engine, say: Any) -> None:
    """Until it plays; the first start of all compiles."""
    from accel.errors import SystoleError

    until, said = time.monotonic() + READY_SECONDS, False
    while True:
        try:
            engine.wait_ready(5.0)
            return
        except SystoleError:
            if engine.is_over or time.monotonic() > until or engine.is_failed:
                raise
        if not said and sys.stderr.isatty():
            said = True
            say("systole: starting takes a while, as after an update, when everything is compiled for this processor")


def _session(engine: Engine, request: _Request, shown: Playing) -> None:
    """Play until it is over; then finish what is being written."""
    from engine.live.protocol import StartRecording

    if request.record is not None:
        path = str(Path(request.record).absolute())
        engine.request(StartRecording(path=path, format=request.record_format))  # type: ignore[arg-type]
    with _signals() as stop:
        until = None if request.seconds is None else time.monotonic() + request.seconds
        while not stop.is_set() and not engine.is_over and (until is None or time.monotonic() < until):
            shown.status(engine.snapshot())
            left = LOOK_SECONDS if until is None else min(LOOK_SECONDS, max(0.0, until - time.monotonic()))
            stop.wait(left)
        if engine.is_over:
            shown.ended()
            return
        _finish(engine, request, shown)


def _finish(engine: Engine, request: _Request, shown: Playing) -> None:
    """Finish the recording and save the journal: whatever becomes of the one, the other is done."""
    from accel.errors import SystoleError
    from engine.live.protocol import SaveJournal, StopRecording

    if engine.is_over:
        return
    faults = []
    if request.record is not None and not shown.recording_ended:
        try:
            shown.recorded = engine.request(StopRecording(), SAVE_SECONDS).result
        except SystoleError as error:
            faults.append(str(error))
    if request.journal is not None:
        path = str(Path(request.journal).absolute())
        try:
            shown.events = engine.request(SaveJournal(path=path), SAVE_SECONDS).result
        except SystoleError as error:
            faults.append(str(error))
    if faults:
        raise SystoleError("; ".join(faults))


@contextlib.contextmanager
def _signals() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets, as the usual end of playing; a second one interrupts as everywhere."""
    stop = threading.Event()
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in (getattr(signal, name) for name in names)}

    def end(number: int, _: Any) -> None:
        stop.set()
        for each, handler in before.items():
            signal.signal(each, handler)

    for number, handler in before.items():
        if handler != signal.SIG_IGN:
            signal.signal(number, end)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

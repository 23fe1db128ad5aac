"""`systole render`: a MIDI file, control voltages or a journal to a WAV."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.options import ChannelMap, TailType, as_json, seed

if TYPE_CHECKING:
    from app.rendering.destination import Destination
    from app.rendering.job import Renderer, Summary

__all__ = ["command"]

MIDI_SUFFIXES = (".mid", ".midi", ".kar", ".smf")
CV_SUFFIXES = (".csv", ".npz", ".wav")
FEATURE_SUFFIX = ".npy"
JOURNAL_SUFFIX = ".json"
FIXED_BY_JOURNAL = ("patch", "model", "scale", "keymap", "channels", "stems", "tail", "seed")
NATIVE = "native"
RATES = ("44100", "48000", "96000", NATIVE)
FORMATS = ("pcm16", "pcm24", "float")
LARGEST_BLOCK = 65_536

_HELP = """Render IN to a WAV.

IN is a MIDI file (.mid, .midi), or control voltages at 750 Hz: a .csv with a header row of names, or a .npz
with `columns` and `controls` [N, C]. Row k belongs to sample 64*k, with straight lines between rows.
Columns: `note` (MIDI semitones, 60 = C4) or `volts` (V/oct, 0 V = C4); optionally `gate` and `level` (0 to
1); and the model's knobs by their id (0 to 1). Or a .wav with a control voltage in each channel, full scale
+-8.192 V (gate high above 2.5 V; level and knobs 0 to 5 V), named by --channels.

Control voltages with --model give the model's own signal: mono, 16 bit, sample for sample, without envelope,
bus or limiter (so gate and level are not used). Everything else is stereo, played through a patch; there a
missing gate column means that the gate is open throughout.

Or a .npy with mel features [frames, bands] for an imported --model: its own signal, mono, 16 bit.

Or IN is the journal (.json) of live playing: with --format float the WAV holds, bit for bit, what was heard.

The file appears when it is complete; until then an older one stays as it was. Samples are rounded to the
format without dither.
"""


@dataclass(frozen=True)
class _Request:
    """What was asked for on the command line."""

    source: str
    output: str
    patch: str | None
    model: str | None
    scale: str | None
    keymap: str | None
    channels: dict[str, int] | None
    rate: str
    sample_format: str
    stems: bool
    block: int
    tail: float | None
    seed: int
    quiet: bool
    as_json: bool

    @property
    def suffix(self) -> str:
        return Path(self.source).suffix.lower()

    @property
    def is_midi(self) -> bool:
        """By the file's name, or by its first bytes where the name tells nothing."""
        if self.suffix in (*MIDI_SUFFIXES, *CV_SUFFIXES, FEATURE_SUFFIX, JOURNAL_SUFFIX):
            return self.suffix in MIDI_SUFFIXES
        with Path(self.source).open("rb") as file:
            if file.read(4) == b"MThd":
                return True
        allowed = ", ".join((*MIDI_SUFFIXES, *CV_SUFFIXES, FEATURE_SUFFIX, JOURNAL_SUFFIX))
        raise click.BadParameter(f"{self.source}: cannot be rendered; allowed: {allowed}", param_hint="IN")

    @property
    def is_journal(self) -> bool:
        """Events of live playing, by the file's name."""
        return self.suffix == JOURNAL_SUFFIX

    @property
    def is_raw(self) -> bool:
        """Control voltages straight into a model: its own mono signal."""
        return self.model is not None and not self.is_midi and not self.is_journal


@click.command("render", help=_HELP)
@click.argument("source", metavar="IN", type=click.Path(exists=True, dir_okay=False, readable=True))
@click.option("-o", "--output", metavar="OUT", required=True, help="WAV to write; - is standard output.")
@click.option("--patch", metavar="NAME", help="Patch, by name or file (see `systole patches`).")
@click.option(
    "--scale",
    metavar="FILE.scl",
    type=click.Path(exists=True, dir_okay=False),
    help="Scala scale to tune a MIDI file's keys to; 12-tone equal temperament without.",
)
@click.option(
    "--keymap",
    metavar="FILE.kbm",
    type=click.Path(exists=True, dir_okay=False),
    help="Scala keyboard mapping for the scale.",
)
@click.option("--model", metavar="NAME", help="Model, by name or file (see `systole models`).")
@click.option(
    "--channels",
    type=ChannelMap(),
    metavar="NAME=N,...",
    help="Which channel of a .wav holds what, counted from 0: volts=0,gate=1,level=2,KNOB=3.",
)
@click.option(
    "--rate",
    type=click.Choice(RATES),
    default="48000",
    show_default=True,
    help="Sample rate in Hz; native: that of the model or, for patches, 48000.",
)
@click.option(
    "--format",
    "sample_format",
    type=click.Choice(FORMATS),
    default="pcm16",
    show_default=True,
    help="Samples as 16- or 24-bit integers, or as 32-bit floats.",
)
@click.option("--stems", is_flag=True, help="Also write each MIDI channel to its own file, OUT.NAME.wav.")
@click.option(
    "--block",
    type=click.IntRange(1, LARGEST_BLOCK),
    default=1024,
    show_default=True,
    metavar="N",
    help="Samples per block; the result does not depend on it.",
)
@click.option(
    "--tail",
    type=TailType(),
    default="auto",
    show_default=True,
    metavar="auto|SECONDS",
    help="Time after the last event, 0 to 3600 s; auto: until the sound has died away.",
)
@seed
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@as_json
@click.pass_context
def command(ctx: click.Context, **options: Any) -> None:
    """See `_HELP`."""
    from app.cli.console import note, print_json, progress
    from app.rendering.job import Plan, run
    from app.warming import announce_if_cold
    from engine.wav import SampleFormat

    request = _Request(**options)
    _check(request, ctx)
    mix = _destination(request.output, request.source)
    renderer, rate, warnings = _renderer(request)
    if not request.quiet:
        for warning in warnings:
            note(f"systole: warning: {warning}")
    plan = Plan(
        mix=mix,
        stems=_stem_destinations(renderer, request) if request.stems else {},
        channels=1 if request.is_raw else 2,
        rate_in=rate,
        rate_out=rate if request.rate == NATIVE else int(request.rate),
        sample_format=SampleFormat(request.sample_format),
    )
    if not request.quiet and sys.stderr.isatty():
        announce_if_cold(note)
    title = Path(request.source).name
    with progress(title, renderer.total_samples, wanted=not request.quiet) as advance:
        summary = run(renderer, plan, advance)
    if request.as_json:
        print_json({"input": request.source, "warnings": list(warnings), **summary.as_dict()})
    elif not request.quiet:
        note(_sentence(summary))


def _check(request: _Request, ctx: click.Context) -> None:
    """Refuse options that contradict each other, before anything is loaded."""
    to_pipe = request.output == "-"
    given = [name for name in ctx.params if ctx.get_parameter_source(name) == click.core.ParameterSource.COMMANDLINE]
    tail_given = "tail" in given
    fixed = [f"--{name}" for name in given if name in FIXED_BY_JOURNAL] if request.is_journal else []
    contradictions = (
        (request.suffix == FEATURE_SUFFIX and not request.model, "mel features need a --model that was imported"),
        (fixed, f"{', '.join(fixed)}: a journal holds its patches, models, tuning, seed and length"),
        (request.is_raw and request.patch, "control voltages go through a --patch or to a --model, not both"),
        (request.is_raw and tail_given, "--tail: the model's own signal ends with its control voltages"),
        (request.stems and not request.is_midi, "--stems needs a MIDI file: control voltages play one voice"),
        (request.channels and request.suffix != ".wav", "--channels is for a .wav of control voltages"),
        ((request.scale or request.keymap) and not request.is_midi, "--scale and --keymap are for a MIDI file's keys"),
        (to_pipe and request.stems, "--stems writes files: it cannot go to a pipe"),
        (to_pipe and request.as_json, "--json and -o - both need standard output"),
        (
            to_pipe and sys.stdout.isatty(),
            "standard output is a terminal: name a file",
        ),
    )
    for wrong, message in contradictions:
        if wrong:
            raise click.UsageError(message, ctx)


def _destination(output: str, source: str) -> Destination:
    """Where OUT is; wrong usage if it cannot be a file or is IN itself."""
    from accel.errors import SystoleError
    from app.rendering.destination import Destination

    try:
        where = Destination.of(output)
    except SystoleError as error:
        raise click.BadParameter(str(error), param_hint="OUT") from None
    if where.path is not None and where.path.exists() and where.path.samefile(source):
        raise click.BadParameter(f"{output}: is the input itself", param_hint="OUT")
    return where


def _stem_destinations(renderer: Any, request: _Request) -> dict[str, Destination]:
    from app.rendering.destination import stem_path

    return {name: _destination(stem_path(request.output, name), request.source) for name in renderer.stems}


def _renderer(request: _Request) -> tuple[Renderer, int, tuple[str, ...]]:
    """What renders IN, its rate in Hz, and warnings."""
    if request.is_journal:
        return _journal(request)
    return _score(request) if request.is_midi else _voltages(request)


def _journal(request: _Request) -> tuple[Renderer, int, tuple[str, ...]]:
    """Renderer of a journal, its rate in Hz, and no warnings."""
    from accel.formats import RATE
    from engine.journal import read_journal
    from engine.replay import JournalRenderer

    return JournalRenderer(read_journal(request.source), block=request.block), RATE, ()


def _score(request: _Request) -> tuple[Renderer, int, tuple[str, ...]]:
    """Renderer of a MIDI file, its rate in Hz, and warnings."""
    from accel.formats import RATE
    from app.cli.sounds import choose_patch
    from engine.offline import ScoreRenderer
    from engine.score import load_midi
    from engine.tuning import load_tuning

    patch = choose_patch(request.patch, request.model)
    score = load_midi(request.source)
    tuning = load_tuning(request.scale, request.keymap)
    renderer = ScoreRenderer(score, patch, block=request.block, tail=request.tail, seed=request.seed, tuning=tuning)
    return renderer, RATE, score.warnings


def _voltages(request: _Request) -> tuple[Renderer, int, tuple[str, ...]]:
    """Renderer of control voltages: raw model, or a voice through a patch; its rate in Hz, and warnings."""
    from accel.formats import RATE
    from app.cli.sounds import choose_patch, default_patch
    from engine.cv import load_cv
    from engine.library import find_model, open_model
    from engine.offline import CvModelRenderer, CvPatchRenderer

    if request.model is not None:
        program = open_model(find_model(request.model))
        if request.suffix == FEATURE_SUFFIX:
            from app.rendering.features import VocoderRenderer, load_features

            frames = load_features(Path(request.source))
            vocoder = VocoderRenderer(frames, program, where=request.source, block=request.block, seed=request.seed)
            return vocoder, program.rate, ()
        take = load_cv(request.source, request.channels)
        raw = CvModelRenderer(take, program, block=request.block, seed=request.seed)
        unused = [name for name in ("gate", "level") if getattr(take, name) is not None]
        note = f"{' and '.join(unused)}: not used with --model, a bare model has no envelope; use --patch"
        return raw, program.rate, (note,) if unused else ()
    patch = choose_patch(request.patch, None) or default_patch()
    take = load_cv(request.source, request.channels)
    played = CvPatchRenderer(take, patch, block=request.block, tail=request.tail, seed=request.seed)
    return played, RATE, ()


def _sentence(summary: Summary) -> str:
    minutes, seconds = divmod(round(summary.seconds, 2), 60)
    peak = "silent" if summary.peak_dbfs is None else f"peak {summary.peak_dbfs:.1f} dBFS"
    count = len(summary.stems)
    stems = f" and {count} stem{'s' if count > 1 else ''}" if count else ""
    length = f"{int(minutes)}:{seconds:05.2f}"
    speed = f"{summary.realtime:.1f} times real time"
    return f"{summary.output}{stems}: {length}, {summary.rate} Hz, {summary.format}, {peak}, {speed}"

"""The group `systole` and its entry point.

Subcommands are named here and imported on demand, so that `systole --help` costs little more than click
itself: the one-line helps are written here too, since asking the commands for them would import every one.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

import click

from app.cli.failures import guarded

__all__ = ["COMMANDS", "main", "systole"]

COMMANDS: dict[str, tuple[str, str]] = {
    "play": ("app.cli.play", "Play live, from MIDI to a sound device."),
    "render": ("app.cli.render", "Render a MIDI file or control voltages to a WAV."),
    "demo": ("app.cli.demo", "Render a demo of each model: its patches, its knobs."),
    "devices": ("app.cli.devices", "List the sound devices."),
    "midi": ("app.cli.midi", "List the MIDI ports, or show what they send."),
    "calibrate": ("app.cli.calibrate", "Calibrate an input for control voltages."),
    "models": ("app.cli.models", "List the models (trained programs)."),
    "patches": ("app.cli.patches", "List the patches (sounds)."),
    "info": ("app.cli.info", "Describe a model or a patch."),
    "map": ("app.cli.map", "Render the timbre map of a model for the window."),
    "verify": ("app.cli.verify", "Check emulator and RTL against the reference, bit for bit."),
    "rtl": ("app.cli.rtl", "Export the accelerator's SystemVerilog."),
    "profile": ("app.cli.profile", "Show where the naive generator spends its time."),
    "warmup": ("app.cli.warmup", "Compile the kernels beforehand, once."),
    "bench": ("app.cli.bench", "Measure what this machine can play."),
    "dataset": ("app.cli.dataset", "Check recordings to train on."),
    "train": ("app.cli.train", "Make a model from recordings of a synth."),
    "evaluate": ("app.cli.evaluate", "Measure a model against the synth that it copies."),
    "compile": ("app.cli.compile", "Quantise trained float weights to a model."),
    "import": ("app.cli.import_", "Make a model of a Parallel WaveGAN checkpoint."),
    "export": ("app.cli.export", "Write a model as ONNX for other runtimes."),
}
"""Command name -> (module holding `command`, one-line help)."""


class _LazyGroup(click.Group):
    """A group whose subcommands live in modules that are imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version  # slow to import, seldom needed

        click.echo(f"systole {version('systole-synth')}")
        ctx.exit()


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.",
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Show the version.",
)
def systole() -> None:
    """Systole: a neural synthesizer, driven by control voltages, computed in fixed point."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `systole` with the process's arguments and exit with its status (0, 1, 2 or 130)."""
    sys.exit(guarded(systole, sys.argv[1:] if arguments is None else arguments))

"""`systole import`: a Parallel WaveGAN that others trained, as a model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from training.imports.workflow import Imported

__all__ = ["command"]


@click.command("import")
@click.argument("checkpoint", metavar="CKPT", type=click.Path(dir_okay=False))
@click.option("-o", "--output", metavar="MODEL", required=True, help="Model to write (.safetensors).")
@click.option("--config", metavar="FILE", type=click.Path(dir_okay=False), help="Its config.yml.  [beside CKPT]")
@click.option(
    "--stats",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Its stats.h5 or stats.npy; without, features are taken as normalised.  [beside CKPT, if there]",
)
@click.option(
    "--features",
    metavar="FILE.npy",
    type=click.Path(dir_okay=False),
    help="Mel features [frames, bands] of its voice to choose the number formats on.  [drawn ones]",
)
def command(checkpoint: str, output: str, config: str | None, stats: str | None, features: str | None) -> None:
    """Quantise CKPT, a checkpoint of ParallelWaveGAN in kan-bayashi's layout (.pkl), to a model.

    The model renders mel features: systole render FEATS.npy --model MODEL -o OUT.wav. Causal networks are kept as they
    are, others get a fixed look-ahead, whose latency is printed. The checkpoint is read without running code from it.
    Prints the signal-to-noise ratio of the integers against the float network, layer by layer. Needs the extra 'train'.
    """
    from app.cli.extras import needs
    from app.rendering.features import load_features

    target = Path(output)
    _check_target(target, checkpoint)
    with needs("train"):
        import h5py  # noqa: F401 (named here, so that a missing one is told before the work)
        import yaml  # noqa: F401

        from accel.program_file import save_program
        from training.imports.workflow import import_checkpoint, model_name

        imported = import_checkpoint(
            Path(checkpoint),
            config=Path(config) if config else None,
            stats=Path(stats) if stats else None,
            frames=load_features(Path(features)) if features else None,
            frames_name=features or "",
            name=model_name(target),
        )
        save_program(imported.program, target)
    _print(imported, output)


def _check_target(target: Path, checkpoint: str) -> None:
    """Wrong usage if the model cannot be written where it should be."""
    if target.suffix != ".safetensors":
        raise click.BadParameter(f"{target}: the name of a model ends in .safetensors", param_hint="MODEL")
    if not target.parent.is_dir():
        raise click.BadParameter(f"{target}: the folder {target.parent} does not exist", param_hint="MODEL")
    if target.is_dir() or (target.exists() and Path(checkpoint).exists() and target.samefile(checkpoint)):
        raise click.BadParameter(f"{target}: is a folder, or CKPT itself", param_hint="MODEL")


def _print(imported: Imported, output: str) -> None:
    """Sizes, latency, what features it takes, and the SNR of each layer."""
    from app.budget import budget_facts, budget_line
    from app.cli.console import print_pairs, print_table

    program, fidelity = imported.program, imported.fidelity
    assert program.features is not None
    rate, late = program.rate, program.card.latency
    taken = "as extracted, normalised by the model" if imported.normalises else "normalised already"
    snr = f"{fidelity.output:.1f} dB against the float network; straight lines alone: {fidelity.ramp:.1f} dB"
    looks = f"{late} samples ({1000 * late / rate:.1f} ms) of look-ahead" if late else "causal, no look-ahead"
    print_pairs(
        [
            ("Model", f"{output} ({program.hash[:12]})"),
            ("Cost", f"{program.macs_per_sample:.0f} MAC/sample, {program.image_bytes} bytes"),
            ("Latency", looks),
            ("Features", f"{program.features.bands} bands, a frame every {program.features.frame} samples, {taken}"),
            ("SNR", snr),
            *(budget_line(row) for row in budget_facts(program)),
        ]
    )
    rows = [("LAYER", "GATE dB", "RESIDUAL dB", "SKIP SUM dB")]
    residual = [*(f"{value:.1f}" for value in fidelity.residual), "-"]
    for index, (gate, skip) in enumerate(zip(fidelity.gate, fidelity.skip, strict=True)):
        rows.append((str(index), f"{gate:.1f}", residual[index], f"{skip:.1f}"))
    print_table(rows)

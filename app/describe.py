"""Facts about models and patches: as dictionaries for `--json`, as labelled lines for people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.budget import budget_facts, budget_line

if TYPE_CHECKING:
    from accel.program import Program
    from engine.patch import Patch

__all__ = ["model_facts", "model_lines", "patch_facts", "patch_lines"]

Lines = list[tuple[str, str]]


def model_facts(
    program: Program, path: Path, *, target: str | None = None, clock: float | None = None
) -> dict[str, Any]:
    """Everything that is known of a model, in plain numbers: samples, bytes, Hz.

    Args:
        target, clock: of the cycle budget, as `app.budget.budget_facts`.
    """
    from accel.formats import Op

    card = program.card
    gated = program.of(Op.GATED)
    return {
        "name": card.name,
        "title": card.title,
        "description": card.description,
        "licence": card.licence,
        "credit": card.credit,
        "path": str(path),
        "hash": program.hash,
        "schema": card.schema,
        "rate": card.rate,
        "hop": card.hop,
        "pitched": card.pitched,
        "architecture": {
            "channels": program.channels,
            "skip_channels": program.skip_channels,
            "layers": program.layers,
            "kernel": gated[0].taps if gated else 0,
            "dilations": [each.dilation for each in gated],
            "excitation_channels": program.of(Op.INPUT)[0].cols,
            "oscillators": len(program.bank),
            "receptive_field": program.receptive_field,
        },
        "weights": int(program.weights.size + program.biases.size),
        "macs_per_sample": round(program.macs_per_sample, 1),
        "bytes": {
            "file": path.stat().st_size,
            "image": program.image_bytes,
            "weights": program.weights.nbytes,
        },
        "features": {"bands": program.features.bands, "frame_samples": program.features.frame}
        if program.features
        else None,
        "latency": {"look_ahead_samples": card.latency, "control_ramp_samples": card.hop},
        "formats": dict(card.formats),
        "knobs": [
            {
                "id": knob.id,
                "label": knob.label,
                "help": knob.help,
                "default": knob.default,
                "low": 0.0,
                "high": 1.0,
            }
            for knob in card.knobs
        ],
        "metrics": dict(card.metrics),
        "cycles": budget_facts(program, target, clock),
    }


def model_lines(facts: dict[str, Any]) -> Lines:
    """`model_facts` for reading."""
    shape, size, latency = facts["architecture"], facts["bytes"], facts["latency"]
    ms = 1000 / facts["rate"]
    field, ramp = shape["receptive_field"], latency["control_ramp_samples"]
    lines: Lines = [
        ("Model", f"{facts['name']}: {facts['title']}" if facts["title"] else facts["name"]),
        ("Description", facts["description"]),
        ("Licence", facts["licence"]),
        ("Credit", facts["credit"]),
        ("File", f"{facts['path']} ({size['file']} bytes)"),
        ("SHA-256", facts["hash"]),
        ("Rate", f"{facts['rate']} Hz, a control frame every {facts['hop']} samples"),
        (
            "Architecture",
            f"{shape['layers']} layers, {shape['channels']} channels, {shape['skip_channels']} skip, "
            f"kernel {shape['kernel']}, {shape['excitation_channels']} excitation channels"
            + (f" of {shape['oscillators']} oscillators" if shape["oscillators"] > 1 else ""),
        ),
        ("Dilations", " ".join(map(str, shape["dilations"]))),
        ("Receptive field", f"{field} samples ({field * ms:.1f} ms)"),
        ("Cost", f"{facts['macs_per_sample']:.0f} MAC/sample, {facts['weights']} weights and biases"),
        ("Image", f"{size['image']} bytes, {size['weights']} of them weights"),
        (
            "Latency",
            f"{latency['look_ahead_samples']} samples; a control arrives as a ramp over the {ramp} samples "
            f"({ramp * ms:.1f} ms) that follow its frame",
        ),
        ("Features", _features_text(facts["features"])),
        ("Pitch", "V/oct, 0 V = C4" if facts["pitched"] else "unpitched"),
    ]
    lines = [line for line in lines if line[1]]
    lines.append(("Knobs (0 to 1: 0 to 5 V)", ""))
    lines += [(f"  {knob['id']}", f"{knob['default']:g}  {knob['help'] or knob['label']}") for knob in facts["knobs"]]
    if facts["metrics"]:
        lines.append(("Training figures", ""))
        lines += [(f"  {name}", value) for name, value in _flat(facts["metrics"])]
    if facts["cycles"]:
        lines.append(("Cycle budget", ""))
        lines += [budget_line(row) for row in facts["cycles"]]
    return lines


def _features_text(features: dict[str, Any] | None) -> str:
    """What a vocoder takes; nothing for other models."""
    return f"{features['bands']} bands, a frame every {features['frame_samples']} samples" if features else ""


def patch_facts(patch: Patch, path: Path) -> dict[str, Any]:
    """A patch with every parameter's value, its unit and range."""
    from engine.parameters import TABLE

    return {
        "name": patch.name,
        "author": patch.author,
        "description": patch.description,
        "tags": list(patch.tags),
        "model": patch.model,
        "path": str(path),
        "knobs": dict(patch.knobs),
        "parameters": {
            entry.id: {
                "value": patch.value(entry.id),
                "set": entry.id in patch.parameters,
                "allowed": entry.allowed,
            }
            for entry in TABLE
        },
        "modulation": [{"source": row.source, "target": row.target, "amount": row.amount} for row in patch.modulation],
    }


def patch_lines(facts: dict[str, Any]) -> Lines:
    """`patch_facts` for reading: what the patch sets itself."""
    lines: Lines = [
        ("Patch", facts["name"]),
        ("Description", facts["description"]),
        ("Author", facts["author"]),
        ("Tags", " ".join(facts["tags"])),
        ("Model", facts["model"]),
        ("File", facts["path"]),
    ]
    lines = [line for line in lines if line[1]]
    if facts["knobs"]:
        lines.append(("Knobs (0 to 1)", ""))
        lines += [(f"  {name}", f"{value:g}") for name, value in facts["knobs"].items()]
    own = {name: entry for name, entry in facts["parameters"].items() if entry["set"]}
    if own:
        lines.append(("Parameters (the rest stand at their defaults)", ""))
        lines += [(f"  {name}", f"{_text(entry['value'])}  ({entry['allowed']})") for name, entry in own.items()]
    if facts["modulation"]:
        lines.append(("Modulation", ""))
        lines += [(f"  {row['source']} -> {row['target']}", f"{row['amount']:+g}") for row in facts["modulation"]]
    return lines


def _flat(metrics: dict[str, Any], prefix: str = "") -> Lines:
    """Nested figures as dotted names."""
    lines: Lines = []
    for name, value in metrics.items():
        if isinstance(value, dict):
            lines += _flat(value, f"{prefix}{name}.")
        else:
            lines.append((prefix + name, _text(value)))
    return lines


def _text(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)

"""What the engine publishes of the sources and knobs, as these panels want it."""

from __future__ import annotations

from app.window.clock import Frame
from engine.live.snapshot import Snapshot
from engine.vocabulary import SOURCES

__all__ = ["live_knobs", "live_sources"]


def live_sources(frame: Frame) -> dict[str, float] | None:
    """Values of the sources by name, of the voice that was last given its controls; None: nothing sounds."""
    return dict(zip(SOURCES, frame.snapshot.sound["sources"].tolist(), strict=False)) if frame.is_sounding else None


def live_knobs(snapshot: Snapshot, count: int) -> list[float] | None:
    """Where that voice's knobs are, 0..1; None: the engine still plays a model with another number of them."""
    if int(snapshot.sound["sound"]["knobs_used"][0]) != count:
        return None
    found: list[float] = snapshot.sound["knobs_live"][:count].tolist()
    return found

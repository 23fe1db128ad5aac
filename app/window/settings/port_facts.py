"""What the engine says of the MIDI ports, for the page that shows them. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.window.words import translate
from engine.midi.port_names import ALL

__all__ = ["Port", "PortFacts", "ports_of"]


@dataclass(frozen=True)
class Port:
    """A MIDI input: who has it, as "ALSA" or "JACK", what it is called, and whether it is listened to."""

    system: str
    name: str
    is_open: bool

    @property
    def title(self) -> str:
        """For reading."""
        return f"{self.system}: {self.name}"


@dataclass(frozen=True)
class PortFacts:
    """The answer to `protocol.ListPorts`.

    Attributes:
        names: what is wished for: parts of names, or all; virtual: a port of our own.
        problem: why there is no MIDI besides JACK's; else empty.
    """

    ports: tuple[Port, ...]
    names: tuple[str, ...] | Literal["all"]
    virtual: bool
    problem: str

    @property
    def sentence(self) -> str:
        """How things are."""
        count = sum(each.is_open for each in self.ports)
        if self.ports:
            many = translate("Settings", "Listening to {0} ports").format(count)
            return translate("Settings", "Listening to 1 port") if count == 1 else many
        none = translate("Settings", "There is no MIDI port besides our own")
        return translate("Settings", "No MIDI: {0}").format(self.problem) if self.problem else none


def ports_of(result: Mapping[str, Any]) -> PortFacts:
    """The facts in an answer."""
    ports = (Port(str(each["system"]), str(each["name"]), bool(each["is_open"])) for each in result["ports"])
    names = result["names"]
    return PortFacts(
        tuple(sorted(ports, key=lambda each: (each.system, each.name.casefold()))),
        ALL if names == ALL else tuple(str(each) for each in names),
        bool(result["virtual"]),
        str(result["problem"]),
    )

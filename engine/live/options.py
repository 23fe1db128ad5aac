"""What an engine is started with: the first message that it gets."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from accel.errors import SystoleError
from engine.live.protocol import CvChannel, MidiPorts, OpenStream
from engine.text import plain

__all__ = ["Options", "decode_options", "encode_options"]


class Options(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """How to begin.

    Attributes:
        patch: as TOML; None: what the bank gives a channel before any program change.
        seed: of everything random.
        stream: where the sound goes; None: nowhere, by the clock.
        midi: ports to listen to; None: none.
        cv: control voltages to listen to, as `protocol.SetCv` asks for.
        osc: UDP port of this machine to listen at for Open Sound Control; None: none.
    """

    patch: Annotated[str, Meta(max_length=1 << 20)] | None = None
    seed: Annotated[int, Meta(ge=0, le=0xFFFFFFFF)] = 1
    stream: OpenStream | None = msgspec.field(default_factory=OpenStream)
    midi: MidiPorts | None = msgspec.field(default_factory=MidiPorts)
    cv: Annotated[list[CvChannel], Meta(max_length=8)] = []
    osc: Annotated[int, Meta(ge=1, le=65_535)] | None = None


def encode_options(options: Options) -> bytes:
    """As JSON, for `Connection.send_bytes`."""
    return msgspec.json.encode(options)


def decode_options(data: bytes) -> Options:
    """The options in a message.

    Raises:
        SystoleError: malformed or out of range; the line names the field and what is allowed.
    """
    try:
        return msgspec.json.decode(data, type=Options)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise SystoleError(f"options: {plain(error)}") from None

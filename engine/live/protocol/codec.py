"""Messages as bytes: JSON of a bounded size, each checked on arrival, and one line for whatever is wrong with one.

JSON and not pickle: a process that crashes half-way through a message, or is of another version, can cause a refusal
but nothing worse.
"""

from __future__ import annotations

from typing import Any

import msgspec

from accel.errors import SystoleError
from engine.live.protocol.answers import Answer
from engine.live.protocol.requests import Request
from engine.text import plain

__all__ = ["MAX_BYTES", "decode_answer", "decode_request", "encode", "request_id"]

MAX_BYTES = 4 << 20


class _Id(msgspec.Struct):
    id: int = -1


_REQUESTS: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)
_ANSWERS: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)


def encode(message: Request | Answer) -> bytes:
    """The message as JSON, for `Connection.send_bytes`."""
    return msgspec.json.encode(message)


def _decode(decoder: msgspec.json.Decoder[Any], data: bytes, what: str) -> Any:
    if len(data) > MAX_BYTES:
        raise SystoleError(f"{what}: {len(data)} bytes; allowed: {MAX_BYTES}")
    try:
        return decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise SystoleError(f"{what}: {plain(error)}") from None


def decode_request(data: bytes) -> Request:
    """The request in a message.

    Raises:
        SystoleError: malformed, unknown, or out of range; the line names the field and what is allowed.
    """
    found: Request = _decode(_REQUESTS, data, "request")
    return found


def decode_answer(data: bytes) -> Answer:
    """The answer or notice in a message.

    Raises:
        SystoleError: malformed or unknown.
    """
    found: Answer = _decode(_ANSWERS, data, "answer")
    return found


def request_id(data: bytes) -> int:
    """The id in a message that is no valid request, -1 where not even that can be read: so it can be refused by id."""
    try:
        return msgspec.json.decode(data, type=_Id).id
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return -1

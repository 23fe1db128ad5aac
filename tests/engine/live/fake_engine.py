"""A process that behaves as an engine does, without sound; what it is told as a patch makes it misbehave.

exit N      ends with that status as soon as it is ready
early N     ends with it before that
hang        stops beating
deaf        never answers
slow        answers after a moment
rubbish     says something that is no message
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from accel.errors import SystoleError
from engine.live.layout import State
from engine.live.options import decode_options
from engine.live.protocol import Done, Line, PatchChanged, Ready, Refused, SetPatch, Stop, decode_request, encode
from engine.live.shared import SharedBlock
from engine.live.spawn import Child

ROOT = Path(__file__).parents[3]


def start(block: SharedBlock) -> Child:
    """In place of `spawn.spawn`."""
    ours, theirs = Pipe()
    handle = theirs.fileno()
    command = [sys.executable, __file__, str(handle), block.handle]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, pass_fds=(handle, *block.descriptors), env=environment)
    theirs.close()
    return Child(process, ours)


def play(connection: Any, block: SharedBlock) -> int:
    options = decode_options(connection.recv_bytes())
    wish, header = options.patch or "", block.arrays["header"]
    if wish.startswith("early"):
        connection.send_bytes(encode(Line("error", "patch: this one cannot be played")))
        return int(wish.split()[1])
    header["engine"], header["state"], header["heartbeat"] = os.getpid(), State.PLAYING, 1
    sound = block.arrays["sound"]
    sound["seq"], sound["knobs_used"] = 2, 1
    block.arrays["knobs"][0] = 0.25
    connection.send_bytes(encode(PatchChanged(wish, 0)))
    connection.send_bytes(encode(Ready(0.1)))
    while wish != "hang":
        if wish.startswith("exit"):
            return int(wish.split()[1])
        header["heartbeat"] += 1
        while connection.poll(0.01):
            answer(connection, block, connection.recv_bytes(), wish)
    while True:
        time.sleep(1)


def answer(connection: Any, block: SharedBlock, data: bytes, wish: str) -> None:
    request = decode_request(data)
    if wish == "slow":
        time.sleep(0.3)
    if wish == "deaf":
        return
    if wish == "rubbish":
        connection.send_bytes(b"\xff{")
    if isinstance(request, Stop):
        sys.exit(0)
    if isinstance(request, SetPatch):
        if "bad" in request.text:
            connection.send_bytes(encode(Refused(request.id, "patch: bad is not allowed")))
            return
        block.arrays["sound"]["patch"] = 1
        connection.send_bytes(encode(PatchChanged(request.text, 1)))
    connection.send_bytes(encode(Done(request.id, type(request).__name__)))


if __name__ == "__main__":
    try:
        status = play(Connection(int(sys.argv[1])), SharedBlock.attach(sys.argv[2]))
    except (EOFError, OSError, SystoleError):
        status = 0
    sys.exit(status)

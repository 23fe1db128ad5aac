"""The memory that the engine process and its owner share: made by the owner, inherited by the engine, without a name.

What has no name cannot be left behind: whichever process dies, and however, the system takes the memory back with the
last of the two. It lives in the owner, so it also survives the engine's death, and the next engine finds in it what
the last one played. Windows has no such memory; there a name is counted by the kernel and goes with its last user.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import secrets
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from engine.live.layout import BYTES, CANARY, CHECK, MAGIC, carve, prepare

__all__ = ["SharedBlock"]


def _anonymous() -> int:
    """File descriptor of new memory of `BYTES` bytes that has no name (any more)."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("systole")
    else:
        import _posixshmem  # type: ignore[import-not-found]  # what multiprocessing.shared_memory is made of; that one keeps names and a process for them

        name = f"/systole-{secrets.token_hex(8)}"
        descriptor = _posixshmem.shm_open(name, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode=0o600)
        _posixshmem.shm_unlink(name)
    os.ftruncate(descriptor, BYTES)
    return descriptor


class SharedBlock:
    """One block of `layout.PARTS`; use `create` or `attach`.

    Attributes:
        arrays: its parts by name. They stay valid as long as somebody holds one of them, even after `close`.
    """

    def __init__(self, memory: Any, descriptor: int | None, name: str | None) -> None:
        self._memory, self._descriptor, self._name = memory, descriptor, name
        self.arrays: dict[str, NDArray[Any]] = carve(np.frombuffer(memory, np.uint8))

    @classmethod
    def create(cls) -> SharedBlock:
        """A new block, its header filled in, all else zero; this process is its owner."""
        if sys.platform == "win32":
            name = f"systole-{secrets.token_hex(8)}"
            block = cls(mmap.mmap(-1, BYTES, tagname=name), None, name)
        else:
            descriptor = _anonymous()
            block = cls(mmap.mmap(descriptor, BYTES), descriptor, None)
        prepare(block.arrays, os.getpid())
        return block

    @classmethod
    def attach(cls, handle: str) -> SharedBlock:
        """The block that another process made and whose `handle` it told us.

        Raises:
            SystoleError: there is none, or one of another version.
        """
        try:
            if sys.platform == "win32":
                block = cls(mmap.mmap(-1, BYTES, tagname=handle), None, handle)
            else:
                descriptor = int(handle)
                os.fstat(descriptor)  # -1 would be memory of our own to mmap
                block = cls(mmap.mmap(descriptor, BYTES), descriptor, None)
        except (OSError, ValueError) as error:
            raise SystoleError(f"shared memory {handle!r}: cannot be attached: {error}") from None
        header = block.arrays["header"][0]
        found = tuple(int(header[name]) for name in ("magic", "layout", "bytes", "canary"))
        if found != (MAGIC, CHECK, BYTES, CANARY):
            block.close()
            raise SystoleError(
                f"shared memory: of another version (layout {found[1]:08x}, {found[2]} bytes; "
                f"needed: {CHECK:08x}, {BYTES} bytes)"
            )
        return block

    @property
    def handle(self) -> str:
        """What the other process needs to `attach`."""
        return self._name if self._name is not None else str(self._descriptor)

    @property
    def descriptors(self) -> tuple[int, ...]:
        """File descriptors that the other process must inherit."""
        return () if self._descriptor is None else (self._descriptor,)

    def close(self) -> None:
        """Give it back; the memory itself goes when the last array on it does. May be called twice."""
        self.arrays = {}
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        with contextlib.suppress(BufferError):  # a view is still held somewhere: it closes the memory when it goes
            self._memory.close()

"""What compiled code calls, read from where Numba keeps it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

ALLOCATORS = (b"NRT_Allocate", b"NRT_MemInfo_alloc", b"NRT_MemInfo_new", b"NRT_Reallocate", b"malloc", b"calloc")


def allocators(function: Any) -> list[bytes]:
    """Symbols that allocate memory in the object of a compiled, cached function, all that it calls included."""
    cache = function._cache
    name = cache._cache_file._index_name.removesuffix(".nbi")
    files = list(Path(cache.cache_path).glob(f"{name}.*.nbc"))
    assert files, "not compiled, or not kept"
    code = b"".join(file.read_bytes() for file in files)
    assert len(code) > 10_000
    return [symbol for symbol in ALLOCATORS if symbol in code]

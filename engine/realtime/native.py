"""What compiled code asks of the operating system, and of other threads: clocks, thread ids, ordered memory.

Functions of the system are called by addresses that `native_words` finds with ctypes, and not by symbol: a symbol
would have to be found when machine code is loaded from the cache, and its name differs between systems. The words are
handed around as an array, so no system's name appears in any code but here.

Clocks: the wall clock is Python's `time.perf_counter_ns` (CLOCK_MONOTONIC, mach's absolute time, or the performance
counter), so that time stamps of Python's threads compare with those of compiled ones.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from engine.jit import compiled

__all__ = [
    "NATIVE_AT",
    "call_u32",
    "call_words",
    "core_number",
    "load_acquire",
    "native_words",
    "now_ns",
    "sleep_us",
    "store_release",
    "thread_id",
    "thread_ns",
]

NATIVE = ("clock", "wall", "thread", "ticks", "thread_id", "sleep", "core")
NATIVE_AT = {name: at for at, name in enumerate(NATIVE)}
"""clock: address of clock_gettime, or of QueryPerformanceCounter where `ticks` > 0; wall, thread: clock ids;
ticks: counts per second; thread_id: address of a function that tells the system's number of the calling thread, or 0;
sleep: address of usleep, or of Sleep (milliseconds) where `ticks` > 0; core: address of sched_getcpu, or 0."""
CLOCK, WALL, THREAD = NATIVE_AT["clock"], NATIVE_AT["wall"], NATIVE_AT["thread"]
TICKS, THREAD_ID, SLEEP, CORE = (NATIVE_AT[name] for name in ("ticks", "thread_id", "sleep", "core"))
NS = 1_000_000_000
I32, I64 = ir.IntType(32), ir.IntType(64)


@intrinsic
def load_acquire(typing: Any, address: Any) -> Any:
    """The int64 at an address; what its writer stored before it is visible from here on."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load_atomic(builder.inttoptr(arguments[0], I64.as_pointer()), "acquire", 8)

    return types.int64(types.int64), code


@intrinsic
def store_release(typing: Any, address: Any, value: Any) -> Any:
    """Store an int64 at an address; everything stored before becomes visible before it."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store_atomic(arguments[1], builder.inttoptr(arguments[0], I64.as_pointer()), "release", 8)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), code


def _call(builder: Any, address: Any, result: Any, arguments: list[Any]) -> Any:
    kind = ir.FunctionType(result, [each.type for each in arguments])
    return builder.call(builder.inttoptr(address, kind.as_pointer()), arguments)


@intrinsic
def call_words(typing: Any, function: Any, words: Any) -> Any:
    """Call the `int64 f(int64)` at an address, such as `entry.render_address`."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _call(builder, arguments[0], I64, [arguments[1]])

    return types.int64(types.int64, types.int64), code


@intrinsic
def call_u32(typing: Any, function: Any, pointer: Any) -> Any:
    """Call the `uint32_t f(void *)` at an address, such as JACK's jack_last_frame_time."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.zext(_call(builder, arguments[0], I32, [arguments[1]]), I64)

    return types.int64(types.int64, types.int64), code


@intrinsic
def _clock_gettime(typing: Any, function: Any, clock: Any) -> Any:
    """ns of a POSIX clock."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        spec = cgutils.alloca_once(builder, I64, size=2)  # time_t and long are 64 bits wherever this runs
        _call(builder, arguments[0], I32, [builder.trunc(arguments[1], I32), spec])
        seconds, rest = builder.load(spec), builder.load(builder.gep(spec, [I64(1)]))
        return builder.add(builder.mul(seconds, I64(NS)), rest)

    return types.int64(types.int64, types.int64), code


@intrinsic
def _query_counter(typing: Any, function: Any) -> Any:
    """Counts of Windows' performance counter."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        count = cgutils.alloca_once(builder, I64)
        _call(builder, arguments[0], I32, [count])
        return builder.load(count)

    return types.int64(types.int64), code


@intrinsic
def _call_number(typing: Any, function: Any) -> Any:
    """The int that a function without arguments returns."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.sext(_call(builder, arguments[0], I32, []), I64)

    return types.int64(types.int64), code


@intrinsic
def _call_with_number(typing: Any, function: Any, number: Any) -> Any:
    """Call a function that takes an unsigned int."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _call(builder, arguments[0], I32, [builder.trunc(arguments[1], I32)])
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), code


@compiled
def now_ns(words: Any) -> int:
    """ns of the wall clock, that of `time.perf_counter_ns`; `words` as `native_words` gives them, int64."""
    ticks = words[TICKS]
    if ticks > 0:
        count = _query_counter(words[CLOCK])
        return count // ticks * NS + count % ticks * NS // ticks
    return _clock_gettime(words[CLOCK], words[WALL])


@compiled
def thread_ns(words: Any) -> int:
    """ns that the calling thread has spent on a processor; on Windows, which counts them too coarsely, as `now_ns`."""
    if words[TICKS] > 0:
        return now_ns(words)
    return _clock_gettime(words[CLOCK], words[THREAD])


@compiled
def thread_id(words: Any) -> int:
    """The system's number of the calling thread, 0 where none is needed."""
    return _call_number(words[THREAD_ID]) if words[THREAD_ID] != 0 else 0


@compiled
def core_number(words: Any) -> int:
    """The core on which the calling thread runs, -1 where the system does not tell."""
    return _call_number(words[CORE]) if words[CORE] != 0 else -1


@compiled
def sleep_us(words: Any, microseconds: int) -> None:
    """Let the calling thread sleep, 0 to 999 999 us; on Windows in whole milliseconds, rounded up."""
    if words[TICKS] > 0:
        _call_with_number(words[SLEEP], (microseconds + 999) // 1000)
    else:
        _call_with_number(words[SLEEP], microseconds)


def _address(function: Any) -> int:
    return ctypes.cast(function, ctypes.c_void_p).value or 0


def native_words() -> dict[str, int]:
    """What `NATIVE` names, on this system."""
    if sys.platform == "win32":
        kernel = ctypes.windll.kernel32
        frequency = ctypes.c_int64()
        kernel.QueryPerformanceFrequency(ctypes.byref(frequency))
        return {
            "clock": _address(kernel.QueryPerformanceCounter),
            "wall": 0,
            "thread": 0,
            "ticks": frequency.value,
            "thread_id": _address(kernel.GetCurrentThreadId),
            "sleep": _address(kernel.Sleep),
            "core": 0,
        }
    library = ctypes.CDLL(None)
    is_mac = sys.platform == "darwin"
    gettid = getattr(library, "gettid", None)  # glibc since 2.30; only Linux wants it, to raise a thread's priority
    core = getattr(library, "sched_getcpu", None)  # Linux
    return {
        "clock": _address(library.clock_gettime),
        "wall": 8 if is_mac else 1,  # CLOCK_UPTIME_RAW, CLOCK_MONOTONIC
        "thread": 16 if is_mac else 3,  # CLOCK_THREAD_CPUTIME_ID
        "ticks": 0,
        "thread_id": _address(gettid) if gettid is not None else 0,
        "sleep": _address(library.usleep),
        "core": _address(core) if core is not None else 0,
    }

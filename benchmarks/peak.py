"""The most multiply-accumulates per second that one instruction gives on this core: the ruler for every kernel.

Sixteen-bit products summed into 32-bit lanes, independent accumulators in registers, no memory. Each kind is a
loop in LLVM's own language, since no compiler would write it from Python.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numba
from llvmlite import binding, ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

__all__ = ["KINDS", "Kind", "Peak", "available", "features"]

_EQUAL = 0.97
INT16, INT32 = ir.IntType(16), ir.IntType(32)


@dataclass(frozen=True)
class Kind:
    """One instruction.

    Attributes:
        title: for tables.
        lanes: int32 lanes of its vector.
        macs: multiply-accumulates of one step.
        function: LLVM's name; empty for what LLVM makes of a plain widening product.
        sums: the instruction adds to its accumulator by itself.
        needs: CPU features.
        accumulators: independent ones; more than registers would measure memory.
    """

    title: str
    lanes: int
    macs: int
    function: str
    sums: bool
    needs: tuple[str, ...]
    accumulators: int = 16


KINDS: dict[str, Kind] = {
    "vpdpwssd-512": Kind("vpdpwssd zmm", 16, 32, "llvm.x86.avx512.vpdpwssd.512", True, ("avx512vnni", "avx512bw"), 24),
    "vpdpwssd-256": Kind("vpdpwssd ymm", 8, 16, "llvm.x86.avx512.vpdpwssd.256", True, ("avx512vnni", "avx512vl"), 24),
    "vpmaddwd-512": Kind("vpmaddwd zmm", 16, 32, "llvm.x86.avx512.pmaddw.d.512", False, ("avx512bw",), 24),
    "vpmaddwd-256": Kind("vpmaddwd ymm", 8, 16, "llvm.x86.avx2.pmadd.wd", False, ("avx2",), 12),
    "pmaddwd-128": Kind("pmaddwd xmm", 4, 8, "llvm.x86.sse2.pmadd.wd", False, ("sse2",), 12),
    "portable": Kind("widening product, 128 bit", 4, 4, "", False, ()),
}
"""Best first on a core that has them all; the last one works everywhere."""


def features() -> Mapping[str, bool]:
    """CPU features by LLVM's names."""
    found: Mapping[str, bool] = binding.get_host_cpu_features()
    return found


def available() -> list[str]:
    """The kinds that this CPU has."""
    has = features()
    return [name for name, kind in KINDS.items() if all(has.get(each, False) for each in kind.needs)]


def _step(builder: Any, kind: Kind, total: Any, operand: Any) -> Any:
    """One multiply-accumulate. Where the product does not sum by itself, the accumulator is also a factor: a
    product that never changed would be taken out of the loop.
    """
    wide, narrow = total.type, ir.VectorType(INT16, 2 * kind.lanes)
    if not kind.function:
        half = ir.Constant(ir.VectorType(INT32, kind.lanes), list(range(kind.lanes)))
        parts = [builder.bitcast(each, narrow) for each in (total, operand)]
        factors = [builder.sext(builder.shuffle_vector(part, part, half), wide) for part in parts]
        return builder.add(total, builder.mul(*factors))
    arguments = [wide, narrow, narrow] if kind.sums else [narrow, narrow]
    function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(wide, arguments), kind.function)
    factor = builder.bitcast(operand, narrow)
    if kind.sums:
        return builder.call(function, [total, factor, factor])
    return builder.add(total, builder.call(function, [builder.bitcast(total, narrow), factor]))


def _loop(kind: Kind) -> Callable[[int], int]:
    """A compiled function of the number of rounds, each one step of every accumulator."""

    def declare(typing_context: Any, count: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            vector = ir.VectorType(INT32, kind.lanes)
            seed = builder.trunc(arguments[0], INT32)
            spread = ir.Constant(vector, [0] * kind.lanes)
            single = builder.insert_element(ir.Constant(vector, ir.Undefined), seed, INT32(0))
            operand = builder.shuffle_vector(single, single, spread)
            totals = []
            for index in range(kind.accumulators):
                start = builder.add(operand, ir.Constant(vector, [index + 1] * kind.lanes))
                totals.append(cgutils.alloca_once_value(builder, start))
            with cgutils.for_range(builder, arguments[0]):
                for total in totals:
                    builder.store(_step(builder, kind, builder.load(total), operand), total)
            result = builder.load(totals[0])
            for total in totals[1:]:
                result = builder.add(result, builder.load(total))
            return builder.sext(builder.extract_element(result, INT32(0)), ir.IntType(64))

        return types.int64(types.int64), generate

    rounds: Any = intrinsic(declare)

    def run(count: Any) -> Any:
        return rounds(count)

    compiled: Callable[[int], int] = numba.njit(nogil=True)(run)
    return compiled


class Peak:
    """One compiled kind, measured as often as wanted."""

    def __init__(self, name: str) -> None:
        self.name, self.kind = name, KINDS[name]
        self._run = _loop(self.kind)
        self._run(8)

    @classmethod
    def best(cls) -> Peak:
        """The kind that is fastest here, by a short trial of all; of equals the first."""
        kinds = [cls(name) for name in available()]
        found = [max(kind.measure() for _ in range(10)) for kind in kinds]
        return next(kind for kind, rate in zip(kinds, found, strict=True) if rate > _EQUAL * max(found))

    @property
    def macs(self) -> int:
        """Multiply-accumulates of a round."""
        return self.kind.accumulators * self.kind.macs

    def measure(self, rounds: int = 20_000) -> float:
        """Multiply-accumulates per second of this thread's CPU time, once."""
        began = time.thread_time()
        self._run(rounds)
        return rounds * self.macs / (time.thread_time() - began)

"""LLVM vector code for one form: the few operations that the tiles are made of.

Where a form has an instruction that LLVM would not find by itself (vpdpwssd, packssdw, pmulhrsw, vpermi2w), it is
called by its intrinsic; everything else is portable vector IR, which LLVM lowers to whatever the processor has.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from accel.emulator.forms import Form

__all__ = ["I16", "I32", "I64", "Vectors", "const64"]

I8, I16, I32, I64 = (ir.IntType(bits) for bits in (8, 16, 32, 64))

_DOT = {
    "vnni": "llvm.x86.avx512.vpdpwssd.512",
    "avx512": "llvm.x86.avx512.pmaddw.d.512",
    "avx2": "llvm.x86.avx2.pmadd.wd",
    "sse4": "llvm.x86.sse2.pmadd.wd",
}
_PACK = {
    "vnni": "llvm.x86.avx512.packssdw.512",
    "avx512": "llvm.x86.avx512.packssdw.512",
    "avx2": "llvm.x86.avx2.packssdw",
    "sse4": "llvm.x86.sse2.packssdw.128",
}
_HIGH = {
    "vnni": "llvm.x86.avx512.pmul.hr.sw.512",
    "avx512": "llvm.x86.avx512.pmul.hr.sw.512",
    "avx2": "llvm.x86.avx2.pmul.hr.sw",
    "sse4": "llvm.x86.ssse3.pmul.hr.sw.128",
}
_LOOKUP = "llvm.x86.avx512.vpermi2var.hi.512"
ROM_BYTES = 128
"""Bytes of one of the two tables (base, slope) of 64 int16."""


def const64(value: int) -> ir.Constant:
    """An int64 constant."""
    return ir.Constant(I64, value)


class Vectors:
    """Builds code for vectors of `form.lanes` int32 (wide) or twice as many int16 (narrow)."""

    def __init__(self, builder: ir.IRBuilder, form: Form) -> None:
        self.b, self.form, self.lanes = builder, form, form.lanes
        self.wide = ir.VectorType(I32, form.lanes)
        self.narrow = ir.VectorType(I16, 2 * form.lanes)

    # --- memory ---------------------------------------------------------------------------------------
    def load(self, address: Any, kind: ir.Type, align: int, offset: int = 0) -> Any:
        """Load from an integer address + a constant offset."""
        where = self.b.add(address, const64(offset)) if offset else address
        value = self.b.load(self.b.inttoptr(where, kind.as_pointer()))
        value.align = align
        return value

    def store(self, value: Any, address: Any, align: int, offset: int = 0) -> None:
        """Store to an integer address + a constant offset."""
        where = self.b.add(address, const64(offset)) if offset else address
        self.b.store(value, self.b.inttoptr(where, value.type.as_pointer())).align = align

    # --- constants and shapes -------------------------------------------------------------------------
    def fill(self, kind: ir.VectorType, value: int) -> ir.Constant:
        """A vector of equal constants."""
        return ir.Constant(kind, [value] * kind.count)

    def splat(self, value: Any) -> Any:
        """An int32 in every lane."""
        empty = ir.Constant(self.wide, ir.Undefined)
        single = self.b.insert_element(empty, value, I32(0))
        return self.b.shuffle_vector(single, single, self.fill(ir.VectorType(I32, self.lanes), 0))

    def shuffle(self, a: Any, b: Any, order: list[int]) -> Any:
        """Lanes of a and b in a constant order."""
        return self.b.shuffle_vector(a, b, ir.Constant(ir.VectorType(I32, len(order)), order))

    def call(self, name: str, result: ir.Type, *arguments: Any) -> Any:
        """Call an LLVM intrinsic."""
        module = self.b.module
        known = module.globals.get(name)
        kind = ir.FunctionType(result, [each.type for each in arguments])
        return self.b.call(known or ir.Function(module, kind, name), arguments)

    # --- arithmetic -----------------------------------------------------------------------------------
    def dot(self, total: Any, pairs: Any, weights: Any) -> Any:
        """total[i] + a[2i]*w[2i] + a[2i+1]*w[2i+1]; `pairs` and `weights` wide, read as int16 pairs."""
        x, w = self.b.bitcast(pairs, self.narrow), self.b.bitcast(weights, self.narrow)
        if self.form.name == "vnni":
            return self.call(_DOT["vnni"], self.wide, total, x, w)
        if self.form.name in _DOT:
            return self.b.add(total, self.call(_DOT[self.form.name], self.wide, x, w))
        double = ir.VectorType(I32, 2 * self.lanes)
        product = self.b.mul(self.b.sext(x, double), self.b.sext(w, double))
        even, odd = (self.shuffle(product, product, list(range(at, 2 * self.lanes, 2))) for at in (0, 1))
        return self.b.add(total, self.b.add(even, odd))

    def clamp(self, value: Any, low: int, high: int) -> Any:
        """Clamp each lane of a vector to constants."""
        kind = value.type
        name = f"v{kind.count}i{kind.element.width}"
        value = self.call(f"llvm.smax.{name}", kind, value, self.fill(kind, low))
        return self.call(f"llvm.smin.{name}", kind, value, self.fill(kind, high))

    def saturate(self, value: Any) -> Any:
        """A wide vector to int16 lanes in natural order, saturating."""
        return self.b.trunc(self.clamp(value, -32768, 32767), ir.VectorType(I16, self.lanes))

    def pack_order(self) -> list[int]:
        """Where packssdw puts the lanes of two wide vectors: blocks of four from each in turn."""
        if self.lanes < 4:
            return list(range(2 * self.lanes))
        blocks = range(0, self.lanes, 4)
        return [lane for at in blocks for lane in (*range(at, at + 4), *range(self.lanes + at, self.lanes + at + 4))]

    def pack(self, a: Any, b: Any) -> Any:
        """Two wide vectors to one narrow one, saturating; lanes in `pack_order`."""
        if self.form.name in _PACK:
            return self.call(_PACK[self.form.name], self.narrow, a, b)
        return self.shuffle(self.saturate(a), self.saturate(b), self.pack_order())

    def unpack(self, packed: Any) -> tuple[Any, Any]:
        """The two vectors of int16 that `pack` interleaved."""
        order = self.pack_order()
        halves = []
        for start in (0, self.lanes):
            lanes = [order.index(start + lane) for lane in range(self.lanes)]
            halves.append(self.shuffle(packed, packed, lanes))
        return halves[0], halves[1]

    def multiply_q15(self, a: Any, b: Any) -> Any:
        """(a*b + 2^14) >> 15 of int16 lanes (never both -32768)."""
        if self.form.name in _HIGH:
            return self.call(_HIGH[self.form.name], self.narrow, a, b)
        double = ir.VectorType(I32, 2 * self.lanes)
        product = self.b.mul(self.b.sext(a, double), self.b.sext(b, double))
        rounded = self.b.ashr(self.b.add(product, self.fill(double, 1 << 14)), self.fill(double, 15))
        return self.b.trunc(rounded, self.narrow)

    # --- the tanh ROM ---------------------------------------------------------------------------------
    def lookup(self, segment: Any, rom: Any) -> tuple[Any, Any]:
        """(base, slope) of each lane's segment 0..63; `rom`: address of 64 bases, then 64 slopes, int16."""
        if self.lanes == 16:
            return self.lookup64(segment, rom, 0), self.lookup64(segment, rom, ROM_BYTES)
        base = slope = ir.Constant(self.narrow, ir.Undefined)
        for lane in range(2 * self.lanes):
            index = self.b.zext(self.b.extract_element(segment, I32(lane)), I64)
            where = self.b.add(rom, self.b.shl(index, const64(1)))
            base = self.b.insert_element(base, self.load(where, I16, 2), I32(lane))
            slope = self.b.insert_element(slope, self.load(where, I16, 2, ROM_BYTES), I32(lane))
        return base, slope

    def lookup64(self, index: Any, rom: Any, offset: int) -> Any:
        """AVX-512 only: int16 table[index modulo 64] of each lane; the table lies at `rom` + `offset` bytes."""
        low, high = (self.load(rom, self.narrow, 64, offset + 64 * part) for part in range(2))
        return self.call(_LOOKUP, self.narrow, low, index, high)

    def tanh(self, value: Any, rom: Any) -> Any:
        """formats.tanh_q15 of int16 lanes."""
        sign = self.b.ashr(value, self.fill(self.narrow, 15))
        magnitude = self.b.sub(self.b.xor(value, sign), sign)
        name = f"llvm.umin.v{2 * self.lanes}i16"
        magnitude = self.call(name, self.narrow, magnitude, self.fill(self.narrow, 32767))
        base, slope = self.lookup(self.b.lshr(magnitude, self.fill(self.narrow, 9)), rom)
        step = self.b.shl(self.b.and_(magnitude, self.fill(self.narrow, 511)), self.fill(self.narrow, 6))
        result = self.b.add(base, self.multiply_q15(slope, step))
        return self.b.sub(self.b.xor(result, sign), sign)

    def gate(self, left: Any, right: Any, rom: Any) -> Any:
        """formats.gate_q15 of int16 lanes."""
        half = self.b.ashr(self.tanh(right, rom), self.fill(self.narrow, 1))
        return self.multiply_q15(self.tanh(left, rom), self.b.add(half, self.fill(self.narrow, 1 << 14)))

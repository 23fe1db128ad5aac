"""Numba's view of a class of arrays: one address instead of seven words for each array of each call.

Numba hands a named tuple of arrays over array by array and counts references to each, in every function that it
passes through: compiling that took half of a first start. A `Table` is one integer to compiled code, the address of
where its arrays lie; `table.name` is an array there as before, without reference counts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from llvmlite import ir
from numba import from_dtype, types
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    intrinsic,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)
from numba.np.arrayobj import populate_array
from numpy.typing import NDArray

__all__ = ["Table", "array_at", "table_at"]

I64 = ir.IntType(64)
WORDS = 4
"""Words of an array in the table: its address, then up to three lengths."""


class Table:
    """Base of classes whose arrays compiled code reads and writes, all allocated by then and never replaced.

    Args:
        arrays: the C-ordered array of each name in `FIELDS`.

    Attributes:
        address: of the table that compiled code is given; valid as long as this object lives.
    """

    FIELDS: ClassVar[dict[str, tuple[np.dtype[Any], int]]]
    """Name -> (dtype, number of dimensions), declared by the class."""

    def __init__(self, **arrays: NDArray[Any]) -> None:
        words = np.zeros((len(self.FIELDS), WORDS), np.int64)
        for row, (name, (dtype, dimensions)) in enumerate(self.FIELDS.items()):
            array = arrays[name]
            if array.dtype != dtype or array.ndim != dimensions or not array.flags.c_contiguous:
                raise ValueError(f"{name}: needed a C-ordered array of {dtype} with {dimensions} dimensions")
            words[row, : 1 + array.ndim] = (array.ctypes.data, *array.shape)
            object.__setattr__(self, name, array)
        self._words = words
        self.address = int(words.ctypes.data)

    def __reduce__(self) -> Any:
        raise TypeError("a table holds addresses: make a new one instead of copying")


class TableType(types.Type):
    """Numba's type of a class of tables."""

    def __init__(self, kind: type[Table]) -> None:
        self.kind = kind
        super().__init__(name=f"{kind.__module__}.{kind.__qualname__}")

    def array(self, name: str) -> Any:
        """Numba's type of a field; None where there is none of that name."""
        if name not in self.kind.FIELDS:
            return None
        dtype, dimensions = self.kind.FIELDS[name]
        return types.Array(from_dtype(dtype), dimensions, "C")


@typeof_impl.register(Table)
def _typeof(value: Table, _: Any) -> TableType:
    return TableType(type(value))


@register_model(TableType)
class TableModel(models.PrimitiveModel):
    """An address."""

    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, I64)


@unbox(TableType)
def _unbox(kind: Any, value: Any, c: Any) -> NativeValue:
    number = c.pyapi.object_getattr_string(value, "address")
    address = c.pyapi.long_as_longlong(number)
    c.pyapi.decref(number)
    return NativeValue(address)


@infer_getattr
class TableAttributes(AttributeTemplate):
    """The fields, to type inference."""

    key = TableType

    def generic_resolve(self, kind: TableType, name: str) -> Any:
        """Type of a field."""
        return kind.array(name)


@lower_getattr_generic(TableType)
def _lower(context: Any, builder: Any, kind: TableType, value: Any, name: str) -> Any:
    kind_of_array = kind.array(name)
    row = builder.inttoptr(value, I64.as_pointer())
    first = WORDS * list(kind.kind.FIELDS).index(name)

    def word(at: int) -> Any:
        loaded = builder.load(builder.gep(row, [I64(first + at)]))
        loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
        return loaded

    shape = [word(1 + axis) for axis in range(kind_of_array.ndim)]
    return _array(context, builder, kind_of_array, word(0), shape)


def _array(context: Any, builder: Any, kind: Any, address: Any, shape: list[Any]) -> Any:
    """A C-ordered array at an address, without a reference count."""
    size = I64(context.get_abi_sizeof(context.get_data_type(kind.dtype)))
    strides = [size]
    for length in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], length))
    array = context.make_array(kind)(context, builder)
    data = builder.inttoptr(address, array.data.type)
    populate_array(array, data=data, shape=shape, strides=strides, itemsize=size, meminfo=None)
    return array._getvalue()


def table_at(kind: type[Table]) -> Callable[[int], Any]:
    """For compiled code: (address) -> the table of that class there, which must outlive the use."""

    @intrinsic
    def at(typing: Any, address: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return arguments[0]

        return TableType(kind)(types.int64), code

    found: Callable[[int], Any] = at
    return found


def array_at(dtype: np.dtype[Any], *inner: int) -> Callable[[int, int], Any]:
    """For compiled code: (address, length) -> the C-ordered array [length, *inner] there; it must outlive the use."""
    kind = types.Array(from_dtype(dtype), 1 + len(inner), "C")

    @intrinsic
    def at(typing: Any, address: Any, length: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            shape = [arguments[1], *(I64(size) for size in inner)]
            return _array(context, builder, kind, arguments[0], shape)

        return kind(types.int64, types.int64), code

    found: Callable[[int, int], Any] = at
    return found

"""Calls of exports with little around them.

`wasmtime.Func` makes some eighty objects for each call and its five numbers, about 50 µs, which is more than a batch of 64 events
takes. Here the numbers are written into one array of the C interface, which wasmtime's own calls use too. Its module is private to
the package: so its version is pinned.
"""

from ctypes import POINTER, byref

import wasmtime
from wasmtime import _ffi as ffi


class Call:
    """An export with up to one result, whose parameters are numbers."""

    def __init__(self, store: wasmtime.Store, func: wasmtime.Func) -> None:
        function_type = func.type(store)
        self._context = store._context()
        self._size = max(len(function_type.params), len(function_type.results))
        self._values = (ffi.wasmtime_val_raw_t * max(self._size, 1))()
        self._trap = POINTER(ffi.wasm_trap_t)()
        self._pointers = byref(func._func), byref(self._trap)

    def __call__(self, *args: int) -> int:
        """The result as a number of 32 bits with a sign. Raises wasmtime.Trap, after which the instance is of no use any more."""
        values = self._values
        for i, arg in enumerate(args):
            values[i].i64 = arg  # the lower bytes of a parameter of 32 bits
        func, trap = self._pointers
        error = ffi.wasmtime_func_call_unchecked(self._context, func, values, self._size, trap)
        if error:
            raise wasmtime.WasmtimeError._from_ptr(error)
        if self._trap:
            raise wasmtime.Trap._from_ptr(self._trap)  # it takes the trap; nothing is called after one
        return values[0].i32

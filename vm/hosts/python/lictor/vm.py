"""The module: compiled once, and instances of it with a bundle each."""

import ctypes
import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

import wasmtime

from .bundle import Bundle
from .call import Call
from .spec import (
    ABI_VERSION,
    ERROR_TEXTS,
    MODULE_DIGEST,
    NOTE_ACTUAL,
    NOTE_AS_IF,
    NOTE_NUMBER,
    RECORD_HEADER,
    RING_HEADER,
    STATUS_KEY,
    STATUS_MEMORY,
    VERDICT_BYTES,
    Action,
    VerdictFlags,
)

_VERDICT = struct.Struct("<BBBBIIHH")
_FLAGS_AT = 1
# flags of verdicts that noted nothing
_QUIET = bytes(flags for flags in range(256) if not flags & (VerdictFlags.MATCHES | VerdictFlags.ASSUMED))
# calls that allocate nothing
_KEEP_MEMORY = frozenset(["evaluate", "evaluate_ring"])
_FIRST_INPUT = 1 << 16


class StatusError(Exception):
    """A status of the module that is an error: `call` is the export, `status` the number."""

    def __init__(self, call: str, status: int) -> None:
        super().__init__(f"{call}: {ERROR_TEXTS.get(status, f'status {status}')}")
        self.call = call
        self.status = status


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the policies say of one event. `batch` is its number in the module's batch, for `VM.notes`."""

    action: Action
    flags: VerdictFlags
    errno: int
    as_if_action: Action
    rule: int
    as_if_rule: int
    policy: int
    as_if_policy: int
    batch: int

    @property
    def passes(self) -> bool:
        """The operation goes on: it is allowed, or only audited."""
        return self.action <= Action.AUDIT


@dataclass(frozen=True, slots=True)
class Notes:
    """Rules with `continue` that matched in each decision, and policies that were taken to hold."""

    actual: list[int]
    as_if: list[int]
    assumed: list[int]


class Engine:
    """The core module, compiled, after it was held against the digest in this package."""

    def __init__(self) -> None:
        module = resources.files(__package__).joinpath("lictor-vm.wasm").read_bytes()
        if hashlib.sha256(module).hexdigest() != MODULE_DIGEST:
            raise RuntimeError("lictor-vm.wasm is not the module that this package was made for")
        self.engine = wasmtime.Engine()
        self.module = wasmtime.Module(self.engine, module)


class VM:
    """One instance with one bundle in it, for one thread at a time. After a wasmtime.Trap it is of no use any more.

    Raises StatusError where the program does not pass verification.
    """

    def __init__(self, engine: Engine, bundle: Bundle) -> None:
        self.bundle = bundle
        self._store = wasmtime.Store(engine.engine)
        exports = wasmtime.Instance(self._store, engine.module, []).exports(self._store)
        memory = exports["memory"]
        assert isinstance(memory, wasmtime.Memory)
        self._memory = memory
        self._calls = {name: Call(self._store, export) for name, export in exports.items() if isinstance(export, wasmtime.Func)}
        if self._calls["abi_version"]() != ABI_VERSION:
            raise RuntimeError("lictor-vm.wasm has another interface")
        self._input = self._out = self._notes = 0
        self._input_bytes = self._out_cap = 0
        self._notes_cap = 4096
        program = self._allocate(len(bundle.program))
        self._write(program, bundle.program)
        self._handle = self._call("load", program, len(bundle.program))
        self._notes = self._allocate(4 * self._notes_cap)
        self._grow(_FIRST_INPUT)

    def put_subject(self, key: int, facts: bytes) -> None:
        """Keeps the facts of a process (a record of kind 0) under a key other than 0, which later records name."""
        self._put("subject_put", key, facts)

    def drop_subject(self, key: int) -> None:
        """Forgets them. One that is not there is no error."""
        self._drop("subject_drop", key)

    def put_workload(self, key: int, facts: bytes) -> None:
        """As put_subject, of a workload."""
        self._put("workload_put", key, facts)

    def drop_workload(self, key: int) -> None:
        self._drop("workload_drop", key)

    def evaluate(self, records: bytes) -> Iterator[Verdict]:
        """Decides on records that stand one behind the other. `notes` of a verdict has to be called before the next one."""
        return self._evaluate("evaluate", records)

    def evaluate_ring(self, span: bytes) -> Iterator[Verdict]:
        """The same over a span copied from a BPF ring buffer. Discarded records have no verdict, a busy one ends the span."""
        return self._evaluate("evaluate_ring", span)

    def evaluate_packed(self, records: bytes) -> bytes:
        """Decides as `evaluate`, and returns all verdicts as the module writes them, VERDICT_BYTES each: for many at a time."""
        batches = list(self._batches("evaluate", records))
        return batches[0] if len(batches) == 1 else b"".join(batches)

    def notes(self, verdict: Verdict) -> Notes:
        """What a verdict of the last batch noted."""
        noted = self._numbers("matches", verdict) if VerdictFlags.MATCHES in verdict.flags else []
        assumed = self._numbers("assumed", verdict) if VerdictFlags.ASSUMED in verdict.flags else []
        return Notes(
            [n & NOTE_NUMBER for n in noted if n & NOTE_ACTUAL], [n & NOTE_NUMBER for n in noted if n & NOTE_AS_IF], sorted(assumed)
        )

    def _evaluate(self, name: str, records: bytes) -> Iterator[Verdict]:
        for verdicts in self._batches(name, records):
            for i, unpacked in enumerate(_VERDICT.iter_unpack(verdicts)):
                action, flags, errno, as_if, rule, as_if_rule, policy, as_if_policy = unpacked
                yield Verdict(
                    Action(action), VerdictFlags(flags), errno, Action(as_if), rule, as_if_rule, policy, as_if_policy, i
                )

    def _batches(self, name: str, records: bytes) -> Iterator[bytes]:
        """The verdicts of each batch, packed: of the whole span, where its notes fit."""
        self._grow(len(records))
        self._write(self._input, records)
        offset = 0
        while offset < len(records):
            left = len(records) - offset
            count = self._call(name, self._handle, self._input + offset, left, self._out, self._out_cap)
            verdicts = self._read(self._out, count * VERDICT_BYTES)
            yield verdicts
            # only notes can end a batch early, and only then the records are walked to find where it goes on
            if name == "evaluate_ring" or not verdicts[_FLAGS_AT::VERDICT_BYTES].translate(None, _QUIET):
                return
            for _ in range(count):
                offset = _next(records, offset)

    def _put(self, name: str, key: int, facts: bytes) -> None:
        pointer = self._allocate(len(facts))
        self._write(pointer, facts)
        try:
            self._call(name, self._handle, key, pointer, len(facts))
        finally:
            self._calls["free"](pointer)

    def _drop(self, name: str, key: int) -> None:
        try:
            self._call(name, self._handle, key)
        except StatusError as error:
            if error.status != STATUS_KEY:
                raise

    def _numbers(self, name: str, verdict: Verdict) -> list[int]:
        while True:
            count = self._call(name, self._handle, verdict.batch, self._notes, self._notes_cap)
            if count <= self._notes_cap:
                return list(struct.unpack(f"<{count}I", self._read(self._notes, 4 * count)))
            self._calls["free"](self._notes)
            self._notes, self._notes_cap = self._allocate(4 * count), count

    def _grow(self, size: int) -> None:
        """Makes the input at least so large, and room for as many verdicts as it can ask for."""
        if size <= self._input_bytes:
            return
        for pointer in (self._input, self._out):
            if pointer:
                self._calls["free"](pointer)
        self._input = self._out = self._input_bytes = 0
        # a record of a ring may be a header and nothing else
        cap = size // RING_HEADER + 2
        self._input, self._out = self._allocate(size), self._allocate(cap * VERDICT_BYTES)
        self._input_bytes, self._out_cap = size, cap

    def _allocate(self, size: int) -> int:
        pointer = self._calls["alloc"](max(size, VERDICT_BYTES)) & 0xFFFFFFFF
        self._look()
        if pointer == 0:
            raise StatusError("alloc", STATUS_MEMORY)
        return pointer

    def _call(self, name: str, *args: int) -> int:
        status = self._calls[name](*args)
        if name not in _KEEP_MEMORY:
            self._look()
        if status < 0:
            raise StatusError(name, status)
        return status

    def _look(self) -> None:
        """Where the memory lies: it can grow in every call but those that evaluate, and memory that grows moves."""
        self._base = ctypes.addressof(self._memory.data_ptr(self._store).contents)

    def _write(self, pointer: int, data: bytes) -> None:
        ctypes.memmove(self._base + pointer, data, len(data))

    def _read(self, pointer: int, size: int) -> bytes:
        return ctypes.string_at(self._base + pointer, size)


def _next(records: bytes, offset: int) -> int:
    """Where the record behind the one at `offset` begins; one whose size cannot be believed is the last."""
    left = len(records) - offset
    size = int.from_bytes(records[offset : offset + 4], "little") if left >= RECORD_HEADER else 0
    return offset + size if RECORD_HEADER <= size <= left and size % 8 == 0 else len(records)

"""Writes events, and facts, as the records that the module reads."""

import ipaddress
import struct

from .spec import (
    FIELD_BYTES,
    RECORD_BYTES_MOST,
    RECORD_HEADER,
    RECORD_SLOTS_MOST,
    RECORD_VERSION,
    SLOT_BYTES,
    Field,
    Kind,
)

_HEAD = struct.Struct("<IBBHQQQQII")
_SLOT = struct.Struct("<HHIQ")


class RecordError(ValueError):
    """The event does not fit a record: nothing of it may be decided (fail closed)."""


class Record:
    """One event of a kind; facts of a subject or a workload are of Kind.FACTS.

    `time` is in nanoseconds since 1970; `subject` and `workload` are keys of facts that were put before, 0: none.
    """

    def __init__(self, kind: Kind, *, time: int = 0, subject: int = 0, workload: int = 0) -> None:
        self._head = (kind, time, subject, workload)
        self._slots: dict[Field, tuple[int, int, bool]] = {}
        self._data = bytearray()

    def _put(self, field: Field, length: int, value: int, points: bool) -> "Record":
        if field in self._slots:
            raise RecordError(f"{field.name} stands twice")
        self._slots[field] = (length, value & 0xFFFFFFFFFFFFFFFF, points)
        return self

    def number(self, field: Field, value: int) -> "Record":
        """A number of either sign, or the bits of a set of flags."""
        if not -(1 << 63) <= value < 1 << 64:
            raise RecordError(f"{field.name} has 64 bits")
        return self._put(field, 8, value, False)

    def boolean(self, field: Field, value: bool) -> "Record":
        return self._put(field, 8, int(value), False)

    def text(self, field: Field, value: str | bytes) -> "Record":
        """A text, of any bytes."""
        encoded = value.encode() if isinstance(value, str) else value
        if len(encoded) > FIELD_BYTES.get(field, 0):
            raise RecordError(f"{field.name} is too long")
        at = len(self._data)
        self._data += encoded + bytes(-len(encoded) % 4)
        return self._put(field, len(encoded), at, True)

    def address(self, field: Field, value: str) -> "Record":
        """An address; IPv4 becomes ::ffff:a.b.c.d."""
        parsed = ipaddress.ip_address(value)
        at = len(self._data)
        self._data += parsed.packed if parsed.version == 6 else bytes(10) + b"\xff\xff" + parsed.packed
        return self._put(field, 16, at, True)

    def list(self, field: Field, values: list[str | bytes]) -> "Record":
        """A list of texts; of a map, keys and values in turns."""
        at = len(self._data)
        self._data += struct.pack("<I", len(values))
        for value in values:
            encoded = value.encode() if isinstance(value, str) else value
            self._data += struct.pack("<I", len(encoded)) + encoded + bytes(-len(encoded) % 4)
        if len(self._data) - at > FIELD_BYTES.get(field, 0):
            raise RecordError(f"{field.name} is too long")
        return self._put(field, len(self._data) - at, at, True)

    def encode(self) -> bytes:
        """The bytes of the record. Raises RecordError."""
        kind, time, subject, workload = self._head
        start = RECORD_HEADER + SLOT_BYTES * len(self._slots)
        size = start + len(self._data) + -len(self._data) % 8
        if len(self._slots) > RECORD_SLOTS_MOST or size > RECORD_BYTES_MOST:
            raise RecordError("the event is larger than a record")
        head = _HEAD.pack(size, kind, RECORD_VERSION, len(self._slots), time, subject, workload, 0, 0, 0)
        slots = b"".join(
            _SLOT.pack(field, 0, length, value + start if points else value)
            for field, (length, value, points) in self._slots.items()
        )
        return (head + slots + self._data).ljust(size, b"\0")

"""Lets consumers read records whose header names are not UTF-8.

Kafka takes any bytes for a header's name. aiokafka decodes it while it unpacks what was fetched, and raises for the
partition again and again: one such record would stop every consumer of its topic, however it is meant to be parked.
Such a name comes with backslashes for what cannot be read; a record that lacks the names it needs is parked as
unreadable like any other.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords

# A batch begins with its offset (8 bytes) and the length of what follows the two (4 bytes).
_LENGTH_AT, _LENGTH_ENDS = 8, 12


class _Bytes(bytearray):
    """Bytes of which every part can be decoded."""

    def __getitem__(self, at: Any) -> Any:
        found = super().__getitem__(at)
        return _Bytes(found) if isinstance(at, slice) else found

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        return super().decode(encoding, "backslashreplace")


class _AnyNames(_DefaultRecordBatchPy):  # type: ignore[misc]
    """A batch as aiokafka's own Python reads it."""

    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer: _Bytes = _Bytes(self._buffer)


class _Batch:
    """A batch that is read as fast as aiokafka can, and once more by Python where it cannot."""

    __slots__ = ("_batch", "_raw")

    def __init__(self, batch: Any, raw: memoryview) -> None:
        self._batch = batch
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        taken = 0
        try:
            for record in self._batch:
                yield record
                taken += 1
        except UnicodeDecodeError:
            yield from islice(_AnyNames(self._raw), taken, None)


class _Records:
    """What was fetched of a partition, batch by batch."""

    def __init__(self, fetched: bytes) -> None:
        self._records = MemoryRecords(fetched)
        self._raw = memoryview(fetched)

    def has_next(self) -> bool:
        return bool(self._records.has_next())

    def size_in_bytes(self) -> int:
        return int(self._records.size_in_bytes())

    def next_batch(self) -> Any:
        batch = self._records.next_batch()
        if batch is None:
            return None
        length = _LENGTH_ENDS + int.from_bytes(self._raw[_LENGTH_AT:_LENGTH_ENDS], "big")
        raw, self._raw = self._raw[:length], self._raw[length:]
        return _Batch(batch, raw)


def accept_any() -> None:
    """From now on, for every consumer of this process."""
    fetcher.MemoryRecords = _Records

"""One number for all rows of a table, to say whether two makings of it are the same. Pure."""

from dataclasses import dataclass
from hashlib import blake2b


@dataclass(frozen=True, slots=True)
class TableState:
    """How many rows a table has, and a hash of them all."""

    rows: int
    hash: str


class StateHash:
    """Takes rows in a fixed order. The same rows in the same order give the same state, others another one."""

    def __init__(self) -> None:
        self._rows = 0
        self._digest = blake2b(digest_size=16)

    def add(self, row: str) -> None:
        """The next row, as text."""
        encoded = row.encode()
        # With its length before it, no two sequences of rows read the same.
        self._digest.update(b"%d:" % len(encoded))
        self._digest.update(encoded)
        self._rows += 1

    @property
    def state(self) -> TableState:
        """The state of what was added so far."""
        return TableState(self._rows, self._digest.hexdigest())


def differing(before: dict[str, TableState], after: dict[str, TableState]) -> list[str]:
    """Names of the tables whose states differ, sorted."""
    return sorted(table for table in before.keys() | after.keys() if before.get(table) != after.get(table))

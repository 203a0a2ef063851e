"""An import as a value: how far it is, and why a row of it was not taken; pure."""

from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

MOST_REJECTED_KEPT: Final = 10_000
"""Rejected rows of a file whose reasons are kept: more are one slip, made again in every row. The rest are counted."""


class Import(NamedTuple):
    """A row of `vacancy_import`."""

    import_id: UUID
    file_name: str
    format: str
    encoding: str | None
    bytes: int
    state: str
    rows_total: int
    rows_read: int
    taken: int
    unchanged: int
    rejected: int
    problem: dict[str, Any] | None
    uploaded_by: str
    centre_code: str | None
    employer_id: UUID | None
    uploaded_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def rejected_kept(self) -> int:
        """How many of the rejected rows are kept with their reasons: the first."""
        return min(self.rejected, MOST_REJECTED_KEPT)


class Progress(NamedTuple):
    """How far an import is at an instant of the database's clock."""

    now: datetime
    rejected: int

    @property
    def room_for_rejected(self) -> int:
        """How many more rejected rows are kept with their reasons."""
        return max(0, MOST_REJECTED_KEPT - self.rejected)


class Rejection(NamedTuple):
    """Why a row was not taken; a row may have several."""

    row: int
    nth: int
    field: str
    rule: str
    ko: str
    excerpt: str

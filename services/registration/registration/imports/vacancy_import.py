"""An import as a value: how far it is, and why a row of it was not taken; pure."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID


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


class Rejection(NamedTuple):
    """Why a row was not taken; a row may have several."""

    row: int
    nth: int
    field: str
    rule: str
    ko: str
    excerpt: str

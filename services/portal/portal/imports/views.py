"""What the pages need of an import."""

from datetime import datetime

from portal.services import Problem, View


class Import(View):
    """A file of vacancies on its way in."""

    import_id: str
    file_name: str | None = None
    format: str | None = None
    state: str
    rows_total: int | None = None
    rows_read: int = 0
    taken: int = 0
    unchanged: int = 0
    rejected: int = 0
    problem: Problem | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def is_moving(self) -> bool:
        """Whether there is something to watch."""
        return self.state in ("waiting", "running")


class Rejection(View):
    """A rule that a row of the file breaks."""

    row: int
    field: str | None = None
    rule: str
    ko: str | None = None
    value: str | None = None

"""What the pages need of an import."""

from datetime import datetime

from portal.services import Problem, View


class Column(View):
    """A column of a CSV file of vacancies."""

    name: str
    headings: list[str]
    required: bool


class Import(View):
    """A file of vacancies on its way in."""

    import_id: str
    file_name: str
    format: str
    state: str
    rows_total: int
    rows_read: int
    taken: int
    unchanged: int
    rejected: int
    rejected_kept: int | None = None
    problem: Problem | None = None
    uploaded_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def is_moving(self) -> bool:
        """Whether there is something to watch."""
        return self.state in ("waiting", "running")

    @property
    def is_cut(self) -> bool:
        """Whether more rows were rejected than are listed."""
        return self.rejected_kept is not None and self.rejected_kept < self.rejected


class Rejection(View):
    """A rule that a row of the file breaks."""

    row: int
    field: str
    rule: str
    ko: str
    value: str

"""What goes out over HTTP about an import."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from ieum.http import Language, Problem
from registration.imports.vacancy_import import Import, Rejection


class ImportFailed(Problem):
    """The import broke off."""

    status = 422
    ko = "가져오기가 중단되었습니다."


class ColumnView(BaseModel):
    """A column of a CSV file of vacancies."""

    name: str
    headings: list[str] = Field(description="What may stand in the first row for it, beside the name")
    required: bool


class ImportView(BaseModel):
    """A file of vacancies and how far it is. rows_read = taken + unchanged + rejected."""

    import_id: UUID
    file_name: str
    format: str = Field(description="work24, json_ld or csv")
    encoding: str | None = Field(description="Of a CSV file")
    bytes: int
    state: str = Field(description="waiting, running, stopped, finished or failed")
    rows_total: int
    rows_read: int
    taken: int = Field(description="Rows that brought a new vacancy or changed one")
    unchanged: int = Field(description="Rows that said what was known")
    rejected: int = Field(description="Rows that break a rule; see rejections")
    rejected_kept: int = Field(description="How many of them rejections list: the first 10,000")
    problem: dict[str, Any] | None = Field(description="Problem details, where the import failed")
    uploaded_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, job: Import, language: Language) -> "ImportView":
        """The view of a row, in the reader's language."""
        kept = {name: value for name, value in job._asdict().items() if name in cls.model_fields and name != "problem"}
        problem = None
        if job.problem is not None:
            problem = ImportFailed({"en": job.problem["en"], "ko": job.problem["ko"]}).document(language)
        return cls(**kept, rejected_kept=job.rejected_kept, problem=problem)


class RejectionView(BaseModel):
    """A rule that a row breaks; a row that breaks several stands several times."""

    row: int = Field(description="Where the row is: the record's number, in a spreadsheet the row, in NDJSON the line")
    field: str = Field(description="By the file's own name; empty where the whole row is at fault")
    rule: str
    ko: str
    value: str = Field(description="The beginning of what stood there")

    @classmethod
    def of(cls, rejection: Rejection) -> "RejectionView":
        """The view of a row."""
        return cls(
            row=rejection.row,
            field=rejection.field,
            rule=rejection.rule,
            ko=rejection.ko,
            value=rejection.excerpt,
        )

"""What a row of a spreadsheet means; pure."""

from typing import Any, Final

from registration.imports import words
from registration.imports.csv_file import is_formula
from registration.imports.places import place
from registration.imports.rows import (
    ImportedVacancy,
    Outcome,
    Record,
    RowError,
    RowReader,
    Unreadable,
    company,
    excerpt,
    finish,
    industry,
    optional_business_number,
    reference,
    tidy,
    title,
    web_address,
)
from registration.vacancies.rules import Terms

_NAMES: Final = {"region_code": "region"}


def _pay_type(value: str | None) -> str | None:
    return words.pay_type(value)


def _openings(value: str | None) -> int:
    found = words.optional_count(value)
    return 1 if found is None else found


def _pay(values: dict[str, str], reader: RowReader) -> tuple[str, int | None, int | None]:
    kind = reader.read("pay_type", values.get("pay_type"), _pay_type, None)
    least = reader.read("pay_min", values.get("pay_min"), words.optional_won, None)
    most = reader.read("pay_max", values.get("pay_max"), words.optional_won, None)
    if kind is None and (least is not None or most is not None):
        reader.read("pay_type", values.get("pay_type"), _pay_type_needed, None)
    return kind or "month", least, most


def _pay_type_needed(value: str | None) -> None:
    if not tidy(value):
        raise Unreadable("needed where an amount is given", "금액이 있으면 임금형태가 있어야 합니다.")


def interpret(record: Record) -> Outcome:
    """What a row means. A cell that a spreadsheet would calculate is refused, not taken for text."""
    if isinstance(record.content, RowError):
        return Outcome(record.row, None, [record.content])
    values: dict[str, Any] = record.content
    formulas = [
        RowError(
            name, "not a formula (no = + - @ at the beginning)", "= + - @로 시작하는 수식일 수 없습니다.", excerpt(cell)
        )
        for name, cell in values.items()
        if is_formula(cell)
    ]
    if formulas:
        return Outcome(record.row, None, formulas, record.headings)
    reader = RowReader()
    get = values.get
    pay_type, pay_min, pay_max = _pay(values, reader)
    vacancy = ImportedVacancy(
        reference=reader.read("reference", get("reference"), reference, ""),
        company=reader.read("company", get("company"), company, ""),
        business_number=reader.read("business_number", get("business_number"), optional_business_number, None),
        industry=reader.read("industry", get("industry"), industry, None),
        terms=Terms(
            title=reader.read("title", get("title"), title, ""),
            occupation_code=tidy(get("occupation_code")),
            region_code=reader.read("region", get("region"), lambda said: place(said, None, None, None), ""),
            openings=reader.read("openings", get("openings"), _openings, 1),
            pay_type=pay_type,
            pay_min=pay_min,
            pay_max=pay_max,
            employment_type=reader.read("employment_type", get("employment_type"), words.employment_type, ""),
            weekly_hours=reader.read("weekly_hours", get("weekly_hours"), words.optional_count, None),
            career=reader.read("career", get("career"), words.career, "any"),
            education=reader.read("education", get("education"), words.education, "00"),
            closes_on=reader.read("closes_on", get("closes_on"), words.closing_day, None),
        ),
        url=web_address(get("url")),
        posted_on=reader.read("posted_on", get("posted_on"), words.optional_day, None),
        modified_at=None,
    )
    return Outcome(record.row, finish(reader, vacancy, _NAMES, values), reader.errors, record.headings)

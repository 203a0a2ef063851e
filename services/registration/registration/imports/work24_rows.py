"""What the fields of a Work24 vacancy mean, half-documented values included; pure."""

from typing import Any, Final

from registration.imports import words
from registration.imports.places import place
from registration.imports.rows import (
    ImportedVacancy,
    Outcome,
    Record,
    RowError,
    RowReader,
    Unreadable,
    company,
    finish,
    industry,
    optional_business_number,
    reference,
    tidy,
    title,
    web_address,
)
from registration.vacancies.rules import Terms

_NAMES: Final = {
    "title": "title", "occupation_code": "jobsCd", "region_code": "region", "openings": "openings",
    "pay_type": "salTpNm", "pay_min": "minSal", "pay_max": "maxSal", "employment_type": "empTpCd",
    "career": "career", "education": "minEdubg", "closes_on": "closeDt",
}  # fmt: skip


def _pay(values: dict[str, Any], reader: RowReader) -> tuple[str, int | None, int | None]:
    """The amounts in numbers where they stand, else in words; a vacancy without amounts is paid "by the month"."""
    kind = reader.read("salTpNm", values.get("salTpNm"), words.pay_type, None)
    least = reader.read("minSal", values.get("minSal"), words.optional_won, None)
    most = reader.read("maxSal", values.get("maxSal"), words.optional_won, None)
    if (least is None and most is None) or kind is None:
        said_kind, said_least, said_most = reader.read("sal", values.get("sal"), words.pay_text, words.NOTHING_STATED)
        kind = kind or said_kind
        if least is None and most is None:
            least, most = said_least, said_most
    if kind is None and (least is not None or most is not None):
        reader.read("salTpNm", None, _pay_type_needed, None)
    return kind or "month", least, most


def _pay_type_needed(_: Any) -> None:
    raise Unreadable("needed where an amount is given", "금액이 있으면 임금형태가 있어야 합니다.")


def _place(values: dict[str, Any], reader: RowReader) -> str:
    return reader.read(
        "region",
        values.get("region"),
        lambda region: place(region, values.get("strtnmCd"), values.get("basicAddr"), values.get("zipCd")),
        "",
    )


def interpret(record: Record) -> Outcome:
    """What a `wanted` means. Its list has no openings, so one person is wanted, and no hours."""
    if isinstance(record.content, RowError):
        return Outcome(record.row, None, [record.content])
    values: dict[str, Any] = record.content
    reader = RowReader()
    get = values.get
    pay_type, pay_min, pay_max = _pay(values, reader)
    vacancy = ImportedVacancy(
        reference=reader.read("wantedAuthNo", get("wantedAuthNo"), reference, ""),
        company=reader.read("company", get("company"), company, ""),
        business_number=reader.read("busino", get("busino"), optional_business_number, None),
        industry=reader.read("indTpNm", get("indTpNm"), industry, None),
        terms=Terms(
            title=reader.read("title", get("title"), title, ""),
            occupation_code=tidy(get("jobsCd")),
            region_code=_place(values, reader),
            openings=1,
            pay_type=pay_type,
            pay_min=pay_min,
            pay_max=pay_max,
            employment_type=reader.read("empTpCd", get("empTpCd"), words.employment_type, ""),
            weekly_hours=None,
            career=reader.read("career", get("career"), words.career, "any"),
            education=reader.read("minEdubg", get("minEdubg"), words.education, "00"),
            closes_on=reader.read("closeDt", get("closeDt"), words.closing_day, None),
        ),
        url=web_address(get("wantedInfoUrl")),
        posted_on=reader.read("regDt", get("regDt"), words.optional_day, None),
        modified_at=reader.read("smodifyDtm", get("smodifyDtm"), words.optional_moment, None),
    )
    return Outcome(record.row, finish(reader, vacancy, _NAMES, values), reader.errors)

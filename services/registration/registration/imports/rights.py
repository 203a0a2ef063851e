"""What a file's sender may bring: what they may open and change by hand, by the same rule; pure."""

from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

from registration.imports.rows import ImportedVacancy, RowError, excerpt
from registration.imports.rules import centre_of
from registration.reference.codes import region_name
from registration.vacancies.acting import Acting, may_act
from registration.vacancies.vacancy import Vacancy


class _Names(NamedTuple):
    """How a format calls the fields that say whose a vacancy is."""

    reference: str
    business_number: str
    region: str


_NAMES: Final = MappingProxyType(
    {
        "work24": _Names("wantedAuthNo", "busino", "region"),
        "json_ld": _Names("identifier", "hiringOrganization.identifier", "jobLocation"),
        "csv": _Names("reference", "business_number", "region"),
    }
)


def broken_by_row(acting: Acting, source: str, row: ImportedVacancy, employer_id: UUID | None) -> RowError | None:
    """Why the sender may not open such a vacancy, if so. `employer_id` is None for an employer nobody knows yet."""
    if may_act(acting, employer_id, centre_of(row.terms.region_code)):
        return None
    names = _NAMES[source]
    if acting.employer_id is not None:
        if row.business_number is None:
            ko = "사업자등록번호가 없고 회사명도 자신의 것이 아닙니다. 자신의 번호를 적어야 합니다."
            rule = "your own business number, which is missing where the company is not called like yours"
            return RowError(names.business_number, rule, ko, "")
        ko = "자신의 사업자등록번호여야 합니다."
        return RowError(names.business_number, "your own business number", ko, row.business_number)
    ko = "소속 고용센터가 관할하는 지역이어야 합니다."
    return RowError(names.region, "a place that your centre serves", ko, excerpt(region_name(row.terms.region_code)))


def broken_by_known(acting: Acting, source: str, known: Vacancy | None) -> RowError | None:
    """Why the sender may not change the vacancy that has the row's number, if so."""
    if known is None or may_act(acting, known.employer_id, known.centre_code):
        return None
    return RowError(
        _NAMES[source].reference,
        "not the number of somebody else's vacancy",
        "다른 곳에서 맡은 구인의 번호일 수 없습니다.",
        excerpt(known.source_reference or ""),
    )

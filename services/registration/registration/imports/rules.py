"""What a row of a file does to what is already known; pure."""

from datetime import datetime, timedelta
from hashlib import blake2b
from types import MappingProxyType
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from registration.employers.employer import Employer
from registration.employers.rules import same_company
from registration.imports.rows import ImportedVacancy, RowError
from registration.people.calendar import day_in_seoul
from registration.reference.codes import centre_of_region
from registration.vacancies.changing import Change, Whose, change_terms, same_state
from registration.vacancies.rules import is_past
from registration.vacancies.vacancy import NewVacancy, Vacancy

MOST_BYTES: Final = 160 * 1024 * 1024
"""100,000 vacancies of Work24 are some 120 MB. A larger file is two files."""

MOST_ROWS: Final = 500_000
"""A file of MOST_BYTES would then have rows of 335 bytes; a vacancy of Work24 takes some 1,200."""

_MOST_AHEAD: Final = timedelta(days=1)


class NoCentre(LookupError):
    """A region that no centre serves; every place of the code list has one."""


def employer_key(source: str, row: ImportedVacancy) -> str:
    """What an employer is known by: the business number where the file tells one, else an id made of the name."""
    return row.business_number or str(uuid5(NAMESPACE_URL, f"{source}:employer:{row.company}"))


def vacancy_id(source: str, reference: str, employer: str) -> UUID:
    """
    The same for the same vacancy of the same source, so that a file sent twice changes nothing.

    Work24 numbers the vacancies of the whole country. In any other file an employer numbers its own, so that the number
    means nothing without the employer's key.
    """
    whose = "" if source == "work24" else f"{employer}:"
    return uuid5(NAMESPACE_URL, f"{source}:{whose}{reference}")


def by_sender(source: str, row: ImportedVacancy, sender: Employer | None) -> ImportedVacancy:
    """
    A row as its sender means it: whoever keeps a list of their own vacancies leaves their own number out.

    Not so where it names another company, and in Work24's list, which is everybody's: silence there is no word about
    the sender.
    """
    if source == "work24" or row.business_number is not None or sender is None or sender.business_number is None:
        return row
    if not same_company(row.company, sender.name):
        return row
    return row._replace(business_number=sender.business_number)


def centre_of(region_code: str) -> str:
    """The centre that serves a region. Raises NoCentre."""
    centre = centre_of_region(region_code)
    if centre is None:
        raise NoCentre(region_code)
    return centre


def is_ahead(told: datetime | None, now: datetime) -> bool:
    """Whether a source's time is a slip: more than a day ahead, which no clock and no time zone explains."""
    return told is not None and told - now > _MOST_AHEAD


_MODIFIED: Final = MappingProxyType({"work24": "smodifyDtm", "json_ld": "dateModified", "csv": "modified_at"})


def broken_by_time(source: str, row: ImportedVacancy, now: datetime) -> RowError | None:
    """Why a row is not believed that says it was changed at a time to come, if so."""
    if row.modified_at is None or not is_ahead(row.modified_at, now):
        return None
    ko = "변경 일시가 오늘보다 하루 넘게 뒤일 수 없습니다."
    return RowError(_MODIFIED[source], "not more than a day ahead of today", ko, row.modified_at.isoformat())


def is_older(told: datetime | None, known: datetime | None, now: datetime) -> bool:
    """
    Whether a source's word was already overtaken by a later one of its own.

    A known time that is a slip is as good as none: else nothing that is true would ever be heard again.
    """
    return told is not None and known is not None and not is_ahead(known, now) and told < known


def is_newer(told: datetime | None, known: datetime | None, now: datetime) -> bool:
    """Whether a source's word is to be remembered as its latest."""
    return told is not None and (known is None or is_ahead(known, now) or known < told)


def digest_of(row: ImportedVacancy) -> bytes:
    """Of all that a source says about a vacancy, but for when it said so."""
    said = (row.company, row.business_number, row.terms, row.url, row.posted_on)
    return blake2b(repr(said).encode(), digest_size=16).digest()


def new_vacancy(identity: UUID, source: str, row: ImportedVacancy, whose: Whose, now: datetime) -> NewVacancy:
    """A vacancy as the file brings it; one whose closing day is over is kept as expired, and nobody is told of it."""
    return NewVacancy(
        vacancy_id=identity,
        employer_id=whose.employer_id,
        centre_code=whose.centre_code,
        terms=row.terms,
        status="expired" if is_past(row.terms.closes_on, day_in_seoul(now)) else "open",
        source=source,
        source_reference=row.reference,
        source_url=row.url,
        source_modified_at=row.modified_at,
        source_digest=digest_of(row),
        posted_on=row.posted_on,
    )


_UNTOLD: Final = MappingProxyType({"work24": ("openings", "weekly_hours"), "json_ld": (), "csv": ()})
"""Terms that a format has no field for: what people entered here stays."""


def change_by_row(known: Vacancy, row: ImportedVacancy, whose: Whose, now: datetime) -> Change:
    """
    A known vacancy told anew. While the source repeats itself, what people here changed stands; when it says something
    new, its word holds. A file never undoes a pause, a filling or a closing.
    """
    digest = digest_of(row)
    if digest == known.source_digest or is_older(row.modified_at, known.source_modified_at, now):
        return Change(False, None, [])
    kept = {name: getattr(known.terms, name) for name in _UNTOLD[known.source]}
    change = change_terms(known, row.terms._replace(**kept), whose, day_in_seoul(now))
    if not change.is_taken:
        return change
    # Where only the link or the day of posting is new there is a state to save and nothing to tell.
    state = (change.state or same_state(known))._replace(
        source_url=row.url,
        source_modified_at=row.modified_at or known.source_modified_at,
        source_digest=digest,
        posted_on=row.posted_on or known.posted_on,
    )
    return change._replace(state=state)

"""What a schema.org JobPosting means; pure."""

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from registration.employers.rules import business_number
from registration.imports import words
from registration.imports.json_ld_pay import NO_PAY, pay, won
from registration.imports.json_ld_values import first_of, is_posting, text_of
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
    missing,
    optional_business_number,
    reference,
    tidy,
    title,
    web_address,
)
from registration.reference.codes import find_occupation, is_job_code
from registration.vacancies.rules import Terms


def _reference(posting: dict[str, Any]) -> str:
    """The publisher's identifier in the employer's name space, else the address of the posting."""
    identifier = first_of(posting.get("identifier"))
    if isinstance(identifier, dict):
        own = text_of(identifier.get("value"))
        whose = text_of(identifier.get("name")) or text_of(identifier.get("propertyID"))
        if own:
            return reference(f"{whose}:{own}" if whose else own)
    elif identifier is not None:
        return reference(text_of(identifier))
    return reference(text_of(posting.get("url")) or text_of(posting.get("@id")))


def _organisation(value: Any) -> dict[str, Any]:
    value = first_of(value)
    if isinstance(value, str):
        return {"name": value}
    if not isinstance(value, dict):
        raise missing()
    return value


def _business_number(organisation: dict[str, Any]) -> str | None:
    """The taxID or vatID if given; an identifier only where it looks like a business number: it may be any other."""
    for name in ("taxID", "vatID"):
        if organisation.get(name):
            return optional_business_number(text_of(organisation[name]))
    identifier = text_of(organisation.get("identifier"))
    if identifier and re.fullmatch(r"\d{3}-?\d{2}-?\d{5}", identifier.strip(), re.ASCII):
        return optional_business_number(identifier)
    return business_number(identifier) if identifier else None


def _occupation(value: Any) -> str:
    """A code of Work24's list, alone or before its name, or the exact name; the first of several that is known."""
    said = value if isinstance(value, list) else [value]
    for one in said:
        if isinstance(one, dict):
            one = one.get("codeValue") or one.get("name")
        text = tidy(text_of(one))
        code = text.split(" ", 1)[0].rstrip(".:")
        if is_job_code(code):
            return code
        named = find_occupation(text)
        if named is not None and is_job_code(named):
            return named
    raise Unreadable(
        "a six-digit code of the occupation list or its exact name",
        "직종 목록의 6자리 코드나 정확한 이름이어야 합니다.",
    )


_KOREA: Final = frozenset({"KR", "KOR", "KOREA", "SOUTH KOREA", "REPUBLIC OF KOREA", "대한민국", "한국"})


def _region(value: Any) -> str:
    where = first_of(value)
    address = first_of(where.get("address", where)) if isinstance(where, dict) else where
    if isinstance(address, str):
        return place(address, None, None, None)
    if not isinstance(address, dict):
        raise missing()
    country = tidy(text_of(address.get("addressCountry"))).upper()
    if country and country not in _KOREA:
        raise Unreadable("a place in Korea", "국내 근무지여야 합니다.")
    region, locality = text_of(address.get("addressRegion")) or "", text_of(address.get("addressLocality")) or ""
    street, postal_code = text_of(address.get("streetAddress")), text_of(address.get("postalCode"))
    return place(f"{region} {locality}", None, locality or street, postal_code)


_LIMITED: Final = frozenset({"TEMPORARY", "CONTRACTOR", "INTERN", "PER_DIEM", "SEASONAL"})
_UNLIMITED: Final = frozenset({"FULL_TIME", "PART_TIME", "PERMANENT"})


def _employment_type(value: Any) -> str:
    """schema.org's words say little of the contract's term: without a word for a limited one it is taken as regular."""
    said = [tidy(text_of(one)) for one in (value if isinstance(value, list) else [value])]
    kinds = {one.upper().replace("-", "_").replace(" ", "_").rsplit("/", 1)[-1] for one in said if one}
    if kinds <= _LIMITED | _UNLIMITED:
        term = "fixed_term" if kinds & _LIMITED else "regular"
        return f"{term}_part_time" if "PART_TIME" in kinds else term
    try:
        return words.employment_type(next(one for one in said if one))
    except Unreadable:
        listed = ", ".join(sorted(_UNLIMITED | _LIMITED))
        raise Unreadable(
            f"one of schema.org's {listed}, or Work24's employment type",
            f"schema.org의 {listed} 중 하나이거나 고용24의 고용형태여야 합니다.",
        ) from None


def _career(value: Any) -> str:
    needed = first_of(value)
    if isinstance(needed, dict) and "monthsOfExperience" in needed:
        months = won(needed["monthsOfExperience"])
        return "experienced" if months else "any"
    text = tidy(text_of(needed))
    return "any" if text.lower() in ("", "no requirements", "none") else words.career(text)


_CREDENTIALS: Final = MappingProxyType(
    {
        "no requirements": "00",
        "high school": "03",
        "associate degree": "04",
        "bachelor degree": "05",
        "postgraduate degree": "06",
    }
)


def _level(value: Any) -> str:
    """A level by its Korean name where one is given, for schema.org's own words are coarser."""
    if isinstance(value, dict):
        named = tidy(text_of(value.get("name")))
        if named:
            return words.education(named)
        value = value.get("credentialCategory")
    text = tidy(text_of(value))
    return _CREDENTIALS.get(text.lower()) or words.education(text)


def _education(value: Any) -> str:
    """The least of what is asked for."""
    return min(map(_level, value if isinstance(value, list) else [value]), default="00")


@lru_cache(maxsize=10_000)
def _moment(text: str) -> datetime:
    """ISO 8601; a time without a zone is Korea's, a day begins at midnight there."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=words.SEOUL)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable(
            "an ISO 8601 day or time that exists", "실제로 있는 ISO 8601 날짜나 시각이어야 합니다."
        ) from None


def _day(value: Any) -> date | None:
    text = tidy(text_of(value))
    return _moment(text).astimezone(words.SEOUL).date() if text else None


def _closing_day(value: Any) -> date | None:
    day = _day(value)
    return None if day is not None and day.year >= words.OPEN_ENDED_YEAR else day


def _modified(value: Any) -> datetime | None:
    text = tidy(text_of(value))
    return _moment(text) if text else None


def _openings(value: Any) -> int:
    found = words.optional_count(text_of(value))
    return 1 if found is None else found


def _weekly_hours(value: Any) -> int | None:
    """The number in "40 hours per week" or "주 40시간"; other wordings of working time are left unread."""
    found = re.search(r"(\d{1,3})\s*(?:시간|h\b|hours?\b)", tidy(text_of(value)), re.IGNORECASE)
    return int(found[1]) if found else None


_NAMES: Final = {
    "title": "title", "occupation_code": "occupationalCategory", "region_code": "jobLocation",
    "openings": "totalJobOpenings", "pay_type": "baseSalary", "pay_min": "baseSalary", "pay_max": "baseSalary",
    "employment_type": "employmentType", "weekly_hours": "workHours", "career": "experienceRequirements",
    "education": "educationRequirements", "closes_on": "validThrough",
}  # fmt: skip


def interpret(record: Record) -> Outcome:
    """What a JobPosting means; anything else is an error of its row."""
    posting = record.content
    if isinstance(posting, RowError):
        return Outcome(record.row, None, [posting])
    if not isinstance(posting, dict):
        error = RowError("", "a JobPosting object", "JobPosting 객체여야 합니다.", excerpt(posting))
        return Outcome(record.row, None, [error])
    if not is_posting(posting):
        error = RowError("@type", "JobPosting", "JobPosting이어야 합니다.", excerpt(posting.get("@type") or ""))
        return Outcome(record.row, None, [error])
    reader = RowReader()
    get = posting.get
    nobody: dict[str, Any] = {"name": "nobody"}  # its absence is told once, not again for each of its parts
    organisation = reader.read("hiringOrganization", get("hiringOrganization"), _organisation, nobody)
    pay_type, pay_min, pay_max = reader.read("baseSalary", get("baseSalary"), pay, NO_PAY)
    vacancy = ImportedVacancy(
        reference=reader.read("identifier", posting, _reference, ""),
        company=reader.read(
            "hiringOrganization.name", organisation.get("name"), lambda name: company(text_of(name)), ""
        ),
        business_number=reader.read("hiringOrganization.identifier", organisation, _business_number, None),
        industry=reader.read("industry", get("industry"), lambda value: industry(text_of(value)), None),
        terms=Terms(
            title=reader.read("title", get("title"), lambda value: title(text_of(value)), ""),
            occupation_code=reader.read("occupationalCategory", get("occupationalCategory"), _occupation, ""),
            region_code=reader.read("jobLocation", get("jobLocation"), _region, ""),
            openings=reader.read("totalJobOpenings", get("totalJobOpenings"), _openings, 1),
            pay_type=pay_type,
            pay_min=pay_min,
            pay_max=pay_max,
            employment_type=reader.read("employmentType", get("employmentType"), _employment_type, ""),
            weekly_hours=reader.read("workHours", get("workHours"), _weekly_hours, None),
            career=reader.read("experienceRequirements", get("experienceRequirements"), _career, "any"),
            education=reader.read("educationRequirements", get("educationRequirements"), _education, "00"),
            closes_on=reader.read("validThrough", get("validThrough"), _closing_day, None),
        ),
        url=reader.read("url", get("url"), lambda value: web_address(text_of(value)), None),
        posted_on=reader.read("datePosted", get("datePosted"), _day, None),
        modified_at=reader.read("dateModified", get("dateModified"), _modified, None),
    )
    return Outcome(record.row, finish(reader, vacancy, _NAMES, posting), reader.errors)

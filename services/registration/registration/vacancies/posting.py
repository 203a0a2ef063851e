"""A vacancy as a schema.org JobPosting, for search engines and partners; pure."""

from types import MappingProxyType
from typing import Any, Final

from registration.employers.employer import Employer
from registration.employers.rules import written
from registration.reference.codes import EDUCATION_LEVELS, occupation_name, region_name
from registration.vacancies.vacancy import Vacancy

MEDIA_TYPE: Final = "application/ld+json"

_EMPLOYMENT_TYPES: Final = MappingProxyType(
    {
        "regular": ["FULL_TIME"],
        "regular_part_time": ["PART_TIME"],
        "fixed_term": ["FULL_TIME", "TEMPORARY"],
        "fixed_term_part_time": ["PART_TIME", "TEMPORARY"],
        "dispatch": ["CONTRACTOR"],
        "substitute": ["TEMPORARY"],
    }
)
_CREDENTIALS: Final = MappingProxyType(
    {
        "03": "high school",
        "04": "associate degree",
        "05": "bachelor degree",
        "06": "postgraduate degree",
        "07": "postgraduate degree",
    }
)


def _salary(vacancy: Vacancy) -> dict[str, Any]:
    amounts = {"minValue": vacancy.terms.pay_min, "maxValue": vacancy.terms.pay_max}
    return {
        "@type": "MonetaryAmount",
        "currency": "KRW",
        "value": {
            "@type": "QuantitativeValue",
            **{name: amount for name, amount in amounts.items() if amount is not None},
            "unitText": vacancy.terms.pay_type.upper(),
        },
    }


def _organisation(employer: Employer) -> dict[str, Any]:
    told: dict[str, Any] = {"@type": "Organization", "name": employer.name}
    if employer.business_number:
        told["identifier"] = written(employer.business_number)
    return told


def job_posting(vacancy: Vacancy, employer: Employer, url: str) -> dict[str, Any]:
    """
    The posting of an open vacancy, with what schema.org and its largest reader require of one.

    Nobody applies at the address itself: a counsellor refers, so `directApply` is false.
    """
    terms = vacancy.terms
    job, place = occupation_name(terms.occupation_code), region_name(terms.region_code)
    region, _, locality = place.partition(" ")
    address = {"@type": "PostalAddress", "addressRegion": region, "addressCountry": "KR"}
    posting: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "identifier": {"@type": "PropertyValue", "name": "ieum", "value": str(vacancy.vacancy_id)},
        "url": vacancy.source_url or url,
        "title": terms.title,
        "description": f"{terms.title} – {employer.name}, {place}. {job}, 모집인원 {terms.openings}명.",
        "datePosted": vacancy.posted_on.isoformat(),
        "occupationalCategory": f"{terms.occupation_code} {job}",
        "employmentType": _EMPLOYMENT_TYPES[terms.employment_type],
        "totalJobOpenings": terms.openings,
        "directApply": False,
        "hiringOrganization": _organisation(employer),
        "jobLocation": {
            "@type": "Place",
            "address": {**address, **({"addressLocality": locality} if locality else {})},
        },
    }
    if employer.industry:
        posting["industry"] = employer.industry
    if terms.closes_on is not None:
        posting["validThrough"] = f"{terms.closes_on.isoformat()}T23:59:59+09:00"
    if terms.pay_min is not None or terms.pay_max is not None:
        posting["baseSalary"] = _salary(vacancy)
    if terms.weekly_hours is not None:
        posting["workHours"] = f"주 {terms.weekly_hours}시간"
    if terms.career != "any":
        months = 12 if terms.career == "experienced" else 0
        posting["experienceRequirements"] = {
            "@type": "OccupationalExperienceRequirements",
            "monthsOfExperience": months,
        }
    if terms.education in _CREDENTIALS:
        posting["educationRequirements"] = {
            "@type": "EducationalOccupationalCredential",
            "credentialCategory": _CREDENTIALS[terms.education],
            "name": EDUCATION_LEVELS[terms.education].name,
        }
    return posting

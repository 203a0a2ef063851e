"""The registration form: its fields, the body registration wants, and the form of a registration kept."""

from collections.abc import Mapping
from typing import Any

from portal.forms.form import Form, number, text, ticked
from portal.jobseekers.views import Record
from portal.language.words import N_

REGISTRATION: Mapping[str, str] = {
    "person.name": N_("Name"),
    "person.email": N_("E-mail"),
    "person.phone": N_("Phone"),
    "person.birth_year": N_("Year of birth"),
    "person.language": N_("Language for messages"),
    "centre_code": N_("Employment centre"),
    "wishes.occupations": N_("Wished occupations"),
    "wishes.regions": N_("Wished regions"),
    "wishes.wage_floor": N_("Lowest hourly wage"),
    "wishes.employment_types": N_("Employment types"),
    "wishes.weekly_hours_min": N_("Least hours a week"),
    "wishes.weekly_hours_max": N_("Most hours a week"),
    "career_years": N_("Years of experience"),
    "education": N_("Education"),
    "visible": N_("Employers may see me as a candidate"),
    "matching_consent": N_("I agree that vacancies are sought for me"),
}

STOP: Mapping[str, str] = {"reason": N_("Reason")}


def body_of(form: Form) -> dict[str, Any]:
    """The form as registration wants it. Rules are registration's: what is typed wrongly is handed on as typed."""
    return {
        "person": {
            "name": form.value("person.name").strip(),
            "email": text(form, "person.email"),
            "phone": text(form, "person.phone"),
            "birth_year": number(form, "person.birth_year"),
            "language": form.value("person.language"),
        },
        "centre_code": form.value("centre_code"),
        "wishes": {
            "occupations": list(dict.fromkeys(form.chosen("wishes.occupations"))),
            "regions": list(dict.fromkeys(form.chosen("wishes.regions"))),
            "wage_floor": number(form, "wishes.wage_floor"),
            "employment_types": list(form.chosen("wishes.employment_types")),
            "weekly_hours_min": number(form, "wishes.weekly_hours_min"),
            "weekly_hours_max": number(form, "wishes.weekly_hours_max"),
        },
        "career_years": number(form, "career_years") or 0,
        "education": form.value("education") or "00",
        "visible": ticked(form, "visible"),
        "matching_consent": ticked(form, "matching_consent"),
    }


def form_of(registration: Record, tag: str) -> Form:
    """The form that changes a registration."""
    person, wishes = registration.person, registration.wishes
    values: dict[str, object] = {f"person.{name}": value for name, value in person.model_dump().items()}
    values |= {f"wishes.{name}": value for name, value in wishes.model_dump().items()}
    values |= {
        name: getattr(registration, name)
        for name in ("centre_code", "career_years", "education", "visible", "matching_consent")
    }
    return Form.shown(REGISTRATION, values, tag)


def new_form(name: str, language: str, centre_code: str | None) -> Form:
    """The form of somebody who registers for the first time: nothing is agreed to until they tick it."""
    return Form.shown(
        REGISTRATION,
        {
            "person.name": name,
            "person.language": language,
            "centre_code": centre_code,
            "career_years": 0,
            "education": "00",
        },
    )

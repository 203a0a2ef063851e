"""The vacancy form: its fields, the body registration wants, and the form of a vacancy kept."""

from collections.abc import Mapping
from typing import Any

from portal.forms.form import Form, number, text
from portal.language.words import N_
from portal.vacancies.views import Vacancy

VACANCY: Mapping[str, str] = {
    "title": N_("Title"),
    "occupation_code": N_("Occupation"),
    "region_code": N_("Place of work"),
    "openings": N_("Persons wanted"),
    "pay_type": N_("Pay is"),
    "pay_min": N_("Least pay"),
    "pay_max": N_("Most pay"),
    "employment_type": N_("Employment type"),
    "weekly_hours": N_("Hours a week"),
    "career": N_("Experience"),
    "education": N_("Education"),
    "closes_on": N_("Last day to apply"),
}

MOVE: Mapping[str, str] = {"reason": N_("Reason")}


def body_of(form: Form) -> dict[str, Any]:
    """The form as registration wants it. Rules are registration's: what is typed wrongly is handed on as typed."""
    return {
        "title": form.value("title").strip(),
        "occupation_code": form.value("occupation_code"),
        "region_code": form.value("region_code"),
        "openings": number(form, "openings"),
        "pay_type": form.value("pay_type"),
        "pay_min": number(form, "pay_min"),
        "pay_max": number(form, "pay_max"),
        "employment_type": form.value("employment_type"),
        "weekly_hours": number(form, "weekly_hours"),
        "career": form.value("career"),
        "education": form.value("education"),
        "closes_on": text(form, "closes_on"),
    }


def form_of(vacancy: Vacancy, tag: str) -> Form:
    """The form that changes a vacancy."""
    return Form.shown(VACANCY, {name: getattr(vacancy, name) for name in VACANCY}, tag)


def new_form() -> Form:
    """The form of a new vacancy, set to what most have."""
    return Form.shown(
        VACANCY,
        {"openings": 1, "pay_type": "month", "employment_type": "regular", "career": "any", "education": "00"},
    )

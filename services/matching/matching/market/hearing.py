"""How an event changes what is known of a vacancy or a jobseeker; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from matching.market.codes import current_region
from matching.market.events import (
    JobseekerChanged,
    JobseekerEvent,
    JobseekerRegistered,
    JobseekerResumed,
    JobseekerStopped,
    VacancyChanged,
    VacancyClosed,
    VacancyEvent,
    VacancyExpired,
    VacancyFilled,
    VacancyOpened,
    VacancyPaused,
    VacancyResumed,
)
from matching.market.facts import Jobseeker, Vacancy, VacancyStatus

_BECOMES: Final[dict[type[VacancyEvent], VacancyStatus]] = {
    VacancyPaused: "paused",
    VacancyResumed: "open",
    VacancyFilled: "filled",
    VacancyClosed: "closed",
    VacancyExpired: "expired",
}


def vacancies_after(known: Mapping[str, Vacancy], events: Iterable[VacancyEvent]) -> dict[str, Vacancy]:
    """Every vacancy the events are about, as it is after them. `known` holds those heard of before."""
    after: dict[str, Vacancy] = {}
    for event in events:
        vacancy_id = event.aggregate_id
        before = after.get(vacancy_id) or known.get(vacancy_id)
        if isinstance(event, VacancyOpened | VacancyChanged):
            keeps_status = isinstance(event, VacancyChanged) and before is not None
            after[vacancy_id] = _vacancy(event, before.status if keeps_status and before else "open")
        elif before is not None:
            after[vacancy_id] = replace(before, status=_BECOMES[type(event)])
        # Else it was never told in full: it is offered to nobody, so there is nothing to end.
    return after


def jobseekers_after(known: Mapping[str, Jobseeker], events: Iterable[JobseekerEvent]) -> dict[str, Jobseeker]:
    """Every jobseeker the events are about, as they are after them. `known` holds those heard of before."""
    after: dict[str, Jobseeker] = {}
    for event in events:
        jobseeker_id = event.aggregate_id
        before = after.get(jobseeker_id) or known.get(jobseeker_id)
        if isinstance(event, JobseekerRegistered | JobseekerResumed | JobseekerChanged):
            after[jobseeker_id] = _jobseeker(event)
        elif before is not None:
            after[jobseeker_id] = _stopped(before, event)
    return after


def _vacancy(event: VacancyOpened | VacancyChanged, status: VacancyStatus) -> Vacancy:
    return Vacancy(
        vacancy_id=event.aggregate_id,
        status=status,
        employer_id=event.employer_id,
        employer_name=event.employer_name,
        centre_code=event.centre_code,
        title=event.title,
        occupation_code=event.occupation_code,
        occupation_name=event.occupation_name,
        region_code=current_region(event.region_code),
        region_name=event.region_name,
        openings=event.openings,
        pay_type=event.pay_type,
        pay_min=event.pay_min,
        pay_max=event.pay_max,
        hourly_pay=event.hourly_pay,
        employment_type=event.employment_type,
        weekly_hours=event.weekly_hours,
        career=event.career,
        education=event.education,
        closes_on=event.closes_on,
    )


def _jobseeker(event: JobseekerRegistered | JobseekerResumed | JobseekerChanged) -> Jobseeker:
    return Jobseeker(
        jobseeker_id=event.aggregate_id,
        centre_code=event.centre_code,
        started_on=event.started_on,
        # Each wish once: two old codes may stand for one of today's.
        wished_occupations=tuple(dict.fromkeys(event.wished_occupations)),
        wished_regions=tuple(dict.fromkeys(map(current_region, event.wished_regions))),
        wage_floor=event.wage_floor,
        employment_types=tuple(event.employment_types),
        weekly_hours_min=event.weekly_hours_min,
        weekly_hours_max=event.weekly_hours_max,
        career_years=event.career_years,
        education=event.education,
        visible=event.visible,
        matching_consent=event.matching_consent,
        stopped_on=None,
        stop_reason=None,
    )


def _stopped(jobseeker: Jobseeker, event: JobseekerStopped) -> Jobseeker:
    return replace(jobseeker, stopped_on=event.stopped_on, stop_reason=event.reason)

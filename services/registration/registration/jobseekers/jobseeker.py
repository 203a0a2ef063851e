"""A jobseeker's registration as a value: its state, and the events that tell of it; pure."""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from registration.jobseekers.events import (
    JobseekerChanged,
    JobseekerRegistered,
    JobseekerResumed,
    JobseekerStopped,
    StopReason,
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody looks for. Hours are a week's, the wage floor is KRW an hour; None and empty mean: any."""

    wished_occupations: list[str]
    wished_regions: list[str]
    wage_floor: int | None
    employment_types: list[str]
    weekly_hours_min: int | None
    weekly_hours_max: int | None
    career_years: int
    education: str
    visible: bool


@dataclass(frozen=True, slots=True)
class Period:
    """A registration period: open while `stopped_on` is None. `placement_id` names the placement that ended it."""

    number: int
    started_on: date
    stopped_on: date | None = None
    reason: str | None = None
    placement_id: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether the jobseeker is registered in it now."""
        return self.stopped_on is None


@dataclass(frozen=True, slots=True)
class Jobseeker:
    """A jobseeker as kept, with the newest period. `version` is what If-Match names."""

    jobseeker_id: UUID
    version: int
    centre_code: str
    wishes: Wishes
    consented_at: datetime | None
    rules_version: str
    registered_by: str
    changed_at: datetime
    period: Period


def start_after(kept: Jobseeker | None, day: date) -> date:
    """First day of a period that begins on `day`: never before the one it follows has ended."""
    return max(day, kept.period.stopped_on or day) if kept else day


def ended(kept: Jobseeker, reason: StopReason, day: date, now: datetime, placement_id: str | None = None) -> Jobseeker:
    """The jobseeker with the period ended on `day`, or on its first day where that is later."""
    last = max(day, kept.period.started_on)
    period = replace(kept.period, stopped_on=last, reason=reason, placement_id=placement_id)
    return replace(kept, version=kept.version + 1, changed_at=now, period=period)


def resumed(kept: Jobseeker, day: date, now: datetime) -> Jobseeker:
    """The jobseeker with a new period from `day` on, everything else as it was."""
    period = Period(number=kept.period.number + 1, started_on=start_after(kept, day))
    return replace(kept, version=kept.version + 1, changed_at=now, period=period)


def registered(jobseeker: Jobseeker) -> JobseekerRegistered:
    """The fact that somebody registered."""
    return JobseekerRegistered.model_validate(_state(jobseeker))


def went_on(jobseeker: Jobseeker) -> JobseekerResumed:
    """The fact that a registration goes on which a placement had ended."""
    return JobseekerResumed.model_validate(_state(jobseeker))


def changed(before: Jobseeker, after: Jobseeker) -> JobseekerChanged | None:
    """The fact that the registration differs; None when nothing that may be told of does (a new phone number)."""
    old, new = _state(before), _state(after)
    differing = [name for name in new if new[name] != old[name]]
    return JobseekerChanged.model_validate({**new, "changed": differing}) if differing else None


def stopped(jobseeker: Jobseeker) -> JobseekerStopped:
    """The fact that the period ended; the period must be stopped."""
    return JobseekerStopped.model_validate(
        {
            "centre_code": jobseeker.centre_code,
            "stopped_on": jobseeker.period.stopped_on,
            "reason": jobseeker.period.reason,
        }
    )


def _state(jobseeker: Jobseeker) -> dict[str, Any]:
    wishes = {field.name: getattr(jobseeker.wishes, field.name) for field in fields(Wishes)}
    consents = jobseeker.consented_at is not None
    return {
        "centre_code": jobseeker.centre_code,
        "started_on": jobseeker.period.started_on,
        **wishes,
        # Nobody is shown to employers who does not consent to matching, whatever was ticked beside it.
        "visible": jobseeker.wishes.visible and consents,
        "matching_consent": consents,
    }

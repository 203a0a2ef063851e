"""
Register, change and stop: each locks, decides by the rules, keeps, and gives the facts to tell of.

The facts are returned and not added to the outbox here, because whoever changes several aggregates in one transaction
adds all of them in one call.
"""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID, uuid4

from ieum.database import Transaction
from ieum.http import check_version
from ieum.messaging import Event
from registration.clock.store import clock
from registration.jobseekers import store
from registration.jobseekers.events import StopReason
from registration.jobseekers.jobseeker import (
    Jobseeker,
    Period,
    Wishes,
    changed,
    ended,
    registered,
    start_after,
    stopped,
)
from registration.jobseekers.problems import (
    AlreadyRegistered,
    DuplicateRegistration,
    RegistrationRefused,
    RegistrationStopped,
)
from registration.jobseekers.rules import RULES_VERSION, Application, reasons_against
from registration.people import store as people
from registration.people.person import Person, SealedPerson, name_key, seal
from registration.people.rules import clean_email, clean_name, clean_phone
from registration.people.sealing import Sealing


@dataclass(frozen=True, slots=True)
class Request:
    """An application, the wishes as they will be kept, and whether the person consents to matching."""

    application: Application
    visible: bool
    matching_consent: bool


@dataclass(frozen=True, slots=True)
class Done:
    """A jobseeker as now kept, the masked name, and the facts to tell of."""

    jobseeker: Jobseeker
    name_masked: str
    facts: list[Event]


async def register(
    tx: Transaction, request: Request, sealing: Sealing, *, person_id: UUID | None, registered_by: str
) -> Done:
    """
    Begin a registration period: for `person_id` themselves, or on somebody's behalf where it is None.

    Somebody who was registered before keeps their record and gets a new period. Raises RegistrationRefused,
    DuplicateRegistration, AlreadyRegistered.
    """
    now, today = await clock(tx)
    _admit(request.application, today)
    await people.lock_name(tx, name_key(request.application.name, sealing))
    person = _person(request.application, person_id or uuid4())
    same = await people.find_same_people(tx, seal(person, sealing))
    if person_id is not None and same:
        raise DuplicateRegistration
    if same:
        person = replace(person, person_id=same[0])
    kept = (await store.lock_jobseekers(tx, [person.person_id])).get(person.person_id)
    if kept is not None and kept.period.is_open:
        raise AlreadyRegistered if person_id is not None else DuplicateRegistration
    sealed = await _save_person(tx, person, sealing)
    jobseeker = Jobseeker(
        jobseeker_id=person.person_id,
        version=kept.version + 1 if kept else 1,
        centre_code=request.application.centre_code,
        wishes=_wishes(request),
        consented_at=now if request.matching_consent else None,
        rules_version=RULES_VERSION,
        registered_by=registered_by,
        changed_at=now,
        period=Period(number=kept.period.number + 1 if kept else 1, started_on=start_after(kept, today)),
    )
    await store.save_jobseekers(tx, [jobseeker])
    return Done(jobseeker, sealed.name_masked, [registered(jobseeker)])


async def change(tx: Transaction, kept: Jobseeker, request: Request, sealing: Sealing, *, version: int) -> Done:
    """
    Put the registration as asked for in place of `kept`, whose row is held and whose name is locked.

    Raises StaleVersion, RegistrationStopped, RegistrationRefused, DuplicateRegistration.
    """
    now, today = await clock(tx)
    check_version(kept.version, version)
    if not kept.period.is_open:
        raise RegistrationStopped
    _admit(request.application, today)
    person = _person(request.application, kept.jobseeker_id)
    if await people.find_same_people(tx, seal(person, sealing)):
        raise DuplicateRegistration
    sealed = await _save_person(tx, person, sealing)
    jobseeker = replace(
        kept,
        version=kept.version + 1,
        centre_code=request.application.centre_code,
        wishes=_wishes(request),
        # Consent that goes on keeps the time it was given.
        consented_at=(kept.consented_at or now) if request.matching_consent else None,
        rules_version=RULES_VERSION,
        changed_at=now,
    )
    await store.save_jobseekers(tx, [jobseeker])
    fact = changed(kept, jobseeker)
    return Done(jobseeker, sealed.name_masked, [fact] if fact else [])


async def stop(tx: Transaction, kept: Jobseeker, reason: StopReason, *, version: int) -> Done:
    """End the period of `kept`, whose row is held. Raises StaleVersion, RegistrationStopped."""
    now, today = await clock(tx)
    check_version(kept.version, version)
    if not kept.period.is_open:
        raise RegistrationStopped
    jobseeker = ended(kept, reason, today, now)
    await store.save_jobseekers(tx, [jobseeker])
    person = await people.find_person(tx, kept.jobseeker_id)
    return Done(jobseeker, person.name_masked if person else "", [stopped(jobseeker)])


def _admit(application: Application, today: date) -> None:
    if reasons := reasons_against(application, today):
        raise RegistrationRefused(reasons)


def _person(application: Application, person_id: UUID) -> Person:
    """The person of an application that was admitted, values clean."""
    return Person(
        person_id=person_id,
        name=clean_name(application.name) or "",
        email=clean_email(application.email) if application.email else None,
        phone=clean_phone(application.phone) if application.phone else None,
        birth_year=application.birth_year,
        language=application.language,
    )


async def _save_person(tx: Transaction, person: Person, sealing: Sealing) -> SealedPerson:
    kept = await people.find_person(tx, person.person_id)
    sealed = seal(replace(person, employer_id=kept.employer_id if kept else None), sealing)
    await people.save_person(tx, sealed)
    return sealed


def _wishes(request: Request) -> Wishes:
    application = request.application
    return Wishes(
        wished_occupations=list(application.occupations),
        wished_regions=list(application.regions),
        wage_floor=application.wage_floor,
        employment_types=list(application.employment_types),
        weekly_hours_min=application.weekly_hours_min,
        weekly_hours_max=application.weekly_hours_max,
        career_years=application.career_years,
        education=application.education,
        visible=request.visible,
    )

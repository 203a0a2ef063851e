"""Take people in, move them and let them go, by the HR calendar."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple
from uuid import UUID, uuid4

from ieum.database import Transaction
from ieum.http import Caller, Conflict, FieldError, Forbidden, Invalid, NotFound
from registration.clock.store import clock
from registration.employers.store import find_employer
from registration.people import store
from registration.people.authority import serves_today
from registration.people.calendar import Appointment, overlaps
from registration.people.forms import NewAppointment, NewPerson
from registration.people.person import Person, SealedPerson, seal
from registration.people.rules import clean_email, clean_name, clean_phone
from registration.people.sealing import Sealing
from registration.reference import codes
from registration.text.resident_numbers import RULE, RULE_KO, has_resident_number


class PostsOverlap(Conflict):
    """Somebody holds one post at a time: the new one would begin before the present one."""

    ko = "한 사람은 한 번에 한 자리만 맡을 수 있습니다. 새 발령일이 현재 발령보다 빠릅니다."


async def require_hiring(tx: Transaction, caller: Caller, role: str, centre_code: str | None) -> None:
    """Raise Forbidden unless the caller may take somebody in: a director only counsellors, at the own centre."""
    if caller.role in {"operator", "ministry", "service"}:
        return
    if role != "counsellor" or centre_code is None or not await serves_today(tx, caller, centre_code):
        raise Forbidden


async def take_in(tx: Transaction, form: NewPerson, sealing: Sealing) -> SealedPerson:
    """Keep a new person and, for staff, the post. Raises Invalid naming the fields."""
    person = _person(form)
    _check_place(form.centre_code, form.regional_office_code)
    if form.employer_id is not None and await find_employer(tx, form.employer_id) is None:
        raise Invalid(errors=[FieldError(field="employer_id", rule="a known employer", ko="등록된 기업이어야 합니다.")])
    sealed = seal(person, sealing)
    await store.save_person(tx, sealed)
    if form.role != "employer":
        post = Appointment(
            person_id=person.person_id,
            role=form.role,
            centre_code=form.centre_code,
            regional_office_code=form.regional_office_code,
            starts_on=form.starts_on or (await clock(tx)).day,
            ends_on=None,
        )
        await store.save_appointment(tx, post)
    return sealed


async def appoint(tx: Transaction, person_id: UUID, form: NewAppointment, by: str) -> list[Appointment]:
    """
    Move a member of staff: the post held on the day before ends. Raises NotFound, Invalid, PostsOverlap.

    A post that begins on the same day, today or later, is cancelled: it was a mistake, or the plan has changed.
    """
    _check_place(form.centre_code, form.regional_office_code)
    posts = await _posts(tx, person_id)
    if not posts:
        raise NotFound
    if form.starts_on >= (await clock(tx)).day:
        await store.cancel_appointment(tx, person_id, form.starts_on, by)
        posts = [post for post in posts if post.starts_on != form.starts_on]
    before = [post for post in posts if post.starts_on < form.starts_on]
    ended = [replace(post, ends_on=min(post.ends_on or form.starts_on, form.starts_on)) for post in before]
    if overlaps([*ended, *posts[len(before) :]], form.starts_on, None):
        raise PostsOverlap
    await store.end_appointment(tx, person_id, form.starts_on)
    await store.save_appointment(
        tx,
        Appointment(person_id, form.role, form.centre_code, form.regional_office_code, form.starts_on, None),
    )
    return await store.find_appointments(tx, person_id)


class Departed(NamedTuple):
    """What is left of somebody's posts, and the first day without their employer for an employer's person."""

    appointments: list[Appointment]
    employer_ends_on: date | None = None


async def let_go(tx: Transaction, person_id: UUID, ends_on: date, by: str) -> Departed:
    """
    End the post from `ends_on` on, or that somebody acts for an employer.

    A post that would begin that day, today or later, is cancelled. Raises NotFound; Invalid when nothing is held.
    """
    posts = await _posts(tx, person_id)
    if not posts:
        if not await store.acts_for_employer(tx, person_id):
            raise NotFound
        if not await store.end_acting(tx, person_id, ends_on):
            raise _outside()
        return Departed([], ends_on)
    held = any(post.starts_on < ends_on and (post.ends_on is None or ends_on <= post.ends_on) for post in posts)
    begins = ends_on >= (await clock(tx)).day and any(post.starts_on == ends_on for post in posts)
    if not held and not begins:
        raise _outside()
    if begins:
        await store.cancel_appointment(tx, person_id, ends_on, by)
    await store.end_appointment(tx, person_id, ends_on)
    return Departed(await store.find_appointments(tx, person_id))


def _outside() -> Invalid:
    rule = FieldError(field="ends_on", rule="within the post", ko="현재 발령 기간 안의 날짜여야 합니다.")
    return Invalid(errors=[rule])


async def _posts(tx: Transaction, person_id: UUID) -> Sequence[Appointment]:
    """The posts of a person who is held until the transaction ends. Raises NotFound where there is nobody."""
    if not await store.lock_person(tx, person_id):
        raise NotFound
    return await store.find_appointments(tx, person_id)


def _check_place(centre_code: str | None, regional_office_code: str | None) -> None:
    faults = []
    if centre_code is not None and not codes.is_centre(centre_code):
        faults.append(FieldError(field="centre_code", rule="a known centre", ko="등록된 고용센터여야 합니다."))
    if regional_office_code is not None and regional_office_code not in codes.REGIONAL_OFFICES:
        faults.append(FieldError(field="regional_office_code", rule="a known office", ko="등록된 지방청이어야 합니다."))
    if faults:
        raise Invalid(errors=faults)


def _person(form: NewPerson) -> Person:
    name = clean_name(form.name)
    email = clean_email(form.email) if form.email else None
    phone = clean_phone(form.phone) if form.phone else None
    faults = []
    for field, entered in (("name", form.name), ("email", form.email), ("phone", form.phone)):
        if entered and has_resident_number(entered):
            faults.append(FieldError(field=field, rule=RULE, ko=RULE_KO))
    if name is None:
        faults.append(FieldError(field="name", rule="1 to 60 characters with a letter", ko="글자를 포함한 1~60자"))
    if form.email and email is None:
        faults.append(FieldError(field="email", rule="an e-mail address", ko="올바른 전자우편 주소여야 합니다."))
    if form.phone and phone is None:
        faults.append(FieldError(field="phone", rule="a phone number", ko="올바른 전화번호여야 합니다."))
    if name is None or faults:
        raise Invalid(errors=faults)
    return Person(uuid4(), name, email, phone, None, form.language, form.employer_id)

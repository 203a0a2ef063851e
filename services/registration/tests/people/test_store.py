"""People are kept sealed and found again; the HR calendar holds one post at a time."""

import base64
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from ieum.database import Database
from registration.people import store
from registration.people.calendar import Appointment
from registration.people.person import Person, SealedPerson, seal, unseal
from registration.people.sealing import SealBroken, Sealing

SEALING = Sealing(base64.b64encode(bytes(range(32))).decode())
TODAY = date(2026, 11, 27)
HONG = Person(UUID(int=1), "홍길동", "hong@example.com", "+821012345678", 1990, "ko")


async def register(database: Database, *people: Person) -> None:
    async with database.transaction() as tx:
        for person in people:
            await store.save_person(tx, seal(person, SEALING))
            await tx.execute(
                """
                INSERT INTO jobseeker (jobseeker_id, centre_code, wished_occupations, wished_regions, employment_types,
                    career_years, education, visible, rules_version, registered_by)
                VALUES ($1, '15152', '{01}', '{00000}', '{}', 0, '00', false, 'test', 'test')
                """,
                person.person_id,
            )


async def same_as(database: Database, person: Person) -> list[UUID]:
    async with database.reading() as tx:
        return await store.find_same_people(tx, seal(person, SEALING))


async def test_a_person_comes_back_as_they_were(database: Database) -> None:
    await register(database, HONG)

    async with database.reading() as tx:
        kept = await store.find_person(tx, HONG.person_id)

    assert kept is not None
    assert unseal(kept, SEALING) == HONG
    assert kept.name_masked == "홍*동"


async def test_nothing_personal_is_in_the_table(database: Database) -> None:
    await register(database, HONG)

    async with database.reading() as tx:
        rows = str(await tx.fetch("SELECT p::text, name_sealed, email_sealed, phone_sealed FROM person p"))

    assert "홍*동" in rows
    assert not any(secret in rows for secret in ("홍길동", "hong", "12345678", "1990"))


async def test_a_value_copied_into_another_persons_row_does_not_open(database: Database) -> None:
    await register(database, HONG, replace(HONG, person_id=UUID(int=2), name="이순신"))
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE person SET email_sealed = (SELECT email_sealed FROM person WHERE person_id = $1)"
            " WHERE person_id = $2",
            UUID(int=1),
            UUID(int=2),
        )

    async with database.reading() as tx:
        moved = await store.find_person(tx, UUID(int=2))

    assert moved is not None
    with pytest.raises(SealBroken):
        unseal(moved, SEALING)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"name": "홍 길동"}, True),
        ({"email": "HONG@example.com", "phone": None}, True),
        ({"email": None}, True),
        ({"email": "other@example.com"}, True),  # the phone is the same
        ({"birth_year": None}, True),
        ({"email": "other@example.com", "phone": "+821099999999"}, False),
        ({"name": "홍길순"}, False),  # a couple shares phone and e-mail
        ({"birth_year": 1991}, False),  # father and son of one name and one phone
    ],
)
async def test_the_same_person_is_found_by_name_and_contact(
    database: Database, change: dict[str, Any], same: bool
) -> None:
    await register(database, HONG)

    found = await same_as(database, replace(HONG, person_id=uuid4(), **change))

    assert found == ([HONG.person_id] if same else [])


async def test_nobody_is_a_duplicate_of_themselves_or_of_staff(database: Database) -> None:
    counsellor = replace(HONG, person_id=uuid4())
    async with database.transaction() as tx:
        await store.save_person(tx, seal(counsellor, SEALING))
    await register(database, HONG)

    assert await same_as(database, HONG) == []
    assert await same_as(database, replace(HONG, person_id=uuid4())) == [HONG.person_id]


async def test_the_one_who_acts_for_an_employer_is_found(database: Database) -> None:
    employer_id = uuid4()
    first = replace(HONG, employer_id=employer_id)
    async with database.transaction() as tx:
        await store.save_person(tx, seal(first, SEALING))

    async with database.reading() as tx:
        found = await store.find_contact_of_employer(tx, employer_id, TODAY)
        nobody = await store.find_contact_of_employer(tx, uuid4(), TODAY)

    assert isinstance(found, SealedPerson)
    assert found.person_id == first.person_id
    assert nobody is None


async def test_two_posts_at_a_time_are_refused_by_the_table(database: Database) -> None:
    async with database.transaction() as tx:
        await store.save_person(tx, seal(HONG, SEALING))
        post = Appointment(HONG.person_id, "counsellor", "15152", None, date(2026, 1, 1), date(2026, 7, 1))
        await store.save_appointment(tx, post)
        await store.save_appointment(tx, replace(post, starts_on=date(2026, 7, 1), ends_on=None, centre_code="12031"))

    async with database.transaction() as tx:
        with pytest.raises(asyncpg.ExclusionViolationError):
            await store.save_appointment(tx, replace(post, starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 2)))


async def test_ending_a_post_leaves_former_ones_alone(database: Database) -> None:
    async with database.transaction() as tx:
        await store.save_person(tx, seal(HONG, SEALING))
        first = Appointment(HONG.person_id, "counsellor", "15152", None, date(2026, 1, 1), date(2026, 7, 1))
        second = replace(first, starts_on=date(2026, 7, 1), ends_on=None)
        await store.save_appointment(tx, first)
        await store.save_appointment(tx, second)

        await store.end_appointment(tx, HONG.person_id, date(2026, 11, 1))

        posts = await store.find_appointments(tx, HONG.person_id)
    assert posts == [first, replace(second, ends_on=date(2026, 11, 1))]

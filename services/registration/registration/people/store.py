"""All SQL of people and the HR calendar."""

from collections.abc import Collection
from dataclasses import astuple, dataclass, fields
from datetime import date
from uuid import UUID

import asyncpg

from ieum.database import Transaction
from registration.people.calendar import Appointment
from registration.people.person import SealedPerson

_COLUMNS = ", ".join(field.name for field in fields(SealedPerson))
_SAVE_PERSON = f"""
    INSERT INTO person ({_COLUMNS}) VALUES ({", ".join(f"${n}" for n in range(1, len(fields(SealedPerson)) + 1))})
    ON CONFLICT (person_id) DO UPDATE SET
        {", ".join(f"{f.name} = excluded.{f.name}" for f in fields(SealedPerson) if f.name != "person_id")}
"""  # noqa: S608 -- the columns are the dataclass's own


async def lock_name(tx: Transaction, name_key: bytes) -> None:
    """Let nobody else register somebody of this name until `tx` ends: two at once would not see each other."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 0))", name_key)


async def find_same_people(tx: Transaction, person: SealedPerson) -> list[UUID]:
    """
    Others who are this person by all that is known: same name, same phone or e-mail, and no other year of birth.

    A shared phone or e-mail alone makes nobody the same; couples share them. Staff and employers' people are left out:
    a counsellor may look for work, too.
    """
    rows = await tx.fetch(
        """
        SELECT person_id FROM person JOIN jobseeker ON jobseeker_id = person_id
        WHERE name_key = $1 AND (phone_key = $2 OR email_key = $3)
            AND (birth_year_key = $4 OR birth_year_key IS NULL OR $4::bytea IS NULL) AND person_id <> $5
        ORDER BY recorded_at, person_id
        """,
        person.name_key,
        person.phone_key,
        person.email_key,
        person.birth_year_key,
        person.person_id,
    )
    return [row["person_id"] for row in rows]


async def save_person(tx: Transaction, person: SealedPerson) -> None:
    """Keep the person, replacing what was kept under the same id."""
    await tx.execute(_SAVE_PERSON, *astuple(person))


async def find_people(tx: Transaction, person_ids: Collection[UUID]) -> dict[UUID, SealedPerson]:
    """The people of these ids that are kept."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM person WHERE person_id = ANY($1::uuid[])",  # noqa: S608 -- own columns
        list(person_ids),
    )
    return {row["person_id"]: SealedPerson(**row) for row in rows}


async def find_person(tx: Transaction, person_id: UUID) -> SealedPerson | None:
    """The person of this id, or None."""
    return (await find_people(tx, [person_id])).get(person_id)


async def find_contact_of_employer(tx: Transaction, employer_id: UUID, day: date) -> SealedPerson | None:
    """Who first came to act for the employer and still does on `day`, or None."""
    row = await tx.fetchrow(
        f"""
        SELECT {_COLUMNS} FROM person
        WHERE employer_id = $1 AND (employer_ends_on IS NULL OR $2 < employer_ends_on)
        ORDER BY recorded_at, person_id LIMIT 1
        """,  # noqa: S608 -- own columns
        employer_id,
        day,
    )
    return SealedPerson(**row) if row else None


async def lock_person(tx: Transaction, person_id: UUID) -> bool:
    """Hold the person's row until `tx` ends; False when there is none."""
    return await tx.fetchval("SELECT true FROM person WHERE person_id = $1 FOR UPDATE", person_id) is not None


async def find_appointments(tx: Transaction, person_id: UUID) -> list[Appointment]:
    """All posts of a person, earliest first."""
    rows = await tx.fetch(
        """
        SELECT person_id, role, centre_code, regional_office_code, starts_on, ends_on
        FROM staff_appointment WHERE person_id = $1 ORDER BY starts_on
        """,
        person_id,
    )
    return [_appointment(row) for row in rows]


async def save_appointment(tx: Transaction, appointment: Appointment) -> None:
    """Enter a post into the calendar; the table refuses one that overlaps another of the same person."""
    await tx.execute(
        """
        INSERT INTO staff_appointment (person_id, role, centre_code, regional_office_code, starts_on, ends_on)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        *astuple(appointment),
    )


async def end_appointment(tx: Transaction, person_id: UUID, ends_on: date) -> None:
    """End the post held on the day before `ends_on`, which is the first day without it."""
    await tx.execute(
        """
        UPDATE staff_appointment SET ends_on = $2
        WHERE person_id = $1 AND starts_on < $2 AND (ends_on IS NULL OR ends_on > $2)
        """,
        person_id,
        ends_on,
    )


async def cancel_appointment(tx: Transaction, person_id: UUID, starts_on: date, cancelled_by: str) -> None:
    """Take the post that begins on a day out of the calendar, and keep that it stood there."""
    await tx.execute(
        """
        WITH gone AS (DELETE FROM staff_appointment WHERE person_id = $1 AND starts_on = $2 RETURNING *)
        INSERT INTO cancelled_appointment
            (person_id, role, centre_code, regional_office_code, starts_on, ends_on, cancelled_by)
        SELECT person_id, role, centre_code, regional_office_code, starts_on, ends_on, $3 FROM gone
        """,
        person_id,
        starts_on,
        cancelled_by,
    )


async def acts_for_employer(tx: Transaction, person_id: UUID) -> bool:
    """Whether somebody is an employer's person, or was."""
    found: bool | None = await tx.fetchval("SELECT employer_id IS NOT NULL FROM person WHERE person_id = $1", person_id)
    return bool(found)


async def end_acting(tx: Transaction, person_id: UUID, ends_on: date) -> bool:
    """Let somebody act for their employer no more from a day on; False where that ended before."""
    tag = await tx.execute(
        """
        UPDATE person SET employer_ends_on = $2
        WHERE person_id = $1 AND employer_id IS NOT NULL AND (employer_ends_on IS NULL OR $2 <= employer_ends_on)
        """,
        person_id,
        ends_on,
    )
    return tag != "UPDATE 0"


async def find_centre_of_jobseeker(tx: Transaction, person_id: UUID) -> str | None:
    """The centre where the person is registered as a jobseeker, or None."""
    code: str | None = await tx.fetchval("SELECT centre_code FROM jobseeker WHERE jobseeker_id = $1", person_id)
    return code


@dataclass(frozen=True, slots=True)
class SignInPost:
    """As what somebody may sign in, and where."""

    role: str
    centre_code: str | None
    regional_office_code: str | None


_POSTS_ON_DAY = """
    SELECT person_id, role, centre_code, regional_office_code, NULL::uuid AS employer_id FROM staff_appointment
    WHERE starts_on <= $2 AND (ends_on IS NULL OR $2 < ends_on)
    UNION ALL
    SELECT person_id, 'employer', NULL, NULL, employer_id FROM person
    WHERE employer_id IS NOT NULL AND (employer_ends_on IS NULL OR $2 < employer_ends_on)
    UNION ALL
    SELECT jobseeker_id, 'jobseeker', centre_code, NULL, NULL FROM jobseeker
"""


async def find_standings(tx: Transaction, person_id: UUID, day: date) -> list[asyncpg.Record]:
    """As what one person may sign in on `day`: rows of role, centre_code, regional_office_code, employer_id."""
    rows: list[asyncpg.Record] = await tx.fetch(
        f"""
        SELECT role, centre_code, regional_office_code, employer_id FROM ({_POSTS_ON_DAY}) s
        WHERE person_id = $1 ORDER BY role
        """,  # noqa: S608 -- own columns
        person_id,
        day,
    )
    return rows


async def list_sign_ins(
    tx: Transaction, role: str | None, day: date, after: tuple[str, UUID] | None, limit: int
) -> list[tuple[SealedPerson, SignInPost]]:
    """People with what they may sign in as on `day`: staff by the calendar, employers' people, jobseekers."""
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(f"p.{field.name}" for field in fields(SealedPerson))}, s.role, s.centre_code,
            s.regional_office_code
        FROM ({_POSTS_ON_DAY}) s JOIN person p USING (person_id)
        WHERE ($1::text IS NULL OR s.role = $1) AND ($3::text IS NULL OR (s.role, p.person_id) > ($3, $4))
        ORDER BY s.role, p.person_id LIMIT $5
        """,  # noqa: S608 -- own columns
        role,
        day,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )
    return [
        (
            SealedPerson(**{field.name: row[field.name] for field in fields(SealedPerson)}),
            SignInPost(row["role"], row["centre_code"], row["regional_office_code"]),
        )
        for row in rows
    ]


def _appointment(row: asyncpg.Record) -> Appointment:
    return Appointment(**row)

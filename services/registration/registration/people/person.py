"""A person in the clear and a person at rest, and the way between them."""

from dataclasses import dataclass
from uuid import UUID

from registration.people.rules import mask_name, same_email, same_name
from registration.people.sealing import Sealing


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is and how they are reached; all values clean (see rules), in memory only."""

    person_id: UUID
    name: str
    email: str | None
    phone: str | None
    birth_year: int | None
    language: str
    employer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SealedPerson:
    """The row of a person: sealed values, lookup keys, and what may be read without the key."""

    person_id: UUID
    name_sealed: bytes
    name_key: bytes
    name_masked: str
    email_sealed: bytes | None
    email_key: bytes | None
    phone_sealed: bytes | None
    phone_key: bytes | None
    birth_year_sealed: bytes | None
    birth_year_key: bytes | None
    language: str
    employer_id: UUID | None


def seal(person: Person, sealing: Sealing) -> SealedPerson:
    """The person as kept."""
    email = same_email(person.email) if person.email else None
    year = str(person.birth_year) if person.birth_year is not None else None
    return SealedPerson(
        person_id=person.person_id,
        name_sealed=sealing.seal(person.name, _place(person.person_id, "name")),
        name_key=name_key(person.name, sealing),
        name_masked=mask_name(person.name),
        email_sealed=sealing.seal(person.email, _place(person.person_id, "email")) if person.email else None,
        email_key=sealing.lookup("email", email) if email else None,
        phone_sealed=sealing.seal(person.phone, _place(person.person_id, "phone")) if person.phone else None,
        phone_key=sealing.lookup("phone", person.phone) if person.phone else None,
        birth_year_sealed=sealing.seal(year, _place(person.person_id, "birth_year")) if year else None,
        birth_year_key=sealing.lookup("birth_year", year) if year else None,
        language=person.language,
        employer_id=person.employer_id,
    )


def unseal(row: SealedPerson, sealing: Sealing) -> Person:
    """The person in the clear; raises SealBroken when the row was changed or the key is another."""

    def opened(column: str, sealed: bytes | None) -> str | None:
        return sealing.open(sealed, _place(row.person_id, column)) if sealed is not None else None

    year = opened("birth_year", row.birth_year_sealed)
    return Person(
        person_id=row.person_id,
        name=sealing.open(row.name_sealed, _place(row.person_id, "name")),
        email=opened("email", row.email_sealed),
        phone=opened("phone", row.phone_sealed),
        birth_year=int(year) if year else None,
        language=row.language,
        employer_id=row.employer_id,
    )


def name_key(name: str, sealing: Sealing) -> bytes:
    """The key under which everybody of this name is found."""
    return sealing.lookup("name", same_name(name))


def _place(person_id: UUID, column: str) -> str:
    return f"person.{column}:{person_id}"

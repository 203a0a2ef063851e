"""Takes a batch of a file's rows: vacancies, employers, events, rejections, progress in one transaction, or nothing."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from ieum.database import Transaction
from ieum.messaging import Event, outbox
from registration.employers.events import EmployerRegistered
from registration.employers.store import (
    Employer,
    NewEmployer,
    employers_by_id,
    employers_by_number,
    save_new_employers,
)
from registration.imports.rows import ImportedVacancy, Outcome, RowError
from registration.imports.rules import centre_of, change_by_row, employer_id, is_older, new_vacancy, vacancy_id
from registration.imports.store import Import, Rejection, lock_progress, save_progress, save_rejections
from registration.vacancies.changing import Whose
from registration.vacancies.store import (
    NewState,
    NewVacancy,
    Vacancy,
    lock_vacancies,
    save_new_vacancies,
    save_source_times,
    save_vacancies,
)
from registration.vacancies.telling import opened


class Collided(Exception):
    """Another transaction brought one of the same vacancies at the same moment; the batch is to be taken again."""


class Counts(NamedTuple):
    """What became of a batch."""

    taken: int
    unchanged: int
    rejected: int


_NUMBER_LENGTH = 10
_NOT_YOURS = ("your own business number", "자신의 사업자등록번호여야 합니다.")


async def take_batch(tx: Transaction, job: Import, worker_id: UUID, rows_read: int, batch: Sequence[Outcome]) -> Counts:
    """Take rows `rows_read` + 1 and on. Raises Overtaken, Collided; then nothing of the batch is taken."""
    today = await lock_progress(tx, job.import_id, worker_id, rows_read)
    batch = await _only_own(tx, job, batch)
    rows = {number: one.vacancy for number, one in enumerate(batch) if one.vacancy is not None}
    said: dict[str, list[Event]] = {}
    employers = await _employers(tx, job, list(rows.values()), said)
    taken = await _take(tx, job, rows.values(), employers, today, said)
    rejections = [Rejection(one.row, nth, *error) for one in batch for nth, error in enumerate(one.errors, 1)]
    await save_rejections(tx, job.import_id, rejections)
    if said:
        await outbox.add(tx, said)
    counts = Counts(taken, len(rows) - taken, len(batch) - len(rows))
    await save_progress(tx, job.import_id, **counts._asdict())
    return counts


async def _only_own(tx: Transaction, job: Import, batch: Sequence[Outcome]) -> Sequence[Outcome]:
    """An employer's file brings that employer's vacancies and nobody else's."""
    if job.employer_id is None:
        return batch
    own = (await employers_by_id(tx, [job.employer_id])).get(job.employer_id)
    number = own.business_number if own else None

    def checked(one: Outcome) -> Outcome:
        if one.vacancy is None or (number is not None and one.vacancy.business_number == number):
            return one
        error = RowError("business_number", *_NOT_YOURS, one.vacancy.business_number or "")
        return Outcome(one.row, None, [error])

    return [checked(one) for one in batch]


async def _employers(
    tx: Transaction, job: Import, rows: Sequence[ImportedVacancy], said: dict[str, list[Event]]
) -> dict[str, Employer]:
    """Every employer of these rows by `_key`; those nobody knows are registered."""
    keys = {_key(job, row): row for row in rows}
    found = await _known_employers(tx, keys)
    new = [
        NewEmployer(
            employer_id=UUID(key) if row.business_number is None else uuid4(),
            business_number=row.business_number,
            name=row.company,
            region_code=row.terms.region_code,
            centre_code=centre_of(row.terms.region_code),
            industry=row.industry,
            source=job.format,
        )
        for key, row in keys.items()
        if key not in found
    ]
    if new:
        for one in await save_new_employers(tx, new, job.uploaded_by):
            said[str(one.employer_id)] = [_registered(one)]
        # Read again, for somebody else may have registered some while we waited for them to commit.
        found |= await _known_employers(tx, keys.keys() - found.keys())
    return found


async def _known_employers(tx: Transaction, keys: Collection[str]) -> dict[str, Employer]:
    numbers = [key for key in keys if len(key) == _NUMBER_LENGTH]
    ids = [UUID(key) for key in keys if len(key) != _NUMBER_LENGTH]
    found = await employers_by_number(tx, numbers) if numbers else {}
    if ids:
        found |= {str(known): one for known, one in (await employers_by_id(tx, ids)).items()}
    return found


def _key(job: Import, row: ImportedVacancy) -> str:
    """What an employer is known by: the business number where the file tells one, else an id made of the name."""
    return row.business_number or str(employer_id(job.format, row.company))


def _registered(employer: Employer) -> EmployerRegistered:
    return EmployerRegistered(
        name=employer.name,
        region_code=employer.region_code,
        centre_code=employer.centre_code,
        industry=employer.industry,
    )


async def _take(
    tx: Transaction,
    job: Import,
    rows: Iterable[ImportedVacancy],
    employers: dict[str, Employer],
    today: date,
    said: dict[str, list[Event]],
) -> int:
    """Write what the rows bring and collect the events; returns how many rows brought something."""
    by_id: dict[UUID, list[ImportedVacancy]] = {}
    for row in rows:
        by_id.setdefault(vacancy_id(job.format, row.reference), []).append(row)
    known = await lock_vacancies(tx, by_id)
    new: dict[UUID, NewVacancy] = {}
    states: dict[UUID, NewState] = {}
    times: dict[UUID, Any] = {}
    taken = 0
    for identity, told in by_id.items():
        # A file may name a vacancy twice; its last word holds, as if the rows had come in two batches.
        row = told[-1]
        employer = employers[_key(job, row)]
        whose = Whose(employer.employer_id, employer.name, centre_of(row.terms.region_code))
        before = known.get(identity)
        if before is None:
            vacancy = new[identity] = new_vacancy(identity, job.format, row, whose, today)
            taken += 1
            if vacancy.status == "open":
                said[str(identity)] = [opened(**whose._asdict(), terms=row.terms, source=job.format)]
            continue
        change = change_by_row(before, row, whose, today)
        if change.state is not None:
            states[identity] = change.state
            taken += bool(change.events)
            if change.events:
                said[str(identity)] = change.events
        elif _is_newer(row, before):
            times[identity] = row.modified_at
    if len(await save_new_vacancies(tx, list(new.values()), job.uploaded_by)) < len(new):
        raise Collided
    await save_vacancies(tx, list(states.values()))
    await save_source_times(tx, times)
    return taken


def _is_newer(row: ImportedVacancy, known: Vacancy) -> bool:
    return row.modified_at is not None and (
        known.source_modified_at is None or is_older(known.source_modified_at, row.modified_at)
    )

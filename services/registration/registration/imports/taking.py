"""Takes a batch of a file's rows: vacancies, employers, events, rejections, progress in one transaction, or nothing."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from ieum.database import Transaction
from ieum.messaging import Event, outbox
from registration.employers.employer import Employer, NewEmployer
from registration.employers.events import EmployerRegistered
from registration.employers.store import employers_by_id, employers_by_number, find_employer, save_new_employers
from registration.imports.rights import broken_by_known, broken_by_row
from registration.imports.rows import ImportedVacancy, Outcome, RowError
from registration.imports.rules import (
    broken_by_time,
    by_sender,
    centre_of,
    change_by_row,
    employer_key,
    is_newer,
    new_vacancy,
    vacancy_id,
)
from registration.imports.store import lock_progress, save_progress, save_rejections
from registration.imports.vacancy_import import Import, Rejection
from registration.vacancies.acting import Acting
from registration.vacancies.changing import Whose
from registration.vacancies.moving import fill_hired
from registration.vacancies.store import lock_vacancies, save_new_vacancies, save_source_times, save_vacancies
from registration.vacancies.telling import opened
from registration.vacancies.vacancy import NewState, NewVacancy, Vacancy


class Counts(NamedTuple):
    """What became of a batch."""

    taken: int
    unchanged: int
    rejected: int


class _Told(NamedTuple):
    """A row that can be read: where it is in the batch, whose it is, and which vacancy it tells of."""

    at: int
    row: ImportedVacancy
    employer: str
    vacancy_id: UUID


_NUMBER_LENGTH = 10


async def take_batch(tx: Transaction, job: Import, worker_id: UUID, rows_read: int, batch: Sequence[Outcome]) -> Counts:
    """Take rows `rows_read` + 1 and on. Raises Overtaken, Collided; then nothing of the batch is taken."""
    progress = await lock_progress(tx, job.import_id, worker_id, rows_read)
    now = progress.now
    acting = _acting(job)
    errors = {at: one.errors for at, one in enumerate(batch) if one.vacancy is None}
    sender = await find_employer(tx, job.employer_id) if job.employer_id is not None else None
    rows = [_told(job, at, one.vacancy, sender) for at, one in enumerate(batch) if one.vacancy is not None]
    rows = _allowed(rows, lambda one: broken_by_time(job.format, one.row, now), errors)
    employers = await _known_employers(tx, {one.employer for one in rows})

    def by_row(one: _Told) -> RowError | None:
        employer = employers.get(one.employer)
        return broken_by_row(acting, job.format, one.row, employer.employer_id if employer else None)

    rows = _allowed(rows, by_row, errors)
    known = await lock_vacancies(tx, {one.vacancy_id for one in rows})
    rows = _allowed(rows, lambda one: broken_by_known(acting, job.format, known.get(one.vacancy_id)), errors)
    said: dict[str, list[Event]] = {}
    employers |= await _registered(tx, job, [one for one in rows if one.employer not in employers], said)
    taken = await _take(tx, job, rows, employers, known, now, said)
    kept = sorted(errors)[: progress.room_for_rejected]
    await save_rejections(
        tx,
        job.import_id,
        [
            Rejection(batch[at].row, nth, *batch[at].under_its_heading(error))
            for at in kept
            for nth, error in enumerate(errors[at], 1)
        ],
    )
    if said:
        await outbox.add(tx, said)
    counts = Counts(taken, len(rows) - taken, len(errors))
    await save_progress(tx, job.import_id, **counts._asdict())
    return counts


def _acting(job: Import) -> Acting:
    """For whom the file was sent; the sender's post was asked for when it came."""
    return Acting(job.employer_id, job.centre_code, everybody=job.employer_id is None and job.centre_code is None)


def _told(job: Import, at: int, vacancy: ImportedVacancy, sender: Employer | None) -> _Told:
    row = by_sender(job.format, vacancy, sender)
    employer = employer_key(job.format, row)
    return _Told(at, row, employer, vacancy_id(job.format, row.reference, employer))


def _allowed(
    rows: Iterable[_Told], broken: Callable[[_Told], RowError | None], errors: dict[int, list[RowError]]
) -> list[_Told]:
    """The rows that break nothing; the others' errors are added."""
    allowed = []
    for one in rows:
        error = broken(one)
        if error is None:
            allowed.append(one)
        else:
            errors[one.at] = [error]
    return allowed


async def _known_employers(tx: Transaction, keys: Collection[str]) -> dict[str, Employer]:
    numbers = [key for key in keys if len(key) == _NUMBER_LENGTH]
    ids = [UUID(key) for key in keys if len(key) != _NUMBER_LENGTH]
    found = await employers_by_number(tx, numbers) if numbers else {}
    if ids:
        found |= {str(known): one for known, one in (await employers_by_id(tx, ids)).items()}
    return found


async def _registered(
    tx: Transaction, job: Import, rows: Sequence[_Told], said: dict[str, list[Event]]
) -> dict[str, Employer]:
    """Register the employers of these rows, whom nobody knew a moment ago; returns them by key."""
    if not rows:
        return {}
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
        for key, row in {one.employer: one.row for one in rows}.items()
    ]
    for one in await save_new_employers(tx, new, job.uploaded_by):
        said[str(one.employer_id)] = [
            EmployerRegistered(
                name=one.name, region_code=one.region_code, centre_code=one.centre_code, industry=one.industry
            )
        ]
    # Read again, for somebody else may have registered some while we waited for them to commit.
    return await _known_employers(tx, {one.employer for one in rows})


async def _take(
    tx: Transaction,
    job: Import,
    rows: Iterable[_Told],
    employers: dict[str, Employer],
    known: dict[UUID, Vacancy],
    now: datetime,
    said: dict[str, list[Event]],
) -> int:
    """Write what the rows bring and collect the events; returns how many rows brought something."""
    # A file may name a vacancy twice; its last word holds, as if the rows had come in two batches.
    last = {one.vacancy_id: one for one in rows}
    new: list[NewVacancy] = []
    states: list[NewState] = []
    times: dict[UUID, datetime] = {}
    taken = 0
    for identity, (_, row, key, _) in last.items():
        employer = employers[key]
        whose = Whose(employer.employer_id, employer.name, centre_of(row.terms.region_code))
        before = known.get(identity)
        if before is None:
            vacancy = new_vacancy(identity, job.format, row, whose, now)
            new.append(vacancy)
            taken += 1
            if vacancy.status == "open":
                said[str(identity)] = [opened(**whose._asdict(), terms=row.terms, source=job.format)]
            continue
        change = change_by_row(before, row, whose, now)
        if change.state is not None:
            states.append(change.state)
            taken += bool(change.events)
            if change.events:
                said[str(identity)] = change.events
        elif row.modified_at is not None and is_newer(row.modified_at, before.source_modified_at, now):
            times[identity] = row.modified_at
    await save_new_vacancies(tx, new, job.uploaded_by)
    await save_vacancies(tx, states)
    for changed, events in (await fill_hired(tx, [state.vacancy_id for state in states])).items():
        said[changed] = [*said.get(changed, []), *events]
    await save_source_times(tx, times)
    return taken

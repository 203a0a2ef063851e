"""All SQL of jobseekers, their periods and refusals."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

import asyncpg

from ieum.database import Transaction
from registration.jobseekers.jobseeker import Jobseeker, Period, Wishes
from registration.jobseekers.rules import Reason

_WISHES = ", ".join(field.name for field in fields(Wishes))
_SELECT = f"""
    SELECT jobseeker_id, version, centre_code, {_WISHES}, consented_at, rules_version, registered_by, changed_at,
        number, started_on, stopped_on, reason, placement_id
    FROM jobseeker JOIN LATERAL (
        SELECT number, started_on, stopped_on, reason, placement_id FROM registration_period p
        WHERE p.jobseeker_id = jobseeker.jobseeker_id ORDER BY number DESC LIMIT 1
    ) period ON true
"""  # noqa: S608 -- the columns are the dataclass's own


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody was not admitted, without who."""

    refusal_id: UUID
    refused_at: datetime
    rules_version: str
    centre_code: str | None
    on_behalf: bool
    change: bool
    reasons: list[Reason]


async def find_jobseeker(tx: Transaction, jobseeker_id: UUID) -> Jobseeker | None:
    """The jobseeker with the newest period, or None."""
    row = await tx.fetchrow(f"{_SELECT} WHERE jobseeker_id = $1", jobseeker_id)
    return _jobseeker(row) if row else None


async def lock_jobseekers(tx: Transaction, jobseeker_ids: Collection[UUID]) -> dict[UUID, Jobseeker]:
    """The jobseekers of these ids that are kept, their rows held until `tx` ends, locked in the order of their ids."""
    await tx.execute(
        "SELECT FROM jobseeker WHERE jobseeker_id = ANY($1::uuid[]) ORDER BY jobseeker_id FOR UPDATE",
        list(jobseeker_ids),
    )
    # A statement of its own after the lock: it sees what whoever held the rows before has committed.
    rows = await tx.fetch(f"{_SELECT} WHERE jobseeker_id = ANY($1::uuid[])", list(jobseeker_ids))
    return {row["jobseeker_id"]: _jobseeker(row) for row in rows}


async def save_jobseekers(tx: Transaction, jobseekers: Sequence[Jobseeker]) -> None:
    """Keep each state in the order given: the jobseeker and the newest period. Hold the rows before."""
    wishes = ", ".join(f"{field.name} = excluded.{field.name}" for field in fields(Wishes))
    await tx.executemany(
        f"""
        INSERT INTO jobseeker (jobseeker_id, version, centre_code, {_WISHES}, consented_at, rules_version,
            registered_by, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        ON CONFLICT (jobseeker_id) DO UPDATE SET version = excluded.version, centre_code = excluded.centre_code,
            {wishes}, consented_at = excluded.consented_at, rules_version = excluded.rules_version,
            registered_by = excluded.registered_by, changed_at = excluded.changed_at
        """,  # noqa: S608 -- own columns
        [
            (
                jobseeker.jobseeker_id,
                jobseeker.version,
                jobseeker.centre_code,
                *(getattr(jobseeker.wishes, field.name) for field in fields(Wishes)),
                jobseeker.consented_at,
                jobseeker.rules_version,
                jobseeker.registered_by,
                jobseeker.changed_at,
            )
            for jobseeker in jobseekers
        ],
    )
    await tx.executemany(
        """
        INSERT INTO registration_period (jobseeker_id, number, started_on, stopped_on, reason, placement_id)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (jobseeker_id, number) DO UPDATE SET stopped_on = excluded.stopped_on, reason = excluded.reason,
            placement_id = excluded.placement_id
        """,
        [
            (j.jobseeker_id, j.period.number, j.period.started_on, j.period.stopped_on, j.period.reason,
             j.period.placement_id)
            for j in jobseekers
        ],
    )  # fmt: skip


async def list_jobseekers(
    tx: Transaction,
    centre_code: str,
    name_key: bytes | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[tuple[Jobseeker, str]]:
    """A centre's jobseekers with their masked names, newest change first; those of the name, where one is given."""
    rows = await tx.fetch(
        f"""
        SELECT j.*, person.name_masked FROM ({_SELECT}) j JOIN person ON person_id = jobseeker_id
        WHERE centre_code = $1 AND ($2::bytea IS NULL OR name_key = $2)
            AND ($3::timestamptz IS NULL OR (changed_at, jobseeker_id) < ($3, $4))
        ORDER BY changed_at DESC, jobseeker_id DESC LIMIT $5
        """,  # noqa: S608 -- own columns
        centre_code,
        name_key,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )
    return [(_jobseeker(row), row["name_masked"]) for row in rows]


async def list_periods(tx: Transaction, jobseeker_id: UUID) -> list[Period]:
    """All registration periods of a jobseeker, the first first."""
    rows = await tx.fetch(
        """
        SELECT number, started_on, stopped_on, reason, placement_id FROM registration_period
        WHERE jobseeker_id = $1 ORDER BY number
        """,
        jobseeker_id,
    )
    return [Period(**row) for row in rows]


async def save_refusal(tx: Transaction, refusal: Refusal) -> None:
    """Keep why somebody was refused."""
    await tx.execute(
        """
        INSERT INTO refusal (refusal_id, refused_at, rules_version, centre_code, on_behalf, change, reasons)
        VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb)
        """,
        refusal.refusal_id,
        refusal.refused_at,
        refusal.rules_version,
        refusal.centre_code,
        refusal.on_behalf,
        refusal.change,
        json.dumps([{"field": r.field, "rule": r.rule, "ko": r.ko} for r in refusal.reasons], ensure_ascii=False),
    )


async def list_refusals(
    tx: Transaction, centre_code: str | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[Refusal]:
    """Refusals, newest first: a centre's, or all where none is named."""
    rows = await tx.fetch(
        """
        SELECT refusal_id, refused_at, rules_version, centre_code, on_behalf, change, reasons FROM refusal
        WHERE ($1::text IS NULL OR centre_code = $1)
            AND ($2::timestamptz IS NULL OR (refused_at, refusal_id) < ($2, $3))
        ORDER BY refused_at DESC, refusal_id DESC LIMIT $4
        """,
        centre_code,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )
    return [Refusal(**{**row, "reasons": [Reason(**reason) for reason in json.loads(row["reasons"])]}) for row in rows]


def _jobseeker(row: asyncpg.Record) -> Jobseeker:
    return Jobseeker(
        jobseeker_id=row["jobseeker_id"],
        version=row["version"],
        centre_code=row["centre_code"],
        wishes=Wishes(**{field.name: row[field.name] for field in fields(Wishes)}),
        consented_at=row["consented_at"],
        rules_version=row["rules_version"],
        registered_by=row["registered_by"],
        changed_at=row["changed_at"],
        period=Period(row["number"], row["started_on"], row["stopped_on"], row["reason"], row["placement_id"]),
    )

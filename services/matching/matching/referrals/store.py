"""All SQL of referrals. For the order of locks see market/store.py."""

from collections.abc import Collection, Sequence
from datetime import datetime

from ieum.database import Transaction
from matching.market.facts import Vacancy
from matching.referrals.referral import Referral
from matching.referrals.rules import UNSETTLED, Consent, State
from matching.referrals.views import StandingReferral

_COLUMNS = ", ".join(Referral.__dataclass_fields__)


async def insert_referral(
    tx: Transaction,
    referral_id: str,
    jobseeker_id: str,
    centre_code: str,
    vacancy: Vacancy,
    counsellor_id: str,
    consent: Consent,
) -> Referral | None:
    """A new referral; None when the two are referred to each other already."""
    row = await tx.fetchrow(
        f"""
        INSERT INTO referral (referral_id, version, jobseeker_id, vacancy_id, employer_id, employer_name, title,
            centre_code, counsellor_id, consent, state, made_at, changed_at)
        VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, 'made', now(), now())
        ON CONFLICT (jobseeker_id, vacancy_id) WHERE released_at IS NULL DO NOTHING
        RETURNING {_COLUMNS}
        """,  # noqa: S608 -- names from this file
        referral_id,
        jobseeker_id,
        vacancy.vacancy_id,
        vacancy.employer_id,
        vacancy.employer_name,
        vacancy.title,
        centre_code,
        counsellor_id,
        consent,
    )
    return None if row is None else Referral(*row.values())


async def find_referral(tx: Transaction, referral_id: str) -> Referral | None:
    """A referral, or None."""
    row = await tx.fetchrow(f"SELECT {_COLUMNS} FROM referral WHERE referral_id = $1", referral_id)  # noqa: S608
    return None if row is None else Referral(*row.values())


async def lock_referral(tx: Transaction, referral_id: str) -> Referral | None:
    """A referral that nobody else changes until the commit, or None."""
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM referral WHERE referral_id = $1 FOR NO KEY UPDATE",  # noqa: S608
        referral_id,
    )
    return None if row is None else Referral(*row.values())


async def settle_referral(tx: Transaction, referral_id: str, state: State, reason: str | None) -> Referral:
    """Move a locked referral to another state. One that is withdrawn makes room for another."""
    row = await tx.fetchrow(
        f"""
        UPDATE referral SET version = version + 1, state = $2, reason = $3, changed_at = now(),
            released_at = CASE WHEN $2 = 'withdrawn' THEN now() END
        WHERE referral_id = $1
        RETURNING {_COLUMNS}
        """,  # noqa: S608
        referral_id,
        state,
        reason,
    )
    assert row is not None
    return Referral(*row.values())


async def release_referral(tx: Transaction, referral_id: str) -> None:
    """Let the two be referred to each other again: the placement that came of it was reversed."""
    await tx.execute("UPDATE referral SET released_at = now() WHERE referral_id = $1", referral_id)


async def withdraw_unsettled(tx: Transaction, jobseeker_ids: Collection[str], reason: str) -> list[Referral]:
    """Withdraw every referral of these jobseekers that still waits for somebody; returns them."""
    rows = await tx.fetch(
        f"""
        WITH waiting AS (
            SELECT referral_id FROM referral WHERE jobseeker_id = ANY($1) AND state = ANY($2)
            ORDER BY referral_id FOR NO KEY UPDATE
        )
        UPDATE referral r
        SET version = version + 1, state = 'withdrawn', reason = $3, changed_at = now(), released_at = now()
        FROM waiting WHERE r.referral_id = waiting.referral_id
        RETURNING {", ".join(f"r.{column}" for column in Referral.__dataclass_fields__)}
        """,  # noqa: S608
        list(jobseeker_ids),
        UNSETTLED,
        reason,
    )
    return [Referral(*row.values()) for row in rows]


async def move_referrals(tx: Transaction, jobseeker_ids: Collection[str]) -> None:
    """
    Let referrals, settled ones too, follow their jobseekers to the centres they are now registered at.

    The version stays: it counts what was told, and a move is told by the jobseeker's own event.
    """
    await tx.execute(
        """
        WITH moved AS (
            SELECT r.referral_id, j.centre_code FROM referral r JOIN jobseeker j USING (jobseeker_id)
            WHERE r.jobseeker_id = ANY($1) AND r.centre_code <> j.centre_code
            ORDER BY r.referral_id FOR NO KEY UPDATE OF r
        )
        UPDATE referral r
        SET made_by_centre = coalesce(r.made_by_centre, r.centre_code), centre_code = moved.centre_code
        FROM moved WHERE r.referral_id = moved.referral_id
        """,
        list(jobseeker_ids),
    )


async def referrals(
    tx: Transaction,
    filters: dict[str, str],
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Referral]:
    """The newest referrals with these values in `jobseeker_id`, `employer_id`, `centre_code` or `state`."""
    # Only what is asked for is in the statement, so that it gets the plan of the index that fits.
    conditions = [f"{column} = ${n}" for n, column in enumerate(filters, 1) if column in _FILTERS]
    arguments: list[object] = list(filters.values())
    if after is not None:
        conditions.append(f"(made_at, referral_id) < (${len(arguments) + 1}, ${len(arguments) + 2})")
        arguments += after
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM referral {where} ORDER BY made_at DESC, referral_id DESC LIMIT {int(limit)}",  # noqa: S608
        *arguments,
    )
    return [Referral(*row.values()) for row in rows]


_FILTERS = ("jobseeker_id", "employer_id", "centre_code", "state")


async def standing_referrals(
    tx: Transaction, pairs: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], StandingReferral]:
    """The referral that stands between each jobseeker and vacancy, where there is one."""
    if not pairs:
        return {}
    rows = await tx.fetch(
        """
        SELECT jobseeker_id, vacancy_id, referral_id, state
        FROM referral JOIN unnest($1::text[], $2::text[]) AS p (jobseeker_id, vacancy_id)
            USING (jobseeker_id, vacancy_id)
        WHERE released_at IS NULL
        """,
        *zip(*pairs, strict=True),
    )
    return {
        (row["jobseeker_id"], row["vacancy_id"]): StandingReferral(referral_id=row["referral_id"], state=row["state"])
        for row in rows
    }

"""All SQL of the HTTP kit: the answers that idempotency keys got."""

from dataclasses import dataclass
from datetime import timedelta

from pydantic_core import from_json, to_json

from ieum.database import Transaction


@dataclass(frozen=True, slots=True)
class RequestKey:
    """An Idempotency-Key, whose it is, and what it was used for."""

    person_id: str
    key: str
    route: str
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it is stored and sent: status, headers, body."""

    status: int
    headers: dict[str, str]
    body: bytes


async def claim_key(tx: Transaction, key: RequestKey) -> bool:
    """True when this transaction is the first with the key.

    Another open transaction with the same key is waited for (up to lock_timeout): the primary key decides, and nothing
    is read before, so that no two can both believe they are first.
    """
    claimed = await tx.fetchval(
        """
        INSERT INTO idempotency (person_id, key, route, body_hash) VALUES ($1, $2, $3, $4)
        ON CONFLICT (person_id, key) DO NOTHING
        RETURNING true
        """,
        key.person_id,
        key.key,
        key.route,
        key.body_hash,
    )
    return bool(claimed)


async def save_answer(tx: Transaction, key: RequestKey, answer: Answer) -> None:
    """Keep the answer beside the effect, to be committed with it."""
    await tx.execute(
        "UPDATE idempotency SET status = $3, headers = $4, body = $5 WHERE person_id = $1 AND key = $2",
        key.person_id,
        key.key,
        answer.status,
        to_json(answer.headers).decode(),
        answer.body,
    )


async def find_answer(tx: Transaction, key: RequestKey) -> tuple[bool, Answer] | None:
    """Whether the stored request was the same one, and its answer; None when the key was swept meanwhile."""
    row = await tx.fetchrow(
        "SELECT route, body_hash, status, headers, body FROM idempotency WHERE person_id = $1 AND key = $2",
        key.person_id,
        key.key,
    )
    if row is None:
        return None
    same = row["route"] == key.route and row["body_hash"] == key.body_hash
    return same, Answer(row["status"], from_json(row["headers"]), row["body"])


async def sweep_answers(tx: Transaction, older_than: timedelta, most: int = 5_000) -> int:
    """Delete old answers, a limited number at a time, and return how many."""
    tag = await tx.execute(
        """
        DELETE FROM idempotency WHERE (person_id, key) IN
            (SELECT person_id, key FROM idempotency
             WHERE created_at < now() - $1::interval ORDER BY created_at LIMIT $2)
        """,
        older_than,
        most,
    )
    return int(tag.rpartition(" ")[2])

"""Messages and the vacancies named in them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record

from ieum.database import Transaction
from notifications.messages.rules import Draft, VacancyFacts

# The badge says "99+" beyond this, and counting stays cheap for someone who never reads.
UNREAD_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Message:
    """A stored message with the public facts its texts need."""

    recipient_id: str
    seq: int
    kind: str
    params: dict[str, Any]
    live: bool
    occurred_at: datetime
    created_at: datetime
    read_at: datetime | None


# What a message's own event did not name (a placement knows only the vacancy's id) is filled in from what was heard
# of the vacancy, at reading: the placement may be heard before the referral. LIMIT 1 keeps it a lookup by key. The
# message stands as m in the query.
FACTS = """
    LEFT JOIN LATERAL (
        SELECT title, employer_name FROM vacancy
        WHERE vacancy_id = m.params->>'vacancy_id' AND NOT m.params ? 'title' LIMIT 1
    ) v ON true
"""
_MESSAGE = """
    m.recipient_id, m.seq, m.kind, m.params, m.live, m.occurred_at, m.created_at, m.read_at, v.title, v.employer_name
"""


def params_of(row: Record) -> dict[str, Any]:
    """A message's params with the facts that its row, joined with FACTS, brings."""
    params: dict[str, Any] = json.loads(row["params"])
    if row["title"] is not None:
        params |= {"title": row["title"], "employer_name": row["employer_name"]}
    return params


def _message(row: Record) -> Message:
    return Message(
        row["recipient_id"],
        row["seq"],
        row["kind"],
        params_of(row),
        row["live"],
        row["occurred_at"],
        row["created_at"],
        row["read_at"],
    )


async def already_told(tx: Transaction, drafts: Sequence[Draft]) -> set[tuple[UUID, str]]:
    """Which (event, recipient) pairs of these drafts have a message. Asked under the recipients' locks."""
    rows = await tx.fetch(
        "SELECT event_id, recipient_id FROM message"
        " JOIN unnest($1::uuid[], $2::text[]) AS draft (event_id, recipient_id) USING (event_id, recipient_id)",
        [draft.event_id for draft in drafts],
        [draft.recipient_id for draft in drafts],
    )
    return {(row["event_id"], row["recipient_id"]) for row in rows}


async def save_messages(tx: Transaction, told: Sequence[tuple[int, Draft]], live: Sequence[bool]) -> None:
    """Store numbered drafts and move their recipients' heads; `live` says which are for the open page too."""
    await tx.execute(
        "INSERT INTO message (recipient_id, seq, event_id, kind, params, centre_code, occurred_at, live)"
        " SELECT * FROM unnest($1::text[], $2::bigint[], $3::uuid[], $4::text[], $5::jsonb[], $6::text[],"
        " $7::timestamptz[], $8::boolean[])",
        [draft.recipient_id for _, draft in told],
        [seq for seq, _ in told],
        [draft.event_id for _, draft in told],
        [draft.kind for _, draft in told],
        [json.dumps(draft.params, ensure_ascii=False) for _, draft in told],
        [draft.centre_code for _, draft in told],
        [draft.occurred_at for _, draft in told],
        live,
    )
    heads = {draft.recipient_id: seq for seq, draft in told}
    await tx.execute(
        "UPDATE recipient SET last_seq = head.seq FROM unnest($1::text[], $2::bigint[]) AS head (recipient_id, seq)"
        " WHERE recipient.recipient_id = head.recipient_id",
        list(heads),
        list(heads.values()),
    )


async def save_vacancies(tx: Transaction, facts: Sequence[VacancyFacts]) -> None:
    """Keep the newest public facts of each vacancy; `facts` names each once.

    Newer facts are kept even where they say the same, so that older ones which arrive late change nothing. Rows are
    written in the order of `facts`, which all batches share.
    """
    await tx.execute(
        "INSERT INTO vacancy (vacancy_id, title, employer_name, heard_at)"
        " SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])"
        " ON CONFLICT (vacancy_id) DO UPDATE SET title = excluded.title, employer_name = excluded.employer_name,"
        " heard_at = excluded.heard_at WHERE vacancy.heard_at < excluded.heard_at",
        [fact.vacancy_id for fact in facts],
        [fact.title for fact in facts],
        [fact.employer_name for fact in facts],
        [fact.heard_at for fact in facts],
    )


async def messages_after(tx: Transaction, after: Mapping[str, int], limit: int) -> list[Message]:
    """Up to `limit` messages of each recipient beyond the given number, in order."""
    rows = await tx.fetch(
        f"SELECT {_MESSAGE} FROM unnest($1::text[], $2::bigint[]) AS wanted (recipient_id, seq)"  # noqa: S608
        " CROSS JOIN LATERAL (SELECT * FROM message WHERE message.recipient_id = wanted.recipient_id"
        f" AND message.seq > wanted.seq ORDER BY message.seq LIMIT $3) m {FACTS} ORDER BY m.recipient_id, m.seq",
        list(after),
        list(after.values()),
        limit,
    )
    return [_message(row) for row in rows]


async def messages_before(
    tx: Transaction, recipient_id: str, before: int | None, limit: int, *, unread_only: bool
) -> list[Message]:
    """The newest messages below `before` (None: from the newest), newest first."""
    unread = "AND m.read_at IS NULL" if unread_only else ""
    rows = await tx.fetch(
        f"SELECT {_MESSAGE} FROM message m {FACTS} WHERE m.recipient_id = $1 AND m.seq < $2 {unread}"  # noqa: S608
        " ORDER BY m.seq DESC LIMIT $3",
        recipient_id,
        before if before is not None else 2**63 - 1,
        limit,
    )
    return [_message(row) for row in rows]


async def find_message(tx: Transaction, recipient_id: str, seq: int) -> Message | None:
    """One message of one recipient."""
    row = await tx.fetchrow(
        f"SELECT {_MESSAGE} FROM message m {FACTS} WHERE m.recipient_id = $1 AND m.seq = $2",  # noqa: S608
        recipient_id,
        seq,
    )
    return _message(row) if row else None


async def mark_read(tx: Transaction, recipient_id: str, seq: int) -> None:
    """Remember when the message was first read."""
    await tx.execute(
        "UPDATE message SET read_at = now() WHERE recipient_id = $1 AND seq = $2 AND read_at IS NULL", recipient_id, seq
    )


async def count_unread(tx: Transaction, recipient_id: str) -> int:
    """How many messages are unread, counted up to UNREAD_COUNTED."""
    count: int = await tx.fetchval(
        "SELECT count(*) FROM (SELECT FROM message WHERE recipient_id = $1 AND read_at IS NULL LIMIT $2) unread",
        recipient_id,
        UNREAD_COUNTED,
    )
    return count


async def last_seq(tx: Transaction, recipient_id: str) -> int:
    """The number of the recipient's newest message, 0 when there is none."""
    return await tx.fetchval("SELECT last_seq FROM recipient WHERE recipient_id = $1", recipient_id) or 0

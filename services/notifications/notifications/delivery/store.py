"""Letters and their states. Every time in here is the database's, so that workers' clocks decide nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from ieum.database import Transaction
from notifications.delivery.rules import OpenDigest, Plan, State, Verdict
from notifications.messages.kinds import Channel
from notifications.messages.store import FACTS, params_of
from notifications.preferences.rules import Wishes
from notifications.preferences.store import wishes_of

TURN = timedelta(milliseconds=200)
"""How far the turns of an employer's letters lie apart: so fast they are sent whatever else there is, and faster when
nobody else's wait."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A letter that one worker may act on until its lease ends."""

    delivery_id: int
    lease: UUID
    recipient_id: str
    channel: Channel
    reference: UUID
    state: State
    reason: str | None
    attempts: int
    queries: int
    claimed_at: datetime
    wishes: Wishes


@dataclass(frozen=True, slots=True)
class LetterMessage:
    """One message of a letter, with what its texts need."""

    kind: str
    params: dict[str, Any]
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """What staff may see of a message's way out: no content."""

    delivery_id: int
    recipient_id: str
    seq: int
    kind: str
    channel: Channel
    state: State
    reason: str | None
    attempts: int
    opened_at: datetime
    due_at: datetime | None
    settled_at: datetime | None


async def lock_open_digests(tx: Transaction, recipient_ids: Sequence[str]) -> list[OpenDigest]:
    """The recipients' letters that still take messages. Locked, so that no worker claims them until we are through."""
    rows = await tx.fetch(
        "SELECT delivery_id, recipient_id, channel, opened_at FROM delivery"
        " WHERE recipient_id = ANY($1::text[]) AND folds AND claimed_at IS NULL ORDER BY delivery_id FOR UPDATE",
        recipient_ids,
    )
    return [OpenDigest(*row) for row in rows]


async def save_plan(tx: Transaction, plan: Plan) -> None:
    """Store new letters and add messages to open digests, in the transaction that stored the messages."""
    joined = list(plan.joined)
    if plan.new:
        rows = await tx.fetch(
            "WITH new AS (SELECT *, row_number() OVER (PARTITION BY employer_id ORDER BY due_at) AS nth FROM unnest("
            " $1::text[], $2::text[], $3::text[], $4::uuid[], $5::boolean[], $6::timestamptz[], $7::text[])"
            " AS n (recipient_id, channel, centre_code, reference, folds, due_at, employer_id)),"
            " last AS (SELECT employer_id, (SELECT max(d.turn_at) FROM delivery d WHERE d.employer_id = e.employer_id"
            " AND d.due_at IS NOT NULL) AS turn_at FROM (SELECT DISTINCT employer_id FROM new) e)"
            " INSERT INTO delivery (recipient_id, channel, centre_code, reference, folds, due_at, employer_id, turn_at)"
            " SELECT recipient_id, channel, centre_code, reference, folds, due_at, employer_id,"
            " greatest(last.turn_at + $8::interval, now()) + (nth - 1) * $8::interval"
            " FROM new LEFT JOIN last USING (employer_id)"
            " RETURNING delivery_id, reference",
            [letter.recipient_id for letter in plan.new],
            [letter.channel for letter in plan.new],
            [letter.centre_code for letter in plan.new],
            [letter.reference for letter in plan.new],
            [letter.folds for letter in plan.new],
            [letter.due_at for letter in plan.new],
            [letter.employer_id for letter in plan.new],
            TURN,
        )
        ids = {row["reference"]: row["delivery_id"] for row in rows}
        joined += [(ids[letter.reference], letter.recipient_id, seq) for letter in plan.new for seq in letter.seqs]
    if plan.postponed:
        await tx.execute(
            "UPDATE delivery SET due_at = due.at FROM unnest($1::bigint[], $2::timestamptz[]) AS due (delivery_id, at)"
            " WHERE delivery.delivery_id = due.delivery_id",
            list(plan.postponed),
            list(plan.postponed.values()),
        )
    if joined:
        await tx.execute(
            "INSERT INTO delivery_message (delivery_id, recipient_id, seq)"
            " SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[])",
            [delivery_id for delivery_id, _, _ in joined],
            [recipient_id for _, recipient_id, _ in joined],
            [seq for _, _, seq in joined],
        )


async def claim_due(
    tx: Transaction, channels: Sequence[Channel], limit: int, lease: UUID, lasting: timedelta
) -> list[Claim]:
    """Take up to `limit` due letters for `lasting`; other workers pass over them meanwhile.

    First those whose turn it is, then what is due and ahead of its turn: an employer with many letters gets whatever
    the others leave. Both searches begin with what they take, however much waits.

    A letter found `sending` here belonged to a worker whose lease ran out between handing it over and recording the
    answer: it may have been sent, so it becomes `unknown` and is never sent again.
    """
    rows = await tx.fetch(
        "WITH turn AS ("
        " SELECT delivery_id FROM delivery WHERE next_at <= now() AND due_at IS NOT NULL AND channel = ANY($1::text[])"
        " ORDER BY next_at LIMIT $2 FOR UPDATE SKIP LOCKED),"
        " early AS ("
        " SELECT delivery_id FROM delivery WHERE due_at <= now() AND channel = ANY($1::text[])"
        " ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED),"
        " due AS (SELECT delivery_id FROM turn UNION ALL SELECT delivery_id FROM early"
        " WHERE delivery_id NOT IN (SELECT delivery_id FROM turn) LIMIT $2)"
        " UPDATE delivery d SET lease = $3, due_at = now() + $4, claimed_at = coalesce(d.claimed_at, now()),"
        " reason = CASE d.state WHEN 'sending' THEN 'interrupted' ELSE d.reason END,"
        " state = CASE d.state WHEN 'sending' THEN 'unknown' ELSE d.state END"
        " FROM due, recipient r WHERE d.delivery_id = due.delivery_id AND r.recipient_id = d.recipient_id"
        " RETURNING d.delivery_id, d.lease, d.recipient_id, d.channel, d.reference, d.state, d.reason, d.attempts,"
        " d.queries, now() AS claimed_now, r.language, r.quiet_from, r.quiet_to, r.kinds",
        channels,
        limit,
        lease,
        lasting,
    )
    return [
        Claim(
            row["delivery_id"],
            row["lease"],
            row["recipient_id"],
            row["channel"],
            row["reference"],
            row["state"],
            row["reason"],
            row["attempts"],
            row["queries"],
            row["claimed_now"],
            wishes_of(row),
        )
        for row in rows
    ]


async def letter_messages(tx: Transaction, delivery_ids: Sequence[int]) -> dict[int, list[LetterMessage]]:
    """The messages of each letter, in order."""
    rows = await tx.fetch(
        "SELECT dm.delivery_id, m.kind, m.params, m.occurred_at, v.title, v.employer_name"  # noqa: S608 -- a constant
        f" FROM delivery_message dm JOIN message m USING (recipient_id, seq) {FACTS}"
        " WHERE dm.delivery_id = ANY($1::bigint[]) ORDER BY dm.delivery_id, m.seq",
        delivery_ids,
    )
    letters: dict[int, list[LetterMessage]] = {delivery_id: [] for delivery_id in delivery_ids}
    for row in rows:
        letters[row["delivery_id"]].append(LetterMessage(row["kind"], params_of(row), row["occurred_at"]))
    return letters


async def postpone(tx: Transaction, claim: Claim, until: datetime) -> None:
    """Give a claimed letter back, due at `until`."""
    await tx.execute(
        "UPDATE delivery SET due_at = $3, lease = NULL WHERE delivery_id = $1 AND lease = $2",
        claim.delivery_id,
        claim.lease,
        until,
    )


async def begin_sending(tx: Transaction, claim: Claim, lasting: timedelta) -> bool:
    """Record that the letter is about to be handed over. False when the lease is lost: then it must not be.

    After this commit a crash leaves the letter `sending`, which nobody sends again.
    """
    tag = await tx.execute(
        "UPDATE delivery SET state = 'sending', due_at = now() + $3"
        " WHERE delivery_id = $1 AND lease = $2 AND state = 'pending' AND due_at > now()",
        claim.delivery_id,
        claim.lease,
        lasting,
    )
    return tag == "UPDATE 1"


async def settle(tx: Transaction, claim: Claim, verdict: Verdict) -> bool:
    """Record what became of a claimed letter. False when somebody else has settled it.

    A worker that was frozen past its lease may still come back with the provider's word on a letter that is `unknown`
    by now: its word counts, because nobody else has sent it.
    """
    tag = await tx.execute(
        "UPDATE delivery SET state = $3, reason = $4, due_at = now() + $5::interval, attempts = $6, queries = $7,"
        " lease = NULL, settled_at = CASE WHEN $3 = 'pending' THEN NULL ELSE now() END"
        " WHERE delivery_id = $1 AND (lease = $2 OR state = 'unknown')",
        claim.delivery_id,
        claim.lease,
        verdict.state,
        verdict.reason,
        verdict.wait,
        verdict.attempts,
        verdict.queries,
    )
    return tag == "UPDATE 1"


async def oldest_due(tx: Transaction) -> dict[Channel, float]:
    """Seconds by which the oldest letter that should be out by now is late, per channel."""
    rows = await tx.fetch(
        "SELECT channel, extract(epoch FROM now() - min(due_at))::float8 AS late FROM delivery"
        " WHERE state = 'pending' AND due_at <= now() GROUP BY channel"
    )
    return {row["channel"]: row["late"] for row in rows}


async def deliveries_of(
    tx: Transaction, recipient_id: str, centre_code: str | None, before: tuple[int, int] | None, limit: int
) -> list[DeliveryRow]:
    """A recipient's deliveries, newest message first; `centre_code` limits them to one centre's."""
    seq, delivery_id = before or (2**63 - 1, 2**63 - 1)
    rows = await tx.fetch(
        "SELECT d.delivery_id, d.recipient_id, m.seq, m.kind, d.channel, d.state, d.reason, d.attempts, d.opened_at,"
        " d.due_at, d.settled_at FROM delivery_message dm JOIN message m USING (recipient_id, seq)"
        " JOIN delivery d USING (delivery_id) WHERE dm.recipient_id = $1 AND ($2::text IS NULL OR m.centre_code = $2)"
        " AND (dm.seq, dm.delivery_id) < ($3, $4) ORDER BY dm.seq DESC, dm.delivery_id DESC LIMIT $5",
        recipient_id,
        centre_code,
        seq,
        delivery_id,
        limit,
    )
    return [DeliveryRow(*row) for row in rows]


async def troubled_deliveries(
    tx: Transaction, centre_code: str | None, before: tuple[int, int] | None, limit: int
) -> list[DeliveryRow]:
    """Letters that staff must look at (refused, unknown, undeliverable), newest first, one row per message."""
    seq, delivery_id = before or (2**63 - 1, 2**63 - 1)
    rows = await tx.fetch(
        "SELECT d.delivery_id, d.recipient_id, m.seq, m.kind, d.channel, d.state, d.reason, d.attempts, d.opened_at,"
        " d.due_at, d.settled_at FROM delivery d JOIN delivery_message dm USING (delivery_id)"
        " JOIN message m ON (m.recipient_id, m.seq) = (dm.recipient_id, dm.seq)"
        " WHERE d.state IN ('refused', 'unknown', 'undeliverable') AND ($1::text IS NULL OR d.centre_code = $1)"
        " AND (d.delivery_id, dm.seq) < ($3, $2) ORDER BY d.delivery_id DESC, dm.seq DESC LIMIT $4",
        centre_code,
        seq,
        delivery_id,
        limit,
    )
    return [DeliveryRow(*row) for row in rows]

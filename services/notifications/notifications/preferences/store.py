"""Recipients: their preferences, and the lock under which they are told something."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asyncpg import Record

from ieum.database import Transaction
from notifications.preferences.rules import QuietHours, Wishes


@dataclass(frozen=True, slots=True)
class StoredWishes:
    """Preferences and their version; version 0 means that nothing was ever chosen."""

    wishes: Wishes
    version: int


@dataclass(frozen=True, slots=True)
class LockedRecipient:
    """A recipient whose row this transaction holds: its newest number cannot change under us."""

    recipient_id: str
    last_seq: int
    wishes: Wishes


def wishes_of(row: Record) -> Wishes:
    """The preferences in a recipient's row."""
    quiet = QuietHours(row["quiet_from"], row["quiet_to"]) if row["quiet_from"] is not None else None
    return Wishes(row["language"], quiet, json.loads(row["kinds"]))


async def lock_recipients(tx: Transaction, recipient_ids: Sequence[str]) -> tuple[datetime, dict[str, LockedRecipient]]:
    """Lock these recipients, making the ones never seen, and return the database's time with them.

    Rows are made and locked in the order of their ids: batches that share recipients wait for each other and do not
    deadlock.
    """
    await tx.execute(
        "INSERT INTO recipient (recipient_id) SELECT DISTINCT id FROM unnest($1::text[]) AS id ORDER BY id"
        " ON CONFLICT DO NOTHING",
        recipient_ids,
    )
    rows = await tx.fetch(
        "SELECT recipient_id, last_seq, language, quiet_from, quiet_to, kinds, now() AS locked_at FROM recipient"
        " WHERE recipient_id = ANY($1::text[]) ORDER BY recipient_id FOR UPDATE",
        recipient_ids,
    )
    return rows[0]["locked_at"], {
        row["recipient_id"]: LockedRecipient(row["recipient_id"], row["last_seq"], wishes_of(row)) for row in rows
    }


async def find_wishes(tx: Transaction, recipient_id: str) -> StoredWishes:
    """The recipient's preferences; nothing chosen for one who is not known."""
    row = await tx.fetchrow(
        "SELECT version, language, quiet_from, quiet_to, kinds FROM recipient WHERE recipient_id = $1", recipient_id
    )
    return StoredWishes(wishes_of(row), row["version"]) if row else StoredWishes(Wishes(), 0)


async def lock_wishes(tx: Transaction, recipient_id: str) -> StoredWishes:
    """The recipient's preferences, locked (the row is made if need be)."""
    await lock_recipients(tx, [recipient_id])
    return await find_wishes(tx, recipient_id)


async def save_wishes(tx: Transaction, recipient_id: str, stored: StoredWishes) -> None:
    """Store preferences under their version."""
    wishes = stored.wishes
    await tx.execute(
        "UPDATE recipient SET version = $2, language = $3, quiet_from = $4, quiet_to = $5, kinds = $6::jsonb"
        " WHERE recipient_id = $1",
        recipient_id,
        stored.version,
        wishes.language,
        wishes.quiet.start if wishes.quiet else None,
        wishes.quiet.end if wishes.quiet else None,
        json.dumps({kind: dict(channels) for kind, channels in wishes.choices.items()}),
    )

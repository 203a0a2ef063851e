"""Preferences, kept in the recipient's row."""

import json
from dataclasses import dataclass

from ieum.database import Transaction
from notifications.messages.store import lock_recipients, wishes_of
from notifications.preferences.rules import Wishes


@dataclass(frozen=True, slots=True)
class StoredWishes:
    """Preferences and their version; version 0 means that nothing was ever chosen."""

    wishes: Wishes
    version: int


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

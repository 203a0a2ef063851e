"""All SQL of the scopes: centres heard of, and which centres a scope consists of."""

from collections.abc import Iterable
from dataclasses import dataclass

from evaluation.scopes.events import CentreOpened
from evaluation.scopes.rules import Scope
from ieum.database import Transaction


@dataclass(frozen=True, slots=True)
class Centre:
    """A centre and the regional office it belongs to."""

    code: str
    name: str
    office_code: str
    office_name: str
    demonstration: bool


async def save_centres(tx: Transaction, opened: Iterable[CentreOpened]) -> None:
    """Keep centres; one that is heard of again is as the last event says."""
    # Folded by key: ON CONFLICT cannot touch one row twice in a statement.
    newest = {event.aggregate_id: event for event in opened}
    await tx.execute(
        """
        INSERT INTO centre (centre_code, name, regional_office_code, regional_office_name, demonstration)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[])
        ON CONFLICT (centre_code) DO UPDATE
        SET name = excluded.name, regional_office_code = excluded.regional_office_code,
            regional_office_name = excluded.regional_office_name, demonstration = excluded.demonstration
        """,
        list(newest),
        [event.name for event in newest.values()],
        [event.regional_office_code for event in newest.values()],
        [event.regional_office_name for event in newest.values()],
        [event.demonstration for event in newest.values()],
    )


async def centres(tx: Transaction) -> list[Centre]:
    """All centres heard of, by office and name. A nation has some hundred and thirty.

    By code point, which for Hangul is the dictionary's order and does not depend on the server's locale.
    """
    rows = await tx.fetch(
        """
        SELECT centre_code, name, regional_office_code, regional_office_name, demonstration
        FROM centre ORDER BY regional_office_code COLLATE "C", name COLLATE "C", centre_code COLLATE "C"
        """
    )
    return [Centre(*row) for row in rows]


async def centre_codes(tx: Transaction, scope: Scope) -> list[str]:
    """The centres a scope consists of.

    `centre_change` has a row for every centre that was ever named, by its opening or by something counted for it. One
    that was counted for and has not opened yet belongs to the nation and is otherwise unassigned.
    """
    rows = await tx.fetch(
        """
        SELECT centre_code FROM centre_change LEFT JOIN centre c USING (centre_code)
        WHERE CASE $1::text
            WHEN 'nation' THEN true
            WHEN 'office' THEN c.regional_office_code = $2
            WHEN 'centre' THEN c.centre_code = $2
            WHEN 'unassigned' THEN c.centre_code IS NULL
        END
        """,
        scope.kind,
        scope.code,
    )
    return [row["centre_code"] for row in rows]


async def find_name(tx: Transaction, scope: Scope) -> str | None:
    """The name of an office or a centre; None when it has not been heard of."""
    found: str | None = await tx.fetchval(
        """
        SELECT CASE $1::text WHEN 'office' THEN regional_office_name ELSE name END FROM centre
        WHERE CASE $1::text WHEN 'office' THEN regional_office_code ELSE centre_code END = $2 LIMIT 1
        """,
        scope.kind,
        scope.code,
    )
    return found

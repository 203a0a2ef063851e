"""All SQL of the centres."""

from collections.abc import Collection

from ieum.database import Transaction
from registration.reference.codes import Centre, RegionalOffice


async def save_regional_offices(tx: Transaction, offices: Collection[RegionalOffice]) -> None:
    """Register the offices, and take over their present names."""
    await tx.execute(
        """
        INSERT INTO regional_office (code, name, name_en)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
        ON CONFLICT (code) DO UPDATE SET name = excluded.name, name_en = excluded.name_en
        WHERE (regional_office.name, regional_office.name_en) IS DISTINCT FROM (excluded.name, excluded.name_en)
        """,
        [office.code for office in offices],
        [office.name for office in offices],
        [office.name_en for office in offices],
    )


async def open_centres(tx: Transaction, centres: Collection[Centre]) -> list[str]:
    """Register the centres that are not yet; returns the codes of those, each once however many processes start."""
    rows = await tx.fetch(
        """
        INSERT INTO centre (code, name, regional_office_code, demonstration)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[])
        ON CONFLICT (code) DO NOTHING
        RETURNING code
        """,
        [centre.code for centre in centres],
        [centre.name for centre in centres],
        [centre.regional_office_code for centre in centres],
        [centre.demonstration for centre in centres],
    )
    return [row["code"] for row in rows]

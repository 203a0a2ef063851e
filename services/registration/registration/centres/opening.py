"""Register the centres of the code lists when the service starts, and say so once."""

from ieum.database import Database
from ieum.messaging import outbox
from ieum.service import Service
from ieum.telemetry import log
from registration.centres import store
from registration.centres.events import CentreOpened
from registration.reference.codes import CENTRES, REGIONAL_OFFICES


async def open_listed_centres(database: Database) -> list[str]:
    """
    Open every listed centre that is not open yet; returns their codes.

    Only the process whose insert took effect announces a centre, in the same transaction, so that starting twice or
    side by side announces it once.
    """
    async with database.transaction() as tx:
        await store.save_regional_offices(tx, REGIONAL_OFFICES.values())
        opened = await store.open_centres(tx, CENTRES.values())
        await outbox.add(tx, {code: [_announcement(code)] for code in opened})
    return opened


async def keep_centres_open(service: Service) -> None:
    """Worker: open the centres of the code lists once. A failure is retried by whoever runs workers."""
    opened = await open_listed_centres(service.database)
    if opened:
        log.info("centres_opened", count=len(opened))


def _announcement(code: str) -> CentreOpened:
    centre = CENTRES[code]
    return CentreOpened(
        name=centre.name,
        regional_office_code=centre.regional_office_code,
        regional_office_name=REGIONAL_OFFICES[centre.regional_office_code].name,
        demonstration=centre.demonstration,
    )

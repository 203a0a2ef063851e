"""Worker: forgets uploads that stopped coming."""

import asyncio
from typing import Final

from ieum.service import Service
from ieum.telemetry import log
from registration.uploads.store import delete_abandoned_uploads

_SWEEP_SECONDS: Final = 600.0


async def sweep_uploads(service: Service) -> None:
    """Look every ten minutes."""
    while True:
        async with service.database.transaction() as tx:
            count = await delete_abandoned_uploads(tx)
        if count:
            log.info("uploads_swept", count=count)
        await asyncio.sleep(_SWEEP_SECONDS)

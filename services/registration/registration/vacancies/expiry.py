"""Worker: vacancies expire when their last day is over in Korea, whatever the clock of this machine says."""

import asyncio
from typing import Final

from prometheus_client import Counter

from ieum.database import Database
from ieum.messaging import outbox
from ieum.service import Service
from ieum.telemetry import log
from registration.vacancies.moving import Wish, move_locked
from registration.vacancies.store import lock_vacancies_past_their_day

EXPIRED = Counter("registration_vacancies_expired_total", "Vacancies whose closing day was over")

_EVERY_SECONDS: Final = 30
_BATCH: Final = 1_000


async def expire_batch(database: Database, limit: int = _BATCH) -> int:
    """Expire up to `limit` vacancies in one transaction; returns how many."""
    async with database.transaction() as tx:
        locked = {vacancy.vacancy_id: vacancy for vacancy in await lock_vacancies_past_their_day(tx, limit)}
        said = await move_locked(tx, dict.fromkeys(locked, Wish("expire")), locked)
        if said:
            await outbox.add(tx, said)
    return len(locked)


async def expire_vacancies(service: Service) -> None:
    """Look twice a minute; each replica takes what the others have not locked."""
    while True:
        while count := await expire_batch(service.database):
            EXPIRED.inc(count)
            log.info("vacancies_expired", count=count)
        await asyncio.sleep(_EVERY_SECONDS)

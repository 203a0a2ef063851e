"""When the rule has a new version, every jobseeker's matches are made anew by it, a few at a time."""

import asyncio

from ieum.database import Database
from ieum.messaging import outbox
from ieum.service import Service
from ieum.telemetry import log
from matching.market import store as market
from matching.recommendations import rules, store
from matching.recommendations.store import Gate
from matching.recommendations.upkeep import bring_up_to_date

# Vacancies wait at the gate as long as one of these transactions takes: a second at most.
AT_ONCE = 200


async def keep_rule_in_force(service: Service) -> None:
    """Worker: rematch once when this release's rule is not the one that kept scores were made by."""
    await put_rule_in_force(service.database)
    await asyncio.Event().wait()


async def put_rule_in_force(database: Database) -> int:
    """
    Make all matches anew unless they are by this version of the rule already; returns how many jobseekers were.

    New events are handled by the new rule meanwhile, beside scores by the old one; all is exact again at the end. A
    crash begins it again.
    """
    async with database.reading() as tx:
        if await store.rule_in_force(tx) == rules.VERSION:
            return 0
    count, last = 0, ""
    while True:
        async with database.transaction() as tx:
            await store.pass_gate(tx, Gate.ALONE)
            jobseekers = await market.jobseekers_after(tx, last, AT_ONCE)
            if not jobseekers:
                await store.put_rule_in_force(tx, rules.VERSION)
                break
            await outbox.add(tx, await bring_up_to_date(tx, {}, (), jobseekers, because="rule_changed"))
            count, last = count + len(jobseekers), max(jobseekers)
    log.info("rule_put_in_force", version=rules.VERSION, jobseekers=count)
    return count

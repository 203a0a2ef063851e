"""When the rule is new, or everything was heard again, all matches are made anew; only differences are told."""

import asyncio

from ieum.database import Database, Transaction
from ieum.messaging import outbox, rebuilding
from ieum.service import Service
from ieum.telemetry import log
from matching.market import store as market
from matching.market.events import CONSUMER
from matching.market.facts import Jobseeker
from matching.market.holding import hears_again
from matching.market.problems import HearingAgain
from matching.recommendations import rules, store
from matching.recommendations.events import WithdrawalReason
from matching.recommendations.store import Gate
from matching.recommendations.upkeep import bring_up_to_date
from matching.referrals.store import move_referrals
from matching.referrals.withdrawing import withdraw_referrals

# Vacancies wait at the gate as long as one of these transactions takes: a second at most.
AT_ONCE = 200

_LOOK_AGAIN_SECONDS = 5.0


async def keep_rule_in_force(service: Service) -> None:
    """Worker: rematch once when this release's rule is not the one that kept scores were made by."""
    while True:
        try:
            await put_rule_in_force(service.database)
            return
        except HearingAgain:
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)


async def put_rule_in_force(database: Database) -> int:
    """
    Make all matches anew unless they are by this version of the rule already; returns how many jobseekers were.

    New events are handled by the new rule meanwhile, beside scores by the old one; all is exact again at the end. A
    crash begins it again. Raises HearingAgain.
    """
    async with database.reading() as tx:
        if await store.rule_in_force(tx) == rules.VERSION:
            return 0
    count = await _match_all_anew(database, "rule_changed")
    async with database.transaction() as tx:
        await store.put_rule_in_force(tx, rules.VERSION)
    log.info("rule_put_in_force", version=rules.VERSION, jobseekers=count)
    return count


async def tell_differences(database: Database) -> None:
    """
    Make all matches anew from what was heard again, and tell where they are not what was told; then daily life goes on.

    Events that come meanwhile find a jobseeker either made anew, and are handled as ever, or not yet (`UNKNOWN_BAR`),
    and are part of what is found then. A crash begins it again, and what is told already is no difference any more.
    """
    count = await _match_all_anew(database, "recomputed")
    async with database.transaction() as tx:
        await rebuilding.stop_batches(tx, CONSUMER)
        await rebuilding.finish(tx, CONSUMER)
    log.info("matches_made_anew", jobseekers=count)


async def _match_all_anew(database: Database, because: WithdrawalReason) -> int:
    """Returns how many jobseekers there are. Raises HearingAgain."""
    count, last = 0, ""
    while True:
        async with database.transaction() as tx:
            await store.pass_gate(tx, Gate.ALONE)
            jobseekers = await market.jobseekers_after(tx, last, AT_ONCE)
            # Asked after reading: whoever would empty the table must now wait for this transaction.
            if await hears_again(tx):
                raise HearingAgain
            if not jobseekers:
                return count
            await _match_anew(tx, jobseekers, because)
            count, last = count + len(jobseekers), max(jobseekers)


async def _match_anew(tx: Transaction, jobseekers: dict[str, Jobseeker], because: WithdrawalReason) -> None:
    await store.move_matches(tx, jobseekers)
    await move_referrals(tx, jobseekers)
    # Not to be offered to anybody: they say why a match is lost.
    ended = await market.vacancies(tx, await store.ended_vacancies(tx, jobseekers))
    told = await bring_up_to_date(tx, ended, (), jobseekers, because)
    stopped = [key for key, jobseeker in jobseekers.items() if jobseeker.stopped_on is not None]
    told |= await withdraw_referrals(tx, stopped)
    await outbox.add(tx, told)

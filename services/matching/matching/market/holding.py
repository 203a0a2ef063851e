"""Deciding only on what is known in full: while all is heard again, it is that of some earlier day."""

from ieum.database import Transaction
from ieum.http import Forbidden
from ieum.messaging import rebuilding
from matching.market import store
from matching.market.events import CONSUMER
from matching.market.facts import Jobseeker
from matching.market.problems import HearingAgain


async def hears_again(tx: Transaction) -> bool:
    """Whether vacancies and jobseekers are being heard again and not all is heard yet."""
    return await rebuilding.phase(tx, CONSUMER) == "hearing"


async def hold_jobseeker(tx: Transaction, jobseeker_id: str) -> Jobseeker:
    """
    A jobseeker who is not changed or stopped until the commit.

    Raises Forbidden for somebody unknown, HearingAgain while what is known of anybody may be old.
    """
    jobseeker = await store.hold_jobseeker(tx, jobseeker_id)
    # Asked after the lock, found or not: whoever would empty the tables must now wait for the commit.
    if await hears_again(tx):
        raise HearingAgain
    if jobseeker is None:
        raise Forbidden
    return jobseeker

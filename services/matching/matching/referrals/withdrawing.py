"""What becomes of referrals when jobseekers move or stop."""

from collections.abc import Collection

from ieum.database import Transaction
from ieum.messaging import Event
from matching.referrals import store


async def withdraw_referrals(tx: Transaction, stopped: Collection[str]) -> dict[str, list[Event]]:
    """
    Withdraw what still waits for an answer about jobseekers who stopped; returns what to tell by referral id.

    Part of the transaction that writes the stop, so that no referral can be made between the two.
    """
    if not stopped:
        return {}
    withdrawn = await store.withdraw_unsettled(tx, stopped, "jobseeker_stopped")
    return {referral.referral_id: [referral.withdrawn()] for referral in withdrawn}

"""Finds candidates: by the rule of recommendations, over everybody who may be shown to whoever asks."""

from typing import NamedTuple

from ieum.database import Transaction
from matching.candidates import store
from matching.market.facts import Jobseeker, Vacancy
from matching.recommendations import rules
from matching.recommendations.ranking import TOP
from matching.recommendations.rules import Verdict
from matching.recommendations.search import wishes_met_by


class Candidate(NamedTuple):
    """A jobseeker whom a vacancy suits, and why."""

    jobseeker: Jobseeker
    verdict: Verdict


async def best_candidates(tx: Transaction, vacancy: Vacancy, centre_code: str | None = None) -> list[Candidate]:
    """
    The exact best ten by score, equal scores by jobseeker id. Nobody for a vacancy that is not open.

    Of everybody whom employers may see, or of all jobseekers of a centre.
    """
    if not vacancy.is_open:
        return []
    wishes = wishes_met_by(vacancy.occupation_code, vacancy.region_code)
    if centre_code is None:
        wishers = await store.visible_wishers(tx, wishes)
    else:
        wishers = await store.wishers_of_centre(tx, wishes, centre_code)
    found = [
        Candidate(jobseeker, verdict)
        for jobseeker in wishers
        if (verdict := rules.judge(vacancy, jobseeker)) is not None
    ]
    found.sort(key=lambda one: (-rules.total(one.verdict), one.jobseeker.jobseeker_id))
    return found[:TOP]

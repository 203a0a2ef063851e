"""Keeps the table of matches equal to the best ten of every jobseeker, and says what changed. Runs behind the gate."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from ieum.database import Transaction
from ieum.messaging import Event
from matching.market import store as market
from matching.market.facts import Jobseeker, Vacancy
from matching.recommendations import rules, store
from matching.recommendations.events import MatchProposed, MatchWithdrawn, ScorePart, WithdrawalReason
from matching.recommendations.ranking import OPEN_BAR, Place, Ranking, difference, ranking, renewed
from matching.recommendations.rules import Finding
from matching.recommendations.search import Wish, ask_for, places_of, wishes_met_by


def match_id(jobseeker_id: str, vacancy_id: str) -> str:
    """The id of the match of a pair: the same whenever the two meet again."""
    return str(uuid5(NAMESPACE_URL, f"match:{jobseeker_id}:{vacancy_id}"))


async def bring_up_to_date(
    tx: Transaction,
    vacancies: Mapping[str, Vacancy],
    were_open: Collection[str],
    jobseekers: Mapping[str, Jobseeker],
    because: WithdrawalReason = "jobseeker_changed",
) -> dict[str, list[Event]]:
    """
    Make matches exact again after vacancies and jobseekers came, changed or went; returns what to tell by match id.

    Both are given as they are now and are saved already; `were_open` are the vacancies that could be held before, and
    `because` is why the jobseekers are looked at.
    """
    upkeep = _Upkeep(tx, vacancies, jobseekers, because)
    await upkeep.match_vacancies(were_open)
    await upkeep.match_jobseekers()
    return await upkeep.write()


class _Proposal(NamedTuple):
    """A match to be told: whose, which, and its rank."""

    jobseeker_id: str
    place: Place
    rank: int


class _Upkeep:
    """One batch at work: what changed, and what is to be written and told."""

    def __init__(
        self,
        tx: Transaction,
        vacancies: Mapping[str, Vacancy],
        jobseekers: Mapping[str, Jobseeker],
        because: WithdrawalReason,
    ) -> None:
        self._tx = tx
        self._vacancies = vacancies
        self._jobseekers = jobseekers
        self._because = because
        self._met: dict[str, Jobseeker] = dict(jobseekers)
        self._saved: list[store.KeptRow] = []
        self._deleted: list[tuple[str, str]] = []
        self._bars: list[tuple[str, Place]] = []
        self._proposals: list[_Proposal] = []
        self._told: dict[str, list[Event]] = {}

    async def match_vacancies(self, were_open: Collection[str]) -> None:
        """Renew the ranking of whoever keeps a changed vacancy or is offered one; changed jobseekers are left out."""
        offers = await self._offers()
        affected = set(offers)
        if were_open:
            affected |= await store.holders(self._tx, were_open, but=self._jobseekers)
        if not affected:
            return
        unknown = {}
        for jobseeker_id, before in (await store.lock_kept(self._tx, sorted(affected))).items():
            after = renewed(before.ranking, self._vacancies.keys(), offers.get(jobseeker_id, ()))
            if after is None:
                unknown[jobseeker_id] = before
            else:
                self._settle(jobseeker_id, before, after)
        await self._meet(unknown)
        await self._search_for(unknown)

    async def match_jobseekers(self) -> None:
        """Find the ranking of changed jobseekers anew."""
        if not self._jobseekers:
            return
        kept = await store.lock_kept(self._tx, sorted(self._jobseekers))
        for jobseeker_id in [key for key in kept if not self._jobseekers[key].is_matched]:
            self._settle(jobseeker_id, kept.pop(jobseeker_id), Ranking([], OPEN_BAR))
        await self._search_for(kept)

    async def write(self) -> dict[str, list[Event]]:
        """Write all that was settled; returns what to tell."""
        await store.delete_kept(self._tx, self._deleted)
        await store.save_kept(self._tx, self._saved)
        await store.save_bars(self._tx, self._bars)
        await self._meet({proposal.jobseeker_id for proposal in self._proposals})
        proposed = {proposal.place.vacancy_id for proposal in self._proposals}
        vacancies = await market.vacancies(self._tx, proposed - self._vacancies.keys()) | dict(self._vacancies)
        for jobseeker_id, at, rank in self._proposals:
            told = _proposed(vacancies[at.vacancy_id], self._met[jobseeker_id], rank)
            if told is not None:
                self._told[match_id(jobseeker_id, at.vacancy_id)] = [told]
        return self._told

    async def _offers(self) -> dict[str, list[Place]]:
        """The places that changed vacancies take with whom they suit, where they reach the bar."""
        by_wish: defaultdict[Wish, list[Vacancy]] = defaultdict(list)
        for vacancy in self._vacancies.values():
            if vacancy.is_open:
                for wish in wishes_met_by(vacancy.occupation_code, vacancy.region_code):
                    by_wish[wish].append(vacancy)
        if not by_wish:
            return {}
        met = list(by_wish.values())
        offers: dict[str, list[Place]] = {}
        for jobseeker, wishes, bar in await store.who_wishes(self._tx, list(by_wish), but=self._jobseekers):
            # Several wishes of one person may be met by the same vacancy.
            offered = {vacancy.vacancy_id: vacancy for n in wishes for vacancy in met[n]}
            if places := [at for at in places_of(offered.values(), jobseeker) if at <= bar]:
                offers[jobseeker.jobseeker_id] = places
                self._met[jobseeker.jobseeker_id] = jobseeker
        return offers

    async def _search_for(self, kept: Mapping[str, store.Kept]) -> None:
        """
        Look through all open vacancies for jobseekers (met already) whose ranking cannot be known otherwise.

        One statement each: what several ask for together is so much wider that reading it costs more.
        """
        for jobseeker_id, before in kept.items():
            jobseeker = self._met[jobseeker_id]
            offers = await store.open_offers(self._tx, ask_for(jobseeker))
            self._settle(jobseeker_id, before, ranking(places_of(offers, jobseeker)))

    async def _meet(self, jobseeker_ids: Collection[str]) -> None:
        """Have these jobseekers at hand."""
        self._met |= await market.jobseekers(self._tx, [key for key in jobseeker_ids if key not in self._met])

    def _settle(self, jobseeker_id: str, before: store.Kept, after: Ranking) -> None:
        """Note what turns what is kept for a jobseeker into `after`, and what to tell of it."""
        found = difference(before.held, after.places)
        for vacancy_id, held in found.saved.items():
            self._saved.append(store.KeptRow(jobseeker_id, vacancy_id, held.score, held.told_score))
        self._deleted += ((jobseeker_id, vacancy_id) for vacancy_id in found.deleted)
        if after.bar != before.bar:
            self._bars.append((jobseeker_id, after.bar))
        self._proposals += (_Proposal(jobseeker_id, at, after.places.index(at) + 1) for at in found.proposed)
        for vacancy_id in found.withdrawn:
            reason = self._why_left(vacancy_id, jobseeker_id)
            self._told[match_id(jobseeker_id, vacancy_id)] = [
                MatchWithdrawn(jobseeker_id=jobseeker_id, vacancy_id=vacancy_id, reason=reason)
            ]

    def _why_left(self, vacancy_id: str, jobseeker_id: str) -> WithdrawalReason:
        """Why a match was lost. What rules it out comes before what moved it."""
        vacancy, jobseeker = self._vacancies.get(vacancy_id), self._jobseekers.get(jobseeker_id)
        if jobseeker is not None and jobseeker.stopped_on is not None:
            return "jobseeker_stopped"
        if jobseeker is not None and not jobseeker.matching_consent:
            return "consent_withdrawn"
        if vacancy is not None and vacancy.status != "open":
            return _VACANCY_WENT[vacancy.status]
        if jobseeker is not None:
            return self._because
        return "outranked" if vacancy is None else "vacancy_changed"


def _proposed(vacancy: Vacancy, jobseeker: Jobseeker, rank: int) -> MatchProposed | None:
    """The proposal of a pair. None only for a spare kept by an old version of the rule that does not suit any more."""
    verdict = rules.judge(vacancy, jobseeker)
    if verdict is None:
        return None
    return MatchProposed(
        jobseeker_id=jobseeker.jobseeker_id,
        vacancy_id=vacancy.vacancy_id,
        centre_code=jobseeker.centre_code,
        employer_id=vacancy.employer_id,
        employer_name=vacancy.employer_name,
        title=vacancy.title,
        score=rules.total(verdict),
        rank=rank,
        parts=[_part(found) for found in verdict],
    )


@cache
def _part(found: Finding) -> ScorePart:
    return ScorePart(name=found.part, points=found.points, of=rules.OF[found.part])


_VACANCY_WENT: dict[str, WithdrawalReason] = {
    "paused": "vacancy_paused",
    "filled": "vacancy_filled",
    "closed": "vacancy_closed",
    "expired": "vacancy_expired",
}

"""Keeps the table of matches equal to the best ten of every jobseeker, and says what changed. Runs behind the gate."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from uuid import NAMESPACE_URL, uuid5

from ieum.database import Transaction
from ieum.messaging import Event
from matching.recommendations import rules, store
from matching.recommendations.events import MatchProposed, MatchWithdrawn, ScorePart, WithdrawalReason
from matching.recommendations.facts import Jobseeker, Vacancy
from matching.recommendations.ranking import Held, Place, bar, difference, place, renewed
from matching.recommendations.search import Fit, Shelves, Wish, occupations_asked, regions_asked, wishes_met_by

# Jobseekers looked after at once. Neighbours in wishes share what is read for them; more would mostly cost memory.
SEARCHED_TOGETHER = 200


def match_id(jobseeker_id: str, vacancy_id: str) -> str:
    """The id of the match of a pair: the same whenever the two meet again."""
    return str(uuid5(NAMESPACE_URL, f"match:{jobseeker_id}:{vacancy_id}"))


async def bring_up_to_date(
    tx: Transaction, vacancies: Mapping[str, Vacancy], were_open: Collection[str], jobseekers: Mapping[str, Jobseeker]
) -> dict[str, list[Event]]:
    """
    Make matches exact again after vacancies and jobseekers came, changed or went; returns what to tell by match id.

    Both are given as they are now and are saved already; `were_open` are the vacancies that could be held before.
    """
    upkeep = _Upkeep(tx, vacancies, jobseekers)
    await upkeep.match_vacancies(were_open)
    await upkeep.match_jobseekers()
    await upkeep.write()
    return upkeep.told


class _Upkeep:
    """One batch at work: what changed, and what is to be written and told."""

    def __init__(self, tx: Transaction, vacancies: Mapping[str, Vacancy], jobseekers: Mapping[str, Jobseeker]) -> None:
        self._tx = tx
        self._vacancies = vacancies
        self._jobseekers = jobseekers
        self._saved: list[store.MatchRow] = []
        self._deleted: list[tuple[str, str]] = []
        self._bars: list[tuple[str, Place]] = []
        self.told: dict[str, list[Event]] = {}

    async def match_vacancies(self, were_open: Collection[str]) -> None:
        """Renew the ten of whoever holds a changed vacancy or is offered one; changed jobseekers are left out."""
        wishers = await self._wishers()
        people = await store.jobseekers(self._tx, {wisher.jobseeker_id for wisher, _ in wishers})
        offers = _offers(wishers, people)
        affected = set(offers)
        if were_open:
            affected |= await store.holders(self._tx, were_open, but=self._jobseekers)
        if not affected:
            return
        held = await store.lock_matches(self._tx, sorted(affected))
        unknown = []
        for jobseeker_id, matches in held.items():
            fits = offers.get(jobseeker_id, {})
            top = renewed(_places(matches), self._vacancies.keys(), [fit.place for fit in fits.values()])
            if top is None:
                unknown.append(jobseeker_id)
            else:
                self._settle(jobseeker_id, matches, top, fits)
        if unknown:
            await self._search_for(await store.jobseekers(self._tx, unknown), held)

    async def match_jobseekers(self) -> None:
        """Find the ten of changed jobseekers anew."""
        if not self._jobseekers:
            return
        held = await store.lock_matches(self._tx, sorted(self._jobseekers))
        for jobseeker_id, jobseeker in self._jobseekers.items():
            if not jobseeker.is_matched:
                self._settle(jobseeker_id, held[jobseeker_id], [], {})
        await self._search_for({key: one for key, one in self._jobseekers.items() if one.is_matched}, held)

    async def write(self) -> None:
        """Write all that was settled."""
        await store.delete_matches(self._tx, self._deleted)
        await store.save_matches(self._tx, self._saved)
        await store.save_bars(self._tx, self._bars)

    async def _wishers(self) -> list[tuple[store.Wisher, list[Vacancy]]]:
        """Who may hold which of the changed vacancies that are open; once for each wish of theirs that is met."""
        by_wish: defaultdict[Wish, list[Vacancy]] = defaultdict(list)
        for vacancy in self._vacancies.values():
            if vacancy.is_open:
                for wish in wishes_met_by(vacancy.occupation_code, vacancy.region_code):
                    by_wish[wish].append(vacancy)
        if not by_wish:
            return []
        wishes = list(by_wish)
        found = await store.who_wishes(self._tx, wishes, but=self._jobseekers)
        return [(wisher, by_wish[wishes[wisher.n]]) for wisher in found]

    async def _search_for(self, jobseekers: Mapping[str, Jobseeker], held: Mapping[str, Mapping[str, Held]]) -> None:
        """Look through all open vacancies for jobseekers whose ten cannot be known otherwise."""
        for together in _neighbours(jobseekers.values()):
            occupations = frozenset[str]().union(*map(occupations_asked, together))
            asked = [regions_asked(jobseeker) for jobseeker in together]
            regions = None if None in asked else frozenset[str]().union(*(some for some in asked if some))
            shelves = Shelves(await store.open_vacancies(self._tx, occupations, regions))
            for jobseeker in together:
                fits = shelves.best_for(jobseeker)
                top = [fit.place for fit in fits.values()]
                self._settle(jobseeker.jobseeker_id, held[jobseeker.jobseeker_id], top, fits)

    def _settle(self, jobseeker_id: str, held: Mapping[str, Held], top: list[Place], fits: Mapping[str, Fit]) -> None:
        """Note what makes one jobseeker's matches `top`. `fits` has every place of it that was not held just so."""
        found = difference(held, top)
        ranks = {at.vacancy_id: rank for rank, at in enumerate(top, 1)}
        for at in (*found.entered, *found.told_again, *found.moved):
            fit, key = fits[at.vacancy_id], match_id(jobseeker_id, at.vacancy_id)
            told_score = held[at.vacancy_id].told_score if at in found.moved else at.score
            centre_code = fit.jobseeker.centre_code
            self._saved.append(store.MatchRow(jobseeker_id, at.vacancy_id, key, centre_code, at.score, told_score))
            if at not in found.moved:
                self.told[key] = [_proposed(fit, ranks[at.vacancy_id])]
        for vacancy_id in found.left:
            self._deleted.append((jobseeker_id, vacancy_id))
            reason = _why_left(self._vacancies.get(vacancy_id), self._jobseekers.get(jobseeker_id))
            self.told[match_id(jobseeker_id, vacancy_id)] = [
                MatchWithdrawn(jobseeker_id=jobseeker_id, vacancy_id=vacancy_id, reason=reason)
            ]
        if bar(sorted(_places(held))) != bar(top):
            self._bars.append((jobseeker_id, bar(top)))


def _offers(
    wishers: Iterable[tuple[store.Wisher, list[Vacancy]]], people: Mapping[str, Jobseeker]
) -> dict[str, dict[str, Fit]]:
    """What suits whom and reaches their bar, by jobseeker and vacancy."""
    offers: defaultdict[str, dict[str, Fit]] = defaultdict(dict)
    judged: set[tuple[str, str]] = set()
    for wisher, vacancies in wishers:
        jobseeker = people[wisher.jobseeker_id]
        for vacancy in vacancies:
            pair = (wisher.jobseeker_id, vacancy.vacancy_id)
            if pair in judged:
                continue
            judged.add(pair)
            verdict = rules.judge(vacancy, jobseeker)
            if verdict is not None and (fit := Fit(vacancy, jobseeker, verdict)).place <= wisher.bar:
                offers[wisher.jobseeker_id][vacancy.vacancy_id] = fit
    return offers


def _places(held: Mapping[str, Held]) -> list[Place]:
    return [place(match.score, vacancy_id) for vacancy_id, match in held.items()]


def _neighbours(jobseekers: Iterable[Jobseeker]) -> Iterator[list[Jobseeker]]:
    """Jobseekers in groups with like wishes, so that what one group asks for is little."""
    in_order = sorted(jobseekers, key=lambda one: (one.wished_occupations, one.wished_regions))
    for start in range(0, len(in_order), SEARCHED_TOGETHER):
        yield in_order[start : start + SEARCHED_TOGETHER]


def _proposed(fit: Fit, rank: int) -> MatchProposed:
    vacancy = fit.vacancy
    return MatchProposed(
        jobseeker_id=fit.jobseeker.jobseeker_id,
        vacancy_id=vacancy.vacancy_id,
        centre_code=fit.jobseeker.centre_code,
        employer_id=vacancy.employer_id,
        employer_name=vacancy.employer_name,
        title=vacancy.title,
        score=rules.total(fit.verdict),
        rank=rank,
        parts=[
            ScorePart.model_validate({"name": found.part, "points": found.points, "of": rules.OF[found.part]})
            for found in fit.verdict
        ],
    )


def _why_left(vacancy: Vacancy | None, jobseeker: Jobseeker | None) -> WithdrawalReason:
    """Why a match was lost; either side is given only if it changed. What rules it out comes before what moved it."""
    if jobseeker is not None and jobseeker.stopped_on is not None:
        return "jobseeker_stopped"
    if jobseeker is not None and not jobseeker.matching_consent:
        return "consent_withdrawn"
    if vacancy is not None and vacancy.status != "open":
        return _VACANCY_WENT[vacancy.status]
    if jobseeker is not None:
        return "jobseeker_changed"
    return "outranked" if vacancy is None else "vacancy_changed"


_VACANCY_WENT: dict[str, WithdrawalReason] = {
    "paused": "vacancy_paused",
    "filled": "vacancy_filled",
    "closed": "vacancy_closed",
    "expired": "vacancy_expired",
}

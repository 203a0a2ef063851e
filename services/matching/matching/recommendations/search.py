"""Which pairs are worth judging: the codes to ask for, from either side, and the best ten of what is found; pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from matching.recommendations import rules
from matching.recommendations.codes import (
    ANYWHERE,
    occupation_line,
    occupations_under,
    region_line,
    regions_under,
)
from matching.recommendations.facts import Jobseeker, Vacancy
from matching.recommendations.ranking import TOP, Place, best, place
from matching.recommendations.rules import Verdict


class Wish(NamedTuple):
    """One wished occupation in one wished region, and the highest score a vacancy it was asked for can get from it."""

    occupation_code: str
    region_code: str
    ceiling: int


# Imports bring thousands of vacancies of few kinds; the bound is a few megabytes.
@lru_cache(maxsize=8_192)
def wishes_met_by(occupation_code: str, region_code: str) -> tuple[Wish, ...]:
    """
    Every wish that a vacancy of this occupation and region meets; a jobseeker with none of them does not suit it.

    The wish of a jobseeker's that fits best is among them, so the highest ceiling of theirs bounds the pair's score.
    """
    found = []
    for occupation in occupation_line(occupation_code) | occupations_under(occupation_code):
        occupation_finding = rules.occupation_fit(occupation_code, occupation)
        for region in region_line(region_code) | regions_under(region_code):
            region_finding = rules.region_fit(region_code, region)
            if occupation_finding is not None and region_finding is not None:
                found.append(Wish(occupation, region, rules.ceiling(occupation_finding, region_finding)))
    return tuple(found)


def occupations_asked(jobseeker: Jobseeker) -> frozenset[str]:
    """The occupation codes a vacancy must have one of to suit."""
    return frozenset[str]().union(
        *(occupation_line(wished) | occupations_under(wished) for wished in jobseeker.wished_occupations)
    )


def regions_asked(jobseeker: Jobseeker) -> frozenset[str] | None:
    """The region codes a vacancy must have one of to suit; None: any at all, listed or not."""
    if ANYWHERE in jobseeker.wished_regions:
        return None
    return frozenset[str]().union(*(region_line(wished) | regions_under(wished) for wished in jobseeker.wished_regions))


class Fit(NamedTuple):
    """A pair that suits, and why."""

    vacancy: Vacancy
    jobseeker: Jobseeker
    verdict: Verdict

    @property
    def place(self) -> Place:
        """Its place in the jobseeker's ranking."""
        return place(rules.total(self.verdict), self.vacancy.vacancy_id)


class Shelves:
    """Vacancies laid out by occupation and region, to be looked through by many jobseekers."""

    def __init__(self, vacancies: Iterable[Vacancy]) -> None:
        shelves: defaultdict[str, defaultdict[str, list[Vacancy]]] = defaultdict(lambda: defaultdict(list))
        for vacancy in vacancies:
            shelves[vacancy.occupation_code][vacancy.region_code].append(vacancy)
        self._shelves: Mapping[str, Mapping[str, list[Vacancy]]] = shelves

    def best_for(self, jobseeker: Jobseeker) -> dict[str, Fit]:
        """The best ten for a jobseeker by vacancy id: exactly those of `ranking.best` over all that suit."""
        asked_for = self._asked_for(jobseeker)
        fits: dict[str, Fit] = {}
        top: list[Place] = []
        # The most promising shelves first: once ten stand above all that the next can hold, so they do for the rest.
        for ceiling in sorted(asked_for, reverse=True):
            if len(top) == TOP and top[-1].score > ceiling:
                break
            for vacancy in asked_for[ceiling]:
                verdict = rules.judge(vacancy, jobseeker)
                if verdict is not None:
                    fits[vacancy.vacancy_id] = Fit(vacancy, jobseeker, verdict)
                    top.append(place(rules.total(verdict), vacancy.vacancy_id))
            top = best(top)
        return {at.vacancy_id: fits[at.vacancy_id] for at in top}

    def _asked_for(self, jobseeker: Jobseeker) -> dict[int, list[Vacancy]]:
        """The vacancies of the occupations and regions a jobseeker asks for, by the highest score they can have."""
        regions = regions_asked(jobseeker)
        found: defaultdict[int, list[Vacancy]] = defaultdict(list)
        for occupation in occupations_asked(jobseeker):
            for region, vacancies in self._shelves.get(occupation, {}).items():
                if regions is not None and region not in regions:
                    continue
                occupation_fit = rules.best_occupation_fit(occupation, jobseeker.wished_occupations)
                region_fit = rules.best_region_fit(region, jobseeker.wished_regions)
                if occupation_fit is not None and region_fit is not None:
                    found[rules.ceiling(occupation_fit, region_fit)].extend(vacancies)
        return found

"""Which pairs are worth judging: the codes to ask for, from either side, and the places of what is found; pure."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from matching.market.codes import (
    ANYWHERE,
    occupation_line,
    occupations_under,
    region_line,
    regions_under,
)
from matching.market.facts import Education, EmploymentType, Jobseeker, Offer
from matching.recommendations import rules
from matching.recommendations.ranking import Place, place


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


class Ask(NamedTuple):
    """What a vacancy must have to suit a jobseeker: necessary, not enough. None: anything will do."""

    occupations: frozenset[str]
    regions: frozenset[str] | None
    least_pay: int | None
    employment_types: tuple[EmploymentType, ...] | None
    most_education: Education
    experience: bool


def ask_for(jobseeker: Jobseeker) -> Ask:
    """What to ask for on behalf of a jobseeker."""
    anywhere = ANYWHERE in jobseeker.wished_regions
    return Ask(
        occupations=frozenset[str]().union(
            *(occupation_line(wished) | occupations_under(wished) for wished in jobseeker.wished_occupations)
        ),
        regions=None
        if anywhere
        else frozenset[str]().union(
            *(region_line(wished) | regions_under(wished) for wished in jobseeker.wished_regions)
        ),
        least_pay=jobseeker.wage_floor,
        employment_types=jobseeker.employment_types or None,
        most_education=jobseeker.education,
        experience=jobseeker.career_years > 0,
    )


def places_of(offers: Iterable[Offer], jobseeker: Jobseeker) -> list[Place]:
    """The places of those vacancies that suit a jobseeker, in no order."""
    return [
        place(rules.total(verdict), offer.vacancy_id)
        for offer in offers
        if (verdict := rules.judge(offer, jobseeker)) is not None
    ]

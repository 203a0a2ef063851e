"""
The rule that says whether a vacancy suits a jobseeker, and how well: pure, exact, the only one there is.

A pair suits when every hard constraint holds. It then gets one finding per part, and its score is the sum of their
points, 0 to 100. Any faster engine must give the same answer as `judge`.

What is not known is decided the same way throughout: *the silence of an offer never excludes, the silence of a person
never claims.* A vacancy that does not tell its pay or hours stays in, with fewer points; a jobseeker who told no
education has none to meet a demand with.

Weights, and why. They are a judgement, not a measurement; a change is a new version of the rule (`VERSION`).

* occupation 40: it is what the person came for. One step away from the very occupation wished (8) costs as much as
  all that pay above the floor can give.
* region 20: the way to work is the next thing people turn an offer down for. Whoever said "anywhere" is not bothered
  (12), but those who named the place get it first.
* pay 15: the floor is a hard constraint already; the rest is how far above it an offer goes, in five steps.
* employment 8, hours 7: they are constraints too. Points are lost only where the offer leaves open what the person
  wants to know, or, where any form of employment will do, for the less lasting ones.
* career 6, education 4: what the employer asks for. Small, since the constraint did most of the work; they put
  people in front of the offers that ask for what they have.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from matching.market.codes import ANYWHERE, occupation_line, region_line, regions_under
from matching.market.facts import EmploymentType, Jobseeker, Offer

VERSION: Final = 2
"""Raise it with every change of this rule or of the code lists: matches are then made anew when the service starts."""

MINIMUM_WAGE: Final = 10_320
"""The legal minimum wage of 2026 (최저임금위원회), KRW an hour: what pay is compared with at least."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of a score: which part, what was found, and the points it gives."""

    part: str
    key: str
    points: int


OF: Final = {
    "occupation": 40,
    "region": 20,
    "pay": 15,
    "employment": 8,
    "hours": 7,
    "career": 6,
    "education": 4,
}
"""The most each part can give, in the order in which parts are told. Together: 100."""

OCCUPATION_SAME: Final = Finding("occupation", "same", 40)
OCCUPATION_GROUP: Final = Finding("occupation", "group", 32)
OCCUPATION_FIELD: Final = Finding("occupation", "field", 24)
OCCUPATION_VAGUE: Final = Finding("occupation", "vague", 14)

REGION_SAME: Final = Finding("region", "same", 20)
REGION_CITY: Final = Finding("region", "city", 18)
REGION_PROVINCE: Final = Finding("region", "province", 16)
REGION_ANYWHERE: Final = Finding("region", "anywhere", 12)
REGION_VAGUE: Final = Finding("region", "vague", 8)

PAY_STEPS: Final = (
    (30, Finding("pay", "far_above", 15)),
    (20, Finding("pay", "well_above", 13)),
    (10, Finding("pay", "above", 11)),
    (5, Finding("pay", "slightly_above", 9)),
    (0, Finding("pay", "meets", 7)),
)
"""Per cent above the floor (or the minimum wage) from which each finding holds, the highest first."""
PAY_BELOW_MINIMUM: Final = Finding("pay", "below_minimum", 0)
PAY_UNKNOWN: Final = Finding("pay", "unknown", 3)

EMPLOYMENT_WISHED: Final = Finding("employment", "wished", 8)
EMPLOYMENT_OF_ANY: Final[dict[EmploymentType, Finding]] = {
    "regular": Finding("employment", "any_regular", 8),
    "regular_part_time": Finding("employment", "any_regular", 8),
    "fixed_term": Finding("employment", "any_fixed_term", 6),
    "fixed_term_part_time": Finding("employment", "any_fixed_term", 6),
    "dispatch": Finding("employment", "any_temporary", 4),
    "substitute": Finding("employment", "any_temporary", 4),
}

HOURS_WISHED: Final = Finding("hours", "wished", 7)
HOURS_ANY: Final = Finding("hours", "any", 7)
HOURS_UNKNOWN: Final = Finding("hours", "unknown", 2)

CAREER_EXPERIENCED: Final = Finding("career", "experienced", 6)
CAREER_NEW: Final = Finding("career", "new", 6)
CAREER_ANY: Final = Finding("career", "any", 5)
CAREER_BEGINS_AGAIN: Final = Finding("career", "begins_again", 1)

EDUCATION_MET: Final = Finding("education", "met", 4)
EDUCATION_NOT_ASKED: Final = Finding("education", "not_asked", 3)
EDUCATION_ABOVE: Final = Finding("education", "above", 2)

Verdict = tuple[Finding, Finding, Finding, Finding, Finding, Finding, Finding]
"""One finding for each part of `OF`, in its order."""

_OCCUPATION_COVERED = {6: OCCUPATION_SAME, 3: OCCUPATION_GROUP, 2: OCCUPATION_FIELD}
# What a pair can get beside occupation and region: bounds a score before the rest of the pair is read.
_OTHER_PARTS: Final = sum(OF.values()) - OF["occupation"] - OF["region"]


def judge(vacancy: Offer, jobseeker: Jobseeker) -> Verdict | None:
    """The findings for a pair that suits; None for one that does not."""
    if not vacancy.is_open or not jobseeker.is_matched:
        return None
    # The order is that of cost: what is decided by a glance at one field comes first.
    if (career := _career(vacancy, jobseeker)) is None:
        return None
    if (education := _education(vacancy, jobseeker)) is None:
        return None
    if (employment := _employment(vacancy, jobseeker)) is None:
        return None
    if (pay := _pay(vacancy, jobseeker)) is None:
        return None
    if (hours := _hours(vacancy, jobseeker)) is None:
        return None
    if (occupation := best_occupation_fit(vacancy.occupation_code, jobseeker.wished_occupations)) is None:
        return None
    if (region := best_region_fit(vacancy.region_code, jobseeker.wished_regions)) is None:
        return None
    return occupation, region, pay, employment, hours, career, education


def total(verdict: Verdict) -> int:
    """The score of a pair that suits: the sum of its parts, 0 to 100."""
    occupation, region, pay, employment, hours, career, education = verdict
    return (
        occupation.points
        + region.points
        + pay.points
        + employment.points
        + hours.points
        + career.points
        + education.points
    )


def occupation_fit(offered: str, wished: str) -> Finding | None:
    """What one wished code makes of an offered one: the same, in the wished group or field, too vague, or None."""
    if wished in occupation_line(offered):
        # A code of another length than the menu's three is nobody's heading: it can only be the same.
        return _OCCUPATION_COVERED.get(len(wished), OCCUPATION_SAME)
    if offered in occupation_line(wished):
        return OCCUPATION_VAGUE
    return None


def region_fit(offered: str, wished: str) -> Finding | None:
    """What one wished region makes of the place of a job: the same, within the wished one, too vague, or None."""
    if wished == ANYWHERE:
        return REGION_ANYWHERE
    if wished in region_line(offered):
        if wished.endswith("000"):
            return REGION_PROVINCE
        return REGION_SAME if offered == wished else REGION_CITY
    if wished in regions_under(offered):
        return REGION_VAGUE
    return None


# The same few codes and lists of wishes are compared again and again; the bounds are a few megabytes each.
@lru_cache(maxsize=32_768)
def best_occupation_fit(offered: str, wishes: tuple[str, ...]) -> Finding | None:
    """What the wish that fits best makes of an offered occupation; None when none fits."""
    best: Finding | None = None
    for wished in wishes:
        found = occupation_fit(offered, wished)
        if found is not None and (best is None or found.points > best.points):
            best = found
    return best


@lru_cache(maxsize=32_768)
def best_region_fit(offered: str, wishes: tuple[str, ...]) -> Finding | None:
    """What the wish that fits best makes of the place of a job; None when none fits."""
    best: Finding | None = None
    for wished in wishes:
        found = region_fit(offered, wished)
        if found is not None and (best is None or found.points > best.points):
            best = found
    return best


def ceiling(occupation: Finding, region: Finding) -> int:
    """The highest score a pair with these two findings can have."""
    return occupation.points + region.points + _OTHER_PARTS


def _pay(vacancy: Offer, jobseeker: Jobseeker) -> Finding | None:
    pay = vacancy.hourly_pay
    if pay is None:
        return PAY_UNKNOWN
    if jobseeker.wage_floor is not None and pay < jobseeker.wage_floor:
        return None
    # Nobody may be paid less: a floor of 0, or any below it, makes no offer a good one.
    floor = max(jobseeker.wage_floor or 0, MINIMUM_WAGE)
    if pay < floor:
        return PAY_BELOW_MINIMUM
    # Whole numbers only: a fraction would round differently in another engine.
    for per_cent, finding in PAY_STEPS:
        if pay * 100 >= floor * (100 + per_cent):
            return finding
    raise AssertionError(f"a pay of {pay} meets {floor} and is not above it by 0 % or more")


def _employment(vacancy: Offer, jobseeker: Jobseeker) -> Finding | None:
    if not jobseeker.employment_types:
        return EMPLOYMENT_OF_ANY[vacancy.employment_type]
    return EMPLOYMENT_WISHED if vacancy.employment_type in jobseeker.employment_types else None


def _hours(vacancy: Offer, jobseeker: Jobseeker) -> Finding | None:
    least, most = jobseeker.weekly_hours_min, jobseeker.weekly_hours_max
    if least is None and most is None:
        return HOURS_ANY
    hours = vacancy.weekly_hours
    if hours is None:
        return HOURS_UNKNOWN
    if (least is not None and hours < least) or (most is not None and hours > most):
        return None
    return HOURS_WISHED


def _career(vacancy: Offer, jobseeker: Jobseeker) -> Finding | None:
    has_worked = jobseeker.career_years > 0
    if vacancy.career == "any":
        return CAREER_ANY
    if vacancy.career == "experienced":
        return CAREER_EXPERIENCED if has_worked else None
    # A beginner's job is open to people with experience, but is seldom what they want.
    return CAREER_BEGINS_AGAIN if has_worked else CAREER_NEW


def _education(vacancy: Offer, jobseeker: Jobseeker) -> Finding | None:
    if vacancy.education == "00":
        return EDUCATION_NOT_ASKED
    # Levels are two digits, so that they compare as text; 00 (none told) is below every demand.
    if jobseeker.education < vacancy.education:
        return None
    return EDUCATION_MET if jobseeker.education == vacancy.education else EDUCATION_ABOVE
